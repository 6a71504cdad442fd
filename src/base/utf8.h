// SPDX-License-Identifier: Apache-2.0
// base/utf8.h: text as Unicode code points, with Go's rules for bytes that are not UTF-8.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace wf {

inline constexpr uint32_t kRuneError = 0xfffd;

struct Rune {
  uint32_t value;  // kRuneError, of width 1, where the bytes are not UTF-8
  size_t width;    // bytes; 0 at the end of the text
};
// The code point at the start of `text`.
Rune first_rune(std::string_view text);
Rune last_rune(std::string_view text);
bool valid_utf8(std::string_view text);
size_t rune_count(std::string_view text);
// Appends a code point; what is none becomes U+FFFD.
void append_rune(std::string& out, uint32_t rune);

// strconv.IsPrint: letters, marks, numbers, punctuation, symbols and the ASCII space.
bool is_printable(uint32_t rune);
// unicode.IsSpace.
bool is_space(uint32_t rune);
// strings.TrimSpace: without the white space of any script at both ends.
std::string_view trim_space(std::string_view text);

}  // namespace wf
