// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigDefaults, GiveTheseAnswers) {
  check_calls(R"~(
sprig.default("d") => "d"
sprig.default("d",nil) => "d"
sprig.default("d",0) => "d"
sprig.default("d",0.0) => "d"
sprig.default("d",false) => "d"
sprig.default("d",[]) => "d"
sprig.default("d",{}) => "d"
sprig.default("d","") => "d"
sprig.default("d","x","y") => "x"
sprig.default("d",[0]) => [0]
sprig.default("d",date("2023-01-01")) => "2023-01-01T00:00:00Z"
sprig.default("d",duration("0s")) => "d"
sprig.default() => error: invalid number of arguments: expected at least 1, got 0
sprig.empty(0) => true
sprig.empty("0") => false
sprig.empty(nil) => true
sprig.empty([nil]) => false
sprig.empty(sprig.semver("1.0.0")) => false
sprig.empty(date("2023-01-01")) => false
sprig.coalesce("",nil,0,"x","y") => "x"
sprig.coalesce() => null
sprig.coalesce(0,"") => null
sprig.all() => true
sprig.all(1,"a") => true
sprig.all("",1) => false
sprig.any() => false
sprig.any("",1) => true
sprig.any("",0) => false
sprig.fromJson("{\"a\":[1,2.5,null]}") => {"a":[1,2.5,null]}
sprig.fromJson("{bad") => null
sprig.fromJson("") => null
sprig.mustFromJson("[1]") => [1]
sprig.mustFromJson(nil) => error: line 1, column 1: unexpected end of JSON input
sprig.toJson({a:"<&>",b:[1,nil]}) => "{\"a\":\"\\u003c\\u0026\\u003e\",\"b\":[1,null]}"
sprig.toJson(sprig.float64("inf")) => ""
sprig.toJson(nil) => "null"
sprig.toRawJson({a:"<b>&"}) => "{\"a\":\"<b>&\"}"
sprig.toRawJson("\u2028") => "\"\\u2028\""
sprig.mustToRawJson(1.0) => "1"
sprig.mustToJson(1.5) => "1.5"
sprig.mustToJson(sprig.float64("inf")) => error: json: unsupported value: +Inf
sprig.mustToPrettyJson({}) => "{}"
sprig.toPrettyJson("<") => "\"\\u003c\""
sprig.ternary("yes","no",true) => "yes"
sprig.ternary("yes","no",false) => "no"
sprig.ternary(1,2,nil) => 2
sprig.ternary(1,2,"true") => error: reflect: Call using string as type bool
sprig.deepCopy({a:[1]}) => {"a":[1]}
sprig.deepCopy(nil) => error: reflect: call of reflect.Value.Type on zero Value
sprig.mustDeepCopy([1]) => [1]
sprig.typeOf("a") => "string"
sprig.typeOf(1) => "int"
sprig.typeOf(1.5) => "float64"
sprig.typeOf(nil) => "<nil>"
sprig.typeOf([1]) => "[]interface {}"
sprig.typeOf({a:1}) => "map[string]interface {}"
sprig.typeOf(true) => "bool"
sprig.typeOf(sprig.add(1)) => "int64"
sprig.typeOf(sprig.split(",","a")) => "map[string]string"
sprig.typeOf(sprig.splitList(",","a")) => "[]string"
sprig.typeOf(sprig.until(2)) => "[]int"
sprig.typeOf(sprig.chunk(1,[1])) => "[][]interface {}"
sprig.typeOf(date("2023-01-01")) => "time.Time"
sprig.typeOf(duration("1s")) => "time.Duration"
sprig.typeOf(sprig.semver("1.0.0")) => "*semver.Version"
sprig.typeOf(sprig.semver("1.0.0").IncMajor()) => "semver.Version"
sprig.typeOf(sprig.semver("1.0.0").Major()) => "uint64"
sprig.typeIs("string","a") => true
sprig.typeIs("<nil>",nil) => true
sprig.typeIsLike("semver.Version",sprig.semver("1.0.0")) => true
sprig.typeIsLike("*semver.Version",sprig.semver("1.0.0")) => true
sprig.kindOf(1) => "int"
sprig.kindOf(nil) => "invalid"
sprig.kindOf([1]) => "slice"
sprig.kindOf({a:1}) => "map"
sprig.kindOf(date("2023-01-01")) => "struct"
sprig.kindOf(duration("1s")) => "int64"
sprig.kindOf(sprig.semver("1.0.0")) => "ptr"
sprig.kindIs("slice",[1]) => true
sprig.kindIs("invalid",nil) => true
sprig.deepEqual(1,1) => true
sprig.deepEqual(1,1.0) => false
sprig.deepEqual([1,{a:2}],[1,{a:2}]) => true
sprig.deepEqual([1],sprig.until(1)) => false
sprig.deepEqual(nil,nil) => true
sprig.deepEqual(nil,[]) => false
sprig.deepEqual(sprig.rest([]),[]) => false
sprig.deepEqual(sprig.int64(1),1) => false
sprig.deepEqual({},{a:1}) => false
sprig.deepEqual(date("2023-01-01"),date("2023-01-01")) => true
sprig.typeOf(sprig.slice(sprig.until(3),1)) => "[]int"
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
