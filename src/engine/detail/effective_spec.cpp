// SPDX-License-Identifier: Apache-2.0
// The spec that runs, and the workflow's own variables (rules SPC, VAR-1 to VAR-4).
#include <cstdio>

#include "base/text.h"
#include "engine/detail/expressions.h"
#include "engine/detail/locking.h"
#include "engine/detail/walk.h"
#include "expr/gotime.h"
#include "json/text.h"
#include "podspec/artifact_repository.h"
#include "spec/merge.h"
#include "spec/names.h"

namespace wf::engine {

using json::Value;

namespace {

struct Strftime {
  char letter;
  const char* layout;
};
constexpr Strftime kStrftime[] = {{'B', "January"}, {'b', "Jan"}, {'m', "01"}, {'A', "Monday"}, {'a', "Mon"}, {'d', "02"},
                                  {'H', "15"}, {'I', "03"}, {'M', "04"}, {'S', "05"}, {'Y', "2006"}, {'y', "06"},
                                  {'p', "PM"}, {'Z', "MST"}, {'z', "-0700"}, {'L', ".000"}};

std::string sorted_json(Value object) {
  if (object.is_null()) return "null";
  object.sort_keys();
  return json::print(object);
}

void set_map(Globals& globals, const char* name, const Value& map, const Value& except) {
  const std::string prefix = cat("workflow.", name);
  const std::string text = sorted_json(map);
  globals.set(prefix, text);
  globals.set(prefix + ".json", text);
  for (const json::Member& one : map.members()) {
    if (!except.has(one.key())) globals.set(cat(prefix, ".", one.key()), one.value.as_string());
  }
}

// The globals without those that only a pass knows: they stay in the spec as they are (VAR-3).
class Lasting final : public expr::Scope {
 public:
  explicit Lasting(const Globals& globals) : globals_(globals) {}
  expr::Variable find(std::string_view key) const override { return passing(key) ? expr::Variable{} : globals_.find(key); }
  void visit_keys(std::string_view prefix, const Visit& visit) const override {
    globals_.visit_keys(prefix, [&](std::string_view key) {
      if (!passing(key)) visit(key);
    });
  }
  const Clock* clock() const override { return globals_.clock(); }

