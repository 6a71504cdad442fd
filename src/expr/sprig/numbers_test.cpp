// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigNumbers, GiveTheseAnswers) {
  check_calls(R"~(
sprig.atoi("12") => 12
sprig.atoi("-0012") => -12
sprig.atoi("1_000") => 0
sprig.atoi("0x10") => 0
sprig.atoi("99999999999999999999") => 9223372036854775807
sprig.atoi("") => 0
sprig.atoi(12) => error: reflect: Call using int as type string
sprig.int("0x1f") => 31
sprig.int("012") => 10
sprig.int("08") => 0
sprig.int("0b11") => 3
sprig.int("1_000") => 1000
sprig.int(" 1") => 0
sprig.int("1.9") => 1
sprig.int("-1.9") => -1
sprig.int("1.") => 1
sprig.int(".5") => 0
sprig.int("-.5") => 0
sprig.int("1.5.5") => 0
sprig.int("1e3") => 0
sprig.int("") => 0
sprig.int(true) => 1
sprig.int(nil) => 0
sprig.int([1]) => 0
sprig.int(4.9) => 4
sprig.int(-4.9) => -4
sprig.int(1e30) => -9223372036854775808
sprig.int(duration("1s")) => 1000000000
sprig.int("9223372036854775808") => 0
sprig.int64("12") => 12
sprig.int64({a:1}) => 0
sprig.int64(date("2023-01-01")) => 0
sprig.float64("1.5") => 1.5
sprig.float64("x") => 0
sprig.float64("1e3") => 1000
sprig.float64("0x10") => 0
sprig.float64("0x1p4") => 16
sprig.float64("inf") => error: json: unsupported value: +Inf
sprig.float64("") => 0
sprig.float64(3) => 3
sprig.float64(true) => 1
sprig.float64(nil) => 0
sprig.float64("1_0") => 10
sprig.float64([1]) => 0
sprig.float64(duration("1s")) => 1000000000
sprig.float64("1e400") => 0
sprig.toDecimal("0777") => 511
sprig.toDecimal(777) => 511
sprig.toDecimal("9") => 0
sprig.toDecimal(nil) => 0
sprig.toDecimal("-7") => -7
sprig.toDecimal(7.0) => 7
sprig.seq(5) => "1 2 3 4 5"
sprig.seq(-3) => "1 0 -1 -2 -3"
sprig.seq(0) => "1 0"
sprig.seq(1) => "1"
sprig.seq(2,5) => "2 3 4 5"
sprig.seq(5,2) => "5 4 3 2"
sprig.seq(0,2,10) => "0 2 4 6 8 10"
sprig.seq(0,-2,-5) => "0 -2 -4"
sprig.seq(10,-3,0) => "10 7 4 1"
sprig.seq(0,1,0) => "0"
sprig.seq(5,1,2) => ""
sprig.seq(0,-1,5) => ""
sprig.seq(0,0,5) => ""
sprig.seq() => ""
sprig.seq(1,2,3,4) => ""
sprig.seq("1") => error: reflect: cannot use string as type int in Call
sprig.seq(-2,2,2) => "-2 0 2"
sprig.until(5) => [0,1,2,3,4]
sprig.until(-3) => [0,-1,-2]
sprig.until(0) => []
sprig.untilStep(3,9,2) => [3,5,7]
sprig.untilStep(9,3,-2) => [9,7,5]
sprig.untilStep(3,9,-2) => []
sprig.untilStep(3,9,0) => []
sprig.untilStep(9,3,0) => []
sprig.untilStep(0,0,1) => []
sprig.add1(5) => 6
sprig.add1("x") => 1
sprig.add1(9223372036854775807) => -9223372036854775808
sprig.add1(1.9) => 2
sprig.add(1,2,3) => 6
sprig.add("1",2.9,nil,true) => 4
sprig.add() => 0
sprig.sub(5,3) => 2
sprig.sub("5","3") => 2
sprig.sub(5) => error: invalid number of arguments: expected 2, got 1
sprig.sub(1,2,3) => error: invalid number of arguments: expected 2, got 3
sprig.div(10,3) => 3
sprig.div(-7,2) => -3
sprig.div(1,0) => error: runtime error: integer divide by zero
sprig.div(7,"x") => error: runtime error: integer divide by zero
sprig.mod(10,3) => 1
sprig.mod(-7,3) => -1
sprig.mod(7,-3) => 1
sprig.mod(1,0) => error: runtime error: integer divide by zero
sprig.mul(2) => 2
sprig.mul(2,3,4) => 24
sprig.mul("2","3") => 6
sprig.mul() => error: invalid number of arguments: expected at least 1, got 0
sprig.mul(9223372036854775807,2) => -2
sprig.max(1,2,3) => 3
sprig.max("7",2) => 7
sprig.max(-5) => -5
sprig.max(1.9,1) => 1
sprig.biggest(1,"9",3) => 9
sprig.min(1,2,-3) => -3
sprig.min("x",5) => 0
sprig.max() => error: invalid number of arguments: expected at least 1, got 0
sprig.maxf(1.5,2,"3.5") => 3.5
sprig.minf(1.5,2,"0.5") => 0.5
sprig.minf("nan",1) => error: json: unsupported value: NaN
sprig.ceil("1.1") => 2
sprig.ceil(-1.5) => -1
sprig.floor(123.9999) => 123
sprig.floor(-1.5) => -2
sprig.floor("x") => 0
sprig.round(123.555555,3) => 123.556
sprig.round(123.555555,3,0.5) => 123.556
sprig.round(123.5555,3) => 123.556
sprig.round(10.49,0,0.4) => 11
sprig.round(-1.5,0) => -2
sprig.round(-1.6,0) => -2
sprig.round(2.5,0) => 3
sprig.round(1234.5,-2) => 1200
sprig.round("x",1) => 0
sprig.round("123.456",1) => 123.5
sprig.round(1,2,1) => error: reflect: cannot use int as type float64 in Call
sprig.round(1,2,nil) => 1
sprig.round(0.1,1,0.9) => 0.1
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
