// SPDX-License-Identifier: Apache-2.0
#include "expr/jsonpath/jsonpath.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "json/text.h"

namespace wf::expr {
namespace {

std::string query(std::string_view path) {
  static const Any document = Any::from_json(*json::parse(
      R"({"a":{"b":[1,2,{"c":"deep"}]},"n":10,"l":["x","y","z"],"a b":1,
          "books":[{"t":"A","p":8.5},{"t":"B","p":12,"i":"1"},{"t":"C","p":9}]})"));
  const auto found = jsonpath_query(path, document);
  return found.ok() ? json::print(*found->to_json()) : cat("!", found.error().message());
}

TEST(JsonPath, KeysAndIndexes) {
  EXPECT_EQ(query("$.a.b[2].c"), R"("deep")");
  EXPECT_EQ(query("$['a b']"), "1");
  EXPECT_EQ(query("$[\"a\"].b[-3]"), "1");
  EXPECT_EQ(query("$.a.b.length"), "3");
  EXPECT_EQ(query("$.nope"), "!key: invalid token key 'nope' not found");
  EXPECT_EQ(query("$.l[5]"), "!index: invalid token out of range");
  EXPECT_EQ(query("$.n.x"), "!key: invalid token target. expected [map] got [float64]");
}

TEST(JsonPath, SeveralAtOnce) {
  EXPECT_EQ(query("$.l[*]"), R"(["x","y","z"])");
  EXPECT_EQ(query("$.books[*].i"), R"(["1"])");  // those without are left out
  EXPECT_EQ(query("$.l[0:2]"), R"(["x","y"])");
  EXPECT_EQ(query("$.l[::-1]"), R"(["z","y","x"])");
  EXPECT_EQ(query("$.l[0,-1]"), R"(["x","z"])");
  EXPECT_EQ(query("$['n','nope']"), "[10]");
  EXPECT_EQ(query("$..c"), R"(["deep"])");
  EXPECT_EQ(query("$.l[(@.length-1)]"), R"("z")");
}

TEST(JsonPath, Filters) {
  EXPECT_EQ(query("$.books[?(@.p > 8.9)].t"), R"(["B","C"])");
  EXPECT_EQ(query("$.books[?(@.t == 'A')].p"), "[8.5]");
  EXPECT_EQ(query("$.books[?(@.i)].t"), R"(["B"])");
  EXPECT_EQ(query("$.books[?(@.p < 9 || @.t =~ '^C')].t"), R"(["A","C"])");
  EXPECT_EQ(query("$.books[?(@.p > 8)][0].t"), R"("A")");  // the index picks among those found
  EXPECT_EQ(query("$.books[?()]"), "!invalid expression. is empty");
}

TEST(JsonPath, BadPaths) {
  EXPECT_EQ(query(""), "!invalid JSONPath selector '' unexpected token '' at index 0");
  EXPECT_EQ(query("x"), "!invalid JSONPath selector 'x' unexpected token 'x' at index 0");
  EXPECT_EQ(query("$[]"),
            "!invalid JSONPath selector '$[]' invalid token. '[]' does not match any token format");
  EXPECT_TRUE(query("$[?(" + std::string(5'000, '-') + ")]").starts_with("!"));
  std::string nested = "1";
  for (int i = 0; i < 200; ++i) nested = "$[?(@[?(" + nested + ")])]";
  EXPECT_TRUE(query(nested).size() > 0);  // ends
}

}  // namespace
}  // namespace wf::expr
