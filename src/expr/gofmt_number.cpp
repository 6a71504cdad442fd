// SPDX-License-Identifier: Apache-2.0
#include "expr/gofmt_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/text.h"

namespace wf::expr {
namespace {

constexpr uint64_t kUintMax = std::numeric_limits<uint64_t>::max();
constexpr int64_t kIntMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kIntMin = std::numeric_limits<int64_t>::min();

char lower_ascii(char c) { return static_cast<char>(c | 0x20); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) {
  return is_digit(c) || (lower_ascii(c) >= 'a' && lower_ascii(c) <= 'f');
}

Error number_error(std::string_view who, std::string_view text, std::string_view reason) {
  std::string message = "strconv.";
  message.append(who).append(": parsing ").append(go_quote(text)).append(": ").append(reason);
  return Error(message);
}
Error syntax_error(std::string_view who, std::string_view text) {
  return number_error(who, text, "invalid syntax");
}
Error range_error(std::string_view who, std::string_view text) {
  return number_error(who, text, "value out of range");
}

// Underscores may stand only between digits, or between a base prefix and a digit.
bool underscores_well_placed(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  char before = '^';  // '0' a digit or the base prefix, '_' an underscore, '!' anything else
  size_t i = 0;
  bool hex = false;
  if (text.size() >= 2 && text[0] == '0' && std::strchr("box", lower_ascii(text[1])) != nullptr) {
    i = 2;
    before = '0';
    hex = lower_ascii(text[1]) == 'x';
  }
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (is_digit(c) || (hex && is_hex_digit(c))) {
      before = '0';
    } else if (c == '_') {
      if (before != '0') return false;
      before = '_';
    } else {
      if (before == '_') return false;
      before = '!';
    }
  }
  return before != '_';
}

struct Magnitude {
  uint64_t value = 0;
  enum class State { Good, Syntax, Range } state = State::Good;
};

int digit_value(char c) {
  if (is_digit(c)) return c - '0';
  const char l = lower_ascii(c);
  return l >= 'a' && l <= 'z' ? l - 'a' + 10 : 99;
}

// Strips the prefix that tells the base (base 0 only).
int base_of_prefix(std::string_view& digits) {
  if (digits[0] != '0') return 10;
  const char mark = digits.size() >= 3 ? lower_ascii(digits[1]) : '\0';
  const int base = mark == 'b' ? 2 : mark == 'o' ? 8 : mark == 'x' ? 16 : 0;
  digits.remove_prefix(base == 0 ? 1 : 2);
  return base == 0 ? 8 : base;
}

Magnitude magnitude(std::string_view text, int base) {
  using State = Magnitude::State;
  if (text.empty()) return {0, State::Syntax};
  std::string_view digits = text;
  const bool prefixed = base == 0;
  if (prefixed) base = base_of_prefix(digits);
  uint64_t value = 0;
  bool underscores = false;
  for (const char c : digits) {
    if (c == '_' && prefixed) {
      underscores = true;
      continue;
    }
    const int digit = digit_value(c);
    if (digit >= base) return {0, State::Syntax};
    if (__builtin_mul_overflow(value, static_cast<uint64_t>(base), &value) ||
        __builtin_add_overflow(value, static_cast<uint64_t>(digit), &value)) {
      return {kUintMax, State::Range};
    }
  }
  if (underscores && !underscores_well_placed(text)) return {0, State::Syntax};
  return {value, State::Good};
}

// How the mantissa and exponent of a floating point literal are laid out.
struct FloatText {
  bool valid = false;
  bool hex = false;
  std::string plain;  // without underscores, plus sign and 0x: what from_chars reads
};

FloatText scan_float(std::string_view text) {
  FloatText out;
  size_t i = 0;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) {
    if (text[i] == '-') out.plain.push_back('-');
    ++i;
  }
  if (i + 2 < text.size() && text[i] == '0' && lower_ascii(text[i + 1]) == 'x') {
    out.hex = true;
    i += 2;
  }
  bool dot = false, digits = false, underscores = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '_') {
      underscores = true;
    } else if (c == '.' && !dot) {
      dot = true;
      out.plain.push_back(c);
    } else if (is_digit(c) || (out.hex && is_hex_digit(c))) {
      digits = true;
      out.plain.push_back(c);
    } else {
      break;
    }
  }
  if (!digits) return out;
  const char mark = out.hex ? 'p' : 'e';
  if (i < text.size() && lower_ascii(text[i]) == mark) {
    out.plain.push_back(mark);
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) out.plain.push_back(text[i++]);
    if (i >= text.size() || !is_digit(text[i])) return out;
    for (; i < text.size() && (is_digit(text[i]) || text[i] == '_'); ++i) {
      if (text[i] == '_') underscores = true;
      else out.plain.push_back(text[i]);
    }
  } else if (out.hex) {
    return out;  // a hexadecimal one must have an exponent
  }
  if (i != text.size()) return out;
  out.valid = !underscores || underscores_well_placed(text);
  return out;
}

