// SPDX-License-Identifier: Apache-2.0
#include "control/retention.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "json/text.h"

namespace wf::control {
namespace {

using json::Value;

Value finished(std::string_view phase, std::string_view ttl) {
  Value workflow = *json::parse(R"({"metadata":{"labels":{"workflows.argoproj.io/completed":"true"}},"spec":{},
    "status":{"finishedAt":"2026-01-01T00:00:00Z"}})");
  workflow.at("status").set("phase", phase);
  if (!ttl.empty()) workflow.at("spec").set("ttlStrategy", *json::parse(ttl));
  return workflow;
}

// Seconds after its end, or -1.
int64_t lasts(const Value& workflow) {
  const auto at = expires_at(workflow);
  if (!at) return -1;
  return std::chrono::duration_cast<std::chrono::seconds>(*at - *parse_rfc3339("2026-01-01T00:00:00Z")).count();
}

TEST(Retention, TimeToLiveByPhase) {  // GCO-1
  constexpr std::string_view both = R"({"secondsAfterCompletion":10,"secondsAfterFailure":60})";
  EXPECT_EQ(lasts(finished("Failed", both)), 61);
  EXPECT_EQ(lasts(finished("Error", both)), 11);
  EXPECT_EQ(lasts(finished("Succeeded", both)), 11);
  EXPECT_EQ(lasts(finished("Failed", R"({"secondsAfterSuccess":5})")), -1);
  EXPECT_EQ(lasts(finished("Succeeded", R"({"secondsAfterSuccess":0})")), 1);
  EXPECT_EQ(lasts(finished("Succeeded", "")), -1);
}

TEST(Retention, TheTemplatesStrategyCountsWhereTheWorkflowHasNone) {  // GCO-1
  Value workflow = finished("Succeeded", "");
  workflow.at("status").set("storedWorkflowTemplateSpec", *json::parse(R"({"ttlStrategy":{"secondsAfterCompletion":7}})"));
  EXPECT_EQ(lasts(workflow), 8);
  workflow.at("metadata").at("labels").set("workflows.argoproj.io/workflow-archiving-status", "Pending");
  EXPECT_EQ(lasts(workflow), -1);
}

TEST(Retention, KeepsTheNewestOfEachPhase) {  // GCO-2
  std::vector<Value> all;
  for (const char* phase : {"Succeeded", "Failed", "Error"}) {
    for (int i = 0; i < 3; ++i) {
      all.push_back(Value::object({{"metadata", Value::object({{"name", cat(phase, i)}, {"creationTimestamp", cat("2026-01-0", i + 1)}})},
                                   {"status", Value::object({{"phase", phase}})}}));
    }
  }
  std::string gone;
  for (const Value& each : beyond_retention(all, {2, 1, 3})) gone += cat(each["metadata"]["name"].as_string(), " ");
  EXPECT_EQ(gone, "Failed1 Succeeded0 Failed0 ");
}

}  // namespace
}  // namespace wf::control
