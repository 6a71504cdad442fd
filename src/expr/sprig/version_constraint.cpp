// SPDX-License-Identifier: Apache-2.0
// Constraints such as ">= 1.2, < 2 || ^3.x".
#include <re2/re2.h>

#include "base/text.h"
#include "expr/sprig/detail/version.h"

namespace wf::expr::sprig {
namespace {

constexpr size_t kConstraintMax = 512;
constexpr size_t kAlternativesMax = 32;

// What the original's patterns are made of: an operator, and a version with wild parts.
const char kOperator[] = R"((?:=||!=|>|<|>=|=>|<=|=<|~|~>|\^))";
const char kWildVersion[] =
    R"(v?[0-9|x|X|\*]+(?:\.[0-9|x|X|\*]+)?(?:\.[0-9|x|X|\*]+)?)"
    R"((?:-[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*)?(?:\+[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*)?)";

struct Patterns {
  // "1.2 - 1.4.5"
  const RE2 range{wf::cat(R"(\s*()", kWildVersion, R"()\s+-\s+()", kWildVersion, R"()\s*)")};
  const RE2 valid{wf::cat(R"(\s*)", kOperator, R"(\s*)", kWildVersion, R"(\s*(?:(?:\s+|,\s*))",
                          kOperator, R"(\s*)", kWildVersion, R"(\s*)*)")};
  const RE2 each{wf::cat("(", kOperator, R"(\s*)", kWildVersion, ")")};
  const RE2 one{wf::cat(R"(\s*()", kOperator, R"()\s*v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?)",
                        R"((\.[0-9|x|X|\*]+)?(-[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*)?)",
                        R"((?:\+[0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*)?\s*)")};
};

const Patterns& patterns() {
  static const Patterns all;
  return all;
}

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

std::string with_ranges_written_out(std::string_view text) {
  std::string out;
  re2::StringPiece rest = piece(text), low, high;
  re2::StringPiece groups[3];
  while (patterns().range.Match(rest, 0, rest.size(), RE2::UNANCHORED, groups, 3)) {
    out.append(rest.data(), static_cast<size_t>(groups[0].data() - rest.data()));
    out += wf::cat(">= ", std::string(groups[1]), ", <= ", std::string(groups[2]), " ");
    rest.remove_prefix(static_cast<size_t>(groups[0].end() - rest.begin()));
  }
  return out.append(rest.data(), rest.size());
}

Operator operator_of(std::string_view text) {
  if (text == "!=") return Operator::NotEqual;
  if (text == ">") return Operator::Greater;
  if (text == "<") return Operator::Less;
  if (text == ">=" || text == "=>") return Operator::GreaterEqual;
  if (text == "<=" || text == "=<") return Operator::LessEqual;
  if (text == "~" || text == "~>") return Operator::Tilde;
  if (text == "^") return Operator::Caret;
  return Operator::None;
}

bool is_wild(std::string_view part) {
  return part.empty() || part == "x" || part == "X" || part == "*";
}
std::string_view without_point(const std::string& part) {
  return std::string_view(part).substr(part.empty() ? 0 : 1);
}

Result<Comparison> parse_comparison(std::string_view text) {
  std::string op, major, minor, patch, prerelease;
  if (!RE2::FullMatch(piece(text), patterns().one, &op, &major, &minor, &patch, &prerelease)) {
    return Error(wf::cat("improper constraint: ", go_quote(text)));
  }
  Comparison out;
  out.op = operator_of(op);
  std::string version = major + minor + patch + prerelease;
  if (is_wild(major)) {
    version = "0.0.0" + prerelease;
    out.wild = true;
  } else if (is_wild(without_point(minor))) {
    version = major + ".0.0" + prerelease;
    out.wild = out.minor_wild = true;
  } else if (is_wild(without_point(patch))) {
    version = major + minor + ".0" + prerelease;
    out.wild = out.patch_wild = true;
  }
  auto parsed = parse_version(version);
  if (!parsed.ok()) return Error("constraint parser error");
  out.version = *parsed;
  return out;
}

Result<std::vector<Comparison>> parse_alternative(std::string_view text) {
  if (!RE2::FullMatch(piece(text), patterns().valid)) {
    return Error(wf::cat("improper constraint: ", go_quote(text)));
  }
  std::vector<Comparison> out;
  re2::StringPiece rest = piece(text), found;
  while (RE2::FindAndConsume(&rest, patterns().each, &found)) {
    TRY(Comparison comparison, parse_comparison({found.data(), found.size()}));
    out.push_back(std::move(comparison));
  }
  return out;
}

bool differs(const Version& v, const Comparison& c) {
  if (!c.wild) return compare(v, c.version) != 0;
  if (v.major != c.version.major) return true;
  if (c.minor_wild) return false;
  if (v.minor != c.version.minor) return true;
  if (!c.patch_wild) {  // every part is wild: 0.0.0 by what was written
    return v.patch != c.version.patch || compare(v, c.version) != 0;
  }
  Version a, b;  // prereleases only
  a.prerelease = v.prerelease;
  b.prerelease = c.version.prerelease;
  const bool any = !a.prerelease.empty() || !b.prerelease.empty();
  return any && a.prerelease != b.prerelease && compare(a, b) != 0;
}

bool greater(const Version& v, const Comparison& c) {
  if (!c.wild) return compare(v, c.version) > 0;
  if (v.major != c.version.major) return v.major > c.version.major;
  if (c.minor_wild) return false;
  if (c.patch_wild) return v.minor > c.version.minor;
  return compare(v, c.version) > 0;
}

bool less_or_equal(const Version& v, const Comparison& c) {
  if (!c.wild) return compare(v, c.version) <= 0;
  if (v.major != c.version.major) return v.major < c.version.major;
  return c.minor_wild || v.minor <= c.version.minor;
}

// Up to the next minor version; up to the next major one where the minor part is wild.
bool in_tilde(const Version& v, const Comparison& c) {
  if (compare(v, c.version) < 0) return false;
  const bool zero = c.version.major == 0 && c.version.minor == 0 && c.version.patch == 0;
  if (zero && !c.minor_wild && !c.patch_wild) return true;
  return v.major == c.version.major && (c.minor_wild || v.minor == c.version.minor);
}

// Up to the next change of the leftmost part that is not zero.
bool in_caret(const Version& v, const Comparison& c) {
  if (compare(v, c.version) < 0) return false;
  if (v.major != c.version.major) return false;
  if (c.version.major > 0 || c.minor_wild) return true;
  if (v.minor != c.version.minor) return false;
  return c.version.minor > 0 || c.patch_wild || v.patch == c.version.patch;
}

bool holds(const Version& v, const Comparison& c) {
  switch (c.op) {
    case Operator::NotEqual: return differs(v, c);
    case Operator::Greater: return greater(v, c);
    case Operator::Less: return compare(v, c.version) < 0;
    case Operator::GreaterEqual: return compare(v, c.version) >= 0;
    case Operator::LessEqual: return less_or_equal(v, c);
    case Operator::Tilde: return in_tilde(v, c);
    case Operator::Caret: return in_caret(v, c);
    case Operator::None: return c.wild ? in_tilde(v, c) : compare(v, c.version) == 0;
  }
  return false;
}

// Prereleases count only where the alternative names one itself.
bool all_hold(const Version& version, const std::vector<Comparison>& comparisons) {
  bool prereleases = version.prerelease.empty();
  for (const Comparison& c : comparisons) {
    prereleases = prereleases || !c.version.prerelease.empty();
  }
  if (!prereleases) return false;
  for (const Comparison& c : comparisons) {
    if (!holds(version, c)) return false;
  }
  return true;
}

}  // namespace

Result<Constraint> parse_constraint(std::string_view text) {
  if (text.size() > kConstraintMax) return Error("constraint string is too long (max 512 bytes)");
  const std::string written_out = with_ranges_written_out(text);
  const auto alternatives = split(written_out, "||");
  if (alternatives.size() > kAlternativesMax) return Error("too many constraint groups (max 32)");
  Constraint out;
  for (const std::string_view alternative : alternatives) {
    TRY(auto comparisons, parse_alternative(alternative));
    out.alternatives.push_back(std::move(comparisons));
  }
  return out;
}

bool satisfies(const Version& version, const Constraint& constraint) {
  for (const auto& alternative : constraint.alternatives) {
    if (all_hold(version, alternative)) return true;
  }
  return false;
}

}  // namespace wf::expr::sprig