std::optional<double> special_float(std::string_view text) {
  double sign = 1;
  std::string_view word = text;
  if (!word.empty() && (word[0] == '+' || word[0] == '-')) {
    if (word[0] == '-') sign = -1;
    word.remove_prefix(1);
  }
  std::string folded(word);
  std::transform(folded.begin(), folded.end(), folded.begin(), lower_ascii);
  if (folded == "inf" || folded == "infinity") {
    return sign * std::numeric_limits<double>::infinity();
  }
  if (folded == "nan" && word.size() == text.size()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return std::nullopt;
}

// Whether a number that from_chars calls out of range is too large rather than too small: what
// the decimal exponent of its first nonzero digit says.
bool is_overflow(const FloatText& text) {
  const char mark = text.hex ? 'p' : 'e';
  const size_t at = text.plain.find(mark);
  const std::string mantissa = text.plain.substr(0, at);
  long long exponent = 0;
  if (at != std::string::npos) {
    std::string_view tail = std::string_view(text.plain).substr(at + 1);
    const bool negative = !tail.empty() && tail[0] == '-';
    for (const char c : tail) {
      if (is_digit(c) && exponent < 1'000'000) exponent = exponent * 10 + (c - '0');
    }
    if (negative) exponent = -exponent;
  }
  const size_t dot = std::min(mantissa.find('.'), mantissa.size());
  const size_t first = mantissa.find_first_not_of("-0.");
  if (first == std::string::npos) return false;
  return static_cast<long long>(dot) - static_cast<long long>(first) + exponent > 0;
}

}  // namespace

Parsed<uint64_t> parse_uint(std::string_view text, int base, std::string_view who) {
  const Magnitude read = magnitude(text, base);
  if (read.state == Magnitude::State::Syntax) return {0, syntax_error(who, text)};
  if (read.state == Magnitude::State::Range) return {kUintMax, range_error(who, text)};
  return {read.value, std::nullopt};
}

Parsed<int64_t> parse_int(std::string_view text, int base, std::string_view who) {
  std::string_view digits = text;
  const bool negative = !digits.empty() && digits[0] == '-';
  if (negative || (!digits.empty() && digits[0] == '+')) digits.remove_prefix(1);
  const Magnitude read = magnitude(digits, base);
  if (read.state == Magnitude::State::Syntax) return {0, syntax_error(who, text)};
  constexpr uint64_t kCutoff = uint64_t{1} << 63;
  if (!negative && read.value >= kCutoff) return {kIntMax, range_error(who, text)};
  if (negative && read.value > kCutoff) return {kIntMin, range_error(who, text)};
  const uint64_t bits = negative ? 0 - read.value : read.value;
  return {static_cast<int64_t>(bits), std::nullopt};
}

Parsed<double> parse_float(std::string_view text) {
  if (const auto special = special_float(text)) return {*special, std::nullopt};
  const FloatText scanned = scan_float(text);
  if (!scanned.valid) return {0, syntax_error("ParseFloat", text)};
  double value = 0;
  const char* first = scanned.plain.data();
  const char* last = first + scanned.plain.size();
  const auto format = scanned.hex ? std::chars_format::hex : std::chars_format::general;
  const auto [end, problem] = std::from_chars(first, last, value, format);
  if (problem == std::errc::result_out_of_range) {
    const bool negative = scanned.plain[0] == '-';
    if (!is_overflow(scanned)) return {negative ? -0.0 : 0.0, std::nullopt};
    const double infinity = std::numeric_limits<double>::infinity();
    return {negative ? -infinity : infinity, range_error("ParseFloat", text)};
  }
  if (problem != std::errc() || end != last) return {0, syntax_error("ParseFloat", text)};
  return {value, std::nullopt};
}

Result<bool> parse_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) return false;
  }
  return syntax_error("ParseBool", text);
}

std::string format_uint(uint64_t value, int base) {
  char buffer[65];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, base).ptr);
}

std::string format_int(int64_t value, int base) {
  char buffer[66];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, base).ptr);
}

}  // namespace wf::expr
