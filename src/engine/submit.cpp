// SPDX-License-Identifier: Apache-2.0
// Submit options, and objects that workflows are made from. Labels of users: submit_user.cpp.
#include "engine/submit.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "engine/operations.h"
#include "json/text.h"
#include "json/yaml.h"
#include "spec/artifact_location.h"

namespace wf::engine {
namespace {

constexpr std::string_view kPrefix = "workflows.argoproj.io/";

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> out;
  for (const Value& item : list.items()) out.emplace_back(item.as_string());
  return out;
}

// SBM-4. Names given twice: the last one counts.
Result<std::vector<std::pair<std::string, std::string>>> pairs_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const std::string_view part : split(text, ",")) {
    const auto sides = split(part, "=");
    if (sides.size() != 2) return Error(cat("unexpected label spec: ", part));
    if (sides[0].empty()) return Error("unexpected empty label key");
    out.emplace_back(sides[0], sides[1]);
  }
  return out;
}

// `what` and `shown` are Argo's: the message on annotations shows the labels.
Result<void> add_pairs(Value& metadata, std::string_view field, std::string_view text, std::string_view what,
                       std::string_view shown) {
  if (text.empty()) return {};
  const auto pairs = pairs_of(text);
  if (!pairs.ok()) {
    return Error(cat("expected ", what, " of the form: NAME1=VALUE2,NAME2=VALUE2. Received: ", shown, ": ",
                     pairs.error().message()));
  }
  Value& map = metadata.at(field);
  for (const auto& [name, value] : *pairs) map.set(name, value);
  map.sort_keys();
  return {};
}

using Keys = std::map<std::string, std::string>;  // of artifacts, by name

Result<Keys> artifact_keys(const std::vector<std::string>& artifacts) {
  Keys out;
  for (const std::string& text : artifacts) {
    const size_t at = text.find('=');
    if (at == std::string::npos || at == 0 || at + 1 == text.size()) {
      return Error(cat("expected artifact of the form: NAME=KEY. Received: ", text));
    }
    out[text.substr(0, at)] = text.substr(at + 1);
  }
  return out;
}

Result<void> all_used(const Keys& keys, const std::set<std::string>& used) {
  std::vector<std::string> unused;
  for (const auto& [name, key] : keys) {
    if (!used.contains(name)) unused.push_back(name);
  }
  if (unused.empty()) return {};
  return Error(cat("artifact override(s) matched no artifact: ", join(unused, ", ")));
}

// The arguments' artifacts with their new keys; `where` ends the message of one that can have none.
Result<void> override_keys(Value& spec, const Keys& keys, std::string_view where, std::set<std::string>& used) {
  for (size_t i = 0; i < spec["arguments"]["artifacts"].size(); ++i) {
    const std::string name(spec["arguments"]["artifacts"][i]["name"].as_string());
    const auto key = keys.find(name);
    if (key == keys.end()) continue;
    used.insert(name);
    auto set = spec::set_location_key(spec.at("arguments").at("artifacts").item(i), key->second);
    if (!set.ok()) return std::move(set.error()).wrap(cat("failed to set key for artifact ", name, where));
  }
  return {};
}

Result<void> override_artifacts(Value& workflow, const std::vector<std::string>& artifacts) {  // SBM-3
  if (artifacts.empty()) return {};
  TRY(const Keys keys, artifact_keys(artifacts));
  std::set<std::string> used;
  TRY_DO(override_keys(workflow.at("spec"), keys, "", used));
  if (workflow["status"].has("storedWorkflowTemplateSpec")) {
    TRY_DO(override_keys(workflow.at("status").at("storedWorkflowTemplateSpec"), keys, " in stored spec", used));
  }
  if (workflow["spec"].has("workflowTemplateRef")) return {};  // they are the template's: with_template_artifacts
  return all_used(keys, used);
}

void set_texts(Value& spec, const SubmitOptions& options) {
  const std::pair<const char*, const std::string*> fields[] = {
      {"entrypoint", &options.entrypoint},
      {"serviceAccountName", &options.service_account},
      {"podPriorityClassName", &options.pod_priority_class_name}};
  for (const auto& [field, value] : fields) {
    if (!value->empty()) spec.set(field, *value);
  }
  if (options.priority) spec.set("priority", *options.priority);
}

