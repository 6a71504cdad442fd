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

TEST(Value, KeysMayLieInTheObjectItself) {
  Value object;
  for (int i = 0; i < 4; ++i) object.set("k" + std::to_string(i), i);
  object.set(object.members()[1].key(), "one");
  object.set(std::string_view(object.members()[0].key()).substr(0, 1), object["k1"]);
  EXPECT_EQ(print(object), R"({"k0":0,"k1":"one","k2":2,"k3":3,"k":"one"})");
}

TEST(Value, ItemsMoveAndGo) {
  Value list;
  for (int i = 0; i < 100; ++i) list.push_back(Value::array({i, std::string(40, 'x')}));
  const Value before = list;
  list.erase_item(0);
  list.erase_item(98);
  const Value whole = list;  // before item(): a reference would see the copy's storage
  list.item(0).push_back(whole);
  EXPECT_EQ(list.size(), 98u);
  EXPECT_EQ(list.items()[0].items()[2].size(), 98u);
  EXPECT_EQ(before.size(), 100u);
  EXPECT_EQ(before.items()[0].items()[0].as_int(), 0);
}

TEST(Value, ThousandsOfMembers) {
  Value object;
  for (int i = 0; i < 5000; ++i) object.set("member-number-" + std::to_string(i), i);
  Value copy = object;
  for (int i = 0; i < 5000; i += 2) copy.at("member-number-" + std::to_string(i)) = -i;
  EXPECT_EQ(object["member-number-4998"].as_int(), 4998);
  EXPECT_EQ(copy["member-number-4998"].as_int(), -4998);
  EXPECT_FALSE(copy.has("member-number-5000"));
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
  EXPECT_EQ(value.error().message(),
            "line 2, column 8: invalid character '}' looking for beginning of value");
}

}  // namespace wf::json
