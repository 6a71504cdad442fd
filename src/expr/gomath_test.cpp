// SPDX-License-Identifier: Apache-2.0
#include "expr/gomath.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace wf::expr {
namespace {

TEST(Power, HasGoMathsLastDigits) {
  EXPECT_EQ(power(7, 1.5), 18.520259177452136);
  EXPECT_EQ(power(1.5, 1.5), 1.8371173070873836);
  EXPECT_EQ(power(3, -2.5), 0.06415002990995843);
  EXPECT_EQ(power(1.5, -2.5), 0.3628873693012115);
  EXPECT_EQ(power(2, 10), 1024);
  EXPECT_EQ(power(10, -2), 0.01);
  EXPECT_EQ(power(2, 0.5), std::sqrt(2.0));
}

TEST(Power, KnowsSpecialValues) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(power(0, 0), 1);
  EXPECT_EQ(power(-2, 3), -8);
  EXPECT_TRUE(std::isnan(power(-2, 1.5)));
  EXPECT_EQ(power(0, -1), infinity);
  EXPECT_EQ(power(-0.0, -1), -infinity);
  EXPECT_EQ(power(10, 400), infinity);
  EXPECT_EQ(power(10, -400), 0);
  EXPECT_EQ(power(0.5, infinity), 0);
}

}  // namespace
}  // namespace wf::expr
