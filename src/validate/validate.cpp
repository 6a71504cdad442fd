// SPDX-License-Identifier: Apache-2.0
// Whole objects, in the order in which Argo looks at them (VAL-1, VAL-5, VAL-6, VAL-38).
#include "validate/validate.h"

#include "base/text.h"
#include "expr/cron.h"
#include "expr/gotime.h"
#include "spec/names.h"
#include "validate/detail/validator.h"

namespace wf::validate {
namespace {

using detail::At;
using detail::Base;
using detail::Chain;
using json::Value;

constexpr size_t kNameMax = 63;
constexpr size_t kCronNameMax = 52;  // room for the time in its workflows' names

Value holder(const Value* template_ref, std::string_view name) {
  if (template_ref == nullptr) return Value::object({{"template", name}});
  Value ref = Value::object({{"name", (*template_ref)["name"]}, {"template", name}});
  if ((*template_ref)["clusterScope"].as_bool()) ref.set("clusterScope", true);
  return Value::object({{"templateRef", ref}});
}

// First list first; of a name that comes again only the first counts.
Value merged_by_name(const Value& first, const Value& second) {
  Value all = Value::array();
  std::set<std::string_view> names;
  for (const Value* list : {&first, &second}) {
    for (const Value& item : list->items()) {
      if (names.insert(item["name"].as_string()).second) all.push_back(item);
    }
  }
  return all;
}

bool global_artifact_by_variable(const Value& spec) {
  for (const Value& tmpl : spec["templates"].items()) {
    for (const Value& artifact : tmpl["outputs"]["artifacts"].items()) {
      if (detail::holds_parameter(artifact["globalName"].as_string())) return true;
    }
  }
  return false;
}

// One run over a Workflow, or over what stands for one.
class Run {
 public:
  Run(const Value& object, const Lookup& lookup, const Options& options, bool of_template,
      Base::SpecAt place = Base::SpecAt::Spec)
      : options_(options),
        of_template_(of_template),
        validator_(lookup, of_template),
        base_({spec::Scope::Kind::Local,
               of_template ? "" : std::string(object["metadata"]["name"].as_string())},
              object, place),
        metadata_(object["metadata"]),
        spec_(base_.spec()) {}

  std::vector<Diagnostic> go() {
    const Chain chain;
    if (!find_referenced()) return validator_.report.take();
    check_names(validator_.report, chain, base_.templates_at(), spec_["templates"],
                "spec.templates", detail::NameKind::Field);
    check_executor_plugins();
    check_spec_arguments();
    add_globals();
    check_entrypoint();
    check_exit_handler();
    const At hooks_at = base_.at().in("hooks");
    check_hooks(validator_.report, chain, hooks_at, spec_["hooks"], "hooks");
    check_pod_gc();
    const At resources_at = base_.at().in("podResources");
    check_pod_resources(validator_.report, chain, resources_at, spec_["podResources"],
                        "spec.podResources");
    check_all_templates();
    return validator_.report.take();
  }

 private:
  void report(const At& at, std::string_view text, std::string hint = {}) {
    validator_.report.add(Chain{}, at, text, std::move(hint));
  }

  bool find_referenced() {
    ref_ = spec_.find("workflowTemplateRef");
    if (ref_ == nullptr) return true;
    const At ref_at = base_.at().in("workflowTemplateRef");
    if (!spec_["templates"].empty()) {
      report(base_.templates_at(),
             "Templates is invalid field in spec if workflow referred WorkflowTemplate reference");
    }
    const auto base =
        validator_.find_base((*ref_)["name"].as_string(), (*ref_)["clusterScope"].as_bool());
    if (!base.ok()) {
      report(ref_at, base.error().message());
      return false;
    }
    referenced_ = *base;
    return true;
  }
  const Value& referenced_spec() const {
    static const Value kNull;
    return referenced_ == nullptr ? kNull : referenced_->spec();
  }

