// SPDX-License-Identifier: Apache-2.0
// expr/detail/raw_json.h: JSON text cut up without decoding it, for texts known to be valid.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wf::expr {

// Without white space, and with < > & and U+2028, U+2029 escaped: what json.Marshal makes of raw
// JSON. Escapes that are there stay as they are.
std::string compact_json(std::string_view raw);

// The elements of a list (none of null), each as written.
std::vector<std::string_view> raw_items(std::string_view raw);
// The members of an object in order of writing; keys are decoded.
std::vector<std::pair<std::string, std::string_view>> raw_members(std::string_view raw);

// Whether a number in it, at any depth, is too large for a double.
bool has_number_beyond_double(std::string_view raw);

}  // namespace wf::expr
