// SPDX-License-Identifier: Apache-2.0
#include "json/value.h"

#include <gtest/gtest.h>

#include "json/text.h"

namespace wf::json {

TEST(Value, CopiesShareUntilChanged) {
  Value a = Value::object({{"list", Value::array({1, "two"})}});
  Value b = a;
  b.at("list").push_back(3);
  EXPECT_EQ(print(a), R"({"list":[1,"two"]})");
  EXPECT_EQ(print(b), R"({"list":[1,"two",3]})");
}

TEST(Value, LargeObjectsAreIndexedThroughEveryChange) {
  Value object;
  for (int i = 0; i < 100; ++i) object.set("key" + std::to_string(i), i);
  EXPECT_EQ(object["key70"].as_int(), 70);
  EXPECT_TRUE(object.erase("key10"));
  EXPECT_EQ(object["key70"].as_int(), 70);
  EXPECT_FALSE(object.has("key10"));
  object.sort_keys();
  EXPECT_EQ(object["key99"].as_int(), 99);
}

TEST(Text, PrintsAsGoDoes) {
  EXPECT_EQ(print(Value("a<b\n\x01")), R"("a\u003cb\n\u0001")");
  EXPECT_EQ(print(Value("a<b"), Escape::None), R"("a<b")");
  EXPECT_EQ(print(Value::number(1e21)), "1e+21");
  EXPECT_EQ(print(Value::number(1e-7)), "1e-7");
  EXPECT_EQ(print(Value::number(0.5)), "0.5");
}

TEST(Text, KeepsNumbersAndOrder) {
  const auto value = parse(R"({"b":1.50,"a":[1e5,"\ud83d\ude00"]})");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(print(*value), "{\"b\":1.50,\"a\":[1e5,\"\xf0\x9f\x98\x80\"]}");
}

TEST(Text, SaysWhereItFails) {
  const auto value = parse("{\n  \"a\": }");
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().message(), "line 2, column 8: invalid character '}' looking for beginning of value");
}

}  // namespace wf::json
