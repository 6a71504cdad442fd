// SPDX-License-Identifier: Apache-2.0
#include "spec/detail/leaf.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "base/text.h"

namespace wf::spec {
namespace {

// One place of the layout 2006-01-02T15:04:05Z07:00.
struct Element {
  std::string_view layout;
  int digits_min;  // 0: the layout's own text is wanted
  int digits_max;
  int least;
  int most;
  std::string_view name;
};
constexpr Element kLayout[] = {
    {"2006", 4, 4, 0, 9999, "year"}, {"-", 0, 0, 0, 0, ""},         {"01", 2, 2, 1, 12, "month"},
    {"-", 0, 0, 0, 0, ""},           {"02", 2, 2, 0, 99, ""},       {"T", 0, 0, 0, 0, ""},
    {"15", 1, 2, 0, 23, "hour"},     {":", 0, 0, 0, 0, ""},         {"04", 2, 2, 0, 59, "minute"},
    {":", 0, 0, 0, 0, ""},           {"05", 2, 2, 0, 59, "second"},
};

bool digit(char c) { return c >= '0' && c <= '9'; }

struct Clockwork {
  std::array<int, 6> numbers{};  // year, month, day, hour, minute, second
  int64_t micros = 0;
  int fraction_digits = 0;
  int offset_seconds = 0;
};

struct TimeText {
  std::string_view whole;
  std::string_view layout;

  Error not_the(std::string_view rest, std::string_view element) const {
    return Error(cat("parsing time ", go_quote(whole), " as ", go_quote(layout), ": cannot parse ",
                     go_quote(rest), " as ", go_quote(element)));
  }
  Error broken(std::string_view what) const {
    return Error(cat("parsing time ", go_quote(whole), ": ", what));
  }
};

Result<int> number_of(const TimeText& text, std::string_view& rest, const Element& element) {
  size_t length = 0;
  while (length < rest.size() && length < static_cast<size_t>(element.digits_max) &&
         digit(rest[length]))
    ++length;
  if (length < static_cast<size_t>(element.digits_min)) return text.not_the(rest, element.layout);
  int value = 0;
  std::from_chars(rest.data(), rest.data() + length, value);
  if (value < element.least || value > element.most)
    return text.broken(cat(element.name, " out of range"));
  rest.remove_prefix(length);
  return value;
}

// A fraction of a second, which may stand after any second.
void take_fraction(std::string_view& rest, Clockwork& clock) {
  if (rest.size() < 2 || (rest[0] != '.' && rest[0] != ',') || !digit(rest[1])) return;
  rest.remove_prefix(1);
  while (!rest.empty() && digit(rest[0])) {
    if (clock.fraction_digits < 6) clock.micros = clock.micros * 10 + (rest[0] - '0');
    ++clock.fraction_digits;
    rest.remove_prefix(1);
  }
  for (int i = clock.fraction_digits; i < 6; ++i) clock.micros *= 10;
}

Result<int> offset_of(const TimeText& text, std::string_view& rest) {
  if (rest.starts_with('Z')) {
    rest.remove_prefix(1);
    return 0;
  }
  const bool shaped = rest.size() >= 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':' &&
                      digit(rest[1]) && digit(rest[2]) && digit(rest[4]) && digit(rest[5]);
  if (!shaped) return text.not_the(rest, "Z07:00");
  const int hours = (rest[1] - '0') * 10 + rest[2] - '0';
  const int minutes = (rest[4] - '0') * 10 + rest[5] - '0';
  if (hours > 24) return text.broken("time zone offset hour out of range");
  if (minutes > 60) return text.broken("time zone offset minute out of range");
  const int seconds = (hours * 60 + minutes) * 60;
  const bool west = rest[0] == '-';
  rest.remove_prefix(6);
  return west ? -seconds : seconds;
}

Result<Clockwork> clock_of(const TimeText& text) {
  Clockwork clock;
  std::string_view rest = text.whole;
  size_t number = 0;
  for (const Element& element : kLayout) {
    if (element.digits_min == 0) {
      if (!rest.starts_with(element.layout)) return text.not_the(rest, element.layout);
      rest.remove_prefix(1);
      continue;
    }
    TRY(clock.numbers[number], number_of(text, rest, element));
    ++number;
  }
  take_fraction(rest, clock);
  TRY(clock.offset_seconds, offset_of(text, rest));
  if (!rest.empty()) return text.broken(cat("extra text: ", go_quote(rest)));
  const std::chrono::year_month_day date(
      std::chrono::year(clock.numbers[0]),
      std::chrono::month(static_cast<unsigned>(clock.numbers[1])),
      std::chrono::day(static_cast<unsigned>(clock.numbers[2])));
  if (!date.ok()) return text.broken("day out of range");
  return clock;
}

// In UTC, as "2006-01-02T15:04:05" without zone.
std::string utc_text(const Clockwork& clock) {
  using namespace std::chrono;
  const sys_days day =
      year_month_day(year(clock.numbers[0]), month(static_cast<unsigned>(clock.numbers[1])),
                     std::chrono::day(static_cast<unsigned>(clock.numbers[2])));
  const auto utc = time_point_cast<seconds>(day) + hours(clock.numbers[3]) +
                   minutes(clock.numbers[4]) + seconds(clock.numbers[5]) -
                   seconds(clock.offset_seconds);
  const auto utc_day = floor<days>(utc);
  const year_month_day date(utc_day);
  const hh_mm_ss time(utc - utc_day);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return buffer;
}

// Whether it is what Kubernetes prints itself, so that nothing needs to be read.
bool plain_utc(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != kShape.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (kShape[i] == 'd' ? !digit(text[i]) : text[i] != kShape[i]) return false;
  }
  const auto two = [&](size_t at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; };
  return two(5) >= 1 && two(5) <= 12 && two(8) >= 1 && two(8) <= 28 && two(11) < 24 &&
         two(14) < 60 && two(17) < 60 && !text.starts_with("0001-01-01T00:00:00");
}

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

Error bad_base64(size_t at) { return Error(cat("illegal base64 data at input byte ", at)); }

}  // namespace

