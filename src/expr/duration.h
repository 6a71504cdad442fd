// SPDX-License-Identifier: Apache-2.0
// expr/duration.h: lengths of time as users write them and as screens and variables show them.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace wf::expr {

// Argo's ParseStringToDuration, for backoffs, deadlines and the like: a whole number is seconds (and
// wraps around where it does not fit), else a Go duration ("1h30m").
// `unable to parse X as a duration: time: …`.
Result<Duration> parse_seconds_or_duration(std::string_view text);

// Go's Duration.String: "1h0m0s".
std::string to_text(Duration duration);

// Seconds with six digits after the point, as in the variables `duration` of metrics.
std::string to_seconds_text(Duration duration);

// "2 days 3 hours", "1 minute 5 seconds", "3 seconds".
std::string humanize(Duration duration);
// The first unit of it only: "2 days".
std::string humanize_truncated(Duration duration);
// The same in a letter: "2d", "1m".
std::string humanize_short(Duration duration);
// "3 minutes ago", "2 hours from now", "now".
std::string humanize_relative(Time then, Time now);

}  // namespace wf::expr
