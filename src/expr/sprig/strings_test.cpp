// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigStrings, GiveTheseAnswers) {
  check_calls(R"~(
sprig.hello() => "Hello!"
sprig.hello(1) => error: invalid number of arguments: expected 0, got 1
sprig.trim("  a \u00a0") => "a"
sprig.trim(nil) => ""
sprig.trim(5) => error: reflect: Call using int as type string
sprig.trim("a","b") => error: invalid number of arguments: expected 1, got 2
sprig.trimAll("$","$5.00$") => "5.00"
sprig.trimAll("","abc") => "abc"
sprig.trimAll("éa","éaxaé") => "x"
sprig.trimall("-","--x--") => "x"
sprig.trimSuffix("-","hello--") => "hello-"
sprig.trimPrefix("-","--hello") => "-hello"
sprig.trimPrefix("x","") => ""
sprig.abbrev(5,"hello world") => "he..."
sprig.abbrev(3,"hello world") => "hello world"
sprig.abbrev(4,"hello world") => "h..."
sprig.abbrev(20,"hello") => "hello"
sprig.abbrev(5,"") => ""
sprig.abbrev(-1,"abc") => "abc"
sprig.abbrev(5,"żółć abc") => "ż..."
sprig.abbrevboth(5,10,"1234 5678 9123") => "...5678..."
sprig.abbrevboth(0,7,"abcdefghij") => "abcd..."
sprig.abbrevboth(-3,7,"abcdefghij") => "abcd..."
sprig.abbrevboth(2,6,"abcdefghij") => "abcdefghij"
sprig.abbrevboth(99,10,"1234 5678 9123") => "...78 9123"
sprig.abbrevboth(5,9,"123456789012345678901") => "...678..."
sprig.abbrevboth(5,8,"123456789012345678901") => "...67..."
sprig.abbrevboth(5,7,"123456789012345678901") => "...6..."
sprig.abbrevboth(0,3,"abcdef") => "abcdef"
sprig.abbrevboth(1,3,"abcdef") => "abcdef"
sprig.trunc(5,"hello world") => "hello"
sprig.trunc(-5,"hello world") => "world"
sprig.trunc(-50,"hello") => "hello"
sprig.trunc(-5,"hello") => "hello"
sprig.trunc(0,"hello") => ""
sprig.trunc(99,"x") => "x"
sprig.trunc("2","x") => error: reflect: Call using string as type int
sprig.trunc(2.0,"x") => error: reflect: Call using float64 as type int
sprig.trunc(nil,"xyz") => ""
sprig.substr(0,5,"hello world") => "hello"
sprig.substr(3,99,"hello") => "lo"
sprig.substr(3,-1,"hello") => "lo"
sprig.substr(-1,3,"hello") => "hel"
sprig.substr(-1,9,"hello") => error: runtime error: slice bounds out of range [:9] with length 5
sprig.substr(-1,-1,"hello") => error: runtime error: slice bounds out of range [:-1]
sprig.substr(9,-1,"hello") => error: runtime error: slice bounds out of range [9:5]
sprig.substr(9,10,"hello") => error: runtime error: slice bounds out of range [9:5]
sprig.substr(4,2,"hello") => error: runtime error: slice bounds out of range [4:2]
sprig.substr(5,5,"hello") => ""
sprig.repeat(3,"ab") => "ababab"
sprig.repeat(0,"ab") => ""
sprig.repeat(-1,"ab") => error: strings: negative Repeat count
sprig.repeat(3,"") => ""
sprig.repeat(9223372036854775807,"ab") => error: strings: Repeat output length overflow
sprig.contains("","x") => true
sprig.contains("ell","hello") => true
sprig.hasPrefix("cat","catch") => true
sprig.hasPrefix("",nil) => true
sprig.hasSuffix("ch","catch") => true
sprig.hasSuffix("catch","ch") => false
sprig.quote("a","b") => "\"a\" \"b\""
sprig.quote("he \"x\"\n") => "\"he \\\"x\\\"\\n\""
sprig.quote(nil,1,true,1.5,[1,"a"]) => "\"1\" \"true\" \"1.5\" \"[1 a]\""
sprig.quote() => ""
sprig.quote({a:1,b:[2]}) => "\"map[a:1 b:[2]]\""
sprig.squote("a'b",1,nil,[nil]) => "'a'b' '1' '[<nil>]'"
sprig.squote() => ""
sprig.cat(1,nil,"a%d",[1],{x:1}) => "1 a%d [1] map[x:1]"
sprig.cat() => ""
sprig.cat(""," b ") => "  b "
sprig.cat("%v") => "%v"
sprig.indent(4,"a\nb") => "    a\n    b"
sprig.indent(0,"a\nb\n") => "a\nb\n"
sprig.indent(-1,"a") => error: strings: negative Repeat count
sprig.nindent(2,"a\nb") => "\n  a\n  b"
sprig.nindent(2,"") => "\n  "
sprig.replace("a","b","banana") => "bbnbnb"
sprig.replace("","-","ab") => "-a-b-"
sprig.replace("an","","banana") => "ba"
sprig.replace("x","y","") => ""
sprig.replace("","y","") => "y"
sprig.plural("one","many",1) => "one"
sprig.plural("one","many",0) => "many"
sprig.plural("one","many",-1) => "many"
sprig.plural("one","many","1") => error: reflect: Call using string as type int
sprig.toString(1.0) => "1"
sprig.toString(nil) => "<nil>"
sprig.toString([1,"a",nil,{b:1}]) => "[1 a <nil> map[b:1]]"
sprig.toString(1e21) => "1e+21"
sprig.toString(123456789.5) => "1.234567895e+08"
sprig.toString(duration("90s")) => "1m30s"
sprig.toString(date("2023-08-14")) => "2023-08-14 00:00:00 +0000 UTC"
sprig.toString(sprig.semver("v1.2")) => "1.2.0"
sprig.fail("boom") => error: boom
sprig.fail() => error: invalid number of arguments: expected 1, got 0
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
