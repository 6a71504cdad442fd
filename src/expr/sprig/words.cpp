// SPDX-License-Identifier: Apache-2.0
#include "expr/sprig/detail/words.h"

#include <algorithm>

#include "base/utf8.h"
#include "expr/sprig/detail/support.h"
#include "expr/unicode.h"

namespace wf::expr::sprig {
namespace {

// What strings.Title takes for the space between words.
bool separates_words(char32_t rune) {
  if (rune < 0x80) {
    const bool digit = rune >= '0' && rune <= '9';
    const char32_t lower = rune | 0x20;
    return !(digit || rune == '_' || (lower >= 'a' && lower <= 'z'));
  }
  return !unicode::is_letter(rune) && !unicode::is_digit(rune) && is_space(rune);
}

bool is_connector(char32_t rune) { return rune == '-' || rune == '_' || is_space(rune); }

std::string abbreviate_from(std::string_view text, int64_t offset, int64_t width) {
  const auto size = static_cast<int64_t>(text.size());
  if (width < 4) return "";
  if (size <= width) return std::string(text);
  offset = std::min(offset, size);
  if (size - offset < width - 3) offset = size - (width - 3);
  if (offset <= 4) return std::string(text.substr(0, static_cast<size_t>(width - 3))) + "...";
  if (width < 7) return "";
  if (offset + width - 3 < size) {
    return "..." + abbreviate_from(text.substr(static_cast<size_t>(offset)), 0, width - 3);
  }
  return "..." + std::string(text.substr(static_cast<size_t>(size - (width - 3))));
}

}  // namespace

std::string titled(std::string_view text) {
  std::string out;
  char32_t before = ' ';
  for (Rune rune; !text.empty(); text.remove_prefix(rune.width)) {
    rune = first_rune(text);
    append_rune(out, separates_words(before) ? unicode::to_title(rune.value) : rune.value);
    before = rune.value;
  }
  return out;
}

std::string untitled(std::string_view text) {
  std::string out;
  bool start = true;
  for (const char32_t rune : unicode::runes(text)) {
    const bool space = is_space(rune);
    append_rune(out, start && !space ? unicode::to_lower(rune) : rune);
    start = space;
  }
  return out;
}

std::string case_swapped(std::string_view text) {
  std::string out;
  bool start = true;
  for (const char32_t rune : unicode::runes(text)) {
    if (unicode::is_upper(rune) || unicode::is_title(rune)) {
      append_rune(out, unicode::to_lower(rune));
      start = false;
    } else if (unicode::is_lower(rune)) {
      append_rune(out, start ? unicode::to_title(rune) : unicode::to_upper(rune));
      start = false;
    } else {
      append_rune(out, rune);
      start = is_space(rune);
    }
  }
  return out;
}

std::string initials(std::string_view text) {
  std::string out;
  bool gap = true;
  for (const char c : text) {
    const auto rune = static_cast<unsigned char>(c);
    if (gap && !is_space(rune)) append_rune(out, rune);
    gap = is_space(rune);
  }
  return out;
}

std::string without_space(std::string_view text) {
  std::string out;
  bool found = false;
  for (const char c : text) {
    const auto rune = static_cast<unsigned char>(c);
    if (is_space(rune)) found = true;
    else append_rune(out, rune);
  }
  return found ? out : std::string(text);
}

std::string abbreviated(std::string_view text, int64_t left, int64_t right) {
  if (right < 4 || (left > 0 && right < 7)) return std::string(text);
  return abbreviate_from(text, left, right);
}

Result<Any> wrapped(std::string_view text, int64_t width, std::string_view newline,
                    LongWords long_words) {
  if (newline.empty()) newline = "\n";
  const auto line = static_cast<size_t>(std::max<int64_t>(width, 1));
  std::string out;
  const auto put = [&](size_t count, size_t skip) {
    out.append(text.substr(0, count)).append(newline);
    text.remove_prefix(count + skip);
  };
  while (text.size() > line) {
    TRY_DO(check_text_size(out.size()));
    if (text[0] == ' ') {
      text.remove_prefix(1);
      continue;
    }
    const size_t space = text.substr(0, line + 1).rfind(' ');
    if (space != text.npos) {
      put(space, 1);
    } else if (long_words == LongWords::Cut) {
      put(line, 0);
    } else if (const size_t next = text.find(' ', line); next != text.npos) {
      put(next, 1);
    } else {
      break;
    }
  }
  return ok(out.append(text));
}

std::string pascal_case(std::string_view text) {
  std::vector<char32_t> runes = unicode::runes(text);
  std::string out;
  size_t at = 0;
  while (at < runes.size() && is_connector(runes[at])) append_rune(out, runes[at++]);
  if (at == runes.size()) {
    if (at > 0) append_rune(out, runes.back());  // a quirk: the last one comes out twice
    return out;
  }
  // Within a word that starts with a capital, capitals become small until the first small letter.
  bool lowering = unicode::is_upper(runes[at]);
  char32_t held = unicode::to_upper(runes[at++]);
  for (; at < runes.size(); ++at) {
    char32_t rune = runes[at];
    if (is_connector(rune) && is_connector(held)) {
      append_rune(out, held);
      held = rune;
      continue;
    }
    if (is_connector(held)) {
      lowering = unicode::is_upper(rune);
      rune = unicode::to_upper(rune);
    } else {
      if (lowering && unicode::is_upper(rune)) rune = unicode::to_lower(rune);
      else lowering = false;
      append_rune(out, held);
    }
    held = rune;
  }
  append_rune(out, held);
  return out;
}

}  // namespace wf::expr::sprig
