// SPDX-License-Identifier: Apache-2.0
#include "expr/duration.h"

#include <gtest/gtest.h>

#include "expr/int_or_string.h"

namespace wf::expr {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Duration, WholeNumbersAreSeconds) {
  EXPECT_EQ(*parse_seconds_or_duration("90"), seconds(90));
  EXPECT_EQ(*parse_seconds_or_duration("1h5m"), minutes(65));
  EXPECT_EQ(*parse_seconds_or_duration("-3"), seconds(-3));
  EXPECT_EQ(parse_seconds_or_duration("2d").error().message(),
            "unable to parse 2d as a duration: time: unknown unit \"d\" in duration \"2d\"");
}

TEST(Duration, IsShownWithTwoUnits) {
  EXPECT_EQ(humanize(seconds(5)), "5 seconds");
  EXPECT_EQ(humanize(seconds(75)), "1 minute 15 seconds");
  EXPECT_EQ(humanize(minutes(125)), "2 hours 5 minutes");
  EXPECT_EQ(humanize(hours(51)), "2 days 3 hours");
  EXPECT_EQ(humanize_truncated(hours(51)), "2 days");
  EXPECT_EQ(humanize_short(hours(51)), "2d");
  EXPECT_EQ(humanize_short(hours(24 * 30)), "30d");
  EXPECT_EQ(to_text(minutes(61)), "1h1m0s");
  EXPECT_EQ(to_seconds_text(Duration(1'500'000'000)), "1.500000");
}

TEST(Duration, RelativeToNow) {
  const Time now{hours(1'000)};
  EXPECT_EQ(humanize_relative(now - minutes(3), now), "3 minutes ago");
  EXPECT_EQ(humanize_relative(now + hours(2), now), "2 hours from now");
  EXPECT_EQ(humanize_relative(now, now), "now");
}

TEST(IntOrString, ReadsNumbersInTexts) {
  EXPECT_EQ(*int_of(json::Value("012")), 12);
  EXPECT_EQ(*int_of(json::Value(7)), 7);
  EXPECT_EQ(int_of(json::Value("x")).error().message(), "value 'x' cannot be resolved to an int");
  EXPECT_TRUE(is_int_or_variable(json::Value("{{inputs.parameters.n}}")));
  EXPECT_FALSE(is_int_or_variable(json::Value("n")));
  EXPECT_FALSE(int_or_string_of(json::Value(true)).ok());
}

}  // namespace
}  // namespace wf::expr
