// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigPaths, GiveTheseAnswers) {
  check_calls(R"~(
sprig.base("/") => "/"
sprig.base("") => "."
sprig.base("a/b/") => "b"
sprig.base("//") => "/"
sprig.dir("x") => "."
sprig.dir("/a/b") => "/a"
sprig.dir("/a/b/") => "/a/b"
sprig.dir("") => "."
sprig.dir("/") => "/"
sprig.dir("/a") => "/"
sprig.dir("a//b") => "a"
sprig.clean("foo/bar/../baz//x/.") => "foo/baz/x"
sprig.clean("") => "."
sprig.clean("/../a") => "/a"
sprig.clean("../../a/..") => "../.."
sprig.clean("a/../..") => ".."
sprig.clean("/") => "/"
sprig.clean("./a") => "a"
sprig.ext("foo.tar.gz") => ".gz"
sprig.ext("foo") => ""
sprig.ext("a.b/c") => ""
sprig.ext(".x") => ".x"
sprig.ext("a.") => "."
sprig.isAbs("/a") => true
sprig.isAbs("") => false
sprig.osBase("/a/b.c") => "b.c"
sprig.osDir("/a/b.c") => "/a"
sprig.osClean("/a/./b/..") => "/a"
sprig.osExt("b.c") => ".c"
sprig.osIsAbs("b") => false
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
