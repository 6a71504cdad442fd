// SPDX-License-Identifier: Apache-2.0
#include "json/patch.h"

#include <gtest/gtest.h>

#include "json/pointer.h"
#include "json/text.h"

namespace wf::json {
namespace {

std::string merged(std::string_view target, std::string_view patch) {
  return print(merge_patch(*parse(target), *parse(patch)));
}
std::string patched(std::string_view target, std::string_view operations) {
  const auto value = json_patch(*parse(target), *parse(operations));
  return value.ok() ? print(*value) : "error";
}

TEST(Pointer, EscapesParts) {
  const auto document = *parse(R"({"a/b":{"m~n":[7]}})");
  EXPECT_EQ(escaped_part("a/b~"), "a~1b~0");
  ASSERT_NE(find(document, "/a~1b/m~0n/0"), nullptr);
  EXPECT_EQ(find(document, "/a~1b/m~0n/01"), nullptr);
}

TEST(MergePatch, FollowsTheRfcsExamples) {
  EXPECT_EQ(merged(R"({"a":"b","c":{"d":1}})", R"({"a":null,"c":{"e":[1,null]}})"),
            R"({"c":{"d":1,"e":[1,null]}})");
  EXPECT_EQ(merged(R"([1])", R"({"a":{"b":null}})"), R"({"a":{}})");
  EXPECT_EQ(merged(R"({"a":1})", "null"), "null");
}

TEST(MergePatch, BetweenIsItsInverse) {
  const auto before = *parse(R"({"a":1,"b":{"c":2,"d":[1]},"e":0})");
  const auto after = *parse(R"({"a":1,"b":{"c":3,"d":[1]},"f":4})");
  const auto patch = merge_patch_between(before, after);
  EXPECT_EQ(print(patch), R"({"e":null,"b":{"c":3},"f":4})");
  EXPECT_EQ(merge_patch(before, patch), after);
}

TEST(JsonPatch, DoesEachOperation) {
  EXPECT_EQ(
      patched(R"({"l":[1,3]})",
              R"([{"op":"add","path":"/l/1","value":2},{"op":"add","path":"/l/-","value":4}])"),
      R"({"l":[1,2,3,4]})");
  EXPECT_EQ(patched(R"({"a":1,"b":2})",
                    R"([{"op":"remove","path":"/a"},{"op":"replace","path":"/b","value":3}])"),
            R"({"b":3})");
  EXPECT_EQ(
      patched(
          R"({"a":{"x":1}})",
          R"([{"op":"move","from":"/a/x","path":"/y"},{"op":"copy","from":"/y","path":"/a/z"}])"),
      R"({"a":{"z":1},"y":1})");
  EXPECT_EQ(patched(R"({"a":1})", R"([{"op":"test","path":"/a","value":1}])"), R"({"a":1})");
}

TEST(JsonPatch, RefusesWhatDoesNotApply) {
  for (const char* operations :
       {R"([{"op":"test","path":"/a","value":2}])", R"([{"op":"remove","path":"/x"}])",
        R"([{"op":"add","path":"/l/9","value":1}])", R"([{"op":"replace","path":"/x","value":1}])",
        R"([{"op":"bad","path":"/a"}])", R"([{"op":"move","from":"/l","path":"/l/0"}])", "{}"}) {
    EXPECT_EQ(patched(R"({"a":1,"l":[1]})", operations), "error") << operations;
  }
}

}  // namespace
}  // namespace wf::json
