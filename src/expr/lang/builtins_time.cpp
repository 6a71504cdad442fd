// SPDX-License-Identifier: Apache-2.0
// Functions on times and durations.
#include "base/text.h"
#include "expr/gotime.h"
#include "expr/lang/builtins.h"

namespace wf::expr::lang {
namespace {

using namespace types;

Result<Nature> check_now(std::string_view, std::span<const Nature> a) {
  const bool fits = a.empty() || (a.size() == 1 && a[0].is(kLocation));
  if (!fits) return Error(cat("invalid number of arguments (expected 0, got ", a.size(), ")"));
  return nature_of(kTime);
}

Result<Nature> check_date(std::string_view, std::span<const Nature> a) {
  if (a.empty()) return Error("invalid number of arguments (expected at least 1, got 0)");
  const size_t rest = a[0].is(kLocation) ? a.size() - 1 : a.size();
  if (rest > 3)
    return Error(cat("invalid number of arguments (expected at most 3, got ", rest, ")"));
  return nature_of(kTime);
}

Result<Any> now_in(BuiltinCall& call) {
  if (!call.now) return Error("now() is not available here");
  const int64_t nanos = call.now->time_since_epoch().count();
  Moment time = add(Moment{}, nanos);
  if (!call.arguments.empty()) time.location = call.arguments[0].as_location();
  return Any(std::move(time));
}

Result<std::string_view> text(Arguments arguments, size_t index) {
  if (index >= arguments.size()) return Error("runtime error: index out of range");
  const Any& value = arguments[index];
  if (value.is_string()) return value.as_string();
  return Error(cat("interface conversion: interface {} is ",
                   value.is_nil() ? "nil" : value.type_name(), ", not string"));
}

Result<Any> date_from(BuiltinCall& call) {
  Arguments arguments = call.arguments;
  std::shared_ptr<const Location> place;
  if (arguments[0].is(kLocation)) {
    place = arguments[0].as_location();
    arguments = arguments.subspan(1);
  }
  TRY(const std::string_view date, text(arguments, 0));
  if (arguments.size() >= 2) {
    TRY(const std::string_view layout, text(arguments, 1));
    if (arguments.size() == 3) {
      TRY(const std::string_view zone, text(arguments, 2));
      TRY(place, load_location(zone));
    }
    TRY(Moment time, parse_time(layout, date, place));
    return Any(std::move(time));
  }
  static constexpr std::string_view kLayouts[] = {"2006-01-02",
                                                  "15:04:05",
                                                  "2006-01-02 15:04:05",
                                                  kRfc3339,
                                                  "02 Jan 06 15:04 MST",
                                                  "Monday, 02-Jan-06 15:04:05 MST",
                                                  "Mon, 02 Jan 2006 15:04:05 MST"};
  for (const std::string_view layout : kLayouts) {
    auto time = parse_time(layout, date, place);
    if (time.ok()) return Any(std::move(*time));
  }
  return Error(cat("invalid date ", date));
}

Result<Any> duration_from(BuiltinCall& call) {
  TRY(const std::string_view written, text(call.arguments, 0));
  TRY(const int64_t nanos, parse_duration(written));
  return Any::duration(nanos);
}

Result<Any> timezone_named(BuiltinCall& call) {
  TRY(const std::string_view name, text(call.arguments, 0));
  TRY(auto place, load_location(name));
  return Any::location(std::move(place));
}

}  // namespace

std::span<const Builtin> time_builtins() {
  static const std::vector<Builtin> table = {
      {"now", {}, check_now, now_in},
      {"date", {}, check_date, date_from},
      {"duration", {{{&kString}, &kDuration}}, nullptr, duration_from},
      {"timezone", {{{&kString}, &kLocation}}, nullptr, timezone_named},
  };
  return table;
}

}  // namespace wf::expr::lang
