// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigWords, GiveTheseAnswers) {
  check_calls(R"~(
sprig.upper("straße ŉ ǆ") => "STRAßE ŉ Ǆ"
sprig.lower("İSTANBUL ΑΣ Ǆ") => "istanbul ασ ǆ"
sprig.upper("") => ""
sprig.untitle("First Try É  Ba") => "first try é  ba"
sprig.swapcase("Hello wÖrld ǅ 1a") => "hELLO WöRLD ǆ 1A"
sprig.nospace("h e l\tl o\n") => "hello"
sprig.nospace("é a") => "Ã©a"
sprig.nospace("éà") => "Ã©Ã"
sprig.nospace("é") => "é"
sprig.nospace("") => ""
sprig.initials("First Try") => "FT"
sprig.initials("éric blah  x") => "Ãbx"
sprig.initials("") => ""
sprig.snakecase("FirstName") => "first_name"
sprig.snakecase("HTTPServer") => "http_server"
sprig.snakecase("NoHTTPS") => "no_https"
sprig.snakecase("GO_PATH") => "go_path"
sprig.snakecase("GO PATH") => "go_path"
sprig.snakecase("GO-PATH") => "go_path"
sprig.snakecase("http2xx") => "http_2xx"
sprig.snakecase("HTTP20xOK") => "http_20x_ok"
sprig.snakecase("Duration2m3s") => "duration_2m3s"
sprig.snakecase("Bld4Floor3rd") => "bld4_floor_3rd"
sprig.snakecase("_leading") => "_leading"
sprig.snakecase("trailing_") => "trailing_"
sprig.snakecase("a--b  c") => "a__b__c"
sprig.snakecase("a.b,c") => "a.b,c"
sprig.snakecase("A.B-C") => "a.b_c"
sprig.snakecase("ABC1") => "abc1"
sprig.snakecase("abc1def2GHI") => "abc_1def2_ghi"
sprig.snakecase("12ab 34CD") => "12ab_34_cd"
sprig.snakecase("ÉcoleNormale été") => "école_normale_été"
sprig.snakecase("日本Go語2x") => "日本_go_語_2x"
sprig.snakecase("x_2y") => "x_2y"
sprig.snakecase("") => ""
sprig.snakecase("a$b$C") => "a_$_b_$_c"
sprig.snakecase("1") => "1"
sprig.snakecase("1A2b3C") => "1_a_2b3_c"
sprig.snakecase("AbC!?dEF") => "ab_c!?d_ef"
sprig.kebabcase("HTTPServer first_name here") => "http-server-first-name-here"
sprig.kebabcase("FirstName-Last") => "first-name-last"
sprig.camelcase("http_server") => "HttpServer"
sprig.camelcase("HTTP_SERVER_foo") => "HttpServerFoo"
sprig.camelcase("_complex__case_") => "_Complex_Case_"
sprig.camelcase("__") => "___"
sprig.camelcase("_") => "__"
sprig.camelcase("-a") => "-A"
sprig.camelcase("a b ") => "AB "
sprig.camelcase("ABCdEF") => "AbcdEF"
sprig.camelcase("someWords go") => "SomeWordsGo"
sprig.camelcase("") => ""
sprig.camelcase("aB_cD eFG") => "ABCDEFG"
sprig.wrap(5,"hello wonderful world") => "hello\nwonderful\nworld"
sprig.wrap(3,"a b c d e f") => "a b\nc d\ne f"
sprig.wrap(80,"short") => "short"
sprig.wrap(0,"ab c") => "ab\nc"
sprig.wrap(-5,"ab c") => "ab\nc"
sprig.wrap(5,"  leading spaces here ") => "leading\nspaces\nhere "
sprig.wrap(10,"") => ""
sprig.wrapWith(5,"|","hello wonderful world") => "hello|wonde|rful|world"
sprig.wrapWith(0,"","ab c") => "a\nb\nc"
sprig.wrapWith(5,"\t\n","Hello World") => "Hello\t\nWorld"
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
