// SPDX-License-Identifier: Apache-2.0
// What became of deleting artifacts, and when the workflow may go (GCO-7 to GCO-9).
#include <algorithm>

#include "base/text.h"
#include "engine/artifact_gc.h"

namespace wf::engine {
namespace {

using json::Value;

void set_error(Value& workflow, std::string_view message) {
  Value condition = Value::object({{"type", "ArtifactGCError"}, {"status", "True"}, {"message", message}});
  Value& conditions = workflow.at("status").at("conditions");
  for (size_t i = 0; i < conditions.size(); ++i) {
    if (conditions[i]["type"].as_string() != "ArtifactGCError") continue;
    conditions.item(i) = std::move(condition);
    return;
  }
  conditions.push_back(std::move(condition));
}

// One node's results. `first_error` is set once.
void recoup_node(Value& workflow, const std::string& id, const Value& results, std::string_view task, std::string& first_error) {
  Value& node = workflow.at("status").at("nodes").at(id);
  for (size_t i = 0; i < node["outputs"]["artifacts"].size(); ++i) {
    const Value* result = results.find(node["outputs"]["artifacts"][i]["name"].as_string());
    if (!result) continue;
    Value& artifact = node.at("outputs").at("artifacts").item(i);
    if ((*result)["success"].as_bool()) {
      artifact.set("deleted", true);
    } else {
      artifact.erase("deleted");
    }
    if (!result->has("error")) continue;
    const std::string_view error = (*result)["error"].as_string();
    set_error(workflow, cat(error, " (artifactGCTask: ", task, ")"));
    if (first_error.empty()) first_error = error;
  }
}

Result<bool> recoup_task(ArtifactGcResult& out, const Value& task, std::string_view strategy) {
  const std::string_view name = task["metadata"]["name"].as_string();
  const std::string_view workflow = out.workflow["metadata"]["name"].as_string();
  std::string first_error;
  for (const json::Member& node : task["status"]["artifactResultsByNode"].members()) {
    const Value* found = out.workflow["status"]["nodes"].find(node.key());
    if (!found) {
      return Error(cat("node named ", go_quote(node.key()), " returned by WorkflowArtifactGCTask ", go_quote(name),
                       " wasn't found in Workflow ", go_quote(workflow), " Status"));
    }
    if (!found->has("outputs")) {
      return Error(cat("node named ", go_quote(node.key()), " returned by WorkflowArtifactGCTask ", go_quote(name),
                       " doesn't seem to have Outputs in Workflow Status"));
    }
    recoup_node(out.workflow, std::string(node.key()), node.value["artifactResults"], name, first_error);
  }
  if (first_error.empty()) return true;
  out.events.push_back({true, "ArtifactGCFailed", cat("Artifact Garbage Collection failed for strategy ", strategy, ", err:", first_error)});
  return false;
}

}  // namespace

Value artifact_gc_begun(const Value& workflow, std::string_view strategy) {
  Value out = workflow;
  out.at("status").at("artifactGCStatus").at("strategiesProcessed").set(strategy, true);
  return out;
}

bool artifact_gc_recouped(const Value& workflow, std::string_view pod_name) {
  return workflow["status"]["artifactGCStatus"]["podsRecouped"][pod_name].as_bool();
}

Result<ArtifactGcResult> recoup_artifact_gc(const Value& workflow, std::string_view pod_name, std::string_view pod_phase,
                                            std::string_view strategy, std::span<const Value> tasks) {
  ArtifactGcResult out;
  out.workflow = workflow;
  if (pod_phase == "Failed") {
    const std::string message = cat("Artifact Garbage Collection failed for strategy ", strategy, ", pod ", pod_name,
                                    " exited with non-zero exit code: check pod logs for more information");
    set_error(out.workflow, message);
    out.events.push_back({true, "ArtifactGCFailed", message});
  }
  for (const Value& task : tasks) {
    TRY(const bool all_deleted, recoup_task(out, task, strategy));
    if (all_deleted && pod_phase == "Succeeded") out.finished_tasks.emplace_back(task["metadata"]["name"].as_string());
  }
  out.workflow.at("status").at("artifactGCStatus").at("podsRecouped").set(pod_name, true);
  return out;
}

bool artifact_gc_done(const Value& workflow, const Value& spec) {
  if (spec["artifactGC"]["forceFinalizerRemoval"].as_bool()) {
    const auto pods = workflow["status"]["artifactGCStatus"]["podsRecouped"].members();
    return !pods.empty() && std::all_of(pods.begin(), pods.end(), [](const json::Member& pod) { return pod.value.as_bool(); });
  }
  for (const json::Member& node : workflow["status"]["nodes"].members()) {
    if (node.value["type"].as_string() != "Pod") continue;
    for (const Value& artifact : node.value["outputs"]["artifacts"].items()) {
      if (!artifact["deleted"].as_bool() && artifact_gc_strategy(spec, artifact) != "Never") return false;
    }
  }
  return true;
}

Value with_artifact_gc_finalizer(const Value& workflow) {
  const auto finalizers = workflow["metadata"]["finalizers"].items();
  const Value finalizer(kArtifactGcFinalizer);
  Value out = workflow;
  if (std::find(finalizers.begin(), finalizers.end(), finalizer) == finalizers.end()) {
    out.at("metadata").at("finalizers").push_back(finalizer);
  }
  return out;
}

Value without_artifact_gc_finalizer(const Value& workflow) {
  Value kept = Value::array();
  for (const Value& finalizer : workflow["metadata"]["finalizers"].items()) {
    if (finalizer.as_string() != kArtifactGcFinalizer) kept.push_back(finalizer);
  }
  Value out = workflow;
  if (kept.empty()) {
    out.at("metadata").erase("finalizers");
  } else {
    out.at("metadata").set("finalizers", std::move(kept));
  }
  return out;
}

}  // namespace wf::engine
