// SPDX-License-Identifier: Apache-2.0
#include "expr/lang/members.h"

#include <cmath>
#include <map>
#include <string>

#include "base/text.h"
#include "expr/gofmt.h"
#include "expr/gotime.h"

namespace wf::expr::lang {
namespace {

using namespace types;
using Body = Result<Any> (*)(const Any& self, Arguments arguments);
constexpr int64_t kNano = 1'000'000'000;

struct Method {
  const Type* owner;
  std::string_view name;
  std::vector<const Type*> params;
  const Type* result;
  Body body;
};

Moment time(const Any& self) { return self.as_time(); }
int64_t ns(const Any& self) { return self.as_int(); }

// ISO 8601: the week that holds the Thursday.
int iso_week(const Moment& t, int64_t* year) {
  const CivilTime c = civil(t);
  const Moment thursday = add(t, (3 - (c.weekday + 6) % 7) * 86'400 * kNano);
  const CivilTime at = civil(thursday);
  *year = at.year;
  return (at.year_day - 1) / 7 + 1;
}

int64_t round_duration(int64_t value, int64_t unit) {
  if (unit <= 0) return value;
  const int64_t rest = value % unit, size = std::abs(rest);
  if (size + size < unit) return value - rest;
  return value - rest + (value < 0 ? -unit : unit);
}

// Time.Truncate and Time.Round count from the zero time.
int64_t since_zero_rest(const Moment& t, int64_t unit) {
  const __int128 total = (static_cast<__int128>(t.seconds) - zero_time().seconds) * kNano + t.nanos;
  const auto rest = static_cast<int64_t>(total % unit);
  return rest < 0 ? rest + unit : rest;
}

// Seconds with the fraction, as Duration.Seconds and its kin divide.
double in_units(int64_t value, int64_t unit) {
  return static_cast<double>(value / unit) +
         static_cast<double>(value % unit) / static_cast<double>(unit);
}

const std::vector<Method>& methods() {
  static const std::vector<Method> all = {
      {&kTime,
       "Year",
       {},
       &kInt,
       [](const Any& s, Arguments) -> Result<Any> { return Any(civil(time(s)).year); }},
      {&kTime,
       "Month",
       {},
       &kMonth,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any::integer(civil(time(s)).month, kMonth);
       }},
      {&kTime,
       "Day",
       {},
       &kInt,
       [](const Any& s, Arguments) -> Result<Any> { return Any(civil(time(s)).day); }},
      {&kTime,
       "Hour",
       {},
       &kInt,
       [](const Any& s, Arguments) -> Result<Any> { return Any(civil(time(s)).hour); }},
      {&kTime,
       "Minute",
       {},
       &kInt,
       [](const Any& s, Arguments) -> Result<Any> { return Any(civil(time(s)).minute); }},
      {&kTime,
       "Second",
       {},
       &kInt,
       [](const Any& s, Arguments) -> Result<Any> { return Any(civil(time(s)).second); }},
      {&kTime,
       "Nanosecond",
       {},
       &kInt,
       [](const Any& s, Arguments) -> Result<Any> { return Any(time(s).nanos); }},
      {&kTime,
       "YearDay",
       {},
       &kInt,
       [](const Any& s, Arguments) -> Result<Any> { return Any(civil(time(s)).year_day); }},
      {&kTime,
       "Weekday",
       {},
       &kWeekday,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any::integer(civil(time(s)).weekday, kWeekday);
       }},
      {&kTime,
       "ISOWeek",
       {},
       &kInt,
       [](const Any& s, Arguments) -> Result<Any> {
         int64_t year;
         iso_week(time(s), &year);
         return Any(year);
       }},
      {&kTime,
       "Unix",
       {},
       &kInt64,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any::integer(time(s).seconds, kInt64);
       }},
      {&kTime,
       "UnixMilli",
       {},
       &kInt64,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any::integer(time(s).seconds * 1000 + time(s).nanos / 1'000'000, kInt64);
       }},
      {&kTime,
       "UnixMicro",
       {},
       &kInt64,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any::integer(time(s).seconds * 1'000'000 + time(s).nanos / 1000, kInt64);
       }},
      {&kTime,
       "UnixNano",
       {},
       &kInt64,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any::integer(static_cast<int64_t>(static_cast<uint64_t>(time(s).seconds) * kNano +
                                                  static_cast<uint64_t>(time(s).nanos)),
                             kInt64);
       }},
      {&kTime,
       "IsZero",
       {},
       &kBool,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any(compare(time(s), zero_time()) == 0);
       }},
      {&kTime,
       "IsDST",
       {},
       &kBool,
       [](const Any& s, Arguments) -> Result<Any> {
         const Moment t = time(s);  // summer: the offset is larger than half a year before or after
         if (!t.location) return Any(false);
         const int here = t.location->offset_at(t.seconds).seconds;
         const int other = t.location->offset_at(t.seconds + 182 * 86'400).seconds;
         return Any(here > other);
       }},
      {&kTime,
       "UTC",
       {},
       &kTime,
       [](const Any& s, Arguments) -> Result<Any> { return Any(in_location(time(s), nullptr)); }},
      {&kTime,
       "Local",
       {},
       &kTime,
       [](const Any& s, Arguments) -> Result<Any> {
         TRY(auto local, load_location("Local"));
         return Any(in_location(time(s), local));
       }},
      {&kTime,
       "In",
       {&kLocation},
       &kTime,
       [](const Any& s, Arguments a) -> Result<Any> {
         return Any(in_location(time(s), a[0].as_location()));
       }},
      {&kTime,
       "Location",
       {},
       &kLocation,
       [](const Any& s, Arguments) -> Result<Any> { return Any::location(time(s).location); }},
      {&kTime,
       "Zone",
       {},
       &kString,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any(civil(time(s)).zone.abbreviation);
       }},
      {&kTime,
       "Format",
       {&kString},
       &kString,
       [](const Any& s, Arguments a) -> Result<Any> {
         return Any(format(time(s), a[0].as_string()));
       }},
      {&kTime,
       "String",
       {},
       &kString,
       [](const Any& s, Arguments) -> Result<Any> { return Any(print(time(s))); }},
      {&kTime,
       "Add",
       {&kDuration},
       &kTime,
       [](const Any& s, Arguments a) -> Result<Any> { return Any(add(time(s), ns(a[0]))); }},
      {&kTime,
       "AddDate",
       {&kInt, &kInt, &kInt},
       &kTime,
       [](const Any& s, Arguments a) -> Result<Any> {
         const CivilTime c = civil(time(s));
         constexpr int64_t kFar = 1'000'000'000;
         for (const Any& n : a) {
           if (n.as_int() > kFar || n.as_int() < -kFar) return Error("year outside of range");
         }
         return Any(date_of(c.year + a[0].as_int(), c.month + a[1].as_int(), c.day + a[2].as_int(),
                            c.hour, c.minute, c.second, c.nanos, time(s).location));
       }},
      {&kTime,
       "Sub",
       {&kTime},
       &kDuration,
       [](const Any& s, Arguments a) -> Result<Any> {
         return Any::duration(difference(time(s), a[0].as_time()));
       }},
      {&kTime,
       "After",
       {&kTime},
       &kBool,
       [](const Any& s, Arguments a) -> Result<Any> {
         return Any(compare(time(s), a[0].as_time()) > 0);
       }},
      {&kTime,
       "Before",
       {&kTime},
       &kBool,
       [](const Any& s, Arguments a) -> Result<Any> {
         return Any(compare(time(s), a[0].as_time()) < 0);
       }},
      {&kTime,
       "Equal",
       {&kTime},
       &kBool,
       [](const Any& s, Arguments a) -> Result<Any> {
         return Any(compare(time(s), a[0].as_time()) == 0);
       }},
      {&kTime,
       "Compare",
       {&kTime},
       &kInt,
       [](const Any& s, Arguments a) -> Result<Any> {
         const auto order = compare(time(s), a[0].as_time());
         return Any(order < 0 ? -1 : order > 0 ? 1 : 0);
       }},
      {&kTime,
       "Truncate",
       {&kDuration},
       &kTime,
       [](const Any& s, Arguments a) -> Result<Any> {
         if (ns(a[0]) <= 0) return Any(time(s));
         return Any(add(time(s), -since_zero_rest(time(s), ns(a[0]))));
       }},
      {&kTime,
       "Round",
       {&kDuration},
       &kTime,
       [](const Any& s, Arguments a) -> Result<Any> {
         if (ns(a[0]) <= 0) return Any(time(s));
         const int64_t rest = since_zero_rest(time(s), ns(a[0]));
         return Any(add(time(s), rest < ns(a[0]) - rest ? -rest : ns(a[0]) - rest));
       }},
      {&kDuration,
       "Hours",
       {},
       &kFloat64,
       [](const Any& s, Arguments) -> Result<Any> { return Any(in_units(ns(s), 3600 * kNano)); }},
      {&kDuration,
       "Minutes",
       {},
       &kFloat64,
       [](const Any& s, Arguments) -> Result<Any> { return Any(in_units(ns(s), 60 * kNano)); }},
      {&kDuration,
       "Seconds",
       {},
       &kFloat64,
       [](const Any& s, Arguments) -> Result<Any> { return Any(in_units(ns(s), kNano)); }},
      {&kDuration,
       "Milliseconds",
       {},
       &kInt64,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any::integer(ns(s) / 1'000'000, kInt64);
       }},
      {&kDuration,
       "Microseconds",
       {},
       &kInt64,
       [](const Any& s, Arguments) -> Result<Any> { return Any::integer(ns(s) / 1000, kInt64); }},
      {&kDuration,
       "Nanoseconds",
       {},
       &kInt64,
       [](const Any& s, Arguments) -> Result<Any> { return Any::integer(ns(s), kInt64); }},
      {&kDuration,
       "String",
       {},
       &kString,
       [](const Any& s, Arguments) -> Result<Any> { return Any(print_duration(ns(s))); }},
      {&kDuration,
       "Abs",
       {},
       &kDuration,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any::duration(ns(s) == INT64_MIN ? INT64_MAX : std::abs(ns(s)));
       }},
      {&kDuration,
       "Truncate",
       {&kDuration},
       &kDuration,
       [](const Any& s, Arguments a) -> Result<Any> {
         return Any::duration(ns(a[0]) <= 0 ? ns(s) : ns(s) - ns(s) % ns(a[0]));
       }},
      {&kDuration,
       "Round",
       {&kDuration},
       &kDuration,
       [](const Any& s, Arguments a) -> Result<Any> {
         constexpr int64_t kHalf = INT64_MAX / 4;
         if (std::abs(ns(s) / 2) > kHalf || ns(a[0]) > kHalf)
           return Any::duration(ns(s) < 0 ? INT64_MIN : INT64_MAX);
         return Any::duration(round_duration(ns(s), ns(a[0])));
       }},
      {&kMonth,
       "String",
       {},
       &kString,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any(month_name(static_cast<int>(s.as_int())));
       }},
      {&kWeekday,
       "String",
       {},
       &kString,
       [](const Any& s, Arguments) -> Result<Any> {
         return Any(weekday_name(static_cast<int>(s.as_int())));
       }},
      {&kLocation,
       "String",
       {},
       &kString,
       [](const Any& s, Arguments) -> Result<Any> {
         const auto place = s.as_location();
         return Any(place ? place->name() : "UTC");
       }},
  };
  return all;
}

