// SPDX-License-Identifier: Apache-2.0
#include "validate/detail/validator.h"

#include "base/text.h"

namespace wf::validate::detail {

using json::Value;

Base::Base(spec::Scope scope, Value object, SpecAt place)
    : scope_(std::move(scope)),
      object_(std::move(object)),
      inner_(place == SpecAt::WorkflowSpec),
      spec_(inner_ ? &object_["spec"]["workflowSpec"] : &object_["spec"]),
      root_at_(scope_),
      spec_at_(root_at_.in("spec")),
      inner_at_(spec_at_.in("workflowSpec")),
      templates_at_(at().in("templates")) {
  const auto templates = spec()["templates"].items();
  for (size_t i = 0; i < templates.size(); ++i)
    templates_.try_emplace(templates[i]["name"].as_string(), i);
}

std::optional<size_t> Base::find(std::string_view name) const {
  const auto found = templates_.find(name);
  return found == templates_.end() ? std::nullopt : std::optional(found->second);
}

const Value* Base::stored(std::string_view name) const {
  return spec::find_template_in(object_, name);
}

Result<const Base*> Validator::find_base(std::string_view name, bool cluster) {
  auto& slot = bases_[{cluster, std::string(name)}];
  if (slot == nullptr) {
    TRY(Value object,
        cluster ? lookup_.cluster_workflow_template(name) : lookup_.workflow_template(name));
    const auto kind = cluster ? spec::Scope::Kind::Cluster : spec::Scope::Kind::Namespaced;
    slot = std::make_unique<Base>(spec::Scope{kind, std::string(name)}, std::move(object));
  }
  return slot.get();
}

// VAL-7. False: nothing more to look at.
bool Validator::check_ref(const Value& ref, const At& ref_at, const Chain& chain, bool has_name,
                          bool& dynamic) {
  std::string_view problem;
  if (has_name) {
    problem = "template name cannot be specified with templateRef";
  } else if (ref["name"].as_string().empty()) {
    problem = "resource name is required";
  } else if (ref["template"].as_string().empty()) {
    problem = "template name is required";
  }
  if (!problem.empty()) {
    report.add(chain, ref_at, problem);
    return false;
  }
  const auto tags = simple_tags(ref);
  dynamic = !tags.ok() || !tags->empty();
  return !dynamic;
}

std::optional<Validator::Found> Validator::find_by_ref(const Value& ref, const At& ref_at,
                                                       const Chain& chain, bool& dynamic) {
  const std::string_view name = ref["name"].as_string(), wanted = ref["template"].as_string();
  const auto base = find_base(name, ref["clusterScope"].as_bool());
  if (!base.ok() && base.error().code() != Code::NotFound) {
    report.add(chain, ref_at, base.error().message());
    return std::nullopt;
  }
  const auto index = base.ok() ? (*base)->find(wanted) : std::nullopt;
  if (!index) {
    dynamic = wanted.find(expr::kPlaceholder) != std::string_view::npos;
    if (!dynamic)
      report.add(chain, ref_at, cat("template reference ", name, ".", wanted, " not found"));
    return std::nullopt;
  }
  const Value& spec = (*base)->spec();
  return Found{spec::with_pod_metadata(spec["templates"].items()[*index], spec["podMetadata"]),
               *base, (*base)->templates_at().item(*index)};
}

std::optional<Validator::Found> Validator::find_by_name(std::string_view name, const At& at,
                                                        const Base& base, const Chain& chain) {
  const auto index = base.find(name);
  const Value* tmpl = index ? &base.spec()["templates"].items()[*index] : base.stored(name);
  if (tmpl != nullptr) {
    return Found{spec::with_pod_metadata(*tmpl, base.spec()["podMetadata"]), &base,
                 base.templates_at().item(index.value_or(0))};
  }
  std::vector<std::string> names;
  for (const Value& other : base.spec()["templates"].items())
    names.emplace_back(other["name"].as_string());
  const std::string meant = nearest(name, names);
  const At name_at = at.in("template");
  report.add(chain, name_at, cat("template name '", name, "' undefined"),
             meant.empty() ? "" : cat("did you mean '", meant, "'?"));
  return std::nullopt;
}

// An inline template comes before a reference, that before a name (TPL-1); but a name must exist,
// and names inside of what is found are looked up where a reference leads.
std::optional<Validator::Found> Validator::find_template(const Value& holder, const At& at,
                                                         const Base& base, const Chain& chain,
                                                         bool& dynamic) {
  const std::string_view name = holder["template"].as_string();
  const Value *ref = holder.find("templateRef"), *inlined = holder.find("inline");
  const At ref_at = at.in("templateRef");
  if (ref != nullptr) {
    if (!check_ref(*ref, ref_at, chain, !name.empty(), dynamic)) return std::nullopt;
    if (inlined == nullptr) return find_by_ref(*ref, ref_at, chain, dynamic);
    const auto other = find_base((*ref)["name"].as_string(), (*ref)["clusterScope"].as_bool());
    if (other.ok()) return Found{*inlined, *other, at.in("inline")};
    report.add(chain, ref_at, other.error().message());
    return std::nullopt;
  }
  if (!name.empty()) {
    auto found = find_by_name(name, at, base, chain);
    if (inlined == nullptr || !found) return found;
  }
  if (inlined != nullptr) return Found{*inlined, &base, at.in("inline")};
  report.add(chain, at, "failed to get a template");
  return std::nullopt;
}

Validator::Resolved Validator::check_holder(const Value& holder, const At& at, const Base& base,
                                            Supplied supplied, const Chain& chain) {
  bool dynamic = false;
  const auto found = find_template(holder, at, base, chain, dynamic);
  if (!found) return {dynamic ? Outcome::Dynamic : Outcome::Wrong, {}};
  const std::string_view name = found->tmpl["name"].as_string();
  if (spec::template_type(found->tmpl) == spec::TemplateType::Unknown) {
    report.add(chain, found->at, cat("template '", name, "' type is unknown"),
               "a template needs one of: container, containerSet, script, steps, dag, resource, "
               "data, suspend, http, plugin");
    return {Outcome::Wrong, {}};
  }
  const std::string_view policy = found->tmpl["retryStrategy"]["retryPolicy"].as_string();
  if (policy != "" && policy != "Always" && policy != "OnError" && policy != "OnFailure" &&
      policy != "OnTransientError") {
    const At retry_at = found->at.in("retryStrategy"), policy_at = retry_at.in("retryPolicy");
    report.add(chain, policy_at, cat(policy, " is not a valid RetryPolicy"));
  }
  check_template(*found, at, supplied, chain);
  return {Outcome::Known, found->tmpl};
}

bool has_items(const Value& holder) {
  return !holder["withItems"].empty() || !holder["withParam"].as_string().empty();
}

bool has_exit_hook(const Value& holder) {
  return holder["hooks"].has("exit") || !holder["onExit"].as_string().empty();
}

void add_inline_inputs(const Value& holder, Extra& extra) {
  for (const Value& parameter : holder["inline"]["inputs"]["parameters"].items()) {
    extra.names.insert(cat("inputs.parameters.", parameter["name"].as_string()));
  }
}

void add_items(Report& report, const Chain& chain, const At& at, const Value& holder,
               std::string_view prefix, const std::function<void(std::string)>& add,
               bool& any_item) {
  const Value& items = holder["withItems"];
  const Value* sequence = holder.find("withSequence");
  const bool by_items = !items.empty(), by_param = !holder["withParam"].as_string().empty();
  if ((by_items ? 1 : 0) + (by_param ? 1 : 0) + (sequence != nullptr ? 1 : 0) > 1) {
    report.add(chain, at,
               cat(prefix, "only one of withItems, withParam, withSequence can be specified"));
  }
  for (const Value& item : items.items()) {
    for (size_t i = 0; i < item.items().size(); ++i) add(cat("item.[", i, "]"));
    for (const json::Member& member : item.members()) add(cat("item.", member.key()));
  }
  if (by_param) any_item = true;
  if (!by_items && !by_param && sequence != nullptr && sequence->has("count") &&
      sequence->has("end")) {
    const At sequence_at = at.in("withSequence");
    report.add(chain, sequence_at,
               cat(prefix, "only one of count or end can be defined in withSequence"));
  }
}

}  // namespace wf::validate::detail
