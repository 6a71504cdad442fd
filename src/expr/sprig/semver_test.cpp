// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "expr/sprig/call_test.h"

namespace wf::expr::sprig {
namespace {

// XPR-1
TEST(SprigSemver, GiveTheseAnswers) {
  check_calls(R"~(
sprig.semver("1.2.3-alpha.1+build5") => "1.2.3-alpha.1+build5"
sprig.semver("v1.2").Original() => "v1.2"
sprig.semver("1").String() => "1.0.0"
sprig.semver("v1.2.3-beta").IncPatch().Original() => error: no member Original
sprig.semver("1.2.3").IncPatch() => "1.2.4"
sprig.semver("1.2.3-b+m").IncMinor() => "1.3.0"
sprig.semver("1.2.3").SetPrerelease("beta.1") => "1.2.3-beta.1"
sprig.semver("1.2.3").SetPrerelease("01") => error: version segment starts with 0
sprig.semver("1.2.3").SetMetadata("b_x") => error: invalid metadata string
sprig.semver("1.2.3+m").Metadata() => "m"
sprig.semver("1.2.3-p").Prerelease() => "p"
sprig.semver("1.2.3").Compare(sprig.semver("1.2.4")) => -1
sprig.semver("1.2.3").LessThan(sprig.semver("1.2.4")) => true
sprig.semver("1.2.3").GreaterThan(sprig.semver("1.2.4")) => false
sprig.semver("1.2.3").Equal(sprig.semver("1.2.3+x")) => true
sprig.semver("1.2.3").Compare("1") => error: reflect: Call using string as type *semver.Version
sprig.semver("x") => error: invalid semantic version
sprig.semver("") => error: invalid semantic version
sprig.semver("1.2.3.4") => error: invalid semantic version
sprig.semver("01.2.3") => "1.2.3"
sprig.semver("1.2.3-01") => error: version segment starts with 0
sprig.semver("1.2.3-") => error: invalid semantic version
sprig.semver("V1.2.3") => error: invalid semantic version
sprig.semver(" 1.2.3") => error: invalid semantic version
sprig.semverCompare("1.2.3","1.2.3") => true
sprig.semverCompare("=1.2.3","v1.2.3") => true
sprig.semverCompare("!=1.2.3","1.2.3") => false
sprig.semverCompare("!=1.2.x","1.2.9") => false
sprig.semverCompare("!=1.x","2.0.0") => true
sprig.semverCompare("~1.2.0","1.3.0") => false
sprig.semverCompare("~1.2.3","1.2.9") => true
sprig.semverCompare("~1","1.9.0") => true
sprig.semverCompare("~1.x","2.0.0") => false
sprig.semverCompare("~0","1.0.0") => false
sprig.semverCompare("~>1.2","1.2.9") => true
sprig.semverCompare("^1.2.3","1.9.9") => true
sprig.semverCompare("^1.2.3","2.0.0") => false
sprig.semverCompare("^0.2.3","0.2.9") => true
sprig.semverCompare("^0.2.3","0.3.0") => false
sprig.semverCompare("^0.0.3","0.0.3") => true
sprig.semverCompare("^0.0.3","0.0.4") => false
sprig.semverCompare("^0.0","0.0.9") => true
sprig.semverCompare("^0","0.9.9") => true
sprig.semverCompare("^*","1.0.0") => false
sprig.semverCompare(">=1.2, <2","1.9.9") => true
sprig.semverCompare(">=1.2 <2","2.0.0") => false
sprig.semverCompare("1.2.x || 3.x","3.1.0") => true
sprig.semverCompare(">= 1.0","1.0.0-beta") => false
sprig.semverCompare(">= 1.0-0","1.0.1-beta") => true
sprig.semverCompare(">1.2","1.2.5") => false
sprig.semverCompare(">1","1.9.9") => false
sprig.semverCompare(">1","2.0.0") => true
sprig.semverCompare(">1.2.3","1.2.4") => true
sprig.semverCompare("<=1.2","1.2.9") => true
sprig.semverCompare("<=1","1.9.9") => true
sprig.semverCompare("<1.2","1.2.0") => false
sprig.semverCompare("=>1.0","1.0.0") => true
sprig.semverCompare("=<1.0","1.0.5") => true
sprig.semverCompare("1.2 - 1.4.5","1.4.5") => true
sprig.semverCompare("1.2 - 1.4.5 || 2 - 3","2.5.0") => true
sprig.semverCompare("*","0.0.1") => true
sprig.semverCompare("*","0.0.1-beta") => false
sprig.semverCompare("x","5.0.0") => true
sprig.semverCompare("1.*","1.5.0") => true
sprig.semverCompare("1","1.5.0") => true
sprig.semverCompare("!=*","1.5.0") => true
sprig.semverCompare(">*","1.5.0") => true
sprig.semverCompare("<=*","1.5.0") => false
sprig.semverCompare("","1.5.0") => error: improper constraint: ""
sprig.semverCompare("foo","1.5.0") => error: improper constraint: "foo"
sprig.semverCompare(">=1.0,,<2","1.5.0") => error: improper constraint: ">=1.0,,<2"
sprig.semverCompare("1.2.3","x") => error: invalid semantic version
sprig.semverCompare("^1.0.0-alpha","1.0.0-beta") => true
sprig.semverCompare("~1.0.0-alpha.2","1.0.0-alpha.10") => true
sprig.semverCompare("1.2.3+x","1.2.3+y") => true
sprig.semverCompare("1.x.3","1.5.9") => true
)~");
}

}  // namespace
}  // namespace wf::expr::sprig
