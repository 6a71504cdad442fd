// SPDX-License-Identifier: Apache-2.0
#include "expr/gotime.h"

#include <cctz/time_zone.h>

#include <limits>
#include <map>

#include "base/text.h"

namespace wf::expr {
namespace {

constexpr int64_t kDay = 86'400, kBillion = 1'000'000'000;

class FixedLocation final : public Location {
 public:
  FixedLocation(std::string_view name, std::string_view abbreviation, int seconds)
      : name_(name), offset_{seconds, std::string(abbreviation)} {}
  std::string name() const override { return name_; }
  Offset offset_at(int64_t) const override { return offset_; }

 private:
  std::string name_;
  Offset offset_;
};

class ZoneLocation final : public Location {
 public:
  ZoneLocation(std::string_view name, cctz::time_zone zone) : name_(name), zone_(zone) {}
  std::string name() const override { return name_; }
  Offset offset_at(int64_t unix_seconds) const override {
    const cctz::time_point<cctz::seconds> at{cctz::seconds(unix_seconds)};
    const cctz::time_zone::absolute_lookup found = zone_.lookup(at);
    return {found.offset, found.abbr};
  }

 private:
  std::string name_;
  cctz::time_zone zone_;
};

Location::Offset offset_of(const Moment& time) {
  return time.location ? time.location->offset_at(time.seconds) : Location::Offset{0, "UTC"};
}

// Quotient rounded down, and the rest that is never negative.
int64_t floor_div(int64_t a, int64_t b, int64_t& rest) {
  int64_t quotient = a / b;
  rest = a % b;
  if (rest < 0) --quotient, rest += b;
  return quotient;
}

// Days since 1970-01-01 of a date, and back (proleptic Gregorian; years of 400-year cycles that
// start in March).
int64_t days_from(int64_t year, int month, int64_t day) {
  if (month <= 2) --year;
  int64_t in_cycle;
  const int64_t cycle = floor_div(year, 400, in_cycle);
  const int64_t year_day = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5;
  return cycle * 146'097 + in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + year_day + day - 1 -
         719'468;
}

void date_from(int64_t days, CivilTime& out) {
  int64_t in_cycle;
  const int64_t cycle = floor_div(days + 719'468, 146'097, in_cycle);
  const int64_t year = (in_cycle - in_cycle / 1460 + in_cycle / 36'524 - in_cycle / 146'096) / 365;
  const int64_t day = in_cycle - (365 * year + year / 4 - year / 100);
  const int64_t month = (5 * day + 2) / 153;
  out.day = static_cast<int>(day - (153 * month + 2) / 5 + 1);
  out.month = static_cast<int>(month < 10 ? month + 3 : month - 9);
  out.year = year + cycle * 400 + (out.month <= 2 ? 1 : 0);
  out.year_day = static_cast<int>(days - days_from(out.year, 1, 1) + 1);
  int64_t weekday;
  floor_div(days + 4, 7, weekday);
  out.weekday = static_cast<int>(weekday);
}

int64_t wrapping_add(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

// Go's quoting in errors of package time: bytes that are not plain ASCII in hexadecimal.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x80) {
      constexpr char kHex[] = "0123456789abcdef";
      out.append("\\x").push_back(kHex[static_cast<unsigned char>(c) >> 4]);
      out.push_back(kHex[c & 15]);
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

bool digit_at(std::string_view text) { return !text.empty() && text[0] >= '0' && text[0] <= '9'; }

constexpr uint64_t kTooMuch = uint64_t{1} << 63;

// Leading digits of `text` as a number; false where they are more than 2^63.
bool take_number(std::string_view& text, uint64_t& out) {
  for (out = 0; digit_at(text); text.remove_prefix(1)) {
    if (out > kTooMuch / 10) return false;
    out = out * 10 + static_cast<uint64_t>(text[0] - '0');
    if (out > kTooMuch) return false;
  }
  return true;
}

// Digits behind the point, as value / scale; those that do not fit are dropped.
double take_fraction(std::string_view& text, double& scale) {
  uint64_t value = 0;
  bool full = false;
  for (scale = 1; digit_at(text); text.remove_prefix(1)) {
    full = full || value > (kTooMuch - 1) / 10;
    if (full) continue;
    value = value * 10 + static_cast<uint64_t>(text[0] - '0');
    scale *= 10;
  }
  return static_cast<double>(value);
}

uint64_t unit_named(std::string_view name) {
  if (name == "ns") return 1;
  if (name == "us" || name == "\u00b5s" || name == "\u03bcs") return 1'000;
  if (name == "ms") return 1'000'000;
  if (name == "s") return 1'000'000'000;
  if (name == "m") return 60'000'000'000;
  return name == "h" ? 3'600'000'000'000 : 0;
}

// `value` with the fraction of `unit` that the digits below it make: "1.5".
std::string with_fraction(uint64_t value, uint64_t unit) {
  std::string out = std::to_string(value / unit);
  if (uint64_t rest = value % unit; rest != 0) {
    std::string digits = std::to_string(unit + rest).substr(1);
    digits.erase(digits.find_last_not_of('0') + 1);
    out += "." + digits;
  }
  return out;
}

}  // namespace

Result<std::shared_ptr<const Location>> load_location(std::string_view name) {
  using Place = std::shared_ptr<const Location>;
  if (name.empty() || name == "UTC") return Place();
  if (name == "Local") return Place(std::make_shared<FixedLocation>("Local", "UTC", 0));
  const bool path = name[0] == '/' || name[0] == '\\' || name.find("..") != std::string_view::npos;
  if (path) return Error("time: invalid location name");
  cctz::time_zone zone;
  const std::string text(name);
  if (text.starts_with("Fixed/") || text.find('\0') != std::string::npos ||
      !cctz::load_time_zone(text, &zone)) {
    return Error(cat("unknown time zone ", name));
  }
  return Place(std::make_shared<ZoneLocation>(name, zone));
}

std::shared_ptr<const Location> fixed_zone(std::string_view name, int offset_seconds) {
  return std::make_shared<FixedLocation>(name, name, offset_seconds);
}

CivilTime civil(const Moment& time) {
  CivilTime out{};
  out.zone = offset_of(time);
  int64_t second;
  date_from(floor_div(wrapping_add(time.seconds, out.zone.seconds), kDay, second), out);
  out.hour = static_cast<int>(second / 3600);
  out.minute = static_cast<int>(second / 60 % 60);
  out.second = static_cast<int>(second % 60);
  out.nanos = time.nanos;
  return out;
}

Moment date_of(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute,
               int64_t second, int64_t nanos, std::shared_ptr<const Location> place) {
  int64_t month0, nano;
  year += floor_div(month - 1, 12, month0);
  second += floor_div(nanos, kBillion, nano);
  int64_t unix = days_from(year, static_cast<int>(month0) + 1, 1) * kDay + (day - 1) * kDay +
                 hour * 3600 + minute * 60 + second;
  if (place) {
    const int guess = place->offset_at(unix).seconds;
    if (guess != 0) unix -= place->offset_at(unix - guess).seconds;
  }
  return {unix, static_cast<int32_t>(nano), std::move(place)};
}

Moment zero_time() { return {-62'135'596'800, 0, nullptr}; }

Moment add(const Moment& time, int64_t nanoseconds) {
  int64_t nano;
  const int64_t seconds = floor_div(nanoseconds, kBillion, nano);
  nano += time.nanos;
  return {wrapping_add(time.seconds, seconds + nano / kBillion),
          static_cast<int32_t>(nano % kBillion), time.location};
}

int64_t difference(const Moment& a, const Moment& b) {
  const __int128 nanos =
      (static_cast<__int128>(a.seconds) - b.seconds) * kBillion + a.nanos - b.nanos;
  using Limits = std::numeric_limits<int64_t>;
  if (nanos > Limits::max()) return Limits::max();
  return nanos < Limits::min() ? Limits::min() : static_cast<int64_t>(nanos);
}

std::strong_ordering compare(const Moment& a, const Moment& b) {
  if (a.seconds != b.seconds) return a.seconds <=> b.seconds;
  return a.nanos <=> b.nanos;
}

Moment in_location(Moment time, std::shared_ptr<const Location> place) {
  time.location = std::move(place);
  return time;
}

std::string print(const Moment& time) {
  return format(time, "2006-01-02 15:04:05.999999999 -0700 MST");
}

Result<int64_t> parse_duration(std::string_view text) {
  const std::string_view whole = text;
  const auto invalid = [&] { return Error(cat("time: invalid duration ", quoted(whole))); };
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return int64_t{0};
  if (text.empty()) return invalid();
  uint64_t total = 0;
  while (!text.empty()) {
    const size_t from = text.size();
    uint64_t value;
    if ((text[0] != '.' && !digit_at(text)) || !take_number(text, value)) return invalid();
    bool digits = text.size() != from;
    double fraction = 0, scale = 1;
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      digits = digits || digit_at(text);
      fraction = take_fraction(text, scale);
    }
    if (!digits) return invalid();
    const std::string_view name = text.substr(0, text.find_first_of(".0123456789"));
    text.remove_prefix(name.size());
    if (name.empty()) return Error(cat("time: missing unit in duration ", quoted(whole)));
    const uint64_t unit = unit_named(name);
    if (unit == 0)
      return Error(cat("time: unknown unit ", quoted(name), " in duration ", quoted(whole)));
    if (value > kTooMuch / unit) return invalid();
    value = value * unit + static_cast<uint64_t>(fraction * (static_cast<double>(unit) / scale));
    if (value > kTooMuch || (total += value) > kTooMuch) return invalid();
  }
  if (negative) return static_cast<int64_t>(-total);
  if (total == kTooMuch) return invalid();
  return static_cast<int64_t>(total);
}

std::string print_duration(int64_t nanoseconds) {
  const bool negative = nanoseconds < 0;
  const uint64_t value =
      negative ? -static_cast<uint64_t>(nanoseconds) : static_cast<uint64_t>(nanoseconds);
  const std::string sign = negative ? "-" : "";
  if (value == 0) return "0s";
  if (value < 1'000) return sign + std::to_string(value) + "ns";
  if (value < 1'000'000) return sign + with_fraction(value, 1'000) + "\u00b5s";
  if (value < 1'000'000'000) return sign + with_fraction(value, 1'000'000) + "ms";
  const uint64_t minutes = value / 60'000'000'000;
  const std::string seconds = with_fraction(value % 60'000'000'000, 1'000'000'000) + "s";
  if (minutes == 0) return sign + seconds;
  if (minutes < 60) return cat(sign, minutes, "m", seconds);
  return cat(sign, minutes / 60, "h", minutes % 60, "m", seconds);
}

}  // namespace wf::expr
