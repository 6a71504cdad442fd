// SPDX-License-Identifier: Apache-2.0
// expr/gofmt.h: values as Go's package fmt prints them, and quoted text as strconv.Quote does.
// Users see these texts wherever a value that is no text becomes part of one. Pure.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "expr/any.h"

namespace wf::expr {

// strconv.QuoteToASCII. (Its brother strconv.Quote is go_quote of base/text.h.)
std::string quote_ascii(std::string_view text);

// fmt.Sprint(value), also %v: `<nil>`, `[1 a]`, `map[a:1]` with sorted keys, `1h0m0s`. A function
// prints as 0x0, its address being nobody's business.
std::string format_value(const Any& value);

// fmt.Sprintf: flags, widths, precisions, argument indexes, and the `%!d(string=x)` texts for what
// does not fit. Widths and precisions above 1,000,000 are bad ones, as in Go.
std::string sprintf(std::string_view format, std::span<const Any> arguments);

}  // namespace wf::expr
