// SPDX-License-Identifier: Apache-2.0
// expr/sprig/detail/version.h: semantic versions and constraints on them, as Masterminds/semver
// 3.5.0 reads them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wf::expr::sprig {

struct Version {
  uint64_t major = 0, minor = 0, patch = 0;
  std::string prerelease, metadata;
  std::string original;
};

// "v1.2" is read as 1.2.0. Error: "invalid semantic version", "invalid prerelease string" ….
Result<Version> parse_version(std::string_view text);
std::string to_text(const Version& version);
// -1, 0 or 1; metadata does not count.
int compare(const Version& a, const Version& b);
Result<void> check_prerelease(std::string_view text);
Result<void> check_metadata(std::string_view text);

enum class Operator { None, NotEqual, Greater, Less, GreaterEqual, LessEqual, Tilde, Caret };

// One comparison, as in "^1.2". Parts that are missing or x are wild.
struct Comparison {
  Operator op = Operator::None;
  Version version;
  bool wild = false;                            // some part is
  bool minor_wild = false, patch_wild = false;  // exactly from this part on
};

// Alternatives, each of comparisons that must all hold.
struct Constraint {
  std::vector<std::vector<Comparison>> alternatives;
};
Result<Constraint> parse_constraint(std::string_view text);
bool satisfies(const Version& version, const Constraint& constraint);

}  // namespace wf::expr::sprig
