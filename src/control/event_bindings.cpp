// SPDX-License-Identifier: Apache-2.0
#include "control/event_bindings.h"

#include "base/text.h"
#include "engine/submit.h"
#include "expr/argo_functions.h"
#include "json/text.h"
#include "store/kinds.h"

namespace wf::control {

using json::Value;

namespace {

// Names and labels may use Argo's functions, selectors and arguments may not.
class WithFunctions final : public expr::Environment {
 public:
  explicit WithFunctions(const expr::MapEnvironment& event) : event_(event) {}
  std::optional<expr::Any> find(std::string_view name) const override {
    auto found = event_.find(name);
    return found ? found : expr::argo_function(name);
  }
  expr::Any whole() const override { return event_.whole(); }

 private:
  const expr::MapEnvironment& event_;
};

Result<std::string> text_of(std::string_view expression, const std::string& what, const WithFunctions& environment) {
  auto result = expr::evaluate(expression, environment);
  if (!result.ok()) return std::move(result.error()).wrap(cat("failed to evaluate workflow ", what, " expression"));
  if (!result->is_string()) {
    return Error(cat("workflow ", what, " expression must evaluate to a string, not a ", result->type_name()));
  }
  return std::string(result->as_string());
}

Result<void> fill_metadata(Value& workflow, const Value& wanted, const WithFunctions& environment) {
  Value& metadata = workflow.at("metadata");
  for (const char* name : {"name", "generateName"}) {
    if (wanted[name].as_string().empty()) continue;
    TRY(const std::string text, text_of(wanted[name].as_string(), name, environment));
    metadata.set(name, text);
  }
  for (const auto& [map, what] : {std::pair("labels", "label"), std::pair("annotations", "annotation")}) {
    for (const json::Member& member : wanted[map].members()) {
      TRY(const std::string text,
          text_of(member.value.as_string(), cat(what, " \"", member.key(), "\""), environment));
      metadata.at(map).set(member.key(), text);
    }
  }
  return {};
}

Result<void> fill_arguments(Value& workflow, const Value& wanted, const expr::MapEnvironment& event) {
  for (const Value& parameter : wanted["parameters"].items()) {
    const std::string_view name = parameter["name"].as_string();
    if (!parameter.has("valueFrom")) {
      return Error(cat("malformed workflow template parameter \"", name, "\": valueFrom is nil"));
    }
    auto result = expr::evaluate(parameter["valueFrom"]["event"].as_string(), event);
    if (!result.ok()) {
      return std::move(result.error()).wrap(cat("failed to evaluate workflow template parameter \"", name, "\" expression"));
    }
    auto value = result->to_json();
    if (!value.ok()) return std::move(value.error()).wrap(cat("failed to convert result to JSON \"", name, "\" expression"));
    workflow.at("spec").at("arguments").at("parameters").push_back(Value::object(
        {{"name", name}, {"value", value->is_string() ? *value : Value(json::print(*value))}}));
  }
  return {};
}

}  // namespace

expr::MapEnvironment event_environment(const ReceivedEvent& event) {
  expr::Map values;
  values.emplace(expr::Any("namespace"), event.ns);
  values.emplace(expr::Any("discriminator"), event.discriminator);
  values.emplace(expr::Any("metadata"), expr::Any::from_json(event.metadata));
  values.emplace(expr::Any("payload"), expr::Any::from_json(event.payload));
  return expr::MapEnvironment(std::move(values));
}

Result<std::optional<Value>> workflow_of_event(const Value& binding, const expr::MapEnvironment& event,
                                               ObjectCache& objects, Random& random) {
  auto holds = expr::eval_bool(binding["spec"]["event"]["selector"].as_string(), event);
  if (!holds.ok()) return std::move(holds.error()).wrap("failed to evaluate workflow template expression");
  const Value& submit = binding["spec"]["submit"];
  if (!*holds || !submit.is_object()) return std::optional<Value>();

  const std::string ns(binding["metadata"]["namespace"].as_string());
  const Value& reference = submit["workflowTemplateRef"];
  const std::string name(reference["name"].as_string());
  const bool cluster = reference["clusterScope"].as_bool();
  const store::Key key{std::string(cluster ? store::kClusterWorkflowTemplate : store::kWorkflowTemplate), cluster ? "" : ns, name};
  const Value tmpl = objects.find(key);
  if (tmpl.is_null()) return store::not_found(key).wrap("failed to get workflow template");

  Value workflow = engine::workflow_from_template(
      cluster ? engine::SubmitSource::ClusterWorkflowTemplate : engine::SubmitSource::WorkflowTemplate, name);
  Value& metadata = workflow.at("metadata");
  metadata.set("namespace", ns);
  for (const char* map : {"labels", "annotations"}) {
    for (const json::Member& member : tmpl["spec"]["workflowMetadata"][map].members()) {
      metadata.at(map).set(member.key(), member.value);
    }
  }
  const WithFunctions environment(event);
  TRY_DO(fill_metadata(workflow, submit["metadata"], environment));
  Value& named = workflow.at("metadata");
  if (named["name"].as_string().empty()) {
    named.set("name", store::generated_name(named["generateName"].as_string(), random));
  }
  named.at("labels").set("workflows.argoproj.io/workflow-event-binding", binding["metadata"]["name"]);
  TRY_DO(fill_arguments(workflow, submit["arguments"], event));
  return std::optional(std::move(workflow));
}

}  // namespace wf::control
