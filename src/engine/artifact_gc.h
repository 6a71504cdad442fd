// SPDX-License-Identifier: Apache-2.0
// engine/artifact_gc.h: deleting the artifacts of workflows that have ended or are being deleted:
// which artifacts, by which pods with which tasks, and what their results mean for the workflow
// (rules GCO-6 to GCO-9). Decisions only. Workflows are decoded objects with their nodes; `spec` is
// the effective one. A shell does, after each turn of a workflow with the finalizer:
//   for each of due_artifact_gc: plan, store the tasks, make the pods, artifact_gc_begun;
//   for each finished pod that is not artifact_gc_recouped: recoup_artifact_gc;
//   where artifact_gc_done: take the finalizer away.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/world.h"
#include "json/value.h"
#include "podspec/podspec.h"

namespace wf::engine {

inline constexpr std::string_view kArtifactGcFinalizer = "workflows.argoproj.io/artifact-gc";
inline constexpr std::string_view kArtifactGcStrategyAnnotation = "workflows.argoproj.io/artifact-gc-strategy";

// OnWorkflowCompletion, OnWorkflowDeletion or Never (GCO-6).
std::string_view artifact_gc_strategy(const json::Value& spec, const json::Value& artifact);
// Whether some template's artifacts may have to be deleted: the workflow gets the finalizer.
bool needs_artifact_gc(const json::Value& spec, const json::Value& stored_templates);

// The strategies whose time has come and that were not begun yet: the workflow's label `completed`
// is set, or it is being deleted.
std::vector<std::string> due_artifact_gc(const json::Value& workflow);

// One pod and its task, a WorkflowArtifactGCTask object. pod.task_uid is the shell's to fill in.
struct ArtifactGcWork {
  json::Value task;
  podspec::ArtifactGcInput pod;
};
// One for each distinct account and metadata (GCO-7), in the order of the nodes. `repository`: the
// workflow's artifact repository, resolved; Null: none.
Result<std::vector<ArtifactGcWork>> plan_artifact_gc(const json::Value& workflow, const json::Value& spec,
                                                     std::string_view strategy, const json::Value& repository, Time now);
// The workflow, noting that the strategy was begun (also where nothing had to be done).
json::Value artifact_gc_begun(const json::Value& workflow, std::string_view strategy);

// Whether a pod's results were taken over before.
bool artifact_gc_recouped(const json::Value& workflow, std::string_view pod_name);

struct ArtifactGcResult {
  json::Value workflow;
  std::vector<EventNote> events;
  std::vector<std::string> finished_tasks;  // names of tasks to be deleted; those that failed stay
};
// `pod_phase` is Succeeded or Failed; `tasks` are those with the label of the pod (gc_pod_label).
Result<ArtifactGcResult> recoup_artifact_gc(const json::Value& workflow, std::string_view pod_name,
                                            std::string_view pod_phase, std::string_view strategy,
                                            std::span<const json::Value> tasks);

// Whether the finalizer may go (GCO-8).
bool artifact_gc_done(const json::Value& workflow, const json::Value& spec);
// The object with or without the finalizer.
json::Value with_artifact_gc_finalizer(const json::Value& workflow);
json::Value without_artifact_gc_finalizer(const json::Value& workflow);

}  // namespace wf::engine