  void check_executor_plugins() {
    const At list_at = base_.at().in("executorPlugins");
    size_t index = 0;
    for (const Value& plugin : spec_["executorPlugins"].items()) {
      const At at = list_at.item(index++);
      const Value& container = plugin["spec"]["sidecar"]["container"];
      std::string_view problem;
      if (plugin["metadata"]["name"].as_string().empty()) {
        problem = "executor plugin metadata name is mandatory";
      } else if (container["ports"].empty()) {
        problem = "at least one port is mandatory";
      } else if (!container["resources"].has("requests")) {
        problem = "resources requests are mandatory";
      } else if (!container["resources"].has("limits")) {
        problem = "resources limits are mandatory";
      } else if (!container.has("securityContext")) {
        problem = "security context is mandatory";
      }
      if (!problem.empty()) report(at, cat("spec.executorPlugins: ", problem));
    }
  }

  void check_spec_arguments() {
    arguments_ = spec_["arguments"];
    if (referenced_ != nullptr) {
      const Value& theirs = referenced_spec()["arguments"];
      for (const char* list : {"parameters", "artifacts"}) {
        Value all = merged_by_name(arguments_[list], theirs[list]);
        if (!all.empty()) arguments_.set(list, std::move(all));
      }
    }
    const bool may_lack_values = options_.lint || (of_template_ && !options_.submit);
    const At at = base_.at().in("arguments");
    detail::check_arguments(validator_.report, Chain{}, at, arguments_, "spec.arguments.",
                            may_lack_values);
  }

  void set_global(std::string_view name) {
    validator_.globals.values.set(name, validator_.placeholders.next());
  }

  // The keys of the metadata's map `field`, also those that the specs' workflowMetadata adds
  // (VAL-22).
  void add_metadata(const char* field, const char* computed) {
    const auto add = [&](const Value& map) {
      for (const json::Member& member : map.members())
        set_global(cat("workflow.", field, ".", member.key()));
    };
    add(metadata_[field]);
    const Value* defaults = options_.defaults == nullptr ? nullptr : &(*options_.defaults)["spec"];
    for (const Value* spec : {&spec_, defaults, &referenced_spec()}) {
      if (spec == nullptr) continue;
      add((*spec)["workflowMetadata"][field]);
      if (computed != nullptr) add((*spec)["workflowMetadata"][computed]);
    }
    set_global(cat("workflow.", field));
    set_global(cat("workflow.", field, ".json"));
  }

  void add_globals() {
    for (const char* name :
         {"name", "namespace", "mainEntrypoint", "serviceAccountName", "uid", "status"})
      set_global(cat("workflow.", name));
    const auto parameters = arguments_["parameters"].items();
    if (!parameters.empty()) {
      set_global("workflow.parameters");
      set_global("workflow.parameters.json");
    }
    for (const Value& parameter : parameters) {
      const std::string name = cat("workflow.parameters.", parameter["name"].as_string());
      if (parameter.has("value")) {
        validator_.globals.values.set(name, std::string(parameter["value"].as_string()));
      } else {
        set_global(name);
      }
    }
    add_metadata("annotations", nullptr);
    add_metadata("labels", "labelsFrom");
    if (spec_.has("priority"))
      validator_.globals.values.set("workflow.priority",
                                    std::string(spec_["priority"].number_text()));
  }

  void check_entrypoint() {
    std::string_view entrypoint = spec_["entrypoint"].as_string();
    if (of_template_ && entrypoint.empty()) return;
    const At at = base_.at().in("entrypoint").closed();
    if (entrypoint.empty()) entrypoint = referenced_spec()["entrypoint"].as_string();
    if (entrypoint.empty()) {
      report(base_.at(), "spec.entrypoint is required");
      return;
    }
    const Value start = holder(ref_, entrypoint);
    validator_.check_holder(start, at, base_, of_template_ ? nullptr : &arguments_, Chain{});
  }

