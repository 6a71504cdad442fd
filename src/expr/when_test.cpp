// SPDX-License-Identifier: Apache-2.0
#include "expr/when.h"

#include <gtest/gtest.h>

#include <string>

namespace wf::expr {
namespace {

std::string outcome(std::string_view when) {
  const auto runs = should_execute(when);
  if (!runs.ok()) return runs.error().message();
  return *runs ? "yes" : "no";
}

TEST(When, BareWordsAreStrings) {  // WHN-1, WHN-3
  EXPECT_EQ(outcome(""), "yes");
  EXPECT_EQ(outcome("heads == heads"), "yes");
  EXPECT_EQ(outcome("heads == \"tails\""), "no");
  EXPECT_EQ(outcome("[x-y z] == 'x-y z'"), "yes");
  EXPECT_EQ(outcome("größe == größe"), "yes");
  EXPECT_EQ(outcome("x in (y, x)"), "yes");
  EXPECT_EQ(outcome("x\\ y == 'x y'"), "yes");
}

TEST(When, ErrorsSayWhatFailed) {  // WHN-2, WHN-4, WHN-5, WHN-11
  EXPECT_EQ(outcome("x y"),
            "Invalid 'when' expression 'x y': Cannot transition token types from VARIABLE [x] to "
            "VARIABLE [y]");
  EXPECT_EQ(outcome("{{x}} == 1"),
            "Invalid 'when' expression '{{x}} == 1': Invalid token: '{{' (hint: try wrapping the "
            "affected "
            "expression in quotes (\"))");
  EXPECT_EQ(outcome("!x"),
            "Failed to parse 'when' expression '!x': Cannot transition token types from PREFIX [!] "
            "to STRING [x]");
  EXPECT_EQ(outcome("x-y == z"),
            "Failed to evaluate 'when' expresion 'x-y == z': Value 'x' cannot be used with the "
            "modifier '-', "
            "it is not a number");
  EXPECT_EQ(outcome("2 + 2"), "Expected boolean evaluation for '2 + 2'. Got 4");
  EXPECT_EQ(outcome("x.Y == 1"),
            "Failed to evaluate 'when' expresion 'x.Y == 1': No parameter 'x' found.");
  EXPECT_EQ(outcome("(1"), "Invalid 'when' expression '(1': Unbalanced parenthesis");
}

TEST(When, OperatorsBindAndGroupToTheLeft) {  // WHN-6
  EXPECT_EQ(outcome("7 - 2 - 1 == 4"), "yes");
  EXPECT_EQ(outcome("2 ** 2 ** 3 == 64"), "yes");
  EXPECT_EQ(outcome("true || false && false"), "yes");
  EXPECT_EQ(outcome("1 + 2 << 1 == 6"), "yes");
  EXPECT_EQ(outcome("false ? true : true"), "yes");
  EXPECT_EQ(outcome("~1 == -2"), "yes");
}

TEST(When, ValuesAreNotCoerced) {  // WHN-7, WHN-8
  EXPECT_EQ(outcome("'1' == 1"), "no");
  EXPECT_EQ(outcome("3 / 2 == 1.5"), "yes");
  EXPECT_EQ(outcome("'a' + 1 == 'a1'"), "yes");
  EXPECT_EQ(outcome("9007199254740993 == 9007199254740992"), "yes");
  EXPECT_EQ(outcome("false && x"), "no") << "the right side is not looked at";
  EXPECT_EQ(outcome("abc =~ '^a.c$'"), "yes");
  EXPECT_EQ(outcome("abc =~ '('").substr(0, 53),
            "Invalid 'when' expression 'abc =~ '('': error parsing");
}

TEST(When, DeepNestingIsRefusedAndLongChainsAreNot) {
  EXPECT_FALSE(should_execute(std::string(5'000, '(') + "true" + std::string(5'000, ')')).ok());
  std::string prefixes, operators;
  for (int i = 0; i < 100'000; ++i) prefixes += "! ";
  EXPECT_FALSE(should_execute(prefixes + "true").ok());
  for (int i = 0; i < 5'000; ++i) operators += "true || true && 1 == 1 & 1 << 1 + 1 * 1 ** (";
  EXPECT_FALSE(should_execute(operators + "1").ok());
  EXPECT_EQ(outcome(std::string(300, '(') + "true" + std::string(300, ')')), "yes");
  std::string chain = "true";
  for (int i = 0; i < 50'000; ++i) chain += " && true";
  EXPECT_EQ(outcome(chain), "yes");
}

TEST(When, OfACronWorkflowHasNoBareWords) {  // CRN-13
  EXPECT_TRUE(*evaluate_condition("'a' == 'a'", BareWords::AreErrors));
  EXPECT_EQ(evaluate_condition("a == 'a'", BareWords::AreErrors).error().message(),
            "No parameter 'a' found.");
}

}  // namespace
}  // namespace wf::expr
