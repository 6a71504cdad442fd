// SPDX-License-Identifier: Apache-2.0
#include "engine/pod_gc.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "json/text.h"

namespace wf::engine {
namespace {

using json::Value;
using std::chrono::seconds;

Value read(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.ok());
  return *value;
}

std::string decide(std::string_view gc, std::string_view pod_phase, std::string_view workflow_phase,
                   std::string_view labels = R"({"a":"1"})", bool finalizer = false) {
  const PodGc rule(gc.empty() ? Value::object() : read(cat(R"({"podGC":)", gc, "}")), seconds(5));
  const auto action = rule.decide({read(labels), pod_phase, finalizer}, workflow_phase);
  if (!action) return "nothing";
  return *action == PodCleanup::Label ? "label" : *action == PodCleanup::Delete ? "delete" : "unfinalize";
}

std::string by(std::string_view strategy, std::string_view pod_phase, std::string_view workflow_phase) {
  return decide(cat(R"({"strategy":")", strategy, "\"}"), pod_phase, workflow_phase);
}

TEST(PodGc, Strategies) {  // GCO-3
  EXPECT_EQ(decide("", "Succeeded", "Running"), "label");
  EXPECT_EQ(decide("{}", "Succeeded", "Running"), "label");
  EXPECT_EQ(by("OnWorkflowCompletion", "Succeeded", "Running"), "nothing");
  EXPECT_EQ(by("OnWorkflowCompletion", "Succeeded", "Failed"), "delete");
  EXPECT_EQ(by("OnWorkflowCompletion", "Succeeded", "Error"), "delete");
  EXPECT_EQ(by("OnWorkflowSuccess", "Succeeded", "Running"), "nothing");
  EXPECT_EQ(by("OnWorkflowSuccess", "Failed", "Succeeded"), "delete");
  EXPECT_EQ(by("OnWorkflowSuccess", "Succeeded", "Failed"), "label");
  EXPECT_EQ(by("OnPodCompletion", "Failed", "Running"), "delete");
  EXPECT_EQ(by("OnPodSuccess", "Succeeded", "Running"), "delete");
  EXPECT_EQ(by("OnPodSuccess", "Failed", "Running"), "label");
  EXPECT_EQ(by("OnPodSuccess", "Running", "Running"), "nothing");
  EXPECT_EQ(by("OnPodSuccess", "Running", "Succeeded"), "label");
}

TEST(PodGc, FinalizerAndComponents) {  // GCO-3
  EXPECT_EQ(decide(R"({"strategy":"OnWorkflowCompletion"})", "Succeeded", "Running", "{}", true), "unfinalize");
  EXPECT_EQ(decide(R"({"strategy":"OnPodCompletion"})", "Succeeded", "Running", "{}", true), "delete");
  EXPECT_EQ(decide(R"({"strategy":"OnPodCompletion"})", "Succeeded", "Running", R"({"workflows.argoproj.io/component":"agent"})"),
            "nothing");
}

TEST(PodGc, Selectors) {  // GCO-3
  const auto with = [](std::string_view selector) {
    return decide(cat(R"({"strategy":"OnPodCompletion","labelSelector":)", selector, "}"), "Succeeded", "Running");
  };
  EXPECT_EQ(with("{}"), "delete");
  EXPECT_EQ(with(R"({"matchLabels":{"a":"1"}})"), "delete");
  EXPECT_EQ(with(R"({"matchLabels":{"a":"2"}})"), "label");
  EXPECT_EQ(with(R"({"matchLabels":{"b":"1"}})"), "label");
  EXPECT_EQ(with(R"({"matchExpressions":[{"key":"a","operator":"In","values":["0","1"]}]})"), "delete");
  EXPECT_EQ(with(R"({"matchExpressions":[{"key":"a","operator":"NotIn","values":["1"]}]})"), "label");
  EXPECT_EQ(with(R"({"matchExpressions":[{"key":"b","operator":"NotIn","values":["1"]}]})"), "delete");
  EXPECT_EQ(with(R"({"matchExpressions":[{"key":"a","operator":"Exists"},{"key":"b","operator":"DoesNotExist"}]})"), "delete");
  EXPECT_EQ(with(R"({"matchExpressions":[{"key":"b","operator":"Exists"}]})"), "label");
}

TEST(PodGc, Delay) {  // GCO-4
  const auto delay = [](std::string_view text) {
    return PodGc(Value::object({{"podGC", Value::object({{"deleteDelayDuration", text}})}}), seconds(5)).delay();
  };
  EXPECT_EQ(PodGc(Value(), seconds(5)).delay(), seconds(5));
  EXPECT_EQ(delay(""), seconds(5));
  EXPECT_EQ(delay("30"), seconds(30));
  EXPECT_EQ(delay("1m"), seconds(60));
  EXPECT_EQ(delay("0s"), seconds(0));
  EXPECT_EQ(delay("soon"), seconds(5));
}

TEST(PodGc, Termination) {  // GCO-5
  EXPECT_TRUE(termination_of("Pending", Value()).remove);
  EXPECT_FALSE(termination_of("Running", Value()).remove);
  EXPECT_EQ(termination_of("Running", Value()).grace, seconds(30));
  EXPECT_EQ(termination_of("Running", read(R"({"terminationGracePeriodSeconds":7})")).grace, seconds(7));
  EXPECT_EQ(termination_of("Running", read(R"({"terminationGracePeriodSeconds":0})")).grace, seconds(0));
}

}  // namespace
}  // namespace wf::engine
