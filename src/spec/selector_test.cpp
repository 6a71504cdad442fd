// SPDX-License-Identifier: Apache-2.0
#include "spec/selector.h"

#include <gtest/gtest.h>

#include "json/text.h"
#include "spec/artifact_location.h"
#include "spec/resource_condition.h"

namespace wf::spec {
namespace {

using json::Value;

std::string label(std::string_view selector) {
  const auto parsed = LabelSelector::parse(selector);
  if (!parsed.ok()) return parsed.error().message();
  static const Value labels = Value::object({{"app", "web"}, {"n", "7"}, {"empty", ""}});
  return parsed->text() + (parsed->matches(labels) ? " yes" : " no");
}

TEST(LabelSelector, Matches) {
  EXPECT_EQ(label("app = web, n>6"), "app=web,n>6 yes");
  EXPECT_EQ(label("n in (8, 7,8)"), "n in (7,8) yes");
  EXPECT_EQ(label("app notin (web)"), "app notin (web) no");
  EXPECT_EQ(label("!gone,empty="), "empty=,!gone yes");
  EXPECT_EQ(label("gone!=x"), "gone!=x yes");
  EXPECT_EQ(label("app<9"), "app<9 no");
  EXPECT_EQ(label(""), " yes");
  EXPECT_EQ(label("in=in"), "in=in no");
}

TEST(LabelSelector, Errors) {
  EXPECT_EQ(label("a=b,"), "found '', expected: identifier after ','");
  EXPECT_EQ(label("a=b c"), "found 'c', expected: ',' or 'end of string'");
  EXPECT_EQ(label("a in b"), "unable to parse requirement: found 'b' expected: '('");
  EXPECT_EQ(label("n>x").substr(0, 46), "unable to parse requirement: values[0]: Invali");
  EXPECT_FALSE(LabelSelector::parse("a=b/c").ok());
}

TEST(FieldSelector, Nodes) {
  const Value node = *json::parse(R"({"name":"w.a","displayName":"a","phase":"Failed","templateName":"t",
    "inputs":{"parameters":[{"name":"p","value":"x,y"}]}})");
  const auto matches = [&](std::string_view text) { return matches_node(*FieldSelector::parse(text), node); };
  EXPECT_TRUE(matches("phase=Failed,templateName=t"));
  EXPECT_TRUE(matches("inputs.parameters.p.value=x\\,y"));
  EXPECT_TRUE(matches("unknown=,name!=b"));
  EXPECT_FALSE(matches("phase!=Failed"));
  EXPECT_EQ(FieldSelector::parse("b==1,,a=\\=").value().text(), "a=\\=,b=1");
  EXPECT_EQ(FieldSelector::parse("phase").error().message(), "invalid selector: 'phase'; can't understand 'phase'");
  EXPECT_FALSE(FieldSelector::parse("a=b\\c").ok());
}

TEST(ResourceConditions, ReadPaths) {
  const Value object = *json::parse(R"({"status":{"ready":2,"list":[{"x":"y"}],"none":null}})");
  using State = ResourceConditions::State;
  EXPECT_EQ(*ResourceConditions::parse("status.ready>1,status.list.0.x==y", "")->judge(object), State::Succeeded);
  EXPECT_EQ(*ResourceConditions::parse("status.ready>2", "status.failed>0")->judge(object), State::Waiting);
  EXPECT_EQ(ResourceConditions::parse("", "status.ready==2")->judge(object).error().message(),
            "failure condition '{status.ready == [2]}' evaluated true");
  EXPECT_EQ(*ResourceConditions::parse("status.none", "")->judge(object), State::Succeeded);
}

TEST(ArtifactLocation, KeysAndRelocation) {
  Value s3 = *json::parse(R"({"name":"a","s3":{"key":"k"}})");
  EXPECT_FALSE(has_location(s3));
  EXPECT_TRUE(append_to_location_key(s3, "../m").ok());
  EXPECT_EQ(*location_key(s3), "m");
  EXPECT_TRUE(relocate(s3, *json::parse(R"({"gcs":{"bucket":"b"}})")).ok());
  EXPECT_EQ(json::print(s3), R"({"name":"a","gcs":{"bucket":"b","key":"m"}})");
  Value http = *json::parse(R"({"http":{"url":"https://h/a%20b?q#f"}})");
  EXPECT_EQ(*location_key(http), "/a b");
  EXPECT_TRUE(append_to_location_key(http, "c d").ok());
  EXPECT_EQ(http["http"]["url"].as_string(), "https://h/a%20b/c%20d?q#f");
  EXPECT_FALSE(location_key(Value::object({{"raw", Value::object()}})).ok());
}

TEST(ArtifactPath, StaysInside) {
  EXPECT_EQ(*clean_artifact_path("a", "/data//in/file"), "/data/in/file");
  EXPECT_FALSE(clean_artifact_path("a", "/safe/../etc").ok());
  EXPECT_FALSE(clean_artifact_path("a", "/safe/..").ok());
  EXPECT_TRUE(clean_artifact_path("a", "/safe/../safe/x").ok());
  EXPECT_FALSE(clean_artifact_path("a", "/x/./y//c").ok()) << "as in Argo: any two characters after the last slash";
}

}  // namespace
}  // namespace wf::spec
