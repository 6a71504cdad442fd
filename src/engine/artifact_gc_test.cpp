// SPDX-License-Identifier: Apache-2.0
#include "engine/artifact_gc.h"

#include <gtest/gtest.h>

#include "json/text.h"

namespace wf::engine {
namespace {

using json::Value;

Value read(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.ok()) << (value.ok() ? "" : value.error().message());
  return *value;
}

const Time kNow = *parse_rfc3339("2026-01-02T03:04:05Z");

Value workflow_of(std::string_view spec) {
  Value out = read(R"({"metadata":{"name":"w","namespace":"ns","uid":"u","labels":{}},"status":{"nodes":{
    "w-1":{"id":"w-1","name":"w.a","type":"Pod","templateName":"t","outputs":{"artifacts":[
      {"name":"main-logs","s3":{"key":"w/a/main.log"}},
      {"name":"out","s3":{"key":"w/a/out.tgz"},"artifactGC":{"strategy":"OnWorkflowDeletion"}},
      {"name":"keep","s3":{"key":"w/a/keep"},"artifactGC":{"strategy":"Never"}}]}},
    "w-2":{"id":"w-2","name":"w.b","type":"Pod","templateName":"own","outputs":{"artifacts":[
      {"name":"out","s3":{"key":"w/b/out"},"artifactGC":{"serviceAccountName":"sa","podMetadata":{"labels":{"x":"1"}}}},
      {"name":"gone","s3":{"key":"w/b/gone"},"deleted":true}]}},
    "w-3":{"id":"w-3","name":"w","type":"DAG","templateName":"main","outputs":{"artifacts":[{"name":"out","s3":{"key":"w/b/out"}}]}}}}})");
  Value body = read(spec);
  body.set("templates", read(R"([{"name":"t","outputs":{"artifacts":[{"name":"out","artifactGC":{"strategy":"OnWorkflowDeletion"}}]}},
    {"name":"own","archiveLocation":{"s3":{"bucket":"b","endpoint":"e","key":"k"}}},{"name":"main"}])"));
  out.set("spec", body);
  return out;
}

const Value kRepository = read(R"({"s3":{"bucket":"default","endpoint":"e"}})");
constexpr std::string_view kOnCompletion = R"({"artifactGC":{"strategy":"OnWorkflowCompletion"}})";

std::vector<ArtifactGcWork> plan(const Value& workflow, std::string_view strategy) {
  auto work = plan_artifact_gc(workflow, workflow["spec"], strategy, kRepository, kNow);
  EXPECT_TRUE(work.ok()) << (work.ok() ? "" : work.error().message());
  return work.ok() ? *work : std::vector<ArtifactGcWork>();
}

TEST(ArtifactGc, Strategy) {  // GCO-6
  const Value general = read(kOnCompletion);
  EXPECT_EQ(artifact_gc_strategy(general, read("{}")), "OnWorkflowCompletion");
  EXPECT_EQ(artifact_gc_strategy(general, read(R"({"artifactGC":{"strategy":"Never"}})")), "Never");
  EXPECT_EQ(artifact_gc_strategy(general, read(R"({"artifactGC":{"serviceAccountName":"x"}})")), "OnWorkflowCompletion");
  EXPECT_EQ(artifact_gc_strategy(read("{}"), read("{}")), "Never");
  EXPECT_EQ(artifact_gc_strategy(read("{}"), read(R"({"artifactGC":{"strategy":"OnWorkflowDeletion"}})")), "OnWorkflowDeletion");
}

TEST(ArtifactGc, Finalizer) {  // GCO-6
  EXPECT_TRUE(needs_artifact_gc(workflow_of("{}")["spec"], Value()));
  EXPECT_FALSE(needs_artifact_gc(read(R"({"templates":[{"name":"t","outputs":{"artifacts":[{"name":"o"}]}}]})"), Value()));
  EXPECT_FALSE(needs_artifact_gc(read(R"({"artifactGC":{"strategy":"OnWorkflowDeletion"},"templates":[{"name":"t"}]})"), Value()));
  EXPECT_TRUE(needs_artifact_gc(read(R"({"artifactGC":{"strategy":"OnWorkflowDeletion"}})"),
                                read(R"({"k":{"name":"t","outputs":{"artifacts":[{"name":"o"}]}}})")));
  const Value with = with_artifact_gc_finalizer(with_artifact_gc_finalizer(read(R"({"metadata":{"finalizers":["f"]}})")));
  EXPECT_EQ(with, read(R"({"metadata":{"finalizers":["f","workflows.argoproj.io/artifact-gc"]}})"));
  EXPECT_EQ(without_artifact_gc_finalizer(with), read(R"({"metadata":{"finalizers":["f"]}})"));
}

TEST(ArtifactGc, WhenStrategiesAreDue) {  // GCO-9
  using Names = std::vector<std::string>;
  Value workflow = workflow_of("{}");
  EXPECT_EQ(due_artifact_gc(workflow), Names{});
  workflow.at("metadata").at("labels").set("workflows.argoproj.io/completed", "true");
  EXPECT_EQ(due_artifact_gc(workflow), Names{"OnWorkflowCompletion"});
  workflow.at("metadata").set("deletionTimestamp", "2026-01-02T03:04:05Z");
  EXPECT_EQ(due_artifact_gc(workflow), (Names{"OnWorkflowCompletion", "OnWorkflowDeletion"}));
  EXPECT_EQ(due_artifact_gc(artifact_gc_begun(workflow, "OnWorkflowCompletion")), Names{"OnWorkflowDeletion"});
}

