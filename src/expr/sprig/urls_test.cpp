// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigUrls, GiveTheseAnswers) {
  check_calls(R"~(
sprig.urlParse("://bad") => error: unable to parse url: parse "://bad": missing protocol scheme
sprig.urlParse("%zz") => error: unable to parse url: parse "%zz": invalid URL escape "%zz"
sprig.urlJoin({scheme:"tcp",host:"host"}) => "tcp://host"
sprig.urlJoin({path:"a b/ü",query:"x=1 2",fragment:"f g!"}) => "a%20b/%C3%BC?x=1 2#f%20g!"
sprig.urlJoin({scheme:"mailto",opaque:"a@b"}) => "mailto:a@b"
sprig.urlJoin({scheme:"http",host:"h",path:"p"}) => "http://h/p"
sprig.urlJoin({scheme:"http",path:"p"}) => "http://p"
sprig.urlJoin({scheme:"http"}) => "http:"
sprig.urlJoin({path:"a:b"}) => "./a:b"
sprig.urlJoin({host:"h",userinfo:"u:p@w"}) => "//u:p%40w@h"
sprig.urlJoin({host:1}) => error: unable to parse host key, must be of type string, but int found
sprig.urlJoin({}) => ""
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