// CRN-5 and SBM-7: what a cron workflow's spec and metadata become.
Value from_cron(const Value& cron, Value metadata, Value labels, Time scheduled) {
  const Value& more = cron["spec"]["workflowMetadata"];
  const std::string instance = cat(kPrefix, "controller-instanceid");
  if (const Value* id = cron["metadata"]["labels"].find(instance)) labels.set(instance, *id);
  labels.set(cat(kPrefix, "cron-workflow"), cron["metadata"]["name"]);
  for (const json::Member& label : more["labels"].members()) labels.set(label.key(), label.value);
  labels.sort_keys();
  Value annotations = Value::object({{cat(kPrefix, "scheduled-time"), to_rfc3339(scheduled)}});
  for (const json::Member& one : more["annotations"].members()) annotations.set(one.key(), one.value);
  annotations.sort_keys();
  if (cron["metadata"].has("namespace")) metadata.set("namespace", cron["metadata"]["namespace"]);
  metadata.set("labels", std::move(labels));
  metadata.set("annotations", std::move(annotations));
  metadata.set("ownerReferences", Value::array({Value::object({{"apiVersion", "argoproj.io/v1alpha1"},
                                                                {"kind", "CronWorkflow"},
                                                                {"name", cron["metadata"]["name"]},
                                                                {"uid", cron["metadata"]["uid"].as_string()},
                                                                {"controller", true},
                                                                {"blockOwnerDeletion", true}})}));
  if (!more["finalizers"].empty()) metadata.set("finalizers", more["finalizers"]);
  return Value::object({{"apiVersion", "argoproj.io/v1alpha1"},
                        {"kind", "Workflow"},
                        {"metadata", std::move(metadata)},
                        {"spec", cron["spec"].has("workflowSpec") ? cron["spec"]["workflowSpec"] : Value::object()}});
}

}  // namespace

Result<void> override_arguments(Value& workflow, const std::vector<std::string>& parameters) {  // SBM-2
  if (parameters.empty()) return {};
  TRY(Value arguments, override_parameters(workflow["spec"]["arguments"], parameters));
  if (workflow["status"].has("storedWorkflowTemplateSpec")) {
    workflow.at("status").at("storedWorkflowTemplateSpec").at("arguments").set("parameters", arguments["parameters"]);
  }
  workflow.at("spec").set("arguments", std::move(arguments));
  return {};
}

SubmitOptions submit_options_from(const Value& document) {
  const auto text = [&](const char* field) { return std::string(document[field].as_string()); };
  SubmitOptions out;
  out.name = text("name");
  out.generate_name = text("generateName");
  out.entrypoint = text("entryPoint");
  out.service_account = text("serviceAccount");
  out.pod_priority_class_name = text("podPriorityClassName");
  if (const auto priority = document["priority"].as_int()) out.priority = static_cast<int32_t>(*priority);
  out.labels = text("labels");
  out.annotations = text("annotations");
  out.parameters = texts(document["parameters"]);
  out.artifacts = texts(document["artifacts"]);
  out.owner_reference = document["ownerReference"];
  out.dry_run = document["dryRun"].as_bool();
  out.server_dry_run = document["serverDryRun"].as_bool();
  return out;
}

Result<Value> with_submit_options(const Value& workflow, const SubmitOptions& options) {
  Value out = workflow;
  set_texts(out.at("spec"), options);
  Value& metadata = out.at("metadata");
  TRY_DO(add_pairs(metadata, "labels", options.labels, "labels", options.labels));
  TRY_DO(add_pairs(metadata, "annotations", options.annotations, "Annotations", options.labels));
  TRY_DO(override_arguments(out, options.parameters));
  TRY_DO(override_artifacts(out, options.artifacts));
  if (!options.generate_name.empty()) metadata.set("generateName", options.generate_name);
  if (!options.name.empty()) metadata.set("name", options.name);
  if (!options.owner_reference.is_null()) metadata.at("ownerReferences").push_back(options.owner_reference);
  return out;
}

