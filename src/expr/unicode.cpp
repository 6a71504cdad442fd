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

template <class Change>
std::string change_each(std::string_view text, Change change) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Rune next = first_rune(text);
    append_rune(out, change(next.value));
    text.remove_prefix(next.width);
  }
  return out;
}

}  // namespace

std::vector<char32_t> runes(std::string_view text) {
  std::vector<char32_t> out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Rune next = first_rune(text);
    out.push_back(next.value);
    text.remove_prefix(next.width);
  }
  return out;
}

std::string text_of(const std::vector<char32_t>& runes) {
  std::string out;
  out.reserve(runes.size());
  for (const char32_t rune : runes) append_rune(out, rune);
  return out;
}

bool is_letter(char32_t rune) { return find_row(kLetters, kLettersCount, rune) != nullptr; }
bool is_upper(char32_t rune) { return find_row(kUpper, kUpperCount, rune) != nullptr; }
bool is_lower(char32_t rune) { return find_row(kLower, kLowerCount, rune) != nullptr; }
bool is_title(char32_t rune) { return find_row(kTitle, kTitleCount, rune) != nullptr; }
bool is_digit(char32_t rune) { return find_row(kDigits, kDigitsCount, rune) != nullptr; }
bool is_number(char32_t rune) { return find_row(kNumbers, kNumbersCount, rune) != nullptr; }
bool is_punct(char32_t rune) { return find_row(kPunct, kPunctCount, rune) != nullptr; }

char32_t to_upper(char32_t rune) { return mapped(kToUpper, kToUpperCount, rune); }
char32_t to_lower(char32_t rune) { return mapped(kToLower, kToLowerCount, rune); }
char32_t to_title(char32_t rune) { return mapped(kToTitle, kToTitleCount, rune); }

std::string upper(std::string_view text) { return change_each(text, to_upper); }
std::string lower(std::string_view text) { return change_each(text, to_lower); }

}  // namespace wf::expr::unicode
