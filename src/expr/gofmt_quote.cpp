// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/gofmt.h"

namespace wf::expr {

std::string quote_ascii(std::string_view text) {
  std::string out;
  std::string quoted = go_quote(text);
  for (std::string_view rest = quoted; !rest.empty();) {
    const Rune next = first_rune(rest);
    if (next.value < 0x80) {
      out.push_back(rest[0]);
    } else {
      char buffer[16];
      const char* form = next.value < 0x10000 ? "\\u%04x" : "\\U%08x";
      std::snprintf(buffer, sizeof buffer, form, next.value);
      out += buffer;
    }
    rest.remove_prefix(next.width);
  }
  return out;
}

}  // namespace wf::expr
