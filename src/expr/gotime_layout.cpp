// SPDX-License-Identifier: Apache-2.0
#include "expr/gotime_layout.h"

#include "expr/gotime.h"

namespace wf::expr {
namespace {

struct Spelling {
  std::string_view text;
  Element element;
};
// Of spellings with a common start, the longer one first.
constexpr Spelling kSpellings[] = {
    {"January", Element::LongMonth},
    {"Jan", Element::Month},
    {"Monday", Element::LongWeekday},
    {"Mon", Element::Weekday},
    {"MST", Element::ZoneName},
    {"01", Element::ZeroMonth},
    {"02", Element::ZeroDay},
    {"03", Element::ZeroHour12},
    {"04", Element::ZeroMinute},
    {"05", Element::ZeroSecond},
    {"06", Element::Year},
    {"002", Element::ZeroYearDay},
    {"15", Element::Hour},
    {"1", Element::NumMonth},
    {"2006", Element::LongYear},
    {"2", Element::Day},
    {"_2", Element::UnderDay},
    {"__2", Element::UnderYearDay},
    {"3", Element::Hour12},
    {"4", Element::Minute},
    {"5", Element::Second},
    {"PM", Element::UpperPm},
    {"pm", Element::LowerPm},
    {"-070000", Element::Offset},
    {"-07:00:00", Element::Offset},
    {"-0700", Element::Offset},
    {"-07:00", Element::Offset},
    {"-07", Element::Offset},
    {"Z070000", Element::Offset},
    {"Z07:00:00", Element::Offset},
    {"Z0700", Element::Offset},
    {"Z07:00", Element::Offset},
    {"Z07", Element::Offset},
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "Jan" and "Mon" are no elements where a word goes on, as in "Month".
bool word_goes_on(Element element, std::string_view rest) {
  if (element != Element::Month && element != Element::Weekday) return false;
  return !rest.empty() && rest[0] >= 'a' && rest[0] <= 'z';
}

// How long a fraction of a second is spelled at the start of `text`; 0: it is none.
size_t fraction_length(std::string_view text) {
  if (text.size() < 2 || (text[0] != '.' && text[0] != ',')) return 0;
  if (text[1] != '0' && text[1] != '9') return 0;
  size_t end = 1;
  while (end < text.size() && text[end] == text[1]) ++end;
  return end < text.size() && is_digit(text[end]) ? 0 : end;
}

LayoutPart part_at(std::string_view text) {
  if (const size_t length = fraction_length(text); length > 0) {
    const Element element = text[1] == '0' ? Element::FractionZeros : Element::FractionNines;
    return {{}, element, text.substr(0, length)};
  }
  if (text.starts_with("_2006")) return {{}, Element::End, {}};
  for (const Spelling& s : kSpellings) {
    if (!text.starts_with(s.text) || word_goes_on(s.element, text.substr(s.text.size()))) continue;
    return {{}, s.element, text.substr(0, s.text.size())};
  }
  return {{}, Element::End, {}};
}

void append_number(std::string& out, int64_t value, size_t width) {
  const std::string digits = std::to_string(value < 0 ? -value : value);
  if (value < 0) out.push_back('-');
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

void append_fraction(std::string& out, const LayoutPart& part, int nanos) {
  std::string digits = std::to_string(1'000'000'000 + nanos).substr(1);
  const size_t wanted = part.spelling.size() - 1;
  if (wanted < digits.size()) digits.resize(wanted);
  if (wanted > digits.size()) digits.append(wanted - digits.size(), '0');
  if (part.element == Element::FractionNines) {
    digits.resize(std::min<size_t>(digits.size(), 9));
    digits.erase(digits.find_last_not_of('0') + 1);
    if (digits.empty()) return;
  }
  out.push_back(part.spelling[0]);
  out += digits;
}

void append_offset(std::string& out, const LayoutPart& part, int seconds) {
  if (part.z() && seconds == 0) {
    out.push_back('Z');
    return;
  }
  const int minutes = seconds / 60;
  const int length = seconds < 0 ? -seconds : seconds;
  out.push_back(minutes < 0 ? '-' : '+');
  append_number(out, length / 3600, 2);
  if (part.colons()) out.push_back(':');
  if (part.minutes()) append_number(out, length / 60 % 60, 2);
  if (!part.seconds()) return;
  if (part.colons()) out.push_back(':');
  append_number(out, length % 60, 2);
}

void append_padded(std::string& out, int value, int width) {
  for (int limit = width == 3 ? 100 : 10; limit > value && limit > 1; limit /= 10)
    out.push_back(' ');
  out += std::to_string(value);
}

constexpr int hour12(int hour) { return hour % 12 == 0 ? 12 : hour % 12; }

void append_part(std::string& out, const LayoutPart& part, const CivilTime& t) {
  switch (part.element) {
    case Element::End:
      break;
    case Element::LongMonth:
      out += month_name(t.month);
      break;
    case Element::Month:
      out += month_name(t.month).substr(0, 3);
      break;
    case Element::NumMonth:
      append_number(out, t.month, 0);
      break;
    case Element::ZeroMonth:
      append_number(out, t.month, 2);
      break;
    case Element::LongWeekday:
      out += weekday_name(t.weekday);
      break;
    case Element::Weekday:
      out += weekday_name(t.weekday).substr(0, 3);
      break;
    case Element::Day:
      append_number(out, t.day, 0);
      break;
    case Element::UnderDay:
      append_padded(out, t.day, 2);
      break;
    case Element::ZeroDay:
      append_number(out, t.day, 2);
      break;
    case Element::UnderYearDay:
      append_padded(out, t.year_day, 3);
      break;
    case Element::ZeroYearDay:
      append_number(out, t.year_day, 3);
      break;
    case Element::Hour:
      append_number(out, t.hour, 2);
      break;
    case Element::Hour12:
      append_number(out, hour12(t.hour), 0);
      break;
    case Element::ZeroHour12:
      append_number(out, hour12(t.hour), 2);
      break;
    case Element::Minute:
      append_number(out, t.minute, 0);
      break;
    case Element::ZeroMinute:
      append_number(out, t.minute, 2);
      break;
    case Element::Second:
      append_number(out, t.second, 0);
      break;
    case Element::ZeroSecond:
      append_number(out, t.second, 2);
      break;
    case Element::LongYear:
      append_number(out, t.year, 4);
      break;
    case Element::Year:
      append_number(out, (t.year < 0 ? -t.year : t.year) % 100, 2);
      break;
    case Element::UpperPm:
      out += t.hour >= 12 ? "PM" : "AM";
      break;
    case Element::LowerPm:
      out += t.hour >= 12 ? "pm" : "am";
      break;
    case Element::ZoneName:
      if (t.zone.abbreviation.empty()) {
        append_offset(out, {{}, Element::Offset, "-0700"}, t.zone.seconds);
      } else {
        out += t.zone.abbreviation;
      }
      break;
    case Element::Offset:
      append_offset(out, part, t.zone.seconds);
      break;
    case Element::FractionZeros:
    case Element::FractionNines:
      append_fraction(out, part, t.nanos);
      break;
  }
}

}  // namespace

LayoutPart next_part(std::string_view& layout) {
  for (size_t i = 0; i < layout.size(); ++i) {
    LayoutPart part = part_at(layout.substr(i));
    if (part.element == Element::End) continue;
    part.literal = layout.substr(0, i);
    layout.remove_prefix(i + part.spelling.size());
    return part;
  }
  const LayoutPart rest{layout, Element::End, {}};
  layout = {};
  return rest;
}

std::string_view month_name(int month) {
  static constexpr std::string_view kNames[] = {"January",   "February", "March",    "April",
                                                "May",       "June",     "July",     "August",
                                                "September", "October",  "November", "December"};
  return month >= 1 && month <= 12 ? kNames[month - 1] : "%!Month";
}

std::string_view weekday_name(int weekday) {
  static constexpr std::string_view kNames[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                "Thursday", "Friday", "Saturday"};
  return weekday >= 0 && weekday <= 6 ? kNames[weekday] : "%!Weekday";
}

std::string format(const Moment& time, std::string_view layout) {
  const CivilTime fields = civil(time);
  std::string out;
  while (!layout.empty()) {
    const LayoutPart part = next_part(layout);
    out += part.literal;
    append_part(out, part, fields);
  }
  return out;
}

}  // namespace wf::expr
