// SPDX-License-Identifier: Apache-2.0
// What is to be deleted, and by whom. What came of it: artifact_gc_results.cpp.
#include "engine/artifact_gc.h"

#include <algorithm>

#include "base/text.h"
#include "spec/artifact_location.h"
#include "spec/template.h"

namespace wf::engine {
namespace {

using json::Value;

constexpr const char* kOnCompletion = "OnWorkflowCompletion";
constexpr const char* kOnDeletion = "OnWorkflowDeletion";

bool any_collected(const Value& spec, const Value& tmpl) {
  const auto artifacts = tmpl["outputs"]["artifacts"].items();
  return std::any_of(artifacts.begin(), artifacts.end(),
                     [&](const Value& artifact) { return artifact_gc_strategy(spec, artifact) != "Never"; });
}

// What the artifacts of one pod have in common.
struct Group {
  podspec::GcIdentity identity;
  std::string pod_name;
  Value by_node = Value::object();  // spec.artifactsByNode of its task
  std::vector<Value> locations;
  std::vector<std::string> templates;  // whose archive location is among them
};

class Planner {
 public:
  Planner(const Value& workflow, const Value& spec, std::string_view strategy, const Value& repository)
      : workflow_(workflow), spec_(spec), strategy_(strategy), repository_(repository) {}

  Result<std::vector<Group>> groups() {
    for (const json::Member& node : workflow_["status"]["nodes"].members()) {
      if (node.value["type"].as_string() != "Pod") continue;
      for (const Value& artifact : node.value["outputs"]["artifacts"].items()) {
        if (artifact["deleted"].as_bool() || artifact_gc_strategy(spec_, artifact) != strategy_) continue;
        TRY_DO(add(node, artifact));
      }
    }
    return std::move(groups_);
  }

 private:
  Result<void> add(const json::Member& node, const Value& artifact) {
    TRY(Group * group, group_of(artifact));
    TRY(const std::string name, template_name(node.value));
    const Value location = archive_location(name);
    if (std::find(group->templates.begin(), group->templates.end(), name) == group->templates.end()) {
      group->templates.push_back(name);
      group->locations.push_back(location);
    }
    group->locations.push_back(artifact);
    Value& entry = group->by_node.at(node.key());
    if (entry.is_null()) entry = Value::object({{"archiveLocation", location}});
    entry.at("artifacts").set(artifact["name"].as_string(), artifact);
    return {};
  }

  Result<Group*> group_of(const Value& artifact) {
    podspec::GcIdentity identity = podspec::gc_identity(spec_, artifact);
    TRY(std::string pod_name, podspec::gc_pod_name(workflow_["metadata"]["name"].as_string(), strategy_, identity));
    const auto found = std::find_if(groups_.begin(), groups_.end(), [&](const Group& group) { return group.pod_name == pod_name; });
    if (found != groups_.end()) return &*found;
    groups_.push_back({std::move(identity), std::move(pod_name), Value::object(), {}, {}});
    return &groups_.back();
  }

  Result<std::string> template_name(const Value& node) const {
    const Value* ref = node.find("templateRef");
    const std::string name(ref ? (*ref)["template"].as_string() : node["templateName"].as_string());
    const std::string where = cat("can't process Artifact GC Strategy ", strategy_, ": ");
    if (name.empty()) return Error(cat(where, "node ", go_quote(node["name"].as_string()), " has an unnamed template"));
    if (!spec::find_template_in(workflow_, name)) {
      return Error(cat(where, "template name ", go_quote(name), " belonging to node ", go_quote(node["name"].as_string()), " not found"));
    }
    return name;
  }

  Value archive_location(const std::string& name) const {
    const Value* tmpl = spec::find_template_in(workflow_, name);
    const Value& own = (*tmpl)["archiveLocation"];
    if (spec::has_location(own)) return own;
    return repository_.is_null() ? Value::object() : repository_;
  }

  const Value& workflow_;
  const Value& spec_;
  std::string_view strategy_;
  const Value& repository_;
  std::vector<Group> groups_;
};

Value task_of(const Value& workflow, const Group& group) {
  const Value& metadata = workflow["metadata"];
  const Value owner = Value::object({{"apiVersion", "argoproj.io/v1alpha1"},
                                     {"kind", "Workflow"},
                                     {"name", metadata["name"]},
                                     {"uid", metadata["uid"].as_string()},
                                     {"controller", true},
                                     {"blockOwnerDeletion", true}});
  Value about = Value::object({{"name", cat(group.pod_name, "-0")}});
  if (metadata.has("namespace")) about.set("namespace", metadata["namespace"]);
  about.set("labels", Value::object({{"workflows.argoproj.io/artifact-gc-pod", podspec::gc_pod_label(group.pod_name)}}));
  about.set("ownerReferences", Value::array({owner}));
  return Value::object({{"apiVersion", "argoproj.io/v1alpha1"},
                        {"kind", "WorkflowArtifactGCTask"},
                        {"metadata", about},
                        {"spec", Value::object({{"artifactsByNode", group.by_node}})}});
}

}  // namespace

std::string_view artifact_gc_strategy(const Value& spec, const Value& artifact) {
  const std::string_view own = artifact["artifactGC"]["strategy"].as_string();
  const std::string_view general = spec["artifactGC"]["strategy"].as_string();
  const std::string_view strategy = own.empty() ? general : own;
  return strategy.empty() ? "Never" : strategy;
}

bool needs_artifact_gc(const Value& spec, const Value& stored_templates) {
  const auto own = spec["templates"].items();
  const auto stored = stored_templates.members();
  return std::any_of(own.begin(), own.end(), [&](const Value& tmpl) { return any_collected(spec, tmpl); }) ||
         std::any_of(stored.begin(), stored.end(), [&](const json::Member& tmpl) { return any_collected(spec, tmpl.value); });
}

std::vector<std::string> due_artifact_gc(const Value& workflow) {
  const Value& begun = workflow["status"]["artifactGCStatus"]["strategiesProcessed"];
  const bool deleting = workflow["metadata"].has("deletionTimestamp");
  const bool completed = workflow["metadata"]["labels"]["workflows.argoproj.io/completed"].as_string() == "true";
  std::vector<std::string> due;
  if ((completed || deleting) && !begun[kOnCompletion].as_bool()) due.push_back(kOnCompletion);
  if (deleting && !begun[kOnDeletion].as_bool()) due.push_back(kOnDeletion);
  return due;
}

Result<std::vector<ArtifactGcWork>> plan_artifact_gc(const Value& workflow, const Value& spec, std::string_view strategy,
                                                     const Value& repository, Time now) {
  TRY(std::vector<Group> groups, Planner(workflow, spec, strategy, repository).groups());
  std::vector<ArtifactGcWork> work;
  for (Group& group : groups) {
    ArtifactGcWork one;
    one.task = task_of(workflow, group);
    one.pod.strategy = strategy;
    one.pod.pod_name = group.pod_name;
    one.pod.identity = std::move(group.identity);
    one.pod.task_name = one.task["metadata"]["name"].as_string();
    one.pod.locations = std::move(group.locations);
    one.pod.now = now;
    work.push_back(std::move(one));
  }
  return work;
}

}  // namespace wf::engine
