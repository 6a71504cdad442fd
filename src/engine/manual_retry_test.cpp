// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>

#include "base/text.h"
#include "engine/operations.h"
#include "json/text.h"
#include "spec/names.h"

namespace wf::engine {
namespace {

const Time kNow = *parse_rfc3339("2026-01-02T03:04:05Z");

Value read(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.ok()) << (value.ok() ? "" : value.error().message());
  return *value;
}

// "id Type Phase boundary child,child" a line; the node's name is its id, but for `wf`, the root.
Value workflow_of(std::string_view phase, std::string_view lines) {
  Value nodes = Value::object();
  for (const std::string_view line : split(lines, "\n")) {
    if (trim(line).empty()) continue;
    const auto part = split(trim(line), " ");
    Value node = Value::object({{"id", part[0]}, {"name", part[0]}, {"displayName", part[0]}, {"type", part[1]},
                                {"templateName", "t"}, {"phase", part[2]}, {"message", "why"},
                                {"startedAt", "2026-01-01T00:00:00Z"}, {"finishedAt", "2026-01-01T00:00:09Z"}});
    if (part[3] != "-") node.set("boundaryID", part[3]);
    if (part.size() > 4) {
      Value children = Value::array();
      for (const std::string_view id : split(part[4], ",")) children.push_back(id);
      node.set("children", children);
      node.set("outboundNodes", children);
    }
    nodes.set(part[0], node);
  }
  Value out = read(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"wf","namespace":"ns"},
    "spec":{"entrypoint":"t"}})");
  out.set("status", Value::object({{"phase", phase}, {"nodes", nodes}}));
  return out;
}

// "id=Phase …" in the order of status.nodes.
std::string left(const Value& workflow) {
  std::string out;
  for (const json::Member& node : workflow["status"]["nodes"].members()) {
    out += cat(out.empty() ? "" : " ", node.key(), "=", node.value["phase"].as_string());
  }
  return out;
}

std::string pod(std::string_view node) { return spec::pod_name({"wf", node, "t"}, spec::PodNames::V2); }

Retried retried(const Value& workflow, const RetryOptions& options = {}) {
  auto result = retry(workflow, options, kNow);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message());
  return result.ok() ? *result : Retried{};
}

RetryOptions restart(std::string selector) { return {true, std::move(selector), {}}; }

TEST(ManualRetry, WhichPhases) {  // MRT-1
  const auto error = [](std::string_view phase, const RetryOptions& options) {
    auto result = retry(workflow_of(phase, "wf Pod Succeeded -"), options, kNow);
    return result.ok() ? "" : result.error().message();
  };
  EXPECT_EQ(error("Failed", {}), "");
  EXPECT_EQ(error("Error", {}), "");
  const std::string needs = "To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector";
  EXPECT_EQ(error("Succeeded", {}), needs);
  EXPECT_EQ(error("Succeeded", {true, "", {}}), needs);
  EXPECT_EQ(error("Succeeded", {false, "name=wf", {}}), needs);
  EXPECT_EQ(error("Succeeded", restart("name=wf")), "");
  EXPECT_EQ(error("Running", {}), "Cannot retry a workflow in phase Running");
  EXPECT_EQ(error("", {}), "Cannot retry a workflow in phase ");
}

