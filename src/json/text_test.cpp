// SPDX-License-Identifier: Apache-2.0
#include "json/text.h"

#include <gtest/gtest.h>

namespace wf::json {
namespace {

std::string reprinted(std::string_view text) {
  const auto value = parse(text);
  return value.ok() ? print(*value) : value.error().message();
}

TEST(Parse, PutsReplacementForWhatIsNotUtf8) {
  EXPECT_EQ(reprinted("\"a\xff\xc3(\""), "\"a\xef\xbf\xbd\xef\xbf\xbd(\"");
  EXPECT_EQ(reprinted(R"("\ud800x")"), "\"\xef\xbf\xbdx\"");
}

TEST(Parse, ReadsEscapes) {
  EXPECT_EQ(parse(R"("\/\b\u00e9\ud83d\ude80")")->as_string(), "/\b\xc3\xa9\xf0\x9f\x9a\x80");
}

TEST(Parse, LastOfTwoKeysCountsAtTheFirstOnesPlace) {
  std::vector<std::string> duplicates;
  const auto value = parse(R"({"a":[{"b":1,"c":2,"b":3}],"d":0,"a":[{"x":1,"x":2}]})", duplicates);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(print(*value), R"({"a":[{"x":2}],"d":0})");
  EXPECT_EQ(duplicates, (std::vector<std::string>{"a[0].b", "a", "a[0].x"}));
}

TEST(Parse, RefusesWhatIsNoJson) {
  for (const char* text : {"", "01", "1.", "-", "1e", "tru", "[1,]", "{\"a\":1,}", "{a:1}",
                           "\"\x01\"", "\"\\x\"", "1 2", "\"\\u12g4\""}) {
    EXPECT_FALSE(parse(text).ok()) << text;
  }
  EXPECT_FALSE(parse(std::string(20'000, '[')).ok());
  EXPECT_TRUE(parse(std::string(9'000, '[') + std::string(9'000, ']')).ok());
}

TEST(Parse, ManyKeys) {
  std::string text = "{";
  for (int i = 0; i < 100; ++i) text += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  const auto value = parse(text + "\"k50\":-1}");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->size(), 100u);
  EXPECT_EQ((*value)["k50"].as_int(), -1);
}

TEST(Print, EscapesAsEncodingJson) {
  EXPECT_EQ(print(Value("\xff<\xe2\x80\xa8\x7f\b\f\x1f")),
            "\"\\ufffd\\u003c\\u2028\x7f\\b\\f\\u001f\"");
  EXPECT_EQ(
      print_indented(*parse(R"({"a":[],"b":{},"c":[1,{"d":2}]})")),
      "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": 2\n    }\n  ]\n}");
}

TEST(Print, NumbersAsGo) {
  EXPECT_EQ(print(Value::number(18446744073709551616.0)), "18446744073709552000");
  EXPECT_EQ(print(Value::number(-1e20)), "-100000000000000000000");
  EXPECT_EQ(print(Value::number(1e-10)), "1e-10");
  EXPECT_EQ(print(Value::number(123456789.0)), "123456789");
}

}  // namespace
}  // namespace wf::json
