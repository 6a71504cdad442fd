// SPDX-License-Identifier: Apache-2.0
#include "expr/regexp.h"

#include <re2/re2.h>

#include <string>

#include "base/text.h"

namespace wf::expr {
namespace {

std::string_view words_of(const RE2& pattern) {
  switch (pattern.error_code()) {
    case RE2::ErrorBadEscape: return "invalid escape sequence";
    case RE2::ErrorBadCharClass: return "invalid character class";
    case RE2::ErrorBadCharRange: return "invalid character class range";
    case RE2::ErrorMissingBracket: return "missing closing ]";
    case RE2::ErrorMissingParen: return "missing closing )";
    case RE2::ErrorUnexpectedParen: return "unexpected )";
    case RE2::ErrorTrailingBackslash: return "trailing backslash at end of expression";
    case RE2::ErrorRepeatArgument: return "missing argument to repetition operator";
    case RE2::ErrorRepeatSize: return "invalid repeat count";
    case RE2::ErrorRepeatOp: return "invalid nested repetition operator";
    case RE2::ErrorBadPerlOp: return "invalid or unsupported Perl syntax";
    case RE2::ErrorBadUTF8: return "invalid UTF-8";
    case RE2::ErrorBadNamedCapture: return "invalid named capture";
    case RE2::ErrorPatternTooLarge: return "expression too large";
    default: return "internal error";
  }
}

// Go reads (?<name>…) too, which RE2 of this age knows as (?P<name>…) only.
std::string with_named_groups(std::string_view pattern) {
  std::string out;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const std::string_view rest = pattern.substr(i);
    const bool group = rest.size() > 3 && rest.starts_with("(?<");
    const bool named = group && rest[3] != '=' && rest[3] != '!';
    const bool escape = rest[0] == '\\' && rest.size() > 1;
    out.push_back(rest[0]);
    if (named) out += "?P";
    if (escape) out.push_back(rest[1]);
    if (named || escape) ++i;
  }
  return out;
}

}  // namespace

Result<Regex> compile_regexp(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const RE2>(with_named_groups(pattern), options);
  if (compiled->ok()) return Regex(std::move(compiled));
  return Error(
      cat("error parsing regexp: ", words_of(*compiled), ": `", compiled->error_arg(), "`"));
}

}  // namespace wf::expr
