// SPDX-License-Identifier: Apache-2.0
#include "engine/backoff.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "expr/duration.h"
#include "expr/int_or_string.h"

namespace wf::engine {
namespace {

constexpr Duration kForever = Duration::max();

// base * factor^(count-1), at most kForever.
Duration grown(Duration base, int64_t factor, int count) {
  const double times = std::floor(std::pow(static_cast<double>(factor), count - 1));
  if (times > static_cast<double>(kForever.count()) / static_cast<double>(std::max<int64_t>(base.count(), 1))) return kForever;
  return Duration{base.count() * static_cast<int64_t>(times)};
}

// A point in time as far as that can be told.
Time later(Time time, Duration length) {
  return length > Time::max() - time ? Time::max() : time + length;
}

}  // namespace

Result<Backoff> next_backoff(const json::Value& strategy, const Attempts& attempts, Time now) {
  CHECK(attempts.count >= 1);
  const json::Value& backoff = strategy["backoff"];
  Time deadline{};
  if (const auto text = backoff["maxDuration"].as_string(); !text.empty()) {
    TRY(const Duration longest, expr::parse_seconds_or_duration(text));
    deadline = later(attempts.first_started_at, longest);
    if (now > deadline) return Backoff(GiveUp{"Max duration limit exceeded"});
  }
  if (backoff["duration"].as_string().empty()) return Error("no base duration specified for retryStrategy");
  TRY(const Duration base, expr::parse_seconds_or_duration(backoff["duration"].as_string()));
  Duration rest = base;
  if (backoff.has("factor")) {
    TRY(const int64_t factor, expr::int_of(backoff["factor"]));
    if (factor > 0) rest = grown(base, factor, attempts.count);
  }
  if (const auto text = backoff["cap"].as_string(); !text.empty()) {
    TRY(const Duration cap, expr::parse_seconds_or_duration(text));
    rest = std::min(rest, cap);
  }
  const Time ready_at = later(attempts.last_finished_at, rest);
  if (is_set(deadline) && ready_at > deadline) return Backoff(GiveUp{"Backoff would exceed max duration limit"});
  // Argo rests only where a limit is set; users rely on it (RTY-9, docs/compat.md).
  if (strategy.has("limit")) {
    TRY(const int64_t limit, expr::int_of(strategy["limit"]));
    if (now < ready_at && attempts.count <= limit) return Backoff(WaitUntil{ready_at, rest});
  }
  return Backoff(NoWait{deadline});
}

}  // namespace wf::engine
