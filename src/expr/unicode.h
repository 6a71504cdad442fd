// SPDX-License-Identifier: Apache-2.0
// expr/unicode.h: what kind of characters code points are, and their case, as Go's package unicode
// tells: letters change case one to one. Bytes to code points is base/utf8.h. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"

namespace wf::expr::unicode {

std::vector<char32_t> runes(std::string_view text);
std::string text_of(const std::vector<char32_t>& runes);

bool is_letter(char32_t rune);
bool is_upper(char32_t rune);
bool is_lower(char32_t rune);
bool is_title(char32_t rune);
bool is_digit(char32_t rune);   // Nd
bool is_number(char32_t rune);  // N*
bool is_punct(char32_t rune);

char32_t to_upper(char32_t rune);
char32_t to_lower(char32_t rune);
char32_t to_title(char32_t rune);

std::string upper(std::string_view text);  // strings.ToUpper
std::string lower(std::string_view text);  // strings.ToLower

}  // namespace wf::expr::unicode
