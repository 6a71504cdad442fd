// SPDX-License-Identifier: Apache-2.0
#include "expr/unicode.h"

#include <algorithm>

#include "expr/unicode_tables.h"

namespace wf::expr::unicode {
namespace {

template <class Row>
const Row* find_row(const Row* rows, size_t count, char32_t rune) {
  const Row* end = rows + count;
  const Row* row = std::partition_point(rows, end, [&](const Row& r) { return r.last < rune; });
  if (row == end || rune < row->first || (rune - row->first) % row->step != 0) return nullptr;
  return row;
}

char32_t mapped(const CaseRun* rows, size_t count, char32_t rune) {
  const CaseRun* row = find_row(rows, count, rune);
  return row == nullptr ? rune : static_cast<char32_t>(static_cast<int32_t>(rune) + row->delta);
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

template <class Change>
std::string change_each(std::string_view text, Change change) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Decoded next = decode(text);
    append(out, change(next.rune));
    text.remove_prefix(next.size);
  }
  return out;
}

}  // namespace

Decoded decode(std::string_view text) {
  if (text.empty()) return {kReplacement, 0};
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return {kReplacement, 1};
  char32_t rune = lead & (0xFFu >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if (!is_continuation(text[i])) return {kReplacement, 1};
    rune = (rune << 6) | (static_cast<unsigned char>(text[i]) & 0x3Fu);
  }
  const bool overlong = (size == 3 && rune < 0x800) || (size == 4 && rune < 0x10000);
  const bool surrogate = rune >= 0xD800 && rune < 0xE000;
  if (overlong || surrogate || rune > 0x10FFFF) return {kReplacement, 1};
  return {rune, size};
}

void append(std::string& out, char32_t rune) {
  if (rune > 0x10FFFF || (rune >= 0xD800 && rune < 0xE000)) rune = kReplacement;
  const auto push = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (rune < 0x80) {
    push(rune);
  } else if (rune < 0x800) {
    push(0xC0 | (rune >> 6));
    push(0x80 | (rune & 0x3F));
  } else if (rune < 0x10000) {
    push(0xE0 | (rune >> 12));
    push(0x80 | ((rune >> 6) & 0x3F));
    push(0x80 | (rune & 0x3F));
  } else {
    push(0xF0 | (rune >> 18));
    push(0x80 | ((rune >> 12) & 0x3F));
    push(0x80 | ((rune >> 6) & 0x3F));
    push(0x80 | (rune & 0x3F));
  }
}

std::vector<char32_t> runes(std::string_view text) {
  std::vector<char32_t> out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Decoded next = decode(text);
    out.push_back(next.rune);
    text.remove_prefix(next.size);
  }
  return out;
}

std::string text_of(const std::vector<char32_t>& runes) {
  std::string out;
  out.reserve(runes.size());
  for (const char32_t rune : runes) append(out, rune);
  return out;
}

size_t rune_count(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(decode(text).size);
  return count;
}

bool valid(std::string_view text) {
  while (!text.empty()) {
    const Decoded next = decode(text);
    if (!next.valid()) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

bool is_letter(char32_t rune) { return find_row(kLetters, kLettersCount, rune) != nullptr; }
bool is_upper(char32_t rune) { return find_row(kUpper, kUpperCount, rune) != nullptr; }
bool is_lower(char32_t rune) { return find_row(kLower, kLowerCount, rune) != nullptr; }
bool is_title(char32_t rune) { return find_row(kTitle, kTitleCount, rune) != nullptr; }
bool is_digit(char32_t rune) { return find_row(kDigits, kDigitsCount, rune) != nullptr; }
bool is_number(char32_t rune) { return find_row(kNumbers, kNumbersCount, rune) != nullptr; }
bool is_punct(char32_t rune) { return find_row(kPunct, kPunctCount, rune) != nullptr; }
bool is_print(char32_t rune) { return find_row(kPrint, kPrintCount, rune) != nullptr; }

bool is_space(char32_t rune) {
  if (rune <= 0xFF) return (rune >= 0x09 && rune <= 0x0D) || rune == ' ' || rune == 0x85 || rune == 0xA0;
  return rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200A) || rune == 0x2028 ||
         rune == 0x2029 || rune == 0x202F || rune == 0x205F || rune == 0x3000;
}

char32_t to_upper(char32_t rune) { return mapped(kToUpper, kToUpperCount, rune); }
char32_t to_lower(char32_t rune) { return mapped(kToLower, kToLowerCount, rune); }
char32_t to_title(char32_t rune) { return mapped(kToTitle, kToTitleCount, rune); }

std::string upper(std::string_view text) { return change_each(text, to_upper); }
std::string lower(std::string_view text) { return change_each(text, to_lower); }

std::string_view trim_space(std::string_view text) {
  while (!text.empty()) {
    const Decoded next = decode(text);
    if (!is_space(next.rune)) break;
    text.remove_prefix(next.size);
  }
  while (!text.empty()) {
    size_t start = text.size() - 1;
    while (start > 0 && text.size() - start < 4 && is_continuation(text[start])) --start;
    const Decoded last = decode(text.substr(start));
    if (last.size != text.size() - start || !is_space(last.rune)) break;
    text = text.substr(0, start);
  }
  return text;
}

}  // namespace wf::expr::unicode
