// SPDX-License-Identifier: Apache-2.0
#include "expr/lang/literal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "base/text.h"
#include "base/utf8.h"

namespace wf::expr::lang {
namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 16;
}

// Exactly `count` digits of the base; nothing where there are fewer.
bool take_digits(std::string_view& text, size_t count, int base, uint32_t& out) {
  if (text.size() < count) return false;
  out = 0;
  for (size_t i = 0; i < count; ++i) {
    const int digit = digit_value(text[i]);
    if (digit >= base || out > 0xfffffff) return false;
    out = out * static_cast<uint32_t>(base) + static_cast<uint32_t>(digit);
  }
  text.remove_prefix(count);
  return true;
}

bool take_braced(std::string_view& text, uint32_t& out) {
  const size_t close = text.find('}');
  if (close == std::string_view::npos || close < 2 || close > 7) return false;
  text.remove_prefix(1);
  if (!take_digits(text, close - 1, 16, out)) return false;
  text.remove_prefix(1);
  return true;
}

char simple_escape(char c, char quote) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
      return '\\';
    default:
      return c == quote ? quote : '\0';
  }
}

// One escape, of which `text` starts behind the backslash.
bool take_escape(std::string_view& text, char quote, LiteralKind kind, std::string& out) {
  if (text.empty()) return false;
  const char c = text[0];
  if (const char plain = simple_escape(c, quote)) {
    out.push_back(plain);
    text.remove_prefix(1);
    return true;
  }
  uint32_t value = 0;
  bool read;
  if (c >= '0' && c <= '3') {
    read = take_digits(text, 3, 8, value);
  } else {
    text.remove_prefix(1);
    const bool wide = kind == LiteralKind::Text;
    read = c == 'x'                                    ? take_digits(text, 2, 16, value)
           : c == 'u' && wide && text.starts_with('{') ? take_braced(text, value)
           : c == 'u' && wide                          ? take_digits(text, 4, 16, value)
           : c == 'U' && wide                          ? take_digits(text, 8, 16, value)
                                                       : false;
  }
  if (!read || value > 0x10ffff) return false;
  if (kind == LiteralKind::Bytes) {
    out.push_back(static_cast<char>(value));
  } else {
    append_rune(out, value);
  }
  return true;
}

std::string quoted_number(std::string_view text) {
  return cat("strconv.ParseInt: parsing ", go_quote(text));
}

Result<Any> integer(std::string_view text, std::string_view whole, int base,
                    std::string_view name) {
  int64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (code == std::errc::result_out_of_range) {
    return Error(cat("invalid ", name, " literal: ", quoted_number(whole), ": value out of range"));
  }
  if (code != std::errc() || end != text.data() + text.size()) {
    return Error(cat("invalid ", name, " literal: ", quoted_number(whole), ": invalid syntax"));
  }
  return Any(value);
}

// Go's float syntax as the lexer lets it through: digits, a point, an exponent.
bool float_syntax(std::string_view text) {
  size_t i = 0, digits = 0;
  const auto run = [&] {
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i, ++digits;
  };
  run();
  if (i < text.size() && text[i] == '.') ++i, run();
  if (digits == 0) return false;
  if (i < text.size() && (text[i] | 0x20) == 'e') {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    digits = 0;
    run();
    if (digits == 0) return false;
  }
  return i == text.size();
}

}  // namespace

Result<std::string> unescape(std::string_view body, char quote, LiteralKind kind) {
  std::string out;
  while (!body.empty()) {
    const char c = body[0];
    if (c == '\\') {
      body.remove_prefix(1);
      if (!take_escape(body, quote, kind, out)) return Error("invalid char escape");
    } else if (c == '\r') {  // line ends are always \n
      out.push_back('\n');
      body.remove_prefix(body.starts_with("\r\n") ? 2 : 1);
    } else {
      const Rune rune = first_rune(body);
      append_rune(out, rune.value);
      body.remove_prefix(rune.width);
    }
  }
  return out;
}

Result<Any> number_of(std::string_view token) {
  std::string text(token);
  std::erase(text, '_');
  const auto prefix = [&](char letter) {
    return text.size() > 1 && text[0] == '0' && (text[1] | 0x20) == letter;
  };
  const std::string_view digits = std::string_view(text).substr(std::min<size_t>(2, text.size()));
  if (prefix('x')) return integer(digits, text, 16, "hex");
  if (text.find_first_of(".eE") != std::string::npos) {
    if (!float_syntax(text))
      return Error(cat("invalid float literal: strconv.ParseFloat: parsing ", go_quote(text),
                       ": invalid syntax"));
    const double value = std::strtod(text.c_str(), nullptr);
    if (std::isinf(value))
      return Error(cat("invalid float literal: strconv.ParseFloat: parsing ", go_quote(text),
                       ": value out of range"));
    return Any(value);
  }
  if (prefix('b')) return integer(digits, text, 2, "binary");
  if (prefix('o')) return integer(digits, text, 8, "octal");
  return integer(text, text, 10, "integer");
}

}  // namespace wf::expr::lang