Result<std::string> canonical_time(std::string_view text) {
  if (plain_utc(text)) return std::string(text);
  TRY(const Clockwork clock, clock_of({text, "2006-01-02T15:04:05Z07:00"}));
  const std::string utc = utc_text(clock);
  if (utc == "0001-01-01T00:00:00" && clock.micros == 0) return std::string();
  return utc + "Z";
}

Result<std::string> canonical_micro_time(std::string_view text) {
  const TimeText time{text, "2006-01-02T15:04:05.000000Z07:00"};
  TRY(const Clockwork clock, clock_of(time));
  if (clock.fraction_digits != 6) {
    return time.not_the(text.substr(std::min<size_t>(text.size(), 19)), ".000000");
  }
  const std::string utc = utc_text(clock);
  if (utc == "0001-01-01T00:00:00" && clock.micros == 0) return std::string();
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, ".%06dZ", static_cast<int>(clock.micros));
  return utc + fraction;
}

Result<std::string> canonical_base64(std::string_view text) {
  std::string out;
  size_t padding = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      if (++padding > 2 || out.size() % 4 < 2) return bad_base64(i);
    } else if (padding > 0 || kAlphabet.find(c) == std::string_view::npos) {
      return bad_base64(i);
    }
    out.push_back(c);
    if (padding > 0 && out.size() % 4 == 0) padding = 2;
  }
  if (out.size() % 4 != 0) return bad_base64(text.size() - out.size() % 4);
  if (padding > 0) {  // bits of the last letter that no byte needs are zero again
    char& last = out[out.size() - 1 - (out.ends_with("==") ? 2 : 1)];
    last = kAlphabet[kAlphabet.find(last) & (out.ends_with("==") ? 0x30u : 0x3cu)];
  }
  return out;
}

std::string plain_number(std::string_view number) {
  if (number.size() <= 15 && number.find_first_not_of("0123456789") == std::string_view::npos) {
    return std::string(number);
  }
  double value = 0;
  std::from_chars(number.data(), number.data() + number.size(), value);
  char buffer[64];  // shortest digits, "1.5e+30", from which the plain form is made
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
  std::string_view shortest(buffer, static_cast<size_t>(end - buffer));
  std::string sign;
  if (shortest[0] == '-') {
    sign = "-";
    shortest.remove_prefix(1);
  }
  const size_t e = shortest.find('e');
  int exponent = 0;
  const char* digits_of_exponent = shortest.data() + e + (shortest[e + 1] == '+' ? 2 : 1);
  std::from_chars(digits_of_exponent, end, exponent);
  std::string digits(1, shortest[0]);
  if (e > 2) digits += shortest.substr(2, e - 2);
  if (exponent < 0)
    return cat(sign, "0.", std::string(static_cast<size_t>(-exponent - 1), '0'), digits);
  const auto whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() <= whole) return cat(sign, digits, std::string(whole - digits.size(), '0'));
  return cat(sign, digits.substr(0, whole), ".", digits.substr(whole));
}

}  // namespace wf::spec