Result<std::vector<std::string>> parameters_of_file(std::string_view text) {
  TRY(const json::Document document, json::parse_yaml(text));
  const Value& map = document.value;
  if (!map.is_object() && !map.is_null()) {
    return Error(cat("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ", name_of(map.kind()),
                     " into Go value of type map[string]json.RawMessage"));
  }
  std::vector<std::string> out;
  for (const json::Member& entry : map.members()) {
    Value value = entry.value;
    value.sort_keys();
    out.push_back(cat(entry.key(), "=", value.is_string() ? std::string(value.as_string()) : json::print(value)));
  }
  return out;
}

Result<SubmitSource> submit_source_from(std::string_view kind) {
  static constexpr struct {
    SubmitSource source;
    std::string_view names[4];
  } kSources[] = {
      {SubmitSource::CronWorkflow, {"CronWorkflow", "cronworkflow", "cronworkflows", "cronwf"}},
      {SubmitSource::WorkflowTemplate, {"WorkflowTemplate", "workflowtemplate", "workflowtemplates", "wftmpl"}},
      {SubmitSource::ClusterWorkflowTemplate,
       {"ClusterWorkflowTemplate", "clusterworkflowtemplate", "clusterworkflowtemplates", "cwftmpl"}},
  };
  for (const auto& [source, names] : kSources) {
    if (std::find(std::begin(names), std::end(names), kind) != std::end(names)) return source;
  }
  return Error(cat("Resource kind '", kind, "' is not supported for submitting"));
}

Value workflow_from_template(SubmitSource source, std::string_view name) {
  const bool cluster = source == SubmitSource::ClusterWorkflowTemplate;
  Value reference = Value::object({{"name", name}});
  if (cluster) reference.set("clusterScope", true);
  const std::string label = cat(kPrefix, cluster ? "cluster-workflow-template" : "workflow-template");
  return Value::object(
      {{"apiVersion", "argoproj.io/v1alpha1"},
       {"kind", "Workflow"},
       {"metadata", Value::object({{"generateName", cat(name, "-")}, {"labels", Value::object({{label, name}})}})},
       {"spec", Value::object({{"workflowTemplateRef", reference}})}});
}

Value workflow_from_cron(const Value& cron_workflow, Time now) {
  const std::string prefix = cat(cron_workflow["metadata"]["name"].as_string(), "-");
  return from_cron(cron_workflow, Value::object({{"generateName", prefix}}), Value::object(), now);
}

Value workflow_of_schedule(const Value& cron_workflow, std::string_view name, Time scheduled) {
  Value labels = Value::object();
  for (const char* who : {"creator", "creator-email", "creator-preferred-username"}) {
    const std::string label = cat(kPrefix, who);
    if (const Value* value = cron_workflow["metadata"]["labels"].find(label)) labels.set(label, *value);
  }
  return from_cron(cron_workflow, Value::object({{"name", name}}), std::move(labels), scheduled);
}

Result<Value> with_template_artifacts(const Value& workflow, const Value& template_spec,
                                      const std::vector<std::string>& artifacts, const Value& repository) {
  if (artifacts.empty()) return workflow;
  TRY(const Keys keys, artifact_keys(artifacts));
  Value out = workflow;
  std::set<std::string> used;
  for (const Value& given : template_spec["arguments"]["artifacts"].items()) {
    const std::string name(given["name"].as_string());
    const auto key = keys.find(name);
    if (key == keys.end()) continue;
    used.insert(name);
    Value artifact = given;
    if (!spec::has_location(artifact) && spec::has_location(repository)) {
      const std::string_view driver = spec::location_driver(repository);
      artifact.set(driver, repository[driver]);
    }
    auto set = spec::set_location_key(artifact, key->second);
    if (!set.ok()) return std::move(set.error()).wrap(cat("failed to set key for artifact ", name));
    out.at("spec").at("arguments").at("artifacts").push_back(std::move(artifact));
  }
  TRY_DO(all_used(keys, used));
  return out;
}

}  // namespace wf::engine
