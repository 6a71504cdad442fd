// SPDX-License-Identifier: Apache-2.0
#include "expr/cron.h"

#include <gtest/gtest.h>

#include <string>

namespace wf::expr {
namespace {

std::string next(std::string_view schedule, std::string_view after, std::string_view zone = "") {
  const auto parsed = CronSchedule::parse(schedule, zone);
  if (!parsed.ok()) return parsed.error().message();
  const auto found = parsed->next(*parse_rfc3339(after));
  return found ? to_rfc3339(*found) : "never";
}
std::string error_of(std::string_view schedule) { return next(schedule, "2024-01-01T00:00:00Z"); }

TEST(Cron, FieldsAndDescriptors) {  // CRN-1
  EXPECT_EQ(next("*/20 * * * *", "2024-05-05T10:21:07Z"), "2024-05-05T10:40:00Z");
  EXPECT_EQ(next("30 9 * feb-mar mon", "2024-05-05T10:21:07Z"), "2025-02-03T09:30:00Z");
  EXPECT_EQ(next("0 0 10 * sun", "2024-05-06T00:00:00Z"), "2024-05-10T00:00:00Z") << "either day will do";
  EXPECT_EQ(next("0 0 29 2 *", "2024-03-01T00:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 30 2 *", "2024-03-01T00:00:00Z"), "never");
  EXPECT_EQ(next("@weekly", "2024-05-05T00:00:00Z"), "2024-05-12T00:00:00Z");
  EXPECT_EQ(next("@every 90m", "2024-05-05T00:00:00.5Z"), "2024-05-05T01:30:00Z");
  EXPECT_EQ(next("@every 10ms", "2024-05-05T00:00:00Z"), "2024-05-05T00:00:01Z");
}

TEST(Cron, TimeZonesAndDaylightSaving) {  // CRN-2, CRN-3
  EXPECT_EQ(next("0 12 * * *", "2024-07-01T00:00:00Z", "Asia/Tokyo"), "2024-07-01T03:00:00Z");
  EXPECT_EQ(next("CRON_TZ=Asia/Tokyo 0 12 * * *", "2024-07-01T00:00:00Z"), "2024-07-01T03:00:00Z");
  EXPECT_EQ(next("15 2 * * *", "2024-03-30T12:00:00Z", "Europe/Paris"), "2024-04-01T00:15:00Z") << "skipped on the 31st";
  EXPECT_EQ(next("15 2 * * *", "2024-10-27T00:15:00Z", "Europe/Paris"), "2024-10-27T01:15:00Z") << "twice on the 27th";
}

TEST(Cron, Errors) {
  EXPECT_EQ(error_of(""), "empty spec string");
  EXPECT_EQ(error_of("* * * *"), "expected exactly 5 fields, found 4: [* * * *]");
  EXPECT_EQ(error_of("60 * * * *"), "end of range (60) above maximum (59): 60");
  EXPECT_EQ(error_of("* * 0 * *"), "beginning of range (0) below minimum (1): 0");
  EXPECT_EQ(error_of("9-3 * * * *"), "beginning of range (9) beyond end of range (3): 9-3");
  EXPECT_EQ(error_of("*/0 * * * *"), "step of range should be a positive number: */0");
  EXPECT_EQ(error_of("1-2-3 * * * *"), "too many hyphens: 1-2-3");
  EXPECT_EQ(error_of("1/2/3 * * * *"), "too many slashes: 1/2/3");
  EXPECT_EQ(error_of("TZ=Nowhere * * * * *"), "provided bad location Nowhere: unknown time zone Nowhere");
  EXPECT_EQ(error_of("@noon"), "unrecognized descriptor: @noon");
  EXPECT_EQ(error_of(", * * * *"), "never");
}

}  // namespace
}  // namespace wf::expr
