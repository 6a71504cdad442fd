// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigCrypto, GiveTheseAnswers) {
  check_calls(R"~(
sprig.sha1sum("hello") => "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"
sprig.sha256sum("") => "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
sprig.adler32sum("hello world") => "436929629"
sprig.adler32sum("") => "1"
sprig.decryptAES("k","short") => error: illegal base64 data at input byte 4
sprig.decryptAES("k","") => ""
sprig.decryptAES("secretkey","30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=") => "plaintext"
sprig.decryptAES("k","AAAAAAAAAAAAAAAAAAAAAA==") => error: runtime error: index out of range [-1]
sprig.decryptAES("k","AAAAAAAAAAAAAAAAAAAAAAA=") => error: crypto/cipher: input not full blocks
sprig.genCA("a") => error: invalid number of arguments: expected 2, got 1
sprig.genCA("a","b") => error: reflect: Call using string as type int
sprig.htpasswd("a","b","c") => error: invalid number of arguments: expected 2, got 3
sprig.buildCustomCert("x") => error: invalid number of arguments: expected 2, got 1
sprig.nosuch() => error: sprig.nosuch is missing
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
