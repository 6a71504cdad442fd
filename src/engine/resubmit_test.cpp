// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

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

std::string id(std::string_view node) { return spec::node_id("w", node); }
std::string new_id(std::string_view node) { return spec::node_id("w-abcde", node); }

Value node(std::string_view name, const char* type, const char* phase, const std::vector<std::string>& children) {
  Value ids = Value::array();
  for (const std::string& child : children) ids.push_back(id(child));
  Value out = Value::object({{"id", id(name)}, {"name", name}, {"type", type}, {"phase", phase}, {"message", "m"},
                             {"startedAt", "2026-01-01T00:00:00Z"}, {"finishedAt", "2026-01-01T00:00:09Z"}});
  if (name != "w") out.set("boundaryID", id("w"));
  if (!children.empty()) out.set("children", ids);
  if (!children.empty()) out.set("outboundNodes", ids);
  return out;
}

Value old_workflow() {
  Value nodes = Value::object();
  const auto add = [&](Value value) { nodes.set(std::string(value["id"].as_string()), value); };
  add(node("w", "Steps", "Failed", {"w[0]"}));
  add(node("w[0]", "StepGroup", "Succeeded", {"w[0].a", "w[0].s"}));
  Value a = node("w[0].a", "Pod", "Succeeded", {"w[1]"});
  a.set("outputs", read(R"({"parameters":[{"name":"v","value":"7"}]})"));
  add(a);
  add(node("w[0].s", "Skipped", "Skipped", {"w[1]"}));
  add(node("w[1]", "StepGroup", "Failed", {"w[1].b"}));
  add(node("w[1].b", "Pod", "Failed", {}));
  add(node("w.onExit", "Pod", "Succeeded", {}));
  Value out = read(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow",
    "metadata":{"name":"w","namespace":"ns","uid":"u","labels":{"team":"blue","workflows.argoproj.io/completed":"true",
      "workflows.argoproj.io/phase":"Failed","workflows.argoproj.io/creator":"ann",
      "workflows.argoproj.io/workflow-archiving-status":"Archived"},
      "annotations":{"note":"keep"},"ownerReferences":[{"kind":"CronWorkflow","name":"c"}]},
    "spec":{"entrypoint":"main","shutdown":"Stop","activeDeadlineSeconds":0,
      "arguments":{"parameters":[{"name":"a","value":"1"},{"name":"b","value":"2"}]}}})");
  out.set("status", Value::object({{"phase", "Failed"}, {"nodes", nodes}, {"storedTemplates", read(R"({"k":{"name":"x"}})")}}));
  return out;
}

TEST(Resubmit, NewWorkflow) {  // RSB-1, RSB-2
  auto out = resubmit(old_workflow(), {false, "", {"b=3"}}, kNow);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(*out, read(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow",
    "metadata":{"generateName":"w-","namespace":"ns",
      "labels":{"team":"blue","workflows.argoproj.io/resubmitted-from-workflow":"w"},
      "annotations":{"note":"keep"},"ownerReferences":[{"kind":"CronWorkflow","name":"c"}]},
    "spec":{"entrypoint":"main","arguments":{"parameters":[{"name":"b","value":"3"},{"name":"a","value":"1"}]}}})"));
}

TEST(Resubmit, AnyPhaseAndGenerateName) {  // RSB-1
  Value old = old_workflow();
  old.at("metadata").set("generateName", "gen-");
  old.at("status").set("phase", "Running");
  auto out = resubmit(old, {}, kNow);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ((*out)["metadata"]["generateName"], Value("gen-"));
  EXPECT_FALSE(resubmit(old, {false, "", {"b"}}, kNow).ok());
}

TEST(Resubmit, MemoizedNeedsAFailure) {  // RSB-3
  Value old = old_workflow();
  old.at("status").set("phase", "Succeeded");
  auto out = resubmit(old, {true, "abcde", {}}, kNow);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().message(), "workflow must be Failed/Error to resubmit in memoized mode");
}

TEST(Resubmit, Memoized) {  // RSB-3 to RSB-5
  auto out = resubmit(old_workflow(), {true, "abcde", {}}, kNow);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ((*out)["metadata"]["name"], Value("w-abcde"));
  const Value& status = (*out)["status"];
  EXPECT_FALSE(status.has("phase"));
  EXPECT_EQ(status["storedTemplates"], read(R"({"k":{"name":"x"}})"));
  EXPECT_EQ(status["conditions"], read(R"([{"type":"Completed","status":"False"}])"));
  const Value& nodes = status["nodes"];
  EXPECT_EQ(nodes.size(), 5u);  // without the exit handler and the skipped step

  const Value& root = nodes["w-abcde"];
  EXPECT_EQ(root["phase"], Value("Pending"));
  EXPECT_FALSE(root.has("message"));
  EXPECT_EQ(root["startedAt"], Value("2026-01-02T03:04:05Z"));
  EXPECT_EQ(root["children"].items()[0], Value(new_id("w-abcde[0]")));

  const Value& group = nodes[new_id("w-abcde[0]")];
  EXPECT_EQ(group["children"], Value::array({new_id("w-abcde[0].a"), new_id("w-abcde[0].s")}));  // reference remains
  EXPECT_EQ(group["boundaryID"], Value("w-abcde"));

  const Value& done = nodes[new_id("w-abcde[0].a")];
  EXPECT_EQ(done["id"], Value(new_id("w-abcde[0].a")));
  EXPECT_EQ(done["name"], Value("w-abcde[0].a"));
  EXPECT_EQ(done["type"], Value("Skipped"));
  EXPECT_EQ(done["phase"], Value("Skipped"));
  EXPECT_EQ(done["message"], Value("original pod: " + id("w[0].a")));
  EXPECT_EQ(done["finishedAt"], Value("2026-01-02T03:04:05Z"));
  EXPECT_EQ(done["outputs"]["parameters"].items()[0]["value"], Value("7"));
  EXPECT_EQ(done["outboundNodes"].items()[0], Value(new_id("w-abcde[1]")));

  const Value& failed = nodes[new_id("w-abcde[1].b")];
  EXPECT_EQ(failed["type"], Value("Pod"));
  EXPECT_EQ(failed["phase"], Value("Pending"));
  EXPECT_FALSE(failed.has("startedAt"));
  EXPECT_FALSE(failed.has("finishedAt"));
  EXPECT_FALSE(failed.has("message"));
}

TEST(Resubmit, SkippedAboveASuccessIsKept) {  // RSB-4
  Value old = old_workflow();
  Value& nodes = old.at("status").at("nodes");
  nodes.set(id("w[1].b"), node("w[1].b", "Pod", "Succeeded", {}));
  auto out = resubmit(old, {true, "abcde", {}}, kNow);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ((*out)["status"]["nodes"][new_id("w-abcde[0].s")]["phase"], Value("Pending"));
}

}  // namespace
}  // namespace wf::engine
