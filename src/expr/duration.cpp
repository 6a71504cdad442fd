// SPDX-License-Identifier: Apache-2.0
#include "expr/duration.h"

#include <cstdint>
#include <cstdio>
#include <span>

#include "base/text.h"
#include "expr/gofmt_number.h"
#include "expr/gotime.h"

namespace wf::expr {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kDay = hours(24), kWeek = 7 * kDay, kMonth = 30 * kDay, kYear = 12 * kMonth;

// Below `limit` the text is `name`, after a count of `unit`s where there is a unit.
struct Step {
  Duration limit;
  std::string_view name;
  Duration unit;
};

constexpr Step kLong[] = {
    {seconds(1), "0 seconds", {}},  {seconds(2), "1 second", {}},     {minutes(1), " seconds", seconds(1)},
    {minutes(2), "1 minute", {}},   {hours(1), " minutes", minutes(1)}, {hours(2), "1 hour", {}},
    {kDay, " hours", hours(1)},     {2 * kDay, "1 day", {}},          {kWeek, " days", kDay},
    {2 * kWeek, "1 week", {}},      {kMonth, " weeks", kWeek},        {2 * kMonth, "1 month", {}},
    {kYear, " months", kMonth},     {18 * kMonth, "1 year", {}},      {2 * kYear, "2 years", {}},
    {37 * kYear, " years", kYear},  {Duration::max(), "a long while", {}},
};
constexpr Step kShort[] = {
    {seconds(1), "0s", {}}, {seconds(2), "1s", {}}, {minutes(1), "s", seconds(1)}, {minutes(2), "1m", {}},
    {hours(1), "m", minutes(1)}, {hours(2), "1h", {}}, {kDay, "h", hours(1)}, {2 * kDay, "1d", {}},
    {kWeek, "d", kDay},
};

Duration magnitude(Duration duration) {
  if (duration == Duration::min()) return Duration::max();
  return duration < Duration::zero() ? -duration : duration;
}

std::string worded(Duration duration, std::span<const Step> steps) {
  duration = magnitude(duration);
  const Step* step = &steps.front();
  while (duration >= step->limit && step != &steps.back()) ++step;
  if (step->unit == Duration::zero()) return std::string(step->name);
  return cat(duration / step->unit, step->name);
}

// The seconds, minutes or hours left over.
int64_t left_over(Duration duration, Duration unit, int64_t units_in_next) {
  return static_cast<int64_t>(duration / unit) % units_in_next;
}

}  // namespace

Result<Duration> parse_seconds_or_duration(std::string_view text) {
  constexpr uint64_t kNanosASecond = 1'000'000'000;
  const auto number = atoi(text);
  if (!number.error) {
    return Duration(static_cast<int64_t>(static_cast<uint64_t>(number.value) * kNanosASecond));
  }
  const auto duration = parse_duration(text);
  if (duration.ok()) return Duration(*duration);
  return Error(cat("unable to parse ", text, " as a duration: ", duration.error().message()));
}

std::string to_text(Duration duration) { return print_duration(duration.count()); }

std::string to_seconds_text(Duration duration) {
  constexpr int64_t kNanosASecond = 1'000'000'000;
  const int64_t whole = duration.count() / kNanosASecond, rest = duration.count() % kNanosASecond;
  char text[64];
  std::snprintf(text, sizeof text, "%f", static_cast<double>(whole) + static_cast<double>(rest) / 1e9);
  return text;
}

std::string humanize_truncated(Duration duration) { return worded(duration, kLong); }
std::string humanize_short(Duration duration) { return worded(duration, kShort); }

std::string humanize(Duration duration) {
  const std::string first = humanize_truncated(duration);
  if (duration < minutes(1)) return first;
  if (duration < hours(1)) return cat(first, " ", left_over(duration, seconds(1), 60), " seconds");
  if (duration < kDay) return cat(first, " ", left_over(duration, minutes(1), 60), " minutes");
  return cat(first, " ", left_over(duration, hours(1), 24), " hours");
}

std::string humanize_relative(Time then, Time now) {
  const Duration distance = now - then;
  if (magnitude(distance) < seconds(1)) return "now";
  return cat(humanize_truncated(distance), distance < Duration::zero() ? " from now" : " ago");
}

}  // namespace wf::expr
