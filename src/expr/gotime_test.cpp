// SPDX-License-Identifier: Apache-2.0
#include "expr/gotime.h"

#include <gtest/gtest.h>

namespace wf::expr {
namespace {

Moment at(std::string_view rfc3339) {
  auto read = parse_time(kRfc3339, rfc3339);
  EXPECT_TRUE(read.ok()) << rfc3339;
  return *read;
}

TEST(Format, WritesEveryPart) {
  const Moment time = add(at("2023-08-04T23:05:07Z"), 120'300'000);
  const char* rows[][2] = {
      {"2006-01-02T15:04:05Z07:00", "2023-08-04T23:05:07Z"},
      {"Monday, 2 January 2006", "Friday, 4 August 2023"},
      {"Mon Jan _2 06", "Fri Aug  4 23"},
      {"3:04PM 03:4:5 pm", "11:05PM 11:5:7 pm"},
      {"15h 002 __2", "23h 216 216"},
      {".000 .999999 ,00", ".120 .1203 ,12"},
      {"-0700 -07:00 -07 Z0700 MST", "+0000 +00:00 +00 Z UTC"},
      {"Janet Month", "Janet Month"},
      {"", ""},
      {"plain text", "plain text"},
      {"1/2/2006 _2006", "8/4/2023 _2023"},
  };
  for (const auto& [layout, text] : rows) EXPECT_EQ(format(time, layout), text) << layout;
}

TEST(Format, KnowsPlaces) {
  const Moment winter = at("2024-01-15T12:00:00Z");
  const auto berlin = load_location("Europe/Berlin");
  ASSERT_TRUE(berlin.ok());
  EXPECT_EQ(print(in_location(winter, *berlin)), "2024-01-15 13:00:00 +0100 CET");
  EXPECT_EQ(print(at("2024-07-15T12:00:00-03:30")), "2024-07-15 12:00:00 -0330 -0330");
  EXPECT_EQ(load_location("Bad/Zone").error().message(), "unknown time zone Bad/Zone");
  EXPECT_FALSE(load_location("../etc/passwd").ok());
  EXPECT_FALSE(load_location("/etc/localtime").ok());
}

TEST(ParseTime, ReadsByLayout) {
  struct Row {
    const char *layout, *text, *printed;
  };
  const Row rows[] = {
      {"2006-01-02", "2023-08-14", "2023-08-14 00:00:00 +0000 UTC"},
      {"Jan 2, 2006 at 3:04pm (MST)", "Feb 3, 2013 at 7:54pm (PST)",
       "2013-02-03 19:54:00 +0000 PST"},
      {"2006-01-02T15:04:05Z07:00", "2023-01-01T00:00:00.25+02:00",
       "2023-01-01 00:00:00.25 +0200 +0200"},
      {"02 Jan 06 15:04 MST", "02 jan 69 15:04 UTC", "1969-01-02 15:04:00 +0000 UTC"},
      {"2006-002", "2024-060", "2024-02-29 00:00:00 +0000 UTC"},
      {"15:04:05.000", "01:02:03.456", "0000-01-01 01:02:03.456 +0000 UTC"},
      {"3PM", "12AM", "0000-01-01 00:00:00 +0000 UTC"},
      {"Jan _2 2006", "Jan  2 2006", "2006-01-02 00:00:00 +0000 UTC"},
  };
  for (const Row& row : rows) {
    const auto read = parse_time(row.layout, row.text);
    ASSERT_TRUE(read.ok()) << row.text << ": " << read.error().message();
    EXPECT_EQ(print(*read), row.printed);
  }
}

TEST(ParseTime, SaysWhatIsWrong) {
  const char* rows[][3] = {
      {"2006-01-02", "x", "parsing time \"x\" as \"2006-01-02\": cannot parse \"x\" as \"2006\""},
      {"2006-01-02", "2023-02-30", "parsing time \"2023-02-30\": day out of range"},
      {"2006-01-02", "2023-13-01", "parsing time \"2023-13-01\": month out of range"},
      {"2006-01-02", "2023-01-01x", "parsing time \"2023-01-01x\": extra text: \"x\""},
      {"2006", "2023-01", "parsing time \"2023-01\": extra text: \"-01\""},
      {"15:04", "24:00", "parsing time \"24:00\": hour out of range"},
  };
  for (const auto& [layout, text, error] : rows) {
    EXPECT_EQ(parse_time(layout, text).error().message(), error);
  }
}

TEST(Durations, ReadAndPrint) {
  const char* rows[][2] = {
      {"1h", "1h0m0s"}, {"90m", "1h30m0s"}, {"-1.5h", "-1h30m0s"}, {"0", "0s"},
      {"1.5ms", "1.5ms"}, {"1us", "1\xC2\xB5s"}, {"100ns", "100ns"}, {"1h1m1.001s", "1h1m1.001s"},
      {".5s", "500ms"}, {"+3s", "3s"}, {"59.9999s", "59.9999s"},
  };
  for (const auto& [text, printed] : rows) {
    EXPECT_EQ(print_duration(*parse_duration(text)), printed);
  }
  EXPECT_EQ(parse_duration("bad").error().message(), "time: invalid duration \"bad\"");
  EXPECT_EQ(parse_duration("3").error().message(), "time: missing unit in duration \"3\"");
  EXPECT_EQ(parse_duration("3x").error().message(), "time: unknown unit \"x\" in duration \"3x\"");
  for (const char* bad : {"", "-", ".s", "1e3s", "9223372037s1h", "99999999999h"}) {
    EXPECT_FALSE(parse_duration(bad).ok()) << bad;
  }
  EXPECT_EQ(print_duration(INT64_MIN), "-2562047h47m16.854775808s");
}

TEST(Calendar, CarriesOverAndGoesBeforeTheEpoch) {
  EXPECT_EQ(print(date_of(2023, 14, 0, 25, 61, 0, -1, nullptr)),
            "2024-02-01 02:00:59.999999999 +0000 UTC");
  EXPECT_EQ(print(zero_time()), "0001-01-01 00:00:00 +0000 UTC");
  EXPECT_EQ(civil(zero_time()).weekday, 1);
  EXPECT_EQ(print(add(zero_time(), -1)), "0000-12-31 23:59:59.999999999 +0000 UTC");
  EXPECT_EQ(difference(at("2024-03-01T00:00:00Z"), at("2024-02-28T00:00:00Z")),
            172'800'000'000'000);
  EXPECT_EQ(difference(at("9999-01-01T00:00:00Z"), zero_time()), INT64_MAX);
  const auto york = load_location("America/New_York");
  EXPECT_EQ(print(date_of(2024, 3, 10, 2, 30, 0, 0, *york)), "2024-03-10 01:30:00 -0500 EST");
}

}  // namespace
}  // namespace wf::expr
