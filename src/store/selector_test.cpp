// SPDX-License-Identifier: Apache-2.0
#include "store/selector.h"

#include <gtest/gtest.h>

#include "json/text.h"

namespace wf::store {
namespace {

bool matches(std::string_view selector, std::string_view labels) {
  const auto parsed = LabelSelector::parse(selector);
  EXPECT_TRUE(parsed.ok()) << selector;
  return parsed.ok() && parsed->matches(*json::parse(labels));
}

TEST(LabelSelector, EveryOperator) {
  constexpr std::string_view labels = R"({"a":"1","b":"x","e":""})";
  for (const char* good : {"", "a", "a=1", "a==1", " a = 1 , b = x ", "a!=2", "c!=1", "!c", "b in (x,y)", "b notin (y)",
                           "c notin (y)", "a>0", "a<2", "e=", "e in (,z)", "a,b,!c"}) {
    EXPECT_TRUE(matches(good, labels)) << good;
  }
  for (const char* bad : {"c", "a=2", "!a", "b notin (x)", "b in (y)", "c in (y)", "a>1", "b>1", "a=1,b=y"}) {
    EXPECT_FALSE(matches(bad, labels)) << bad;
  }
  EXPECT_FALSE(matches("a", "null"));
}

TEST(LabelSelector, RefusesNonsense) {
  for (const char* text : {"=1", "a in x", "a in (x", "a=1 b=2", "a,", "a>b", "a ~ b", "!"}) {
    EXPECT_FALSE(LabelSelector::parse(text).ok()) << text;
  }
}

TEST(LabelSelector, FromObject) {
  const auto selector = LabelSelector::from_object(
      *json::parse(R"({"matchLabels":{"a":"1"},"matchExpressions":[{"key":"b","operator":"In","values":["x"]}]})"));
  ASSERT_TRUE(selector.ok());
  EXPECT_TRUE(selector->matches(*json::parse(R"({"a":"1","b":"x"})")));
  EXPECT_FALSE(selector->matches(*json::parse(R"({"a":"1"})")));
}

TEST(FieldSelector, PathsAndEscapes) {
  const auto object = *json::parse(R"({"metadata":{"name":"a,b"},"n":1})");
  const auto holds = [&](std::string_view text) { return FieldSelector::parse(text)->matches(object); };
  EXPECT_TRUE(holds(""));
  EXPECT_TRUE(holds(R"(metadata.name=a\,b)"));
  EXPECT_TRUE(holds("metadata.name!=b,n==1"));
  EXPECT_TRUE(holds("absent="));
  EXPECT_FALSE(holds("n!=1"));
  EXPECT_FALSE(FieldSelector::parse("metadata.name").ok());
}

}  // namespace
}  // namespace wf::store
