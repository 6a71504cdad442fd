// SPDX-License-Identifier: Apache-2.0
#include "expr/int_or_string.h"

#include "base/text.h"
#include "expr/gofmt_number.h"

namespace wf::expr {

Result<int64_t> int_of(const json::Value& field) {
  const auto text = field.is_string() ? field.as_string() : field.number_text();
  const auto number = atoi(text);
  if (number.error) return Error(cat("value '", text, "' cannot be resolved to an int"));
  return number.value;
}

bool is_int_or_variable(const json::Value& field) {
  if (!field.is_string()) return true;
  const auto text = field.as_string();
  if (!atoi(text).error) return true;
  return text.starts_with("{{") && text.ends_with("}}");
}

Result<json::Value> int_or_string_of(const json::Value& value) {
  if (value.is_string()) return value;
  if (value.is_null()) return json::Value(0);
  const auto number = value.is_number() ? value.as_int() : std::nullopt;
  if (number && *number >= INT32_MIN && *number <= INT32_MAX &&
      value.number_text().find_first_of(".eE") == std::string_view::npos) {
    return json::Value(*number);
  }
  const std::string what = value.is_number() ? cat("number ", value.number_text()) : std::string(name_of(value.kind()));
  return Error(cat("json: cannot unmarshal ", what, " into Go value of type int32"));
}

}  // namespace wf::expr
