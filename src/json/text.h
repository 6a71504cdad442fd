// SPDX-License-Identifier: Apache-2.0
// json/text.h: JSON text to Value and back, exactly as Go's encoding/json prints it.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::json {

// Nesting deeper than this is refused, as encoding/json does.
inline constexpr size_t kDepthMax = 10'000;

// One JSON document with nothing but white space around it. InvalidArgument with line and column.
// Of a key given twice the last value counts, at the first one's place. Bytes of strings that are
// not UTF-8 become U+FFFD.
Result<Value> parse(std::string_view text);
// The same; adds the path of every key given twice, as "spec.templates[0].name".
Result<Value> parse(std::string_view text, std::vector<std::string>& duplicates);

enum class Escape { Html, None };  // Html: <, > and & become \u003c …, as json.Marshal does

// Without white space: json.Marshal.
std::string print(const Value& value, Escape escape = Escape::Html);
void append(std::string& out, const Value& value, Escape escape = Escape::Html);
// A quoted JSON string. Bytes that are not UTF-8 are printed as \ufffd.
void append_quoted(std::string& out, std::string_view text, Escape escape = Escape::Html);
// json.MarshalIndent(value, "", indent).
std::string print_indented(const Value& value, std::string_view indent = "  ",
                           Escape escape = Escape::Html);

}  // namespace wf::json
