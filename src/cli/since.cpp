// SPDX-License-Identifier: Apache-2.0
#include "cli/since.h"

#include <charconv>

#include "base/text.h"
#include "expr/duration.h"

namespace wf::cli {

Result<Duration> parse_ago(std::string_view text) {
  if (text.ends_with('d')) {
    int64_t days = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size() - 1, days);
    if (error == std::errc() && end == text.data() + text.size() - 1 && days >= 0 && days < 100'000) return Duration(std::chrono::hours(24 * days));
  }
  auto span = expr::parse_seconds_or_duration(text);
  if (!span.ok()) return Error(cat("unable to parse since '", text, "': a number and one of s, m, h, d is wanted (e.g. 10m, 3h, 1d)"));
  return span;
}

}  // namespace wf::cli