TEST(ManualRetry, WorkflowStartsAnew) {  // MRT-2
  Value workflow = workflow_of("Failed", "wf Pod Failed -");
  workflow.at("metadata").set("labels", read(R"({"keep":"1","workflows.argoproj.io/completed":"true",
    "workflows.argoproj.io/workflow-archiving-status":"Archived"})"));
  workflow.set("spec", read(R"({"entrypoint":"t","shutdown":"Stop","activeDeadlineSeconds":0,
    "arguments":{"parameters":[{"name":"a","value":"1"},{"name":"b","value":"2"}]}})"));
  Value& status = workflow.at("status");
  status.set("message", "child failed");
  status.set("finishedAt", "2026-01-01T00:00:09Z");
  status.set("persistentVolumeClaims", read(R"([{"name":"work"}])"));
  status.set("conditions", read(R"([{"type":"PodRunning","status":"False"},{"type":"Completed","status":"True"}])"));
  status.set("storedWorkflowTemplateSpec", read(R"({"entrypoint":"t","shutdown":"Stop"})"));
  const Value out = retried(workflow, {false, "", {"b=3", "c=x=y"}}).workflow;
  EXPECT_EQ(out["metadata"]["labels"], read(R"({"keep":"1"})"));
  const Value parameters = read(R"([{"name":"b","value":"3"},{"name":"c","value":"x=y"},{"name":"a","value":"1"}])");
  EXPECT_EQ(out["spec"], Value::object({{"entrypoint", "t"}, {"arguments", Value::object({{"parameters", parameters}})}}));
  EXPECT_EQ(out["status"]["storedWorkflowTemplateSpec"]["arguments"]["parameters"], parameters);
  EXPECT_FALSE(out["status"]["storedWorkflowTemplateSpec"].has("shutdown"));
  EXPECT_FALSE(out["status"].has("phase"));
  EXPECT_FALSE(out["status"].has("message"));
  EXPECT_FALSE(out["status"].has("finishedAt"));
  EXPECT_FALSE(out["status"].has("persistentVolumeClaims"));
  EXPECT_EQ(out["status"]["startedAt"], Value("2026-01-02T03:04:05Z"));
  EXPECT_EQ(out["status"]["conditions"],
            read(R"([{"type":"PodRunning","status":"False"},{"type":"Completed","status":"False"}])"));

  auto wrong = retry(workflow, {false, "", {"b"}}, kNow);
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().message(), "expected parameter of the form: NAME=VALUE. Received: b");
}

TEST(ManualRetry, ArtifactsAreCollectedAgain) {  // GCO-9
  Value workflow = workflow_of("Failed", "wf Pod Failed -");
  workflow.at("status").set("artifactGCStatus", read(R"({"notSpecified":true,"strategiesProcessed":{"OnWorkflowCompletion":true},
    "podsRecouped":{"p":true}})"));
  EXPECT_EQ(retried(workflow).workflow["status"]["artifactGCStatus"], read(R"({"notSpecified":true})"));
}

TEST(ManualRetry, KeepsDeadline) {  // MRT-2
  Value workflow = workflow_of("Failed", "wf Pod Failed -");
  workflow.at("spec").set("activeDeadlineSeconds", 60);
  EXPECT_EQ(retried(workflow).workflow["spec"]["activeDeadlineSeconds"].as_int(), 60);
}