  // The workflow's own handler, else the one of the template that it refers to.
  void check_exit_handler() {
    std::string_view name = spec_["onExit"].as_string();
    if (name.empty()) name = referenced_spec()["onExit"].as_string();
    if (name.empty()) return;
    set_global("workflow.failures");
    if (global_artifact_by_variable(spec_) || global_artifact_by_variable(referenced_spec()))
      validator_.globals.any_output_artifact = true;
    const At at = base_.at().in("onExit").closed();
    const Value start = holder(ref_, name);
    validator_.check_holder(start, at, base_, &spec_["arguments"], Chain{});
  }

  void check_pod_gc() {
    const Value& gc = spec_["podGC"];
    const At gc_at = base_.at().in("podGC"), strategy_at = gc_at.in("strategy"),
             selector_at = gc_at.in("labelSelector");
    const std::string_view strategy = gc["strategy"].as_string();
    static const std::set<std::string_view> kStrategies{
        "", "OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess"};
    if (kStrategies.count(strategy) == 0)
      report(strategy_at, cat("podGC.strategy unknown strategy '", strategy, "'"));
    const std::string problem = selector_problem(gc["labelSelector"]);
    if (!problem.empty()) report(selector_at, cat("podGC.labelSelector invalid: ", problem));
  }

  // As Kubernetes builds a selector of it.
  static std::string selector_problem(const Value& selector) {
    for (const json::Member& label : selector["matchLabels"].members()) {
      if (auto problem = key_problem(label.key()); !problem.empty()) return problem;
      const auto problems = spec::label_value_problems(label.value.as_string());
      if (!problems.empty())
        return cat("values[0][", label.key(),
                   "]: Invalid value: ", go_quote(label.value.as_string()), ": ",
                   join(problems, "; "));
    }
    for (const Value& wish : selector["matchExpressions"].items()) {
      const std::string_view op = wish["operator"].as_string();
      const bool listed = op == "In" || op == "NotIn";
      if (!listed && op != "Exists" && op != "DoesNotExist")
        return cat(go_quote(op), " is not a valid label selector operator");
      if (auto problem = key_problem(wish["key"].as_string()); !problem.empty()) return problem;
      if (listed && wish["values"].empty())
        return "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty";
      if (!listed && !wish["values"].empty())
        return "values: Invalid value: values set must be empty for exists and does not exist";
    }
    return "";
  }
  static std::string key_problem(std::string_view key) {
    const auto problems = spec::qualified_name_problems(key);
    return problems.empty()
               ? ""
               : cat("key: Invalid value: ", go_quote(key), ": ", join(problems, "; "));
  }

  void check_all_templates() {
    const bool theirs = referenced_ != nullptr;
    const Base& base = theirs ? *referenced_ : base_;
    size_t index = 0;
    for (const Value& tmpl : base.spec()["templates"].items()) {
      const At at = base.templates_at().item(index++).closed();
      const std::string_view name = tmpl["name"].as_string();
      if (name.empty()) continue;  // reported
      const Chain chain{nullptr, cat("templates.", name, " ")};
      const Value start = holder(theirs ? ref_ : nullptr, name);
      validator_.check_holder(start, at, base_, nullptr, chain);
    }
  }

