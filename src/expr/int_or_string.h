// SPDX-License-Identifier: Apache-2.0
// expr/int_or_string.h: fields that hold a whole number or a text, which may stand for one (retry
// limits, sequences, ports).
#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"
#include "json/value.h"

namespace wf::expr {

// The number in such a field, be it written as a number or as text.
// `value 'X' cannot be resolved to an int`.
Result<int64_t> int_of(const json::Value& field);

// A number, text of one, or a tag `{{…}}`; an absent field (Null) is fine too.
bool is_int_or_variable(const json::Value& field);

// The field as its type reads it: a 32-bit number or a text; null is 0. Errors in the words of
// encoding/json: `json: cannot unmarshal number 1.5 into Go value of type int32`.
Result<json::Value> int_or_string_of(const json::Value& value);

}  // namespace wf::expr
