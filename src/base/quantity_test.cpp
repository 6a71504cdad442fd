// SPDX-License-Identifier: Apache-2.0
#include "base/quantity.h"

#include <gtest/gtest.h>

namespace wf {
namespace {

std::string canonical(std::string_view text) {
  const auto quantity = Quantity::parse(text);
  return quantity.ok() ? quantity->text() : quantity.error().message();
}

TEST(Quantity, IsCanonicalised) {
  EXPECT_EQ(canonical("0.25"), "250m");
  EXPECT_EQ(canonical("3000"), "3k");
  EXPECT_EQ(canonical("2.5Gi"), "2560Mi");
  EXPECT_EQ(canonical("4096Ki"), "4Mi");
  EXPECT_EQ(canonical("0.7Ki"), "716800m");
  EXPECT_EQ(canonical("2.5e3"), "2500");
  EXPECT_EQ(canonical("0.0000000001"), "1n");
}

TEST(Quantity, NearlyCanonicalTextIsKept) {
  EXPECT_EQ(canonical("0012"), "0012");
  EXPECT_EQ(canonical("+5"), "+5");
  EXPECT_EQ(canonical("3Mi"), "3Mi");
  EXPECT_EQ(canonical("1E+3"), "1E+3");
}

TEST(Quantity, RoundsUp) {
  EXPECT_EQ(Quantity::parse("1100m")->value(), 2);
  EXPECT_EQ(Quantity::parse("-1100m")->value(), -2);
  EXPECT_EQ(Quantity::parse("2u")->milli_value(), 1);
}

TEST(Quantity, Arithmetic) {
  const auto a = *Quantity::parse("1Gi"), b = *Quantity::parse("24Mi");
  EXPECT_EQ((a + b).text(), "1048Mi");
  EXPECT_EQ((b - a).text(), "-1000Mi");
  EXPECT_EQ(compare(*Quantity::parse("1e3"), *Quantity::parse("1k")), 0);
  EXPECT_LT(compare(*Quantity::parse("999m"), *Quantity::parse("1")), 0);
  EXPECT_EQ((*Quantity::parse("0") + a).text(), "1Gi");
}

TEST(Quantity, RefusesOtherTexts) {
  EXPECT_EQ(canonical("5KB").substr(0, 21), "quantities must match");
  EXPECT_EQ(canonical("5K"), "unable to parse quantity's suffix");
  EXPECT_EQ(canonical("1e99999999999"), "unable to parse quantity's suffix");
  EXPECT_FALSE(Quantity::parse("").ok());
  EXPECT_FALSE(Quantity::parse("1.2.3").ok());
}

}  // namespace
}  // namespace wf
