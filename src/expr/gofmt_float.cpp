// SPDX-License-Identifier: Apache-2.0
// Floating point numbers to text. The digits are std::to_chars'; the layouts are Go's.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "base/check.h"
#include "expr/gofmt_number.h"

namespace wf::expr {
namespace {

// Decimal digits d1 d2 …, the number being 0.d1d2… * 10^point.
struct Decimal {
  std::string digits;
  int point = 0;
};

std::string to_text(double value, std::chars_format format, int precision) {
  std::string buffer(800 + static_cast<size_t>(precision < 0 ? 0 : precision), '\0');
  char* first = buffer.data();
  char* last = first + buffer.size();
  const auto done = precision < 0 ? std::to_chars(first, last, value, format)
                                  : std::to_chars(first, last, value, format, precision);
  CHECK(done.ec == std::errc());
  buffer.resize(static_cast<size_t>(done.ptr - first));
  return buffer;
}

// The digits of a finite value >= 0: `count` of them, or the shortest with count < 0. Zero has
// none.
Decimal decimal_of(double value, int count) {
  if (value == 0) return {};
  const std::string text =
      to_text(value, std::chars_format::scientific, count < 0 ? -1 : count - 1);
  const size_t e = text.find('e');
  Decimal out;
  for (const char c : text.substr(0, e)) {
    if (c != '.') out.digits.push_back(c);
  }
  out.point = std::stoi(text.substr(e + 1)) + 1;
  return out;
}

char digit_at(const Decimal& decimal, int index) {
  return index >= 0 && index < static_cast<int>(decimal.digits.size())
             ? decimal.digits[static_cast<size_t>(index)]
             : '0';
}

std::string exponent_text(int exponent, char mark) {
  std::string out(1, mark);
  out.push_back(exponent < 0 ? '-' : '+');
  const int size = std::abs(exponent);
  if (size < 10) out.push_back('0');
  return out + std::to_string(size);
}

std::string layout_e(const Decimal& decimal, int precision, char mark) {
  std::string out(1, digit_at(decimal, 0));
  if (precision > 0) {
    out.push_back('.');
    for (int i = 1; i <= precision; ++i) out.push_back(digit_at(decimal, i));
  }
  return out + exponent_text(decimal.digits.empty() ? 0 : decimal.point - 1, mark);
}

std::string layout_f(const Decimal& decimal, int precision) {
  std::string out;
  for (int i = 0; i < decimal.point; ++i) out.push_back(digit_at(decimal, i));
  if (out.empty()) out = "0";
  if (precision > 0) {
    out.push_back('.');
    for (int i = 0; i < precision; ++i) out.push_back(digit_at(decimal, decimal.point + i));
  }
  return out;
}

std::string format_g(double value, char verb, int precision) {
  const bool shortest = precision < 0;
  if (precision == 0) precision = 1;
  Decimal decimal = decimal_of(value, precision);
  while (!shortest && !decimal.digits.empty() && decimal.digits.back() == '0') {
    decimal.digits.pop_back();
  }
  const int count = static_cast<int>(decimal.digits.size());
  int limit = precision;
  if (limit > count && count >= decimal.point) limit = count;
  if (shortest) limit = 6;
  const int exponent = decimal.point - 1;
  if (exponent < -4 || exponent >= limit) {
    return layout_e(decimal, count - 1, verb == 'G' ? 'E' : 'e');
  }
  return layout_f(decimal, std::max(count - decimal.point, 0));
}

// %b: the mantissa as an integer, and the power of two.
std::string format_b(double value) {
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  uint64_t mantissa = bits & ((uint64_t{1} << 52) - 1);
  int exponent = static_cast<int>((bits >> 52) & 0x7ff);
  if (exponent == 0) ++exponent;
  else mantissa |= uint64_t{1} << 52;
  exponent -= 1023 + 52;
  return std::to_string(mantissa) + 'p' + (exponent < 0 ? "-" : "+") +
         std::to_string(std::abs(exponent));
}

// %x: one hexadecimal digit before the point, which is 1 except for zero.
std::string format_x(double value, char verb, int precision) {
  std::string text = value == 0 ? "0p+0" : to_text(value, std::chars_format::hex, precision);
  const size_t p = text.find('p');
  std::string mantissa = text.substr(0, p);
  int exponent = std::stoi(text.substr(p + 1));
  if (value != 0 && value < std::numeric_limits<double>::min()) {
    // to_chars leaves a subnormal number with a leading 0: scale it up to have a leading 1.
    const int shift = 52 - std::ilogb(value) - 1022;
    const std::string scaled = to_text(std::ldexp(value, shift), std::chars_format::hex, precision);
    const size_t at = scaled.find('p');
    mantissa = scaled.substr(0, at);
    exponent = std::stoi(scaled.substr(at + 1)) - shift;
  }
  if (mantissa[0] == '2') {  // rounded up to the next power of two
    mantissa[0] = '1';
    ++exponent;
  }
  if (value == 0 && precision > 0) {
    mantissa += '.' + std::string(static_cast<size_t>(precision), '0');
  }
  std::string out = "0x" + mantissa + exponent_text(exponent, 'p');
  if (verb == 'X') {
    for (char& c : out) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
  }
  return out;
}

std::string format_magnitude(double value, char verb, int precision) {
  switch (verb) {
    case 'b': return format_b(value);
    case 'x':
    case 'X': return format_x(value, verb, precision);
    case 'e':
    case 'E': {
      const Decimal decimal = decimal_of(value, precision < 0 ? -1 : precision + 1);
      const int count = std::max(static_cast<int>(decimal.digits.size()), 1);
      return layout_e(decimal, precision < 0 ? count - 1 : precision, verb);
    }
    case 'f':
    case 'F':
      if (precision >= 0) return to_text(value, std::chars_format::fixed, precision);
      {
        const Decimal decimal = decimal_of(value, -1);
        const int count = static_cast<int>(decimal.digits.size());
        return layout_f(decimal, std::max(count - decimal.point, 0));
      }
    default: return format_g(value, verb, precision);
  }
}

}  // namespace

std::string format_float(double value, char verb, int precision) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  const std::string digits = format_magnitude(std::fabs(value), verb, precision);
  return std::signbit(value) ? "-" + digits : digits;
}

}  // namespace wf::expr
