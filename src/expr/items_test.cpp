// SPDX-License-Identifier: Apache-2.0
#include "expr/items.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "expr/expand.h"
#include "json/text.h"

namespace wf::expr {
namespace {

using json::Value;

std::string named(std::string_view element) {
  const auto item = parse_item(element);
  return item.ok() ? item_name("t", 0, *item).value() : item.error().message();
}
std::string texts(const Result<std::vector<Item>>& items) {
  if (!items.ok()) return items.error().message();
  std::vector<std::string> out;
  for (const auto& item : *items) out.push_back(item.text);
  return join(out, " ");
}
std::string sequence(std::string_view json) { return texts(sequence_items(*json::parse(json))); }

TEST(Items, AreTypedByTheirJson) {  // EXP-5, EXP-6
  EXPECT_EQ(parse_item("\"12\"")->type, ItemType::String);
  EXPECT_EQ(parse_item("1.50")->text, "1.50");
  EXPECT_EQ(parse_item("null")->type, ItemType::Array);
  EXPECT_EQ(parse_item("null")->text, "null");
  EXPECT_EQ(parse_item("[1e999]")->type, ItemType::String);
  EXPECT_EQ(parse_item(R"({"z": [1, 2], "a": "<x>"})")->text, R"({"a":"\u003cx\u003e","z":[1,2]})");
}

TEST(Items, AreNamedByTheirJson) {  // EXP-8
  EXPECT_EQ(named("\"two (2)\""), "t(0:two 2)");
  EXPECT_EQ(named(R"("a\tb")"), "t(0:a\\tb)");
  EXPECT_EQ(named(R"({"b":true,"a":["x"]})"), "t(0:a:[\"x\"],b:true)");
  EXPECT_EQ(named(R"([1, "x", {"k": 2}])"), "t(0:[1 x {\"k\":2}])");
  EXPECT_FALSE(item_name("t(1)", 3, *parse_item("1")).ok());
}

TEST(Items, MembersAreTextsWithTheirEscapes) {  // EXP-7
  const auto item = *parse_item(R"({"q":"a\"b\nc","n":null,"m":{"k": 1}})");
  MapScope scope;
  item.put_into(scope);
  EXPECT_EQ(scope.find("item.q").text, R"(a\"b\nc)");
  EXPECT_EQ(scope.find("item.n").text, "null");
  EXPECT_EQ(scope.find("item.m").text, R"({"k":1})");
}

TEST(Items, ListsAreJson) {  // EXP-2, EXP-3
  EXPECT_EQ(texts(parse_items(" [\"a\", 2 ,[3] ] ")), "a 2 [3]");
  EXPECT_EQ(texts(parse_items("null")), "");
  EXPECT_EQ(texts(parse_items("7")), "json: cannot unmarshal number into Go value of type []v1alpha1.Item");
  const Value unread = Value::object({{"withParam", "x"}});
  EXPECT_FALSE(loop_items(unread).ok());
  EXPECT_TRUE(loop_items(Value::object({{"withParam", "x"}, {"when", "1 > 2"}}))->empty());
}

TEST(Items, Sequences) {  // EXP-4
  EXPECT_EQ(sequence(R"({"count":"3"})"), "0 1 2");
  EXPECT_EQ(sequence(R"({"start":"4","end":2})"), "4 3 2");
  EXPECT_EQ(sequence(R"({"start":"1","count":"-1"})"), "1 0 -1");
  EXPECT_EQ(sequence(R"({"count":0})"), "");
  EXPECT_EQ(sequence(R"({"count":"2","format":"n%03x"})"), "n000 n001");
  EXPECT_EQ(sequence(R"({"count":"9999999999"})"), "a sequence has at most 10000000 items");
  EXPECT_FALSE(sequence_items(Value::object({{"start", 1}})).ok());
}

TEST(Expand, CopiesAreSubstitutedStrictly) {  // EXP-10, EXP-12
  const Value step = *json::parse(R"({"name":"s","template":"{{item}}","when":"{{item}} != b",
    "withItems":["a","b"],"arguments":{"parameters":[{"name":"p","value":"{{item}}/{{x}}"}]}})");
  MapScope scope;
  EXPECT_EQ(expand_step(step, scope).error().message(), "failed to resolve {{x}}");
  scope.set("x", Any("X"));
  const auto copies = *expand_step(step, scope);
  ASSERT_EQ(copies.size(), 2u);
  EXPECT_EQ(json::print(copies[1]),
            R"json({"name":"s(1:b)","template":"{{item}}","when":"b != b",)json"
            R"json("arguments":{"parameters":[{"name":"p","value":"b/X"}]}})json");
}

TEST(Expand, ATaskKeepsItsLoopAndTheTagsInItCount) {  // EXP-11
  MapScope scope;
  EXPECT_FALSE(expand_task(*json::parse(R"({"name":"t","withItems":["{{y}}"]})"), scope).ok());
  const auto copies = *expand_task(*json::parse(R"({"name":"t","withItems":["y"]})"), scope);
  EXPECT_EQ(json::print(copies[0]["withItems"]), "[\"y\"]");
  EXPECT_EQ(expand_task(*json::parse(R"({"name":"t"})"), scope)->size(), 1u);
}

TEST(Expand, ACopyThatNeverRunsKeepsUnknownTags) {  // EXP-10
  MapScope scope;
  scope.set_absent("gone");
  const auto copies = expand_task(*json::parse(R"({"name":"t","when":"false","withParam":"[1]","p":"{{x}} {{gone}} {{item}}"})"), scope);
  ASSERT_TRUE(copies.ok());
  EXPECT_EQ(copies->at(0)["p"].as_string(), "{{x}} {{gone}} 1");
}

TEST(AnyString, GoesThroughADouble) {
  EXPECT_EQ(any_string_of(Value::number("1.0")), "1");
  EXPECT_EQ(any_string_of(Value::number("1e21")), "1000000000000000000000");
  EXPECT_EQ(any_string_of(Value(true)), "true");
  EXPECT_EQ(any_string_of(Value::array({1})), "");
}

}  // namespace
}  // namespace wf::expr
