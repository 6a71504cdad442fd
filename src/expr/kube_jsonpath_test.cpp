// SPDX-License-Identifier: Apache-2.0
#include "expr/kube_jsonpath.h"

#include <gtest/gtest.h>

#include "json/text.h"

namespace wf::expr {
namespace {

std::string printed(std::string_view path) {
  static const json::Value object = *json::parse(R"({"b":{"z":1,"a":"x"},"n":2.50,"big":9007199254740993,"nil":null,
    "items":[{"k":"p","v":1},{"k":"q","v":2},{"k":"r"}],"a.b":"dot"})");
  const auto text = kubectl_jsonpath(path, object);
  return text.ok() ? *text : "error: " + text.error().message().substr(0, 24);
}

TEST(KubectlJsonPath, FieldsAndTexts) {
  EXPECT_EQ(printed("{.b}"), R"({"a":"x","z":1})");
  EXPECT_EQ(printed("n={.n} big={.big}, {.nil}{.gone}"), "n=2.5 big=9007199254740993, null");
  EXPECT_EQ(printed("{['a\\.b']} {.a\\.b}"), "dot dot");
  EXPECT_EQ(printed("{'it'}{\"\\n\"}"), "it\n");
  EXPECT_EQ(printed("plain"), "plain");
}

TEST(KubectlJsonPath, ListsAndFilters) {
  EXPECT_EQ(printed("{.items[*].k}"), "p q r");
  EXPECT_EQ(printed("{.items[-2:].k}"), "q r");
  EXPECT_EQ(printed("{.items[::2].k}"), "p r");
  EXPECT_EQ(printed("{.items[0,2].k}"), "p r");
  EXPECT_EQ(printed("{.items[?(@.v>=2)].k}"), "q");
  EXPECT_EQ(printed("{.items[?(@.k!=\"q\")].k}"), "p r");
  EXPECT_EQ(printed("{.items[?(@.v)].k}"), "p q");
  EXPECT_EQ(printed("{..v}"), "1 2");
  EXPECT_EQ(printed("{range .items[*]}{.k}={.v};{end}{.n}"), "p=1;q=2;r=;2.5");
}

TEST(KubectlJsonPath, Errors) {
  EXPECT_EQ(printed(""), "error: template format specifie");
  EXPECT_EQ(printed("{.b"), "error: error parsing jsonpath {");
  EXPECT_EQ(printed("{.items[7]}"), "error: error executing jsonpath");
  EXPECT_EQ(printed("{.items[?(@.v==1.0)]}"), "error: error executing jsonpath") << "2 and 2.0 are different kinds";
  EXPECT_EQ(printed("{end}"), "error: error executing jsonpath");
  EXPECT_EQ(printed("{word}"), "error: error executing jsonpath");
}

}  // namespace
}  // namespace wf::expr