TEST(ArtifactGc, OnePodForEachIdentity) {  // GCO-7
  const Value workflow = workflow_of(kOnCompletion);
  const auto work = plan(workflow, "OnWorkflowCompletion");
  ASSERT_EQ(work.size(), 2u);
  EXPECT_EQ(work[0].pod.pod_name, "w-artgc-wfcomp-2166136261");
  EXPECT_EQ(work[0].pod.task_name, "w-artgc-wfcomp-2166136261-0");
  EXPECT_EQ(work[0].task["spec"]["artifactsByNode"],
            read(R"({"w-1":{"archiveLocation":{"s3":{"bucket":"default","endpoint":"e"}},
              "artifacts":{"main-logs":{"name":"main-logs","s3":{"key":"w/a/main.log"}}}}})"));
  EXPECT_EQ(work[0].task["metadata"]["labels"]["workflows.argoproj.io/artifact-gc-pod"], Value(podspec::gc_pod_label(work[0].pod.pod_name)));
  EXPECT_EQ(work[1].pod.identity.service_account, "sa");
  EXPECT_EQ(work[1].task["spec"]["artifactsByNode"]["w-2"]["archiveLocation"], read(R"({"s3":{"bucket":"b","endpoint":"e","key":"k"}})"));
  EXPECT_EQ(work[1].pod.locations.size(), 2u);
  const auto deletion = plan(workflow, "OnWorkflowDeletion");
  ASSERT_EQ(deletion.size(), 1u);
  EXPECT_EQ(deletion[0].pod.pod_name, "w-artgc-wfdel-2166136261");
  EXPECT_TRUE(deletion[0].task["spec"]["artifactsByNode"]["w-1"]["artifacts"].has("out"));
}

TEST(ArtifactGc, UnknownTemplate) {
  Value workflow = workflow_of(kOnCompletion);
  workflow.at("status").at("nodes").at("w-1").set("templateName", "lost");
  const auto work = plan_artifact_gc(workflow, workflow["spec"], "OnWorkflowCompletion", kRepository, kNow);
  ASSERT_FALSE(work.ok());
  EXPECT_EQ(work.error().message(),
            R"(can't process Artifact GC Strategy OnWorkflowCompletion: template name "lost" belonging to node "w.a" not found)");
}

Value task_with(std::string_view results) {
  Value task = read(R"({"metadata":{"name":"task-0"}})");
  task.set("status", Value::object({{"artifactResultsByNode", read(results)}}));
  return task;
}

TEST(ArtifactGc, Deleted) {  // GCO-7, GCO-8
  const Value workflow = workflow_of(kOnCompletion);
  EXPECT_FALSE(artifact_gc_done(workflow, workflow["spec"]));
  const Value tasks[] = {task_with(R"({"w-1":{"artifactResults":{"main-logs":{"name":"main-logs","success":true},
      "out":{"name":"out","success":true}}},"w-2":{"artifactResults":{"out":{"name":"out","success":true}}}})")};
  auto result = recoup_artifact_gc(workflow, "pod", "Succeeded", "OnWorkflowCompletion", tasks);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->events.empty());
  EXPECT_EQ(result->finished_tasks, std::vector<std::string>{"task-0"});
  EXPECT_TRUE(result->workflow["status"]["nodes"]["w-1"]["outputs"]["artifacts"].items()[0]["deleted"].as_bool());
  EXPECT_TRUE(artifact_gc_recouped(result->workflow, "pod"));
  EXPECT_TRUE(artifact_gc_done(result->workflow, workflow["spec"]));
}

TEST(ArtifactGc, Failed) {  // GCO-8
  Value workflow = workflow_of(kOnCompletion);
  const Value tasks[] = {task_with(R"({"w-1":{"artifactResults":{"main-logs":{"name":"main-logs","success":false,"error":"denied"}}}})")};
  auto result = recoup_artifact_gc(workflow, "pod", "Failed", "OnWorkflowCompletion", tasks);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->finished_tasks.empty());
  ASSERT_EQ(result->events.size(), 2u);
  EXPECT_EQ(result->events[0].reason, "ArtifactGCFailed");
  EXPECT_EQ(result->events[0].message, "Artifact Garbage Collection failed for strategy OnWorkflowCompletion, pod pod exited with "
                                       "non-zero exit code: check pod logs for more information");
  EXPECT_EQ(result->events[1].message, "Artifact Garbage Collection failed for strategy OnWorkflowCompletion, err:denied");
  EXPECT_EQ(result->workflow["status"]["conditions"],
            read(R"x([{"type":"ArtifactGCError","status":"True","message":"denied (artifactGCTask: task-0)"}])x"));
  EXPECT_FALSE(artifact_gc_done(result->workflow, workflow["spec"]));
  workflow.at("spec").at("artifactGC").set("forceFinalizerRemoval", true);
  EXPECT_TRUE(artifact_gc_done(result->workflow, workflow["spec"]));
  EXPECT_FALSE(artifact_gc_done(workflow, workflow["spec"]));
}

TEST(ArtifactGc, ResultsOfUnknownNodes) {
  const Value workflow = workflow_of(kOnCompletion);
  const Value tasks[] = {task_with(R"({"w-9":{}})")};
  auto result = recoup_artifact_gc(workflow, "pod", "Succeeded", "OnWorkflowCompletion", tasks);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message(), R"(node named "w-9" returned by WorkflowArtifactGCTask "task-0" wasn't found in Workflow "w" Status)");
}

}  // namespace
}  // namespace wf::engine
