// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigDecimals, GiveTheseAnswers) {
  check_calls(R"~(
sprig.add1f(1.5) => 2.5
sprig.add1f("x") => 1
sprig.addf(0.1,0.2) => 0.3
sprig.addf() => 0
sprig.addf(1.5,2,3) => 6.5
sprig.addf("1e2",nil) => 100
sprig.subf(1,0.9) => 0.1
sprig.subf(4.5,1,1) => 2.5
sprig.subf(0.3,0.1,0.2) => 0
sprig.divf(10,4) => 2.5
sprig.divf(1,3) => 0.3333333333333333
sprig.divf(2,3) => 0.6666666666666667
sprig.divf(-2,3) => -0.6666666666666667
sprig.divf(2,-3) => -0.6666666666666667
sprig.divf(1e-10,3) => 3.33333e-11
sprig.divf(1e20,3) => 33333333333333330000
sprig.divf(0,5) => 0
sprig.divf(1,0) => error: decimal division by 0
sprig.divf(5) => 5
sprig.divf(1e300,1e-300) => error: json: unsupported value: +Inf
sprig.divf(1e-300,1e300) => 0
sprig.mulf("1.5","2") => 3
sprig.mulf(1e200,1e200) => error: json: unsupported value: +Inf
sprig.mulf(1.1,1.1) => 1.21
sprig.mulf(-0.0,5) => 0
sprig.mulf("inf",1) => error: Cannot create a Decimal from +Inf
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