const Method* find_method(const Type& type, std::string_view name) {
  for (const Method& method : methods()) {
    if (method.owner == &type && method.name == name) return &method;
  }
  return nullptr;
}

bool has_methods(const Type& type) {
  return &type == &kTime || &type == &kDuration || &type == &kMonth || &type == &kWeekday ||
         &type == &kLocation;
}

Function signature_of(const Method& method) {
  Function out;
  out.name = method.name;
  out.params = method.params;
  out.result = method.result;
  return out;
}

}  // namespace

const Function* method_of(const Type& type, std::string_view name) {
  if (!has_methods(type)) return nullptr;
  static const std::vector<Function> signatures = [] {
    std::vector<Function> out;
    for (const Method& method : methods()) out.push_back(signature_of(method));
    return out;
  }();
  const Method* method = find_method(type, name);
  return method ? &signatures[static_cast<size_t>(method - methods().data())] : nullptr;
}

std::optional<Any> member_of(const Any& value, std::string_view name) {
  if (!value.type()) return std::nullopt;
  if (const Struct* structure = value.as_structure()) return structure->member(name);
  const Method* method = has_methods(*value.type()) ? find_method(*value.type(), name) : nullptr;
  if (!method) return std::nullopt;
  Function bound = signature_of(*method);
  bound.call = [value, body = method->body](Arguments arguments) { return body(value, arguments); };
  return Any(std::move(bound));
}

}  // namespace wf::expr::lang
