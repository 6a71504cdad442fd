// SPDX-License-Identifier: Apache-2.0
#include "print/list_screen.h"

#include <gtest/gtest.h>

#include "json/text.h"
#include "print/object_screen.h"

namespace wf::print {
namespace {

using json::Value;

const Time kNow = *parse_rfc3339("2024-01-02T00:00:00Z");

std::vector<Value> workflows() {
  return {*json::parse(R"({"metadata":{"name":"done","namespace":"n","uid":"u1","creationTimestamp":"2024-01-01T22:00:00Z"},
            "spec":{"priority":3,"arguments":{"parameters":[{"name":"p","value":"v"}]}},
            "status":{"phase":"Succeeded","startedAt":"2024-01-01T22:00:00Z","finishedAt":"2024-01-01T22:02:00Z",
              "nodes":{"a":{"type":"Pod","phase":"Succeeded"},"b":{"type":"Pod","phase":"Running"}}}})"),
          *json::parse(R"({"metadata":{"name":"going-on","namespace":"n","creationTimestamp":"2024-01-01T23:59:30Z"},
            "status":{"phase":"Running","message":"busy","startedAt":"2024-01-01T23:59:40Z"}})")};
}

TEST(ListScreen, UnfinishedComeFirst) {
  auto list = workflows();
  sort_workflows(list);
  EXPECT_EQ(workflow_list(list, {}, kNow),
            "NAME       STATUS      AGE   DURATION   PRIORITY   MESSAGE\n"
            "going-on   Running     30s   20s        0          busy\n"
            "done       Succeeded   2h    2m         3          \n");
}

TEST(ListScreen, WideHasMoreColumns) {
  const auto list = workflows();
  EXPECT_EQ(workflow_list(std::span(list).subspan(0, 1), {false, true, true, true}, kNow),
            "n   done   Succeeded   2h   2m   3      0/1/1   p=v   u1\n");
  EXPECT_EQ(workflow_list({}, {}, kNow), "No workflows found\n");
  const std::vector<Value> many(101, list[0]);
  EXPECT_NE(workflow_list(many, {}, kNow).find("\nYou have at least 101 completed workflows."), std::string::npos);
}

Value cron() {
  return *json::parse(R"({"metadata":{"name":"c","namespace":"n","creationTimestamp":"2024-01-01T00:00:00Z"},
    "spec":{"schedules":["0 1 * * *","@weekly"],"timezone":"UTC","concurrencyPolicy":"Forbid"},
    "status":{"lastScheduledTime":"2024-01-01T01:00:00Z","active":[{"name":"c-1"},{"name":"c-2"}],
      "conditions":[{"type":"SubmissionError","message":"no"}]}})");
}

TEST(CronScreen, ListAndGet) {
  EXPECT_EQ(cron_list(std::vector<Value>{cron()}, false, kNow),
            "NAME   AGE   LAST RUN   NEXT RUN   SCHEDULES           TIMEZONE   SUSPENDED\n"
            "c      1d    23h        1h         0 1 * * *,@weekly   UTC        false\n");
  EXPECT_EQ(cron_screen(cron(), kNow),
            "Name:                          c\n"
            "Namespace:                     n\n"
            "Created:                       Mon Jan 01 00:00:00 +0000 (1 day ago)\n"
            "Schedules:                     0 1 * * *,@weekly\n"
            "Suspended:                     false\n"
            "Timezone:                      UTC\n"
            "ConcurrencyPolicy:             Forbid\n"
            "LastScheduledTime:             Mon Jan 01 01:00:00 +0000 (23 hours ago)\n"
            "NextScheduledTime:             Tue Jan 02 01:00:00 +0000 (1 hour from now) (assumes workflow-controller is in UTC)\n"
            "Active Workflows:              c-1, c-2\n"
            "Conditions:                    \n"
            "✖ SubmissionError              no\n");
}

TEST(TemplateScreen, ListAndGet) {
  EXPECT_EQ(template_list(std::vector<Value>{cron()}, true), "NAMESPACE   NAME\nn           c   \n");
  EXPECT_EQ(template_screen(Value::object({{"kind", "ClusterWorkflowTemplate"}, {"metadata", Value::object({{"name", "t"}})}}), kNow)
                .substr(0, 31),
            "Name:                t\nCreated:");
}

}  // namespace
}  // namespace wf::print
