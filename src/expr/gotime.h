// SPDX-License-Identifier: Apache-2.0
// expr/gotime.h: Go's package time, as far as expressions and sprig reach it: places, layouts
// ("2006-01-02T15:04:05Z07:00"), durations and calendar arithmetic. Reads no clock.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "expr/any.h"

namespace wf::expr {

// A place with its offsets from UTC; or one fixed offset.
class Location {
 public:
  struct Offset {
    int seconds = 0;           // east of UTC
    std::string abbreviation;  // "CET"; may be empty for a fixed offset without name
  };
  virtual ~Location() = default;
  virtual std::string name() const = 0;  // "Europe/Berlin", "UTC", "Local"
  virtual Offset offset_at(int64_t unix_seconds) const = 0;
};

// time.LoadLocation: "" and "UTC" are UTC, "Local" too. Error: "unknown time zone X".
Result<std::shared_ptr<const Location>> load_location(std::string_view name);
std::shared_ptr<const Location> fixed_zone(std::string_view name, int offset_seconds);

// A moment's calendar fields where it is.
struct CivilTime {
  int64_t year;
  int month, day, hour, minute, second, nanos;
  int weekday;   // Sunday is 0
  int year_day;  // 1 .. 366
  Location::Offset zone;
};
CivilTime civil(const Moment& time);
// time.Date: fields out of range carry over.
Moment date_of(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute,
               int64_t second, int64_t nanos, std::shared_ptr<const Location> place);

Moment zero_time();  // 0001-01-01T00:00:00Z
Moment add(const Moment& time, int64_t nanoseconds);
int64_t difference(const Moment& a, const Moment& b);  // a - b in nanoseconds, saturated
std::strong_ordering compare(const Moment& a, const Moment& b);
Moment in_location(Moment time, std::shared_ptr<const Location> place);

std::string format(const Moment& time, std::string_view layout);
// time.ParseInLocation; `place` null is UTC. Errors in Go's words.
Result<Moment> parse_time(std::string_view layout, std::string_view text,
                          std::shared_ptr<const Location> place = nullptr);
std::string print(const Moment& time);  // Time.String: "2023-08-14 00:00:00 +0000 UTC"

inline constexpr std::string_view kRfc3339 = "2006-01-02T15:04:05Z07:00";
inline constexpr std::string_view kRfc3339Nano = "2006-01-02T15:04:05.999999999Z07:00";

Result<int64_t> parse_duration(std::string_view text);  // nanoseconds; `time: invalid duration "x"`
std::string print_duration(int64_t nanoseconds);        // "1h0m0s"
std::string_view month_name(int month);                 // 1 is January
std::string_view weekday_name(int weekday);             // 0 is Sunday

}  // namespace wf::expr