TEST(ManualRetry, FailedTaskAndWhatDependsOnIt) {  // MRT-3, MRT-7, MRT-9, MRT-10
  const Retried out = retried(workflow_of("Failed", R"(
    a Pod Succeeded wf b
    b Pod Failed wf c
    c Skipped Omitted wf
    wf DAG Failed - a)"));
  EXPECT_EQ(left(out.workflow), "a=Succeeded wf=Running");
  EXPECT_EQ(out.pods_to_delete, std::vector<std::string>{pod("b")});
  const Value& nodes = out.workflow["status"]["nodes"];
  EXPECT_FALSE(nodes["a"].has("children"));
  EXPECT_FALSE(nodes["a"].has("outboundNodes"));
  EXPECT_EQ(nodes["a"]["message"], Value("why"));
  EXPECT_EQ(nodes["wf"]["children"], read(R"(["a"])"));
  EXPECT_EQ(nodes["wf"]["startedAt"], Value("2026-01-02T03:04:05Z"));
  EXPECT_FALSE(nodes["wf"].has("finishedAt"));
  EXPECT_FALSE(nodes["wf"].has("message"));
}

TEST(ManualRetry, SelectedNodeInNestedGroups) {  // MRT-3 (a), MRT-5
  const Retried out = retried(workflow_of("Succeeded", R"(
    1 TaskGroup Succeeded wf 2
    2 TaskGroup Succeeded 1 3,4
    3 Pod Succeeded 2
    4 Pod Failed 2
    wf DAG Succeeded - 1)"), restart("id=3"));
  EXPECT_EQ(left(out.workflow), "1=Running 2=Running wf=Running");
  EXPECT_EQ(out.pods_to_delete, (std::vector{pod("3"), pod("4")}));
}

TEST(ManualRetry, SucceededBranchStays) {  // MRT-10
  const Retried out = retried(workflow_of("Failed", R"(
    1 TaskGroup Failed wf 2,4
    2 Pod Succeeded wf 3
    3 Pod Succeeded wf
    4 Pod Failed wf
    wf DAG Failed - 1)"));
  EXPECT_EQ(left(out.workflow), "1=Running 2=Succeeded 3=Succeeded wf=Running");
  EXPECT_EQ(out.workflow["status"]["nodes"]["1"]["children"], read(R"(["2"])"));
}

constexpr std::string_view kFailedAboveSucceeded = R"(
    1 Pod Succeeded wf 2
    2 Pod Failed wf 3,4
    3 Pod Succeeded wf
    4 Pod Failed wf 5
    5 Skipped Omitted wf
    wf DAG Failed - 1)";

TEST(ManualRetry, FailedNodeWithSucceededDescendantStays) {  // MRT-3 (b)
  const Retried out = retried(workflow_of("Failed", kFailedAboveSucceeded));
  EXPECT_EQ(left(out.workflow), "1=Succeeded 2=Failed 3=Succeeded wf=Running");
  EXPECT_EQ(out.pods_to_delete, std::vector<std::string>{pod("4")});
}

TEST(ManualRetry, RestartedDescendantIsNoSuccess) {  // MRT-3
  const Retried out = retried(workflow_of("Failed", kFailedAboveSucceeded), restart("id=3"));
  EXPECT_EQ(left(out.workflow), "1=Succeeded wf=Running");
  EXPECT_EQ(out.pods_to_delete, (std::vector{pod("2"), pod("3"), pod("4")}));
}

TEST(ManualRetry, RetriedAttempts) {  // MRT-3, MRT-5
  Value workflow = workflow_of("Failed", R"(
    r Retry Failed wf r(0),r(1)
    r(0) Pod Failed wf
    r(1) Pod Failed wf
    sg StepGroup Failed wf r
    wf Steps Failed - sg)");
  for (const char* attempt : {"r(0)", "r(1)"}) {
    workflow.at("status").at("nodes").at(attempt).set("nodeFlag", read(R"({"retried":true})"));
  }
  const Retried out = retried(workflow);
  EXPECT_EQ(left(out.workflow), "r=Running sg=Running wf=Running");
  EXPECT_EQ(out.pods_to_delete, (std::vector{pod("r(0)"), pod("r(1)")}));
  EXPECT_FALSE(out.workflow["status"]["nodes"]["r"].has("children"));
}

TEST(ManualRetry, AttemptsOfASuccessfulRetryStay) {  // MRT-3: judged by the Retry node's descendants
  Value workflow = workflow_of("Failed", R"(
    b Pod Failed wf
    r Retry Succeeded wf r(0),r(1)
    r(0) Pod Failed wf
    r(1) Pod Succeeded wf
    wf DAG Failed - b,r)");
  workflow.at("status").at("nodes").at("r(0)").set("nodeFlag", read(R"({"retried":true})"));
  workflow.at("status").at("nodes").at("r(1)").set("nodeFlag", read(R"({"retried":true})"));
  EXPECT_EQ(left(retried(workflow).workflow), "r=Succeeded r(0)=Failed r(1)=Succeeded wf=Running");
}

TEST(ManualRetry, RetryOfAGroupInsideOthers) {  // MRT-5: boundaries are climbed, parents of kind Retry too
  const Retried out = retried(workflow_of("Failed", R"(
    d(0) DAG Failed wf p
    d Retry Failed wf d(0)
    p Pod Failed d(0)
    q Pod Succeeded wf
    sg0 StepGroup Succeeded wf q
    sg1 StepGroup Failed wf d
    wf Steps Failed - sg0,sg1)"));
  EXPECT_EQ(left(out.workflow), "d(0)=Running d=Running q=Succeeded sg0=Succeeded sg1=Running wf=Running");
}

TEST(ManualRetry, ContainerTakesItsPodWithIt) {  // MRT-5
  const Retried out = retried(workflow_of("Failed", R"(
    p Pod Failed wf p.a,p.b
    p.a Container Succeeded p
    p.b Container Failed p
    wf DAG Failed - p)"));
  EXPECT_EQ(left(out.workflow), "wf=Running");
  EXPECT_EQ(out.pods_to_delete, std::vector<std::string>{pod("p")});
}

TEST(ManualRetry, SuspendedAndSkipped) {  // MRT-7
  Value workflow = workflow_of("Failed", R"(
    gate Suspend Succeeded wf after
    after Skipped Skipped wf
    other Skipped Skipped wf
    wf DAG Failed - gate,other)");
  const Retried out = retried(workflow, restart("id=gate"));
  EXPECT_EQ(left(out.workflow), "other=Skipped wf=Running");
  EXPECT_TRUE(out.pods_to_delete.empty());
}

TEST(ManualRetry, ExitHandlerIsForgotten) {  // MRT-8, MRT-9
  const Retried out = retried(workflow_of("Failed", R"(
    a Pod Failed wf
    wf DAG Failed - a
    wf.onExit Steps Succeeded - g
    wf.onExit[0] StepGroup Succeeded wf.onExit
    g Pod Succeeded wf.onExit)"));
  EXPECT_EQ(left(out.workflow), "wf=Running g=Succeeded");
  EXPECT_EQ(out.pods_to_delete, (std::vector{pod("a"), pod("wf.onExit"), pod("g")}));
}

TEST(ManualRetry, NewParametersExpandLoopsAnew) {  // MRT-6
  const std::string_view lines = R"(
    x Pod Succeeded wf
    y Pod Failed wf
    sg StepGroup Failed wf x,y
    wf Steps Failed - sg)";
  EXPECT_EQ(left(retried(workflow_of("Failed", lines)).workflow), "x=Succeeded sg=Running wf=Running");
  const Retried out = retried(workflow_of("Failed", lines), {false, "", {"list=[]"}});
  EXPECT_EQ(left(out.workflow), "sg=Running wf=Running");
  EXPECT_EQ(out.pods_to_delete, (std::vector{pod("x"), pod("y")}));
}

TEST(ManualRetry, OneParentPerNode) {  // MRT-4
  auto result = retry(workflow_of("Failed", "a Pod Failed wf\nwf DAG Failed -"), {}, kNow);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message(), "couldn't find parent node for a");
  result = retry(workflow_of("Failed", "wf DAG Failed - gone"), {}, kNow);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message(), "coudln't obtain child gone");
}

TEST(ManualRetry, NoNodes) { EXPECT_EQ(left(retried(workflow_of("Error", "")).workflow), ""); }

TEST(ManualRetry, RootPod) {
  const Retried out = retried(workflow_of("Failed", "wf Pod Failed -"));
  EXPECT_EQ(left(out.workflow), "");
  EXPECT_EQ(out.pods_to_delete, std::vector<std::string>{"wf"});
}

TEST(ManualRetry, BadSelector) {
  EXPECT_FALSE(retry(workflow_of("Failed", "wf Pod Failed -"), restart("name~x"), kNow).ok());
}

TEST(ManualRetry, LongChainsOfFailures) {  // linear: 60,000 nodes in a chain, half of them failing leaves
  constexpr int kLength = 30000;
  Value nodes = Value::object();
  const auto add = [&](const std::string& id, const char* type, const char* phase, const std::vector<std::string>& children) {
    Value list = Value::array();
    for (const std::string& child : children) list.push_back(child);
    nodes.set(id, Value::object({{"id", id}, {"name", id}, {"type", type}, {"phase", phase}, {"boundaryID", id == "wf" ? "" : "wf"},
                                 {"children", list}}));
  };
  add("wf", "DAG", "Failed", {"a0"});
  for (int i = 0; i < kLength; ++i) {
    const std::string n = std::to_string(i);
    std::vector<std::string> children = {"b" + n};
    if (i + 1 < kLength) children.push_back("a" + std::to_string(i + 1));
    add("a" + n, "Pod", "Succeeded", children);
    add("b" + n, "Pod", "Failed", {});
  }
  Value workflow = workflow_of("Failed", "");
  workflow.at("status").set("nodes", nodes);
  const auto begin = std::chrono::steady_clock::now();
  const Retried out = retried(workflow);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(out.workflow["status"]["nodes"].size(), kLength + 1u);
  EXPECT_EQ(out.pods_to_delete.size(), size_t{kLength});
}

}  // namespace
}  // namespace wf::engine
