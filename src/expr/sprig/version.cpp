// SPDX-License-Identifier: Apache-2.0
#include "expr/sprig/detail/version.h"

#include <re2/re2.h>

#include "base/text.h"
#include "expr/gofmt_number.h"

namespace wf::expr::sprig {
namespace {

constexpr size_t kVersionMax = 256;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kAllowed =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789";

bool only(std::string_view text, std::string_view of) {
  return text.find_first_not_of(of) == text.npos;
}

const RE2& version_pattern() {
  static const RE2 pattern(
      R"(v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?)"
      R"((?:-([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?(?:\+([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?)");
  return pattern;
}

Result<uint64_t> segment(const std::string& digits) {
  if (digits.empty()) return uint64_t{0};
  auto read = parse_uint(digits);
  if (read.error) return std::move(*read.error).wrap("error parsing version segment");
  return read.value;
}

int sign_of(bool less, bool greater) { return less ? -1 : greater ? 1 : 0; }

// Numbers come before words and are compared as numbers; a missing part comes first.
int compare_part(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  if (a.empty()) return -1;
  if (b.empty()) return 1;
  const auto x = parse_uint(a), y = parse_uint(b);
  if (x.error && y.error) return a > b ? 1 : -1;
  if (y.error) return -1;
  if (x.error) return 1;
  return x.value > y.value ? 1 : -1;
}

int compare_prerelease(std::string_view a, std::string_view b) {
  const auto x = split(a, "."), y = split(b, ".");
  for (size_t i = 0; i < std::max(x.size(), y.size()); ++i) {
    const int order = compare_part(i < x.size() ? x[i] : "", i < y.size() ? y[i] : "");
    if (order != 0) return order;
  }
  return 0;
}

}  // namespace

Result<void> check_prerelease(std::string_view text) {
  for (const std::string_view part : split(text, ".")) {
    if (part.empty() || !only(part, kAllowed)) return Error("invalid prerelease string");
    const bool number = only(part, kDigits);
    if (number && part.size() > 1 && part[0] == '0') return Error("version segment starts with 0");
  }
  return {};
}

Result<void> check_metadata(std::string_view text) {
  for (const std::string_view part : split(text, ".")) {
    if (part.empty() || !only(part, kAllowed)) return Error("invalid metadata string");
  }
  return {};
}

Result<Version> parse_version(std::string_view text) {
  if (text.size() > kVersionMax) return Error("version string is too long (max 256 bytes)");
  Version out;
  std::string major, minor, patch;
  if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), version_pattern(), &major, &minor,
                      &patch, &out.prerelease, &out.metadata)) {
    return Error("invalid semantic version");
  }
  TRY(out.major, segment(major));
  TRY(out.minor, segment(minor));
  TRY(out.patch, segment(patch));
  if (!out.prerelease.empty()) TRY_DO(check_prerelease(out.prerelease));
  if (!out.metadata.empty()) TRY_DO(check_metadata(out.metadata));
  out.original = std::string(text);
  return out;
}

std::string to_text(const Version& version) {
  std::string out = wf::cat(version.major, ".", version.minor, ".", version.patch);
  if (!version.prerelease.empty()) out += "-" + version.prerelease;
  if (!version.metadata.empty()) out += "+" + version.metadata;
  return out;
}

int compare(const Version& a, const Version& b) {
  if (a.major != b.major) return sign_of(a.major < b.major, true);
  if (a.minor != b.minor) return sign_of(a.minor < b.minor, true);
  if (a.patch != b.patch) return sign_of(a.patch < b.patch, true);
  if (a.prerelease.empty() || b.prerelease.empty()) {
    return sign_of(!a.prerelease.empty(), !b.prerelease.empty());
  }
  return compare_prerelease(a.prerelease, b.prerelease);
}

}  // namespace wf::expr::sprig
