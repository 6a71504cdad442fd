// SPDX-License-Identifier: Apache-2.0
// expr/sprig/detail/words.h: the letter case and the words of texts, by the rules of Go's strings,
// Masterminds/goutils 1.1.1 and huandu/xstrings 1.5.0.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "expr/any.h"

namespace wf::expr::sprig {

std::string titled(std::string_view text);        // the first letter of each word
std::string untitled(std::string_view text);
std::string case_swapped(std::string_view text);
std::string snake_case(std::string_view text);    // "HTTPServer" -> "http_server"
std::string kebab_case(std::string_view text);    // "HTTPServer" -> "http-server"
std::string pascal_case(std::string_view text);   // "http_server" -> "HttpServer"

// These two take each byte for a character of Latin-1, as goutils does.
std::string initials(std::string_view text);
std::string without_space(std::string_view text);

// At most `right` bytes with "..." for what is left out, at the start only if `left` > 4.
std::string abbreviated(std::string_view text, int64_t left, int64_t right);

enum class LongWords { Keep, Cut };
// Lines of at most `width` bytes; an empty newline means "\n".
Result<Any> wrapped(std::string_view text, int64_t width, std::string_view newline, LongWords);

}  // namespace wf::expr::sprig
