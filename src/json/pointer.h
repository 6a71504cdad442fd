// SPDX-License-Identifier: Apache-2.0
// json/pointer.h: RFC 6901, "/spec/templates/0/name": a place in a document as text.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::json {

// One part as it stands in a pointer: ~ and / escaped.
std::string escaped_part(std::string_view part);
// The parts of a pointer, unescaped. Text that does not begin with / is refused, but for "".
Result<std::vector<std::string>> pointer_parts(std::string_view pointer);
// An array index in a pointer: digits without leading zeros.
std::optional<size_t> pointer_index(std::string_view part);
// What the pointer names; null where it names nothing.
const Value* find(const Value& document, std::string_view pointer);

}  // namespace wf::json