 private:
  static bool passing(std::string_view key) {
    return key == "workflow.status" || key == "workflow.duration" || key == "workflow.failures";
  }
  const Globals& globals_;
};

std::string seconds_text(Duration duration) {
  char text[48];
  std::snprintf(text, sizeof text, "%.6f", static_cast<double>(duration.count()) / 1e9);
  return text;
}

}  // namespace

// VAR-1, VAR-3.
void Walk::set_changing_globals() {
  s.globals.set_now(now);
  s.globals.set("workflow.status", s.phase);
  const Time end = is_set(s.finished_at) && s.ended() ? s.finished_at : now;
  s.globals.set("workflow.duration", seconds_text(is_set(s.started_at) ? end - s.started_at : Duration{}));
}

Result<void> Walk::set_globals() {
  Globals& g = s.globals;
  const Value& spec = s.effective_source;
  g.set("workflow.name", s.name);
  g.set("workflow.namespace", s.ns);
  g.set("workflow.mainEntrypoint", spec["entrypoint"].as_string());
  g.set("workflow.serviceAccountName", spec["serviceAccountName"].as_string());
  g.set("workflow.uid", s.uid);
  const std::string created = to_rfc3339(s.created_at);
  g.set("workflow.creationTimestamp", created);
  g.set("workflow.creationTimestamp.RFC3339", created);
  g.set("workflow.creationTimestamp.s",
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(s.created_at.time_since_epoch()).count()));
  for (const Strftime& one : kStrftime) {
    const auto since = s.created_at.time_since_epoch().count();
    const expr::Moment moment{since / 1'000'000'000, static_cast<int32_t>(since % 1'000'000'000)};
    g.set(cat("workflow.creationTimestamp.", one.letter), expr::format(moment, one.layout));
  }
  if (const Value* scheduled = s.metadata["annotations"].find("workflows.argoproj.io/scheduled-time")) {
    g.set("workflow.scheduledTime", scheduled->as_string());
  }
  if (spec.has("priority")) g.set("workflow.priority", spec["priority"].number_text());
  const Value& parameters = spec["arguments"]["parameters"];
  const std::string all = parameters.is_null() ? "null" : json::print(parameters);
  g.set("workflow.parameters", all);
  g.set("workflow.parameters.json", all);
  for (const Value& parameter : parameters.items()) {
    const std::string_view name = parameter["name"].as_string();
    const std::string key = cat("workflow.parameters.", name);
    const Value& ref = parameter["valueFrom"]["configMapKeyRef"];
    if (parameter.has("value")) {
      g.set(key, parameter["value"].as_string());
    } else if (ref.is_object()) {
      const auto value = config_map_parameter(s.world, s.ns, ref["name"].as_string(), ref["key"].as_string());
      const Value* fallback = parameter["valueFrom"].find("default");
      if (!value.ok() && fallback == nullptr) {
        return Error(cat("failed to set global parameter ", name, " from configmap with name ", ref["name"].as_string(),
                         " and key ", ref["key"].as_string(), ": ", value.error().message()));
      }
      g.set(key, value.ok() ? std::string_view(*value) : fallback->as_string());
    } else {
      return Error(cat("either value or valueFrom must be specified in order to set global parameter ", name));
    }
  }
  for (const Value& parameter : s.status["outputs"]["parameters"].items()) {
    if (parameter.has("value")) g.set(cat("workflow.outputs.parameters.", parameter["name"].as_string()), parameter["value"].as_string());
  }
  const Value& metadata = spec["workflowMetadata"];
  set_map(g, "annotations", s.metadata["annotations"], Value());
  set_map(g, "labels", s.metadata["labels"], metadata["labelsFrom"]);
  for (const json::Member& one : metadata["labels"].members()) {
    if (!metadata["labelsFrom"].has(one.key())) g.set(cat("workflow.labels.", one.key()), one.value.as_string());
  }
  for (const json::Member& one : metadata["annotations"].members()) g.set(cat("workflow.annotations.", one.key()), one.value.as_string());
  return {};
}

// SPC-10: the whole spec but the templates.
Result<void> Walk::substitute_spec() {
  Value rest = s.effective_source;
  const Value templates = rest["templates"];
  rest.erase("templates");
  TRY(Value substituted, expr::replace_tree(rest, Lasting(s.globals), expr::Mode::lenient()));
  s.effective_has_tags = json::print(rest).find("{{") != std::string::npos;
  if (!templates.is_null()) substituted.set("templates", templates);
  s.effective = std::move(substituted);
  return {};
}

// SPC-11.
Result<void> Walk::apply_workflow_metadata() {
  const Value metadata = s.effective["workflowMetadata"];
  if (!metadata.is_object()) return {};
  const auto check = [](std::string_view key, std::string_view value, std::string_view more) -> Result<void> {
    const auto problems = spec::label_value_problems(value);
    if (problems.empty()) return {};
    return Error(cat("invalid label value ", go_quote(value), " for label ", go_quote(key), more, ": ", join(problems, ";")));
  };
  for (const json::Member& one : metadata["labels"].members()) {
    TRY_DO(check(one.key(), one.value.as_string(), ""));
    s.set_label(one.key(), one.value.as_string());
    s.globals.set(cat("workflow.labels.", one.key()), one.value.as_string());
  }
  for (const json::Member& one : metadata["annotations"].members()) {
    s.set_annotation(one.key(), one.value.as_string());
    s.globals.set(cat("workflow.annotations.", one.key()), one.value.as_string());
  }
  for (const json::Member& one : metadata["labelsFrom"].members()) {
    const std::string_view expression = one.value["expression"].as_string();
    const auto value = evaluate(expression, s.globals);
    if (!value.ok()) {
      return Error(cat("failed to evaluate label ", go_quote(one.key()), " expression ", go_quote(expression), ": ", value.error().message()));
    }
    if (!value->is_string()) {
      return Error(cat("failed to evaluate label ", go_quote(one.key()), " expression ", go_quote(expression), " evaluted to ",
                       value->type_name(), " but must be a string"));
    }
    TRY_DO(check(one.key(), value->as_string(), cat(" and expression ", go_quote(expression))));
    s.set_label(one.key(), value->as_string());
    s.globals.set(cat("workflow.labels.", one.key()), value->as_string());
  }
  return substitute_spec();
}

