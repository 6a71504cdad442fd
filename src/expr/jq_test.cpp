// SPDX-License-Identifier: Apache-2.0
#include "expr/jq.h"

#include <gtest/gtest.h>

#include "expr/detail/jq_syntax.h"
#include "json/text.h"

namespace wf::expr {
namespace {

std::string filtered(std::string_view filter) {
  static const json::Value input = *json::parse(R"({"z":1,"a":{"list":[3,1,2],"t":"x<y"},"f":0.5})");
  const auto out = jq_filter(filter, input);
  return out.ok() ? *out : "error: " + out.error().message();
}

TEST(Jq, ResultsAreLines) {
  EXPECT_EQ(filtered(".a.list[], .a.t"), "3\n1\n2\nx<y");
  EXPECT_EQ(filtered("."), R"({"a":{"list":[3,1,2],"t":"x\u003cy"},"f":0.5,"z":1})");
  EXPECT_EQ(filtered("empty"), "");
  EXPECT_EQ(filtered(".z / 3 * 3, 1e20, -5"), "1\n100000000000000000000\n-5");
}

TEST(Jq, ObjectsAreWalkedByKey) {
  EXPECT_EQ(filtered("[paths(scalars) | map(tostring) | join(\".\")] | join(\" \")"), "a.list.0 a.list.1 a.list.2 a.t f z");
  EXPECT_EQ(filtered("{b: 1, a: 2} | to_entries | map(.key) | add"), "ab");
}

TEST(Jq, WhatCameLater) {
  EXPECT_EQ(filtered("if .z > 5 then \"big\" end | type"), "object");
  EXPECT_EQ(filtered("[.a.list[] | if . == 1 then \"one\" elif . == 2 then \"two\" end]"), R"([3,"one","two"])");
  EXPECT_EQ(filtered("pick(.a.t)"), R"({"a":{"t":"x\u003cy"}})");
  EXPECT_EQ(filtered("\"  s \" | trim, ltrim, rtrim | length"), "1\n2\n3");
  EXPECT_EQ(filtered(".a.[\"t\"] # comment"), "x<y");
  EXPECT_EQ(filtered("\"\\(if .z then \"y\" end)\""), "y");
  EXPECT_EQ(filtered("add(.a.list[]), (-3 | abs), (1 | toarray | length)"), "6\n3\n1");
}

TEST(Jq, Errors) {
  EXPECT_EQ(filtered(" # nothing"), "error: missing query (try \".\")");
  EXPECT_EQ(filtered("nan"), "error: json: unsupported value: NaN");
  EXPECT_EQ(filtered("error(\"own\")"), "error: own");
  EXPECT_EQ(filtered(".z.y").substr(0, 6), "error:");
  EXPECT_EQ(filtered("{").substr(0, 6), "error:");
  EXPECT_EQ(filtered("$ENV.PATH, env.PATH"), "null\nnull");
}

}  // namespace
}  // namespace wf::expr
