// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigRegex, GiveTheseAnswers) {
  check_calls(R"~(
sprig.regexMatch("^[a-z]+$","abc") => true
sprig.regexMatch("[","x") => false
sprig.regexMatch("b","abc") => true
sprig.mustRegexMatch("a.c","abc") => true
sprig.regexFindAll("[2468]","123456789",-1) => ["2","4","6","8"]
sprig.regexFindAll("[2468]","123456789",2) => ["2","4"]
sprig.regexFindAll("x","abc",-1) => null
sprig.regexFindAll("a*","baaac",-1) => ["","aaa",""]
sprig.regexFindAll("","ab",-1) => ["","",""]
sprig.regexFindAll("a","aaa",0) => null
sprig.regexFindAll("é|","aéb",-1) => ["","é",""]
sprig.regexFind("[a-z]+","12abc3") => "abc"
sprig.regexFind("z","abc") => ""
sprig.regexFind("z*","abc") => ""
sprig.regexReplaceAll("a(x*)b","-ab-axxb-","${1}W") => "-W-xxW-"
sprig.regexReplaceAll("a(x*)b","-ab-axxb-","$1W") => "---"
sprig.regexReplaceAll("a(x*)b","-ab-axxb-","$1") => "--xx-"
sprig.regexReplaceAll("a(?P<n>x*)b","-ab-axxb-","<${n}>") => "-<>-<xx>-"
sprig.regexReplaceAll("a(?<n>x*)b","-ab-axxb-","<$n>") => "-<>-<xx>-"
sprig.regexReplaceAll("a","banana","$$") => "b$n$n$"
sprig.regexReplaceAll("a","banana","$") => "b$n$n$"
sprig.regexReplaceAll("a","banana","${") => "b${n${n${"
sprig.regexReplaceAll("a","banana","$01") => "bnn"
sprig.regexReplaceAll("a","banana","${0}0$9") => "ba0na0na0"
sprig.regexReplaceAll("","abc","-") => "-a-b-c-"
sprig.regexReplaceAll("x*","axxb","-") => "-a-b-"
sprig.regexReplaceAll("$","ab","!") => "ab!"
sprig.mustRegexReplaceAll("a","banana","[$0]") => "b[a]n[a]n[a]"
sprig.regexReplaceAllLiteral("a(x*)b","-ab-axxb-","${1}") => "-${1}-${1}-"
sprig.mustRegexReplaceAllLiteral("a","banana","$0") => "b$0n$0n$0"
sprig.regexSplit("z+","pizza",-1) => ["pi","a"]
sprig.regexSplit("z","pizza",2) => ["pi","za"]
sprig.regexSplit("z","pizza",0) => null
sprig.regexSplit("z","pizza",1) => ["pizza"]
sprig.regexSplit("","abc",-1) => ["a","b","c"]
sprig.regexSplit("a","",-1) => [""]
sprig.regexSplit("","",-1) => []
sprig.regexSplit("a","banana",-1) => ["b","n","n",""]
sprig.regexSplit("a","banana",3) => ["b","n","na"]
sprig.regexSplit("x*","axbxc",-1) => ["a","b","c"]
sprig.mustRegexSplit(",\\s*","a, b,c",-1) => ["a","b","c"]
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