// SPC-1 to SPC-4, SPC-7.
Result<void> Walk::join_spec() {
  const auto& config = s.world.controller().config;
  const bool must_refer = config.template_referencing() != config::ControllerConfig::TemplateReferencing::Free;
  const Value& ref = s.spec["workflowTemplateRef"];
  if (!ref.is_object()) {
    if (must_refer) return Error("workflows must use workflowTemplateRef to be executed when the controller is in reference mode");
    if (config.workflow_defaults().is_object()) {
      const Value whole = Value::object({{"metadata", s.metadata}, {"spec", s.spec}});
      TRY(const Value merged, spec::merge_workflow_defaults(whole, config.workflow_defaults()));
      s.effective_source = merged["spec"];
      if (s.phase.empty() && !(merged["metadata"] == s.metadata)) {
        s.metadata = merged["metadata"];
        s.header_changed = true;
      }
      if (s.phase.empty() && !(merged["spec"] == s.spec)) {
        s.spec = merged["spec"];
        s.header_changed = true;
      }
    } else {
      s.effective_source = s.spec;
    }
    return {};
  }
  if (must_refer) {
    const auto forbidden = spec::forbidden_overrides(s.spec, {});
    if (!forbidden.empty()) {
      return Error(cat("fields [", join(forbidden, " "), "] are not permitted when using workflowTemplateRef with templateReferencing restriction"));
    }
  }
  const bool cluster = ref["clusterScope"].as_bool();
  Value& stored = s.status.at("storedWorkflowTemplateSpec");
  const bool first = stored.is_null();
  if (first || !(s.spec["suspend"] == stored["suspend"]) || !(s.spec["shutdown"] == stored["shutdown"]) ||
      (s.spec.has("entrypoint") && !stored.has("entrypoint"))) {
    Value base = stored;
    if (first) {
      const std::string_view name = ref["name"].as_string();
      const Value found = s.world.find(cluster ? "ClusterWorkflowTemplate" : "WorkflowTemplate", cluster ? "" : std::string_view(s.ns), name);
      if (found.is_null()) {
        s.status.erase("storedWorkflowTemplateSpec");
        return Error(cat(cluster ? "clusterworkflowtemplates" : "workflowtemplates", ".argoproj.io \"", name, "\" not found"), Code::NotFound);
      }
      base = found["spec"];
      for (const char* map : {"labels", "annotations"}) {
        for (const json::Member& one : config.workflow_defaults()["metadata"][map].members()) {
          if (!s.metadata[map].has(one.key())) {
            if (!s.metadata.has(map)) s.metadata.set(map, Value::object());
            s.metadata.at(map).set(one.key(), one.value);
          }
        }
      }
    }
    TRY(stored, spec::join_workflow_specs({s.spec, base, config.workflow_defaults()["spec"]}));
    s.header_changed = true;
  }
  s.effective_source = stored;
  const char* label = cluster ? "workflows.argoproj.io/cluster-workflow-template" : "workflows.argoproj.io/workflow-template";
  if (s.label(label) != ref["name"].as_string()) s.set_label(label, ref["name"].as_string());
  return {};
}

