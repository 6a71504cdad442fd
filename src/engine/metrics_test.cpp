// SPDX-License-Identifier: Apache-2.0
#include "engine/metrics.h"

#include <gtest/gtest.h>

#include "json/text.h"

namespace wf::engine {
namespace {

using json::Value;

Measured measured(std::string_view list, const MeasureRequest& request = {.workflow = "w"}) {
  expr::MapScope scope;
  scope.set("status", "Succeeded");
  scope.set("duration", "1.500000");
  scope.set("outputs.parameters.n", "12");
  return measure(*json::parse(list), scope, request);
}

std::string error_of(std::string_view list, const MeasureRequest& request = {.workflow = "w"}) {
  const Measured out = measured(list, request);
  return out.errors.size() == 1 && out.records.empty() ? out.errors.front() : "no error";
}

TEST(Metrics, ACounterWithLabels) {
  const Measured out = measured(
      R"([{"name":"runs","help":"Runs","labels":[{"key":"how","value":"{{status}}"}],"when":"{{status}} == Succeeded","counter":{"value":"2"}},
          {"name":"other","help":"O","when":"{{status}} == Failed","counter":{"value":"1"}}])");
  EXPECT_TRUE(out.errors.empty());
  ASSERT_EQ(out.records.size(), 1u);
  EXPECT_EQ(out.records[0].kind, MetricKind::Counter);
  EXPECT_EQ(out.records[0].value, 2);
  EXPECT_EQ(out.records[0].labels, (std::map<std::string, std::string>{{"how", "Succeeded"}}));
}

TEST(Metrics, HistogramsAndGauges) {
  const Measured out = measured(
      R"([{"name":"n","help":"N","histogram":{"value":"{{outputs.parameters.n}}","buckets":[10,1,2.5]}},
          {"name":"g","help":"G","gauge":{"value":"{{duration}}","operation":"Sub"}}])");
  ASSERT_EQ(out.records.size(), 2u);
  EXPECT_EQ(out.records[0].buckets, (std::vector<double>{1, 2.5, 10}));
  EXPECT_EQ(out.records[0].value, 12);
  EXPECT_EQ(out.records[1].change, MetricChange::Subtract);
  EXPECT_EQ(out.records[1].value, 1.5);
}

TEST(Metrics, RealTime) {  // EXE-17
  MeasureRequest request{.workflow = "w", .realtime_only = true};
  request.realtime["duration"] = {Time{} + std::chrono::seconds(5), {}};
  const Measured out = measured(
      R"([{"name":"g","help":"G","gauge":{"realtime":true,"value":"{{ duration }}"}},{"name":"c","help":"C","counter":{"value":"1"}}])", request);
  EXPECT_TRUE(out.errors.empty()) << out.errors.front();
  ASSERT_EQ(out.records.size(), 1u);  // counters wait for the end
  EXPECT_TRUE(out.records[0].realtime);
  EXPECT_EQ(out.records[0].span.started, Time{} + std::chrono::seconds(5));
  EXPECT_EQ(error_of(R"([{"name":"g","help":"G","gauge":{"realtime":true,"value":"1"}}])"),
            "real time metrics can only be used with metric variables");
  EXPECT_EQ(error_of(R"([{"name":"g","help":"G","gauge":{"realtime":true,"value":"{{status}}"}}])"),
            "'status' is not available as a real time metric");
}

TEST(Metrics, ErrorsAreArgos) {  // MSG-4
  EXPECT_EQ(error_of(R"([{"name":"c","counter":{"value":"1"}}])"), "metric 'c' must contain a help string under 'help: ' field");
  EXPECT_EQ(error_of(R"([{"name":"c","help":"C","counter":{"value":"x"}}])"),
            "could not construct metric 'c': strconv.ParseFloat: parsing \"x\": invalid syntax");
  EXPECT_EQ(error_of(R"([{"name":"c","help":"C","counter":{"value":"{{nothing}}"}}])"),
            "unable to substitute parameters for metric 'c': failed to resolve {{nothing}}");
  EXPECT_TRUE(error_of(R"([{"name":"c","help":"C","when":"a b","counter":{"value":"1"}}])")
                  .starts_with("unable to compute 'when' clause for metric 'w': "));
  EXPECT_EQ(error_of(R"([{"name":"c:d","help":"C","counter":{"value":"1"}}])"),
            "could not construct metric 'c:d': metric name is invalid: names may only contain alphanumeric characters or '_'");
  EXPECT_EQ(error_of(R"([{"name":"c","help":"C"}])"), "could not construct metric 'c': invalid metric spec");
}

TEST(Metrics, ANameKeepsItsHelpAndKind) {
  MetricNames names;
  const MeasureRequest request{.workflow = "w", .names = &names};
  EXPECT_EQ(measured(R"([{"name":"c","help":"C","counter":{"value":"1"}}])", request).records.size(), 1u);
  EXPECT_EQ(error_of(R"([{"name":"c","help":"D","counter":{"value":"1"}}])", request),
            "could not construct metric 'c': help for metric c is already set to C, it cannot be changed");
  EXPECT_EQ(error_of(R"([{"name":"c","help":"C","gauge":{"value":"1"}}])", request),
            "could not construct metric 'c': found existing counter for custom metric c of type Gauge");
}

}  // namespace
}  // namespace wf::engine
