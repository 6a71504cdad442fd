// SPDX-License-Identifier: Apache-2.0
// base/time.h: points in time and lengths of time, as values. Nothing here reads a clock: code of
// the core gets `now` as an argument, edges ask a Clock.
#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace wf {

using Duration = std::chrono::nanoseconds;
// UTC. The epoch itself (Time{}) stands for "no time", as Go's zero time does in JSON.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

inline bool is_set(Time time) { return time != Time{}; }

// RFC 3339 in UTC, whole seconds, as Kubernetes' metav1.Time prints: "2026-01-02T03:04:05Z".
std::string to_rfc3339(Time time);
// RFC 3339 with any offset and fraction.
Result<Time> parse_rfc3339(std::string_view text);
// `time` without its fraction of a second.
inline Time whole_seconds(Time time) { return std::chrono::floor<std::chrono::seconds>(time); }

// Tells the time. Implemented by the machine's clock (io) and by the virtual one (simulate).
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

// Gives random bits. Implemented by the machine (io) and by a seed (simulate).
class Random {
 public:
  virtual ~Random() = default;
  virtual uint64_t next() = 0;
};

}  // namespace wf
