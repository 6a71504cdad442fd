// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigEncoding, GiveTheseAnswers) {
  check_calls(R"~(
sprig.b64enc("hello") => "aGVsbG8="
sprig.b64enc("") => ""
sprig.b64enc("ab") => "YWI="
sprig.b64enc(5) => error: reflect: Call using int as type string
sprig.b64dec("aGVsbG8=") => "hello"
sprig.b64dec("!!") => "illegal base64 data at input byte 0"
sprig.b64dec("aGVsbG8") => "illegal base64 data at input byte 4"
sprig.b64dec("aGVs\nbG8=") => "hello"
sprig.b64dec("aGVsbG8=x") => "illegal base64 data at input byte 8"
sprig.b64dec("aGVsbG=8") => "illegal base64 data at input byte 6"
sprig.b64dec("a=") => "illegal base64 data at input byte 1"
sprig.b64dec("aG=") => "illegal base64 data at input byte 3"
sprig.b64dec("aG==") => "h"
sprig.b64dec("aG=x") => "illegal base64 data at input byte 2"
sprig.b64dec("=") => "illegal base64 data at input byte 0"
sprig.b64dec("aGVsbG8=\n") => "hello"
sprig.b64dec("aGVsbGk-") => "illegal base64 data at input byte 7"
sprig.b64dec("a") => "illegal base64 data at input byte 0"
sprig.b64dec("\n") => ""
sprig.b32enc("hello") => "NBSWY3DP"
sprig.b32enc("h") => "NA======"
sprig.b32enc("") => ""
sprig.b32dec("NBSWY3DP") => "hello"
sprig.b32dec("NA======") => "h"
sprig.b32dec("NA=====") => "illegal base32 data at input byte 7"
sprig.b32dec("NA") => "illegal base32 data at input byte 0"
sprig.b32dec("nbswy3dp") => "illegal base32 data at input byte 0"
sprig.b32dec("N=======") => "illegal base32 data at input byte 1"
sprig.b32dec("NBS=====") => "illegal base32 data at input byte 3"
sprig.b32dec("NB==Y===") => "illegal base32 data at input byte 3"
sprig.b32dec("NBSW\nY3DP") => "hello"
sprig.b32dec("NBSWY3DPNA======X") => "helloh"
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