  const Options& options_;
  const bool of_template_;
  detail::Validator validator_;
  Base base_;
  const Value metadata_;
  const Value& spec_;
  const Value* ref_ = nullptr;
  const Base* referenced_ = nullptr;
  Value arguments_;
};

std::vector<Diagnostic> too_long(const Value& object, std::string_view what, size_t most) {
  const std::string_view name = object["metadata"]["name"].as_string();
  if (name.size() <= most) return {};
  return {{cat(what, " name ", go_quote(name), " must not be more than ", most,
               " characters long (currently ", name.size(), ")"),
           "/metadata/name",
           {},
           ""}};
}

std::vector<Diagnostic> joined(std::vector<Diagnostic> first, std::vector<Diagnostic> then) {
  first.insert(first.end(), std::make_move_iterator(then.begin()),
               std::make_move_iterator(then.end()));
  return first;
}

std::vector<Diagnostic> template_object(const Value& object, const Lookup& lookup,
                                        const Options& options, std::string_view what) {
  return joined(too_long(object, what, kNameMax), Run(object, lookup, options, true).go());
}

// What is a cron workflow's own (VAL-38).
std::vector<Diagnostic> cron_problems(const Value& object) {
  std::vector<Diagnostic> found = too_long(object, "cron workflow", kCronNameMax);
  const Value& spec = object["spec"];
  const auto add = [&](std::string path, std::string text) {
    found.push_back({std::move(text), std::move(path), {}, ""});
  };
  if (spec["schedules"].empty()) add("/spec", "cron workflow must have at least one schedule");
  const std::string_view zone = spec["timezone"].as_string();
  size_t index = 0;
  for (const Value& schedule : spec["schedules"].items()) {
    const std::string_view text = schedule.as_string();
    const auto parsed = expr::CronSchedule::parse(text);
    if (!parsed.ok())
      add(cat("/spec/schedules/", index),
          cat("cron schedule ", text, " is malformed: ", parsed.error().message()));
    ++index;
  }
  if (!zone.empty()) {
    const auto location = expr::load_location(zone);
    if (!location.ok())
      add("/spec/timezone",
          cat("invalid timezone ", go_quote(zone), ": ", location.error().message()));
  }
  const std::string_view policy = spec["concurrencyPolicy"].as_string();
  if (policy != "" && policy != "Allow" && policy != "Forbid" && policy != "Replace") {
    add("/spec/concurrencyPolicy", cat("'", policy, "' is not a valid concurrencyPolicy"));
  }
  if (const auto seconds = spec["startingDeadlineSeconds"].as_int(); seconds && *seconds < 0) {
    add("/spec/startingDeadlineSeconds", "startingDeadlineSeconds must be positive");
  }
  return found;
}

}  // namespace

std::vector<Diagnostic> workflow(const Value& object, const Lookup& lookup,
                                 const Options& options) {
  return joined(too_long(object, "workflow", kNameMax), Run(object, lookup, options, false).go());
}

std::vector<Diagnostic> workflow_template(const Value& object, const Lookup& lookup,
                                          const Options& options) {
  return template_object(object, lookup, options, "workflow template");
}

std::vector<Diagnostic> cluster_workflow_template(const Value& object, const Lookup& lookup,
                                                  const Options& options) {
  return template_object(object, lookup, options, "cluster workflow template");
}

// Its workflows have the labels and annotations that every one that it makes gets.
std::vector<Diagnostic> cron_workflow(const Value& object, const Lookup& lookup,
                                      const Options& options) {
  std::vector<Diagnostic> found = cron_problems(object);
  Value made = object;
  Value labels =
      Value::object({{"workflows.argoproj.io/cron-workflow", object["metadata"]["name"]}});
  static constexpr std::string_view kInstance = "workflows.argoproj.io/controller-instanceid";
  if (object["metadata"]["labels"].has(kInstance))
    labels.set(kInstance, object["metadata"]["labels"][kInstance]);
  Value annotations = Value::object({{"workflows.argoproj.io/scheduled-time", ""}});
  const Value& metadata = object["spec"]["workflowMetadata"];
  for (const json::Member& member : metadata["labels"].members())
    labels.set(member.key(), member.value);
  for (const json::Member& member : metadata["annotations"].members())
    annotations.set(member.key(), member.value);
  made.set("metadata", Value::object({{"labels", labels}, {"annotations", annotations}}));
  Options as_submitted = options;
  as_submitted.lint = false;
  for (Diagnostic& diagnostic :
       Run(made, lookup, as_submitted, false, Base::SpecAt::WorkflowSpec).go()) {
    diagnostic.message = cat("cannot validate Workflow: ", diagnostic.message);
    found.push_back(std::move(diagnostic));
  }
  return found;
}

}  // namespace wf::validate
