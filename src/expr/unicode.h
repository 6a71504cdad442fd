// SPDX-License-Identifier: Apache-2.0
// expr/unicode.h: code points of UTF-8 text as Go sees them: bytes that are no UTF-8 read as
// U+FFFD, one at a time; letters change case one to one. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace wf::expr::unicode {

inline constexpr char32_t kReplacement = 0xFFFD;

struct Decoded {
  char32_t rune;
  size_t size;  // 0 at the end of the text, 1 for a byte that is no UTF-8
  bool valid() const { return rune != kReplacement || size == 3; }
};
Decoded decode(std::string_view text);
void append(std::string& out, char32_t rune);  // what cannot be encoded becomes U+FFFD
std::vector<char32_t> runes(std::string_view text);
std::string text_of(const std::vector<char32_t>& runes);
size_t rune_count(std::string_view text);
bool valid(std::string_view text);

bool is_letter(char32_t rune);
bool is_upper(char32_t rune);
bool is_lower(char32_t rune);
bool is_title(char32_t rune);
bool is_digit(char32_t rune);   // Nd
bool is_number(char32_t rune);  // N*
bool is_punct(char32_t rune);
bool is_space(char32_t rune);
bool is_print(char32_t rune);   // strconv.IsPrint

char32_t to_upper(char32_t rune);
char32_t to_lower(char32_t rune);
char32_t to_title(char32_t rune);

std::string upper(std::string_view text);  // strings.ToUpper
std::string lower(std::string_view text);  // strings.ToLower
std::string_view trim_space(std::string_view text);  // strings.TrimSpace

}  // namespace wf::expr::unicode