// Artifact repository and the mark of artifact collection (REC-6, GCO-6). False: the workflow is in error.
bool Walk::resolve_repository() {
  const auto& controller = s.world.controller();
  if (!s.status.has("artifactRepositoryRef")) {
    const auto resolved = podspec::resolve_artifact_repository(
        s.effective["artifactRepositoryRef"], s.ns, controller.flags.ns, controller.config.artifact_repository(),
        [&](std::string_view ns, std::string_view name) { return s.world.find("ConfigMap", ns, name); });
    if (!resolved.ok()) {
      mark_workflow("Error", cat("failed to resolve artifact repository: ", resolved.error().message()));
      return false;
    }
    s.status.set("artifactRepositoryRef", *resolved);
    s.header_changed = true;
  }
  return true;
}

// Validation resolves every template that may be used, and what it resolves is stored (TPL-4).
void Walk::store_reachable() {
  const Value& ref = s.spec["workflowTemplateRef"];
  spec::Scope base = s.templates.local();
  if (ref.is_object()) {
    base = {ref["clusterScope"].as_bool() ? spec::Scope::Kind::Cluster : spec::Scope::Kind::Namespaced, std::string(ref["name"].as_string())};
  }
  std::set<std::pair<std::string, const Compiled*>> seen;
  std::vector<std::pair<spec::Scope, Value>> open;
  const auto add = [&](const spec::Scope& scope, const Value& holder) { open.emplace_back(scope, holder); };
  for (const Value& tmpl : s.effective["templates"].items()) add(base, Value::object({{"template", tmpl["name"]}}));
  for (const json::Member& hook : s.effective["hooks"].members()) add(base, hook.value);
  while (!open.empty()) {
    const auto [scope, holder] = std::move(open.back());
    open.pop_back();
    if (holder["templateRef"]["name"].as_string().find("{{") != std::string_view::npos ||
        holder["templateRef"]["template"].as_string().find("{{") != std::string_view::npos ||
        holder["template"].as_string().find("{{") != std::string_view::npos) {
      continue;
    }
    const auto resolved = s.templates.resolve(scope, holder);
    if (!resolved.ok() || !seen.emplace(resolved->scope.text(), resolved->compiled.get()).second) continue;
    const auto follow = [&](const Value& call) {
      add(resolved->scope, call);
      if (!call["onExit"].as_string().empty()) add(resolved->scope, Value::object({{"template", call["onExit"]}}));
      for (const json::Member& hook : call["hooks"].members()) add(resolved->scope, hook.value);
    };
    for (const Value& group : resolved->compiled->tmpl["steps"].items()) {
      for (const Value& step : group.items()) follow(step);
    }
    for (const Value& task : resolved->compiled->tmpl["dag"]["tasks"].items()) follow(task);
  }
}

// False: this turn is over.
bool Walk::prepare_spec() {
  const bool first = s.phase.empty();
  s.globals.set_now(now);
  if (!s.loaded) {
    if (const auto joined = join_spec(); !joined.ok()) {
      s.effective = s.effective_source = s.spec;
      mark_workflow("Error", joined.error().message());
      return false;
    }
    s.effective = s.effective_source;
    const bool refers = s.spec["workflowTemplateRef"].is_object();
    s.templates.set_spec(s.effective_source, refers ? "" : s.name);
    if (first) {
      const std::string problem = s.world.validate(s.to_json(false, false));
      if (!problem.empty()) {
        mark_workflow("Failed", cat("invalid spec: ", problem));
        return false;
      }
    }
    if (first) store_reachable();
    if (const auto set = set_globals(); !set.ok()) {
      mark_workflow("Failed", cat("failed to set global parameters: ", set.error().message()));
      return false;
    }
    if (const auto substituted = substitute_spec(); !substituted.ok()) {
      stop = true;
      return false;
    }
    if (first) {
      if (const auto applied = apply_workflow_metadata(); !applied.ok()) {
        mark_workflow("Error", applied.error().message());
        return false;
      }
    }
    s.templates.set_spec(s.effective, refers ? "" : s.name);
    s.loaded = true;
    know_measured();
  } else if (s.effective_has_tags) {
    if (const auto substituted = substitute_spec(); !substituted.ok()) {
      stop = true;
      return false;
    }
  }
  set_changing_globals();
  return true;
}

}  // namespace wf::engine
