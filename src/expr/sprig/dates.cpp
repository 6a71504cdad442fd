// SPDX-License-Identifier: Apache-2.0
// Dates and lengths of time. The local time zone is UTC.
#include "expr/gofmt_number.h"
#include "expr/gotime.h"
#include "expr/sprig/detail/support.h"

namespace wf::expr::sprig {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

Moment moment_of(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return {seconds.time_since_epoch().count(),
          static_cast<int32_t>((time - seconds).count()), nullptr};
}

// The present, for functions that take it where no date is given.
class Present {
 public:
  explicit Present(const Clock* clock) : clock_(clock) {}
  Result<Moment> operator()(std::string_view who) const {
    if (clock_ == nullptr) return Error(wf::cat("sprig.", who, ": there is no clock here"));
    return moment_of(clock_->now());
  }

 private:
  const Clock* clock_;
};

bool is_whole(const Any& value) {
  return value.is(types::kInt) || value.is(types::kInt64) || value.is(types::kInt32);
}

// A date, or seconds since 1970; anything else stands for the present.
Result<Moment> date_of(const Any& value, const Present& present, std::string_view who) {
  if (value.is_time()) return value.as_time();
  if (is_whole(value)) return Moment{value.as_int(), 0, nullptr};
  return present(who);
}

Result<Any> formatted(const Any& layout, const Any& date, std::string_view zone,
                      const Present& present) {
  TRY(const Moment moment, date_of(date, present, "date"));
  auto place = load_location(zone);
  const auto where = place.ok() ? *place : nullptr;  // an unknown zone is UTC
  return ok(format(in_location(moment, where), layout.as_string()));
}

Result<Any> modified(Arguments a) {
  TRY(const int64_t by, parse_duration(a[0].as_string()));
  return ok(expr::add(a[1].as_time(), by));
}

Result<Any> duration(Arguments a) {
  int64_t seconds = 0;
  if (a[0].is(types::kString)) seconds = parse_int(a[0].as_string()).value;
  if (a[0].is(types::kInt64)) seconds = a[0].as_int();
  return ok(print_duration(static_cast<int64_t>(static_cast<uint64_t>(seconds) *
                                                static_cast<uint64_t>(kSecond))));
}

// The largest unit alone: "3mo".
std::string rounded(int64_t nanoseconds) {
  struct Unit {
    uint64_t seconds;
    const char* name;
  };
  static constexpr Unit kUnits[] = {{365 * 86'400, "y"}, {30 * 86'400, "mo"}, {86'400, "d"},
                                    {3'600, "h"},        {60, "m"},           {1, "s"}};
  const auto bits = static_cast<uint64_t>(nanoseconds);
  const uint64_t size = nanoseconds < 0 ? 0 - bits : bits;
  for (const Unit& unit : kUnits) {
    const uint64_t length = unit.seconds * static_cast<uint64_t>(kSecond);
    if (size > length) return std::to_string(size / length) + unit.name;
  }
  return "0s";
}

Result<Any> duration_round(const Any& length, const Present& present) {
  if (length.is(types::kInt64)) return ok(rounded(length.as_int()));
  if (length.is_string()) {
    const auto read = parse_duration(length.as_string());
    return ok(rounded(read.ok() ? *read : 0));
  }
  if (!length.is_time()) return ok("0s");
  TRY(const Moment now, present("durationRound"));
  return ok(rounded(difference(now, length.as_time())));
}

// To the whole second, halves away from zero.
int64_t round_to_second(int64_t nanoseconds) {
  const int64_t left = nanoseconds % kSecond;
  const int64_t whole = nanoseconds - left;
  if (left >= kSecond / 2 && whole <= INT64_MAX - kSecond) return whole + kSecond;
  if (left <= -kSecond / 2 && whole >= INT64_MIN + kSecond) return whole - kSecond;
  return whole;
}

void add_formats(Registry& out, const Present& present) {
  out.add("date", {kText, kValue},
          [present](Arguments a) { return formatted(a[0], a[1], "UTC", present); });
  for (const char* name : {"dateInZone", "date_in_zone"}) {
    out.add(name, {kText, kValue, kText},
            [present](Arguments a) { return formatted(a[0], a[1], a[2].as_string(), present); });
  }
  out.add("htmlDate", {kValue},
          [present](Arguments a) { return formatted("2006-01-02", a[0], "UTC", present); });
  out.add("htmlDateInZone", {kValue, kText}, [present](Arguments a) {
    return formatted("2006-01-02", a[0], a[1].as_string(), present);
  });
}

}  // namespace

void add_dates(Registry& out, SprigSources sources) {
  const Present present(sources.clock);
  add_formats(out, present);
  out.add("now", {}, [present](Arguments) -> Result<Any> {
    TRY(const Moment now, present("now"));
    return ok(now);
  });
  out.add("ago", {kValue}, [present](Arguments a) -> Result<Any> {
    TRY(const Moment now, present("ago"));
    TRY(const Moment date, date_of(a[0], present, "ago"));
    return ok(print_duration(round_to_second(difference(now, date))));
  });
  for (const char* name : {"dateModify", "date_modify"}) {
    out.add(name, {kText, kTime}, [](Arguments a) {
      auto changed = modified(a);
      return changed.ok() ? std::move(changed) : ok(a[1]);
    });
  }
  for (const char* name : {"mustDateModify", "must_date_modify"}) {
    out.add(name, {kText, kTime}, modified);
  }
  out.add("duration", {kValue}, duration);
  out.add("durationRound", {kValue},
          [present](Arguments a) { return duration_round(a[0], present); });
  out.add("toDate", {kText, kText}, [](Arguments a) {
    auto read = parse_time(a[0].as_string(), a[1].as_string());
    return ok(read.ok() ? *read : zero_time());
  });
  out.add("mustToDate", {kText, kText}, [](Arguments a) -> Result<Any> {
    TRY(const Moment read, parse_time(a[0].as_string(), a[1].as_string()));
    return ok(read);
  });
  out.add("unixEpoch", {kTime},
          [](Arguments a) { return ok(std::to_string(a[0].as_time().seconds)); });
}

}  // namespace wf::expr::sprig
