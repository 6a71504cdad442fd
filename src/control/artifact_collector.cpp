// SPDX-License-Identifier: Apache-2.0
#include "control/artifact_collector.h"

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "base/text.h"
#include "control/event_object.h"
#include "engine/artifact_gc.h"
#include "store/kinds.h"

namespace wf::control {

using json::Value;

namespace {

bool has_finalizer(const Value& workflow) {
  const auto finalizers = workflow["metadata"]["finalizers"].items();
  return std::any_of(finalizers.begin(), finalizers.end(),
                     [](const Value& one) { return one.as_string() == engine::kArtifactGcFinalizer; });
}

// What the workflow runs by: its own spec, or the one stored when it refers to a template.
const Value& effective_spec(const Value& workflow) {
  const Value& stored = workflow["status"]["storedWorkflowTemplateSpec"];
  return stored.is_object() ? stored : workflow["spec"];
}

// Argo's controller waits for a first collector's pod when it may use force, also where there is nothing
// to collect and none will come; here such a workflow goes when it is deleted.
bool may_go(const Value& workflow, const Value& spec) {
  if (engine::artifact_gc_done(workflow, spec)) return true;
  return workflow["metadata"].has("deletionTimestamp") && spec["artifactGC"]["forceFinalizerRemoval"].as_bool() &&
         engine::due_artifact_gc(workflow).empty() && workflow["status"]["artifactGCStatus"]["podsRecouped"].empty();
}

}  // namespace

void ArtifactCollector::look_at(const Value& workflow) {
  if (!has_finalizer(workflow)) return;
  queue_.add(cat("g/", workflow["metadata"]["namespace"].as_string(), "/", workflow["metadata"]["name"].as_string()));
}

void ArtifactCollector::work(const std::string& queue_key) {
  const size_t slash = queue_key.find('/', 2);
  const store::Key key{std::string(store::kWorkflow), queue_key.substr(2, slash - 2), queue_key.substr(slash + 1)};
  const auto collected = collect(key);
  if (!collected.ok() && collected.error().code() != Code::NotFound) {
    std::fprintf(stderr, "artifacts of workflow %s/%s: %s\n", key.ns.c_str(), key.name.c_str(),
                 collected.error().message().c_str());
  }
  queue_.done(queue_key);
}

Result<void> ArtifactCollector::collect(const store::Key& key) {
  for (;;) {
    TRY(const Value before, store_.get(key));
    if (!has_finalizer(before)) return {};
    const Value& spec = effective_spec(before);
    Value workflow = before;
    std::vector<engine::EventNote> events;
    for (const std::string& strategy : engine::due_artifact_gc(before)) {
      TRY(workflow, collect_by(std::move(workflow), spec, strategy, events));
    }
    if (may_go(workflow, spec)) workflow = engine::without_artifact_gc_finalizer(workflow);
    if (workflow == before) return {};
    const auto saved = store_.update(std::move(workflow));
    if (saved.ok()) {
      for (const engine::EventNote& note : events) TRY_DO(store_.create(event_object(before, note, clock_.now(), random_.next())));
      return {};
    }
    if (saved.error().code() != Code::Conflict) return saved.error();
    // Somebody wrote in between; what was deleted is deleted, and is found so the next time.
  }
}

Result<Value> ArtifactCollector::collect_by(Value workflow, const Value& spec, const std::string& strategy,
                                            std::vector<engine::EventNote>& events) {
  const Value& resolved = workflow["status"]["artifactRepositoryRef"]["artifactRepository"];
  TRY(const auto plan, engine::plan_artifact_gc(workflow, spec, strategy, resolved.empty() ? Value() : resolved, clock_.now()));
  workflow = engine::artifact_gc_begun(workflow, strategy);
  for (const engine::ArtifactGcWork& work : plan) {
    const Value task = results_of(workflow, work.task);
    TRY(engine::ArtifactGcResult result,
        engine::recoup_artifact_gc(workflow, work.pod.pod_name, "Succeeded", strategy, std::span(&task, 1)));
    workflow = std::move(result.workflow);
    std::move(result.events.begin(), result.events.end(), std::back_inserter(events));
  }
  return workflow;
}

// The task with what came of each of its artifacts.
Value ArtifactCollector::results_of(const Value& workflow, const Value& task) {
  Value done = task;
  for (const json::Member& node : task["spec"]["artifactsByNode"].members()) {
    for (const json::Member& artifact : node.value["artifacts"].members()) {
      const auto deleted = delete_artifact_ ? delete_artifact_(workflow, node.value["archiveLocation"], artifact.value)
                                            : Result<void>(Error("this engine cannot delete artifacts"));
      Value result = Value::object({{"name", artifact.key()}, {"success", deleted.ok()}});
      if (!deleted.ok()) result.set("error", deleted.error().message());
      Value& by_node = done.at("status").at("artifactResultsByNode").at(node.key());
      by_node.at("artifactResults").set(artifact.key(), std::move(result));
    }
  }
  return done;
}

}  // namespace wf::control
