// SPDX-License-Identifier: Apache-2.0
#include "spec/merge.h"

#include <algorithm>

#include "base/text.h"
#include "json/text.h"
#include "json/yaml.h"
#include "spec/codec.h"
#include "spec/schema.h"
#include "spec/template.h"

namespace wf::spec {
namespace {

using json::Value;

// The parts of a workflow that no strategic merge can lay over each other: maps of objects. They
// are taken out before, and what the target lacks is added after.
struct MapsOfObjects {
  Value hooks;
  Value labels_from;
};

MapsOfObjects take_maps(Value& workflow) {
  MapsOfObjects maps;
  if (!workflow["spec"].is_object()) return maps;
  Value& spec = workflow.at("spec");
  maps.hooks = spec["hooks"];
  spec.erase("hooks");
  if (spec["workflowMetadata"].is_object()) {
    Value& metadata = spec.at("workflowMetadata");
    maps.labels_from = metadata["labelsFrom"];
    metadata.erase("labelsFrom");
  }
  return maps;
}

void add_missing(Value& target, const Value& from) {
  for (const json::Member& member : from.members()) {
    if (!target.has(member.key())) target.set(member.key(), member.value);
  }
}

// `target` with all that `below` has beside; both whole objects in normal form.
Result<Value> laid_over(const Value& target, Value below) {
  const MapsOfObjects maps = take_maps(below);
  TRY(Value merged,
      strategic_merge("Workflow", encode("Workflow", below), encode("Workflow", target)));
  merged.sort_keys();  // as Go's maps print; it shows where free objects are printed, such as items
  TRY(Value workflow, decode("Workflow", merged));
  if (!maps.hooks.empty()) add_missing(workflow.at("spec").at("hooks"), maps.hooks);
  if (!maps.labels_from.empty()) {
    add_missing(workflow.at("spec").at("workflowMetadata").at("labelsFrom"), maps.labels_from);
  }
  return decode("Workflow", workflow);  // the fields that were added go to their places
}

Value workflow_of(const Value& spec) {
  return Value::object({{"spec", spec.is_null() ? Value::object() : spec}});
}

const Value* named(const Value& list, std::string_view name) {
  const Value* found = nullptr;  // the last of equal names counts
  for (const Value& item : list.items()) {
    if (item["name"].as_string() == name) found = &item;
  }
  return found;
}

bool has_value(const Value& parameter) {
  return parameter.has("value") || parameter.has("default") || parameter.has("valueFrom");
}

const Value* valued_parameter(const Value& spec, std::string_view name) {
  const Value* found = nullptr;
  for (const Value& parameter : spec["arguments"]["parameters"].items()) {
    if (parameter["name"].as_string() == name && has_value(parameter)) found = &parameter;
  }
  return found;
}

// SPC-6: a value, a default and their source all come from one layer.
void pick_parameters(Value& spec, const SpecLayers& layers) {
  const size_t count = spec["arguments"]["parameters"].size();
  for (size_t i = 0; i < count; ++i) {
    const Value merged = spec["arguments"]["parameters"][i];
    if (!has_value(merged)) continue;
    const std::string_view name = merged["name"].as_string();
    const Value* source = valued_parameter(layers.workflow, name);
    if (!source) source = valued_parameter(layers.workflow_template, name);
    if (source) spec.at("arguments").at("parameters").item(i) = *source;
  }
}

// Where an artifact lies, by the first of these fields that is set.
constexpr std::string_view kStorages[] = {"artifactory", "azure", "git", "gcs", "hdfs",
                                          "http",        "oss",   "raw", "s3",  "plugin"};

std::string_view storage_of(const Value& artifact) {
  for (const std::string_view storage : kStorages) {
    if (artifact.has(storage)) return storage;
  }
  return "";
}

struct SplitArtifact {
  Value location;  // the fields of ArtifactLocation
  Value rest;
};

SplitArtifact split_artifact(const Value& artifact) {
  const Type& location = *find_type("ArtifactLocation");
  SplitArtifact parts{Value::object(), Value::object()};
  for (const json::Member& member : artifact.members()) {
    (find_field(location, member.key()) ? parts.location : parts.rest)
        .set(member.key(), member.value);
  }
  return parts;
}

// SPC-6: within one kind of storage field by field, otherwise the higher layer's as it is.
Result<Value> artifact_over(const Value& base, const Value& over) {
  const std::string_view storage = storage_of(over);
  if (storage.empty() || storage_of(base) != storage) return over;
  SplitArtifact parts = split_artifact(over);
  TRY(const Value merged,
      strategic_merge("ArtifactLocation", split_artifact(base).location, parts.location));
  for (const json::Member& member : merged.members()) parts.rest.set(member.key(), member.value);
  return decode("Artifact", parts.rest);
}

Result<void> pick_artifacts(Value& spec, const SpecLayers& layers) {
  const size_t count = spec["arguments"]["artifacts"].size();
  for (size_t i = 0; i < count; ++i) {
    const Value merged = spec["arguments"]["artifacts"][i];
    const std::string_view name = merged["name"].as_string();
    const Value* source = named(layers.workflow["arguments"]["artifacts"], name);
    if (!source) source = named(layers.workflow_template["arguments"]["artifacts"], name);
    if (!source) continue;
    TRY(Value picked, artifact_over(merged, *source));
    spec.at("arguments").at("artifacts").item(i) = std::move(picked);
  }
  return {};
}

// Argo's test for JSON before YAML is tried: whether the text is one JSON value.
Result<Value> parse_patch(const std::string& text) {
  if (auto value = json::parse(text); value.ok()) return value;
  auto document = json::parse_yaml(text);
  if (!document.ok())
    return std::move(document.error()).wrap("Failed to convert the PodSpecPatch yaml to json");
  return std::move(document->value);
}

// Template types whose objects Argo takes away when it restores a template's own type.
constexpr TemplateType kRestored[] = {
    TemplateType::Steps,    TemplateType::Dag,  TemplateType::Container, TemplateType::Script,
    TemplateType::Resource, TemplateType::Data, TemplateType::Suspend};
constexpr TemplateType kTypes[] = {
    TemplateType::Container, TemplateType::ContainerSet, TemplateType::Steps, TemplateType::Dag,
    TemplateType::Script,    TemplateType::Resource,     TemplateType::Data,  TemplateType::Suspend,
    TemplateType::Http,      TemplateType::Plugin};

// What a user may set beside a reference in any mode (SPC-4); arguments of nothing are never set.
constexpr std::string_view kOverrides[] = {"arguments",
                                           "entrypoint",
                                           "shutdown",
                                           "suspend",
                                           "activeDeadlineSeconds",
                                           "priority",
                                           "ttlStrategy",
                                           "podGC",
                                           "volumeClaimGC",
                                           "archiveLogs",
                                           "metrics",
                                           "artifactGC",
                                           "workflowMetadata",
                                           "workflowTemplateRef"};
// Of artifactGC these remain forbidden: they reach a pod.
constexpr std::pair<std::string_view, std::string_view> kForbiddenOfArtifactGC[] = {
    {"podSpecPatch", "ArtifactGC.PodSpecPatch"},
    {"serviceAccountName", "ArtifactGC.ServiceAccountName"},
    {"podMetadata", "ArtifactGC.PodMetadata"}};

}  // namespace

Result<Value> patch_pod_spec(const Value& pod_spec, std::span<const std::string> patches) {
  Value merged = encode("PodSpec", pod_spec);
  for (const std::string& text : patches) {
    TRY(const Value patch, parse_patch(text));
    const Decoded checked = decode_all("PodSpec", patch);
    if (checked.error) {
      return Error(cat("invalid podSpecPatch ", go_quote(text), ": ", checked.error->message()));
    }
    auto next = strategic_merge("PodSpec", merged, patch);
    if (!next.ok())
      return std::move(next.error()).wrap("Error occurred during strategic merge patch");
    merged = std::move(*next);
  }
  auto result = decode("PodSpec", merged);
  if (!result.ok())
    return std::move(result.error()).wrap("Error in Unmarshalling after merge the patch");
  return result;
}

Result<Value> join_workflow_specs(const SpecLayers& layers) {
  Value workflow = workflow_of(layers.workflow);
  for (const Value* below : {&layers.workflow_template, &layers.defaults}) {
    if (below->is_null()) continue;
    TRY(workflow, laid_over(workflow, workflow_of(*below)));
  }
  Value spec = workflow["spec"].is_object() ? workflow["spec"] : Value::object();
  spec.erase("suspend");  // SPC-7
  if (const Value* suspend = layers.workflow.find("suspend")) spec.set("suspend", *suspend);
  pick_parameters(spec, layers);
  TRY_DO(pick_artifacts(spec, layers));
  return decode("WorkflowSpec", spec);
}

Result<Value> merge_workflow_defaults(const Value& workflow, const Value& defaults) {
  if (defaults.is_null()) return workflow;
  return laid_over(workflow, defaults);
}

Result<Value> with_template_defaults(const Value& tmpl, const Value& defaults) {
  if (defaults.is_null()) return tmpl;
  const TemplateType own = template_type(tmpl);
  Value below = defaults;
  for (const TemplateType type : kTypes) {
    if (type != own && type != TemplateType::Steps) below.erase(field_of(type));
  }
  TRY(Value merged,
      strategic_merge("Template", encode("Template", below), encode("Template", tmpl)));
  merged.sort_keys();
  TRY(Value result, decode("Template", merged));
  if (std::find(std::begin(kRestored), std::end(kRestored), own) == std::end(kRestored))
    return result;
  for (const TemplateType type : kRestored) {
    if (type != own) result.erase(field_of(type));
  }
  return result;
}

std::vector<std::string> forbidden_overrides(const Value& spec,
                                             std::span<const std::string> allowed) {
  const Type& type = *find_type("WorkflowSpec");
  std::vector<std::string> names;
  for (const json::Member& member : spec.members()) {
    const std::string_view name = member.key();
    const Field* field = find_field(type, name);
    const bool always =
        std::find(std::begin(kOverrides), std::end(kOverrides), name) != std::end(kOverrides);
    if (!field || always || std::find(allowed.begin(), allowed.end(), name) != allowed.end())
      continue;
    names.emplace_back(field->go_name);
  }
  for (const auto& [name, go_name] : kForbiddenOfArtifactGC) {
    if (spec["artifactGC"].has(name)) names.emplace_back(go_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace wf::spec
