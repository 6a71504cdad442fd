// SPDX-License-Identifier: Apache-2.0
// json/text.h: JSON text to Value and back, exactly as Go's encoding/json prints it.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace wf::json {

// Nesting deeper than this is refused, as encoding/json does.
inline constexpr int kDepthMax = 10'000;

// One JSON document with nothing but white space around it. InvalidArgument with line and column.
// Of a key given twice the last value counts, at the first one's place.
Result<Value> parse(std::string_view text);

enum class Escape { Html, None };  // Html: <, > and & become \u003c …, as json.Marshal does

// Without white space: json.Marshal.
std::string print(const Value& value, Escape escape = Escape::Html);
void append(std::string& out, const Value& value, Escape escape = Escape::Html);
// A quoted JSON string.
void append_quoted(std::string& out, std::string_view text, Escape escape = Escape::Html);
// json.MarshalIndent(value, "", indent).
std::string print_indented(const Value& value, std::string_view indent = "  ",
                           Escape escape = Escape::Html);

}  // namespace wf::json
