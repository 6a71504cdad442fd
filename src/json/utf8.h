// SPDX-License-Identifier: Apache-2.0
// json/utf8.h: UTF-8 as Go reads and writes it.
#pragma once
#include <string>
#include <string_view>

namespace wf::json {

// How many bytes the character at the beginning of `text` takes; 0 where it is not valid UTF-8
// (surrogates, overlong forms and values past U+10FFFF are not).
size_t utf8_length(std::string_view text);
// `text` with U+FFFD for each byte that is no part of a valid character.
std::string to_valid_utf8(std::string_view text);

}  // namespace wf::json
