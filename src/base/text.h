// SPDX-License-Identifier: Apache-2.0
// base/text.h: small pure helpers on text that any program would need.
#pragma once
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wf {

namespace detail {
inline void append_piece(std::string& out, std::string_view piece) { out.append(piece); }
inline void append_piece(std::string& out, char piece) { out.push_back(piece); }
template <std::integral T>
void append_piece(std::string& out, T piece) { out.append(std::to_string(piece)); }
}  // namespace detail

// The pieces (texts, characters, whole numbers) one after the other.
template <class... Pieces>
std::string cat(const Pieces&... pieces) {
  std::string out;
  (detail::append_piece(out, pieces), ...);
  return out;
}

// Without the ASCII white space at both ends.
std::string_view trim(std::string_view text);
// The parts between separators; n separators always give n + 1 parts.
std::vector<std::string_view> split(std::string_view text, std::string_view separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replace_all(std::string_view text, std::string_view from, std::string_view to);
// Go's strconv.Quote: a double-quoted Go string literal.
std::string go_quote(std::string_view text);
// Whether a shell-like pattern of * (any text, also none) and ? (one character) matches all of it.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace wf
