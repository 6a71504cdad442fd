// SPDX-License-Identifier: Apache-2.0
#include "spec/parse.h"

#include <gtest/gtest.h>

namespace wf::spec {
namespace {

TEST(Parse, DocumentsOfAFile) {
  const auto objects =
      parse_objects("kind: Workflow\nmetadata: {name: a}\n---\na: b\n---\n\n---\nkind: Pod\n",
                    Strictness::Lenient);
  ASSERT_EQ(objects.size(), 2u);
  EXPECT_EQ(objects[0].type, "Workflow");
  EXPECT_EQ(objects[0].object["metadata"]["name"].as_string(), "a");
  EXPECT_EQ(objects[1].type, "ObjectMeta");
}

TEST(Parse, JsonIsOneDocument) {
  const auto objects = parse_objects(
      R"({"kind":"CronWorkflow","kind":"Workflow","spec":{"x":1,"x":2}})", Strictness::Strict);
  ASSERT_EQ(objects.size(), 1u);
  EXPECT_EQ(objects[0].type, "Workflow");
  EXPECT_EQ(objects[0].error->message(),
            R"(strict decoding error: unknown field "spec.x", duplicate field "kind")");
  EXPECT_FALSE(parse_objects("5", Strictness::Lenient).at(0).error->message().empty());
}

TEST(Parse, BrokenDocumentsAreLeftOut) {
  EXPECT_TRUE(parse_objects("kind: Workflow\n\tx: y\n", Strictness::Lenient).empty());
  EXPECT_TRUE(
      parse_objects("kind: Workflow\nmetadata: {name: a, name: b}\n", Strictness::Strict).empty());
  EXPECT_EQ(
      parse_objects("kind: Workflow\nmetadata: {name: a, name: b}\n", Strictness::Lenient).size(),
      1u);
  EXPECT_EQ(parse_objects("# only a comment\n", Strictness::Lenient).at(0).type, "ObjectMeta");
}

}  // namespace
}  // namespace wf::spec
