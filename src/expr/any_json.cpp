// SPDX-License-Identifier: Apache-2.0
// Values to JSON and back, by the rules of encoding/json.
#include <cmath>
#include <cstdio>

#include "base/text.h"
#include "expr/any.h"
#include "expr/functions.h"
#include "expr/gotime.h"

namespace wf::expr {
namespace {

using json::Value;

std::string base64(std::string_view data) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < data.size(); i += 3) {
    uint32_t word = 0;
    const size_t n = std::min<size_t>(3, data.size() - i);
    for (size_t k = 0; k < 3; ++k) {
      word = word << 8 | (k < n ? static_cast<unsigned char>(data[i + k]) : 0u);
    }
    for (size_t k = 0; k < 4; ++k) {
      out.push_back(k <= n ? kDigits[word >> (18 - 6 * k) & 63] : '=');
    }
  }
  return out;
}

Result<Value> json_of_float(double value, bool single) {
  if (std::isnan(value)) return Error("json: unsupported value: NaN");
  if (std::isinf(value))
    return Error(value > 0 ? "json: unsupported value: +Inf" : "json: unsupported value: -Inf");
  if (!single) return Value::number(value);
  for (int digits = 1;; ++digits) {  // the shortest text that a float32 reads back
    char text[32];
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    const double back = std::strtod(text, nullptr);
    if (digits >= 9 || static_cast<float>(back) == static_cast<float>(value))
      return Value::number(back);
  }
}

Result<Value> json_of_time(const Moment& time) {
  const CivilTime fields = civil(time);
  if (fields.year < 0 || fields.year > 9999) {
    return Error(
        "json: error calling MarshalJSON for type time.Time: Time.MarshalJSON: "
        "year outside of range [0,9999]");
  }
  return Value(format(time, kRfc3339Nano));
}

Result<Value> json_of_list(const Any& list) {
  Value out = Value::array();
  for (const Any& item : list.items()) {
    TRY(Value converted, item.to_json());
    out.push_back(std::move(converted));
  }
  return out;
}

Result<Value> json_of_map(const Any& map) {
  if (map.type()->key->kind != Kind::String) {
    return Error(cat("json: unsupported type: ", map.type_name()));
  }
  Value out = Value::object();
  for (const auto& [key, value] : map.members()) {
    TRY(Value converted, value.to_json());
    out.set(key.as_string(), std::move(converted));
  }
  return out;
}

}  // namespace

Any Any::from_json(const Value& value) {
  switch (value.kind()) {
    case json::Kind::Null:
      return {};
    case json::Kind::Bool:
      return value.as_bool();
    case json::Kind::Number:
      return value.as_double();
    case json::Kind::String:
      return value.as_string();
    case json::Kind::Array: {
      List items;
      items.reserve(value.size());
      for (const Value& item : value.items()) items.push_back(from_json(item));
      return items;
    }
    case json::Kind::Object: {
      Map members;
      for (const json::Member& m : value.members()) {
        members.insert_or_assign(Any(m.key()), from_json(m.value));
      }
      return members;
    }
  }
  return {};
}

Result<Value> Any::to_json() const {
  switch (kind()) {
    case Kind::Invalid:
      return Value();
    case Kind::Bool:
      return Value(as_bool());
    case Kind::Float32:
    case Kind::Float64:
      return json_of_float(as_float(), kind() == Kind::Float32);
    case Kind::String:
      return Value(as_string());
    case Kind::Func:
      return Error("json: unsupported type: func");
    case Kind::Slice:
      if (!heap_) return Value();
      if (is_bytes()) return Value(base64(as_string()));
      return json_of_list(*this);
    case Kind::Array:
      return json_of_list(*this);
    case Kind::Map:
      return heap_ ? json_of_map(*this) : Value();
    case Kind::Struct:
    case Kind::Pointer:
      if (is_time()) return json_of_time(as_time());
      if (is(types::kLocation)) return Value::object();
      return heap_ ? as_structure()->to_json() : Value();
    default:
      break;
  }
  if (is_unsigned(kind())) return Value::number(std::to_string(as_uint()));
  return Value(as_int());
}

}  // namespace wf::expr
