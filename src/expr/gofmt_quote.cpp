// SPDX-License-Identifier: Apache-2.0
// Quoted text as strconv.Quote writes it.
#include "expr/gofmt.h"

#include <cstdio>

#include "expr/unicode.h"

namespace wf::expr {
namespace {

void append_hex(std::string& out, char mark, int width, uint32_t value) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "\\%c%0*x", mark, width, value);
  out += buffer;
}

void append_escaped(std::string& out, char32_t rune, bool ascii) {
  if (rune == '"' || rune == '\\') {
    out.push_back('\\');
    out.push_back(static_cast<char>(rune));
    return;
  }
  if (unicode::is_print(rune) && (!ascii || rune < 0x80)) return unicode::append(out, rune);
  static constexpr std::string_view kNamed = "\a\b\f\n\r\t\v";
  static constexpr std::string_view kLetters = "abfnrtv";
  if (const size_t at = rune < 0x80 ? kNamed.find(static_cast<char>(rune)) : kNamed.npos;
      at != kNamed.npos) {
    out.push_back('\\');
    out.push_back(kLetters[at]);
  } else if (rune < ' ' || rune == 0x7f) {
    append_hex(out, 'x', 2, rune);
  } else if (rune < 0x10000) {
    append_hex(out, 'u', 4, rune);
  } else {
    append_hex(out, 'U', 8, rune);
  }
}

std::string quoted(std::string_view text, bool ascii) {
  std::string out = "\"";
  while (!text.empty()) {
    const unicode::Decoded next = unicode::decode(text);
    if (next.valid()) append_escaped(out, next.rune, ascii);
    else append_hex(out, 'x', 2, static_cast<unsigned char>(text[0]));
    text.remove_prefix(next.size);
  }
  out.push_back('"');
  return out;
}

}  // namespace

std::string quote(std::string_view text) { return quoted(text, false); }
std::string quote_ascii(std::string_view text) { return quoted(text, true); }

}  // namespace wf::expr
