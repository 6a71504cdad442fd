// SPDX-License-Identifier: Apache-2.0
#include "engine/detail/templates.h"

#include "base/text.h"
#include "json/text.h"
#include "spec/merge.h"

namespace wf::engine {
namespace {

using json::Value;

// Variables whose values change while a workflow runs: what mentions them is processed again.
constexpr std::string_view kChanging[] = {"workflow.duration", "workflow.status", "workflow.outputs",
                                          "workflow.failures"};

// What `steps.NAME.outputs.result` and `steps['NAME'].outputs.result` name in a template's JSON text.
std::unordered_set<std::string> results_used(std::string_view text, std::string_view kind) {
  constexpr std::string_view kEnd = ".outputs.result";
  const auto in_name = [](char c) { return c == '-' || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  std::unordered_set<std::string> names;
  for (size_t at = text.find(kEnd); at != std::string_view::npos; at = text.find(kEnd, at + 1)) {
    std::string_view before = text.substr(0, at);
    std::string opening = ".";
    for (const std::string_view quote : {"'", "\\\"", "\""}) {
      if (!before.ends_with(cat(quote, "]"))) continue;
      before.remove_suffix(quote.size() + 1);
      opening = cat("[", quote);
      break;
    }
    size_t start = before.size();
    while (start > 0 && in_name(before[start - 1])) --start;
    if (before.substr(0, start).ends_with(cat(kind, opening))) names.emplace(before.substr(start));
  }
  return names;
}

Error not_found(std::string text) { return Error(std::move(text), Code::NotFound); }

const Value* template_object_spec(const Value& object) { return object.find("spec"); }

}  // namespace

void Templates::set_spec(Value spec, std::string local_name) {
  spec_ = std::move(spec);
  local_name_ = std::move(local_name);
  resolved_.clear();
}

Result<Value> Templates::find_by_name(const spec::Scope& caller, std::string_view name) const {
  const auto missing = [&] { return not_found(cat("template ", name, " not found")); };
  if (caller.kind == spec::Scope::Kind::Local) {
    const Value* found = spec::find_template(spec_, name);
    if (found == nullptr) {
      for (const json::Member& stored : stored_.members()) {
        if (stored.value["name"].as_string() == name) found = &stored.value;
      }
    }
    if (found == nullptr) return missing();
    return spec::with_pod_metadata(*found, spec_["podMetadata"]);
  }
  const bool cluster = caller.kind == spec::Scope::Kind::Cluster;
  const Value object = world_.find(cluster ? "ClusterWorkflowTemplate" : "WorkflowTemplate",
                                   cluster ? "" : std::string_view(ns_), caller.name);
  const Value* found = object.is_null() ? nullptr : spec::find_template(object["spec"], name);
  if (found == nullptr) return missing();
  return spec::with_pod_metadata(*found, (*template_object_spec(object))["podMetadata"]);
}

Result<Value> Templates::find_by_ref(const Value& ref) const {
  const std::string_view name = ref["name"].as_string(), wanted = ref["template"].as_string();
  const bool cluster = ref["clusterScope"].as_bool();
  const Value object = world_.find(cluster ? "ClusterWorkflowTemplate" : "WorkflowTemplate",
                                   cluster ? "" : std::string_view(ns_), name);
  if (object.is_null()) return not_found(cat("workflow template ", name, " not found"));
  const Value* found = spec::find_template(object["spec"], wanted);
  if (found == nullptr) return not_found(cat("template ", wanted, " not found in workflow template ", name));
  return spec::with_pod_metadata(*found, object["spec"]["podMetadata"]);
}

Result<Value> Templates::find(const spec::Scope& caller, const spec::TemplateHolder& holder) const {
  if (holder.inlined != nullptr) return *holder.inlined;
  if (holder.ref != nullptr) return find_by_ref(*holder.ref);
  if (!holder.template_name.empty()) return find_by_name(caller, holder.template_name);
  return Error("failed to get a template", Code::Internal);
}

Result<std::shared_ptr<const Compiled>> Templates::compile(Value tmpl) {
  auto compiled = std::make_shared<Compiled>();
  compiled->name = std::string(tmpl["name"].as_string());
  compiled->type = spec::template_type(tmpl);
  if (compiled->type == spec::TemplateType::Unknown) {
    return Error(cat("template '", compiled->name, "' type is unknown"));
  }
  if (!spec_["templateDefaults"].is_null()) {
    TRY(tmpl, spec::with_template_defaults(tmpl, spec_["templateDefaults"]));
  }
  compiled->text = json::print(tmpl);
  compiled->results_used = results_used(compiled->text, compiled->type == spec::TemplateType::Dag ? "tasks" : "steps");
  Value body = tmpl;
  body.erase("inputs");
  TRY(compiled->body, expr::Template::parse_valid(json::print(body)));
  TRY(const expr::Template whole, expr::Template::parse_valid(compiled->text));
  compiled->inputs_have_tags = json::print(tmpl["inputs"]).find("{{") != std::string::npos;
  for (const std::string_view key : whole.simple_keys()) {
    if (key.find("{{") != std::string_view::npos) compiled->nested_tags = true;
  }
  for (const std::string_view name : kChanging) compiled->changing = compiled->changing || whole.mentions(name);
  compiled->needs_end = tmpl.has("synchronization") || tmpl.has("metrics");
  compiled->tmpl = std::move(tmpl);
  return std::shared_ptr<const Compiled>(std::move(compiled));
}

void Templates::store(const std::string& key, const Value& tmpl) {
  if (stored_.has(key)) return;
  stored_.set(key, tmpl);
  stored_changed_ = true;
}

void Templates::store_inline(const spec::Scope& scope, const Value& tmpl) {
  const auto store_of = [&](const Value& holder) {
    const Value& inlined = holder["inline"];
    if (inlined.is_null()) return;
    if (const auto key = spec::stored_inline_key(scope, holder["name"].as_string())) store(*key, inlined);
  };
  for (const Value& group : tmpl["steps"].items()) {
    for (const Value& step : group.items()) store_of(step);
  }
  for (const Value& task : tmpl["dag"]["tasks"].items()) store_of(task);
}

Result<Resolved> Templates::resolve(const spec::Scope& caller, const Value& holder) {
  return resolve(caller, spec::holder_of(holder));
}

Result<Resolved> Templates::resolve(const spec::Scope& caller, const spec::TemplateHolder& holder) {
  std::string key;
  if (holder.inlined == nullptr) {
    key = caller.text();
    if (holder.ref != nullptr) {
      key.append("\nref ").append(json::print(*holder.ref));
    } else {
      key.append("\nname ").append(holder.template_name);
    }
    const auto known = resolved_.find(key);
    if (known != resolved_.end()) return known->second;
  }
  Value tmpl;
  const auto stored_key = spec::stored_template_key(caller, holder);
  if (stored_key && stored_.has(*stored_key)) {
    tmpl = stored_[*stored_key];
  } else {
    TRY(tmpl, find(caller, holder));
    if (stored_key) store(*stored_key, tmpl);
    // Inline templates inside one that was reached by reference belong to the referenced object.
    const spec::Scope inline_scope = holder.ref != nullptr ? spec::scope_of(caller, holder) : caller;
    if (inline_scope.kind != spec::Scope::Kind::Local) store_inline(inline_scope, tmpl);
  }
  Resolved resolved;
  resolved.scope = spec::scope_of(caller, holder);
  if (holder.inlined != nullptr) {
    const std::string text = json::print(tmpl);
    auto& known = inlined_[text];
    if (!known) {
      TRY(known, compile(std::move(tmpl)));
    }
    resolved.compiled = known;
    return resolved;
  }
  TRY(resolved.compiled, compile(std::move(tmpl)));
  resolved_.emplace(std::move(key), resolved);
  return resolved;
}

}  // namespace wf::engine
