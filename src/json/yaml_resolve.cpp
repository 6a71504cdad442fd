// SPDX-License-Identifier: Apache-2.0
// What go-yaml v2 takes a scalar for.
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/text.h"
#include "json/detail/yaml_node.h"

namespace wf::json::detail {
namespace {

using Type = Scalar::Type;

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

Scalar float_of(double number) {
  Scalar scalar{.type = Type::Float};
  scalar.number = number;
  return scalar;
}

// The words that mean a value.
std::optional<Scalar> word(std::string_view text) {
  if (text.size() > 5) return std::nullopt;
  if (one_of(text, {"", "~", "null", "Null", "NULL"})) return Scalar{.type = Type::Null};
  if (one_of(text, {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})) {
    return Scalar{.type = Type::Bool, .boolean = true};
  }
  if (one_of(text, {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})) {
    return Scalar{.type = Type::Bool};
  }
  constexpr double kInf = std::numeric_limits<double>::infinity();
  if (one_of(text, {".nan", ".NaN", ".NAN"}))
    return float_of(std::numeric_limits<double>::quiet_NaN());
  if (one_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return float_of(kInf);
  if (one_of(text, {"-.inf", "-.Inf", "-.INF"})) return float_of(-kInf);
  return std::nullopt;
}

Scalar integer(uint64_t size, bool negative) {
  Scalar scalar{.type = Type::Int};
  if (negative) {
    scalar.text = size == 0 ? "0" : cat("-", std::to_string(size));
  } else {
    scalar.text = std::to_string(size);
    if (size > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      scalar.type = Type::Unsigned;
  }
  return scalar;
}

// strconv.ParseInt(text, base, 64), then ParseUint: a sign makes it an int64. Base 0: by prefix.
std::optional<Scalar> parse_integer(std::string_view text, int base) {
  const bool sign = !text.empty() && (text[0] == '+' || text[0] == '-');
  const bool negative = sign && text[0] == '-';
  if (sign) text.remove_prefix(1);
  if (base == 0) {
    base = 10;
    if (text.size() > 1 && text[0] == '0') {
      const char mark = static_cast<char>(text[1] | 0x20);
      base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
      text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
    }
  }
  uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (sign && size > kMax + (negative ? 1 : 0)) return std::nullopt;
  return integer(size, negative);
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool looks_like_float(std::string_view text) {
  size_t at = 0;
  const auto digits = [&] {
    const size_t from = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - from;
  };
  const auto next = [&](char a, char b) {
    return at < text.size() && (text[at] == a || text[at] == b);
  };
  if (next('+', '-')) ++at;
  const size_t whole = digits();
  if (next('.', '.')) {
    ++at;
    if (digits() == 0 && whole == 0) return false;
  } else if (whole == 0) {
    return false;
  }
  if (next('e', 'E')) {
    ++at;
    if (next('+', '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size();
}

// Go fails where the number does not fit; what is too small for a float64 is 0.
std::optional<Scalar> parse_float(std::string_view text) {
  if (!looks_like_float(text)) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc::result_out_of_range) {
    number = std::strtod(std::string(text).c_str(), nullptr);
    if (std::isinf(number)) return std::nullopt;
  }
  return float_of(number);
}

// strconv.ParseFloat of what begins with a point: underscores may stand between digits.
std::optional<Scalar> parse_pointed(std::string_view text) {
  std::string plain;
  const auto digit = [&](size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      plain.push_back(text[i]);
    } else if (!digit(i - 1) || !digit(i + 1)) {
      return std::nullopt;
    }
  }
  return parse_float(plain);
}

bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

// 2006-1-2, 2006-1-2T15:4:5.9Z07:00 (or with t) and 2006-1-2 15:4:5.9, as time.Parse reads them.
class TimestampReader {
 public:
  explicit TimestampReader(std::string_view text) : text_(text) {}
  bool read() {
    int year = 0, month = 0, day = 0;
    if (!number(year, 4, 4) || !take('-') || !number(month, 1, 2) || !take('-') ||
        !number(day, 1, 2))
      return false;
    static constexpr std::array<int, 13> kDays{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) return false;
    if (day > kDays[static_cast<size_t>(month)] + (month == 2 && leap(year) ? 1 : 0)) return false;
    if (done()) return true;
    const bool zoned = take('T') || take('t');
    if (!zoned && !take(' ')) return false;
    if (!clock()) return false;
    return (!zoned || zone()) && done();
  }

 private:
  bool done() const { return at_ == text_.size(); }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool number(int& value, size_t least, size_t most) {
    const size_t from = at_;
    for (value = 0; !done() && at_ - from < most && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      value = value * 10 + (text_[at_] - '0');
    }
    return at_ - from >= least;
  }
  bool clock() {
    int hour = 0, minute = 0, second = 0;
    // The layout's "15" takes exactly two digits, its "4" and "5" one or two.
    if (!number(hour, 2, 2) || hour > 23 || !take(':') || !number(minute, 1, 2) || minute > 59)
      return false;
    if (!take(':') || !number(second, 1, 2) || second > 59) return false;
    if (!done() && (text_[at_] == '.' || text_[at_] == ',')) {
      ++at_;
      int fraction = 0;
      if (!number(fraction, 1, 1)) return false;
      while (!done() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    }
    return true;
  }
  bool zone() {
    if (take('Z')) return true;
    int hours = 0, minutes = 0;
    if (!take('+') && !take('-')) return false;
    return number(hours, 2, 2) && take(':') && number(minutes, 2, 2) && hours <= 24 && minutes < 60;
  }
  std::string_view text_;
  size_t at_ = 0;
};

Scalar as_text(std::string_view text, Type type = Type::Text) {
  Scalar scalar{.type = type};
  scalar.text = text;
  return scalar;
}

// A scalar that begins with a digit or a sign.
Scalar numeric(std::string_view text, bool may_be_time) {
  if (may_be_time && TimestampReader(text).read()) return as_text(text, Type::Timestamp);
  const std::string plain = replace_all(text, "_", "");
  if (auto number = parse_integer(plain, 0)) return *number;
  if (auto number = parse_float(plain)) return *number;
  // go-yaml reads a second sign after 0b, too.
  if (plain.rfind("0b", 0) == 0) {
    if (auto number = parse_integer(std::string_view(plain).substr(2), 2)) return *number;
  }
  return as_text(text);
}

Scalar by_look(std::string_view text, bool may_be_time) {
  if (auto value = word(text)) return *value;
  if (text.empty()) return as_text(text);
  const char first = text[0];
  if (first == '.') {
    auto number = parse_pointed(text);
    return number ? *number : as_text(text);
  }
  if (first == '+' || first == '-' || (first >= '0' && first <= '9'))
    return numeric(text, may_be_time);
  return as_text(text);
}

std::string_view tag_of(Type type) {
  switch (type) {
    case Type::Null:
      return "!!null";
    case Type::Bool:
      return "!!bool";
    case Type::Int:
    case Type::Unsigned:
      return "!!int";
    case Type::Float:
      return "!!float";
    case Type::Text:
      return "!!str";
    case Type::Timestamp:
      return "!!timestamp";
  }
  return "";
}

}  // namespace

Result<Scalar> resolve(std::string_view tag, std::string_view text) {
  static constexpr std::string_view kLong = "tag:yaml.org,2002:";
  std::string_view wanted;  // the short form, without !!
  if (tag.rfind(kLong, 0) == 0) wanted = tag.substr(kLong.size());
  const bool known = one_of(wanted, {"str", "bool", "int", "float", "null", "timestamp"});
  if (!tag.empty() && (!known || wanted == "str")) return as_text(text);
  Scalar scalar = by_look(text, tag.empty() || wanted == "timestamp");
  const std::string_view found = tag_of(scalar.type);
  if (tag.empty() || found.substr(2) == wanted) return scalar;
  if (wanted == "float" && scalar.type == Type::Int)
    return float_of(std::strtod(scalar.text.c_str(), nullptr));
  return Error(cat("yaml: cannot decode ", found, " `", text, "` as a !!", wanted));
}

}  // namespace wf::json::detail
