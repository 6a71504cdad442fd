// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "answer/tables.h"
#include "base/quantity.h"
#include "base/text.h"
#include "expr/duration.h"
#include "expr/int_or_string.h"
#include "json/text.h"

namespace wf::answer {
namespace {

using json::Value;

std::string number(int64_t value) { return cat(value); }

Result<Value> duration(const Value& in) {
  TRY(const Duration duration, expr::parse_seconds_or_duration(in["text"].as_string()));
  return Value::object({{"nanoseconds", number(duration.count())}, {"string", expr::to_text(duration)}});
}

Result<Value> format_duration(const Value& in) {
  const auto text = in["nanoseconds"].as_string();
  int64_t nanoseconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), nanoseconds);
  const Duration duration(nanoseconds);
  return Value::object({{"string", expr::to_text(duration)},
                        {"seconds", expr::to_seconds_text(duration)},
                        {"humanize", expr::humanize(duration)},
                        {"truncated", expr::humanize_truncated(duration)}});
}

Result<Value> quantity(const Value& in) {
  TRY(const Quantity quantity, Quantity::parse(in["text"].as_string()));
  return Value::object({{"canonical", quantity.text()},
                        {"format", name_of(quantity.format())},
                        {"json", json::print(Value(quantity.text()))},
                        {"milliValue", number(quantity.milli_value())},
                        {"sign", quantity.sign()},
                        {"value", number(quantity.value())}});
}

Result<Value> compare_quantity(const Value& in) {
  TRY(const Quantity a, Quantity::parse(in["a"].as_string()));
  TRY(const Quantity b, Quantity::parse(in["b"].as_string()));
  return Value::object({{"cmp", compare(a, b)}, {"sum", (a + b).text()}, {"difference", (a - b).text()}});
}

Result<Value> int_or_string_text(const Value& in) {
  Value out = Value::object({{"validIntOrVariable", expr::is_int_or_variable(in["text"])}});
  const auto value = expr::int_of(in["text"]);
  if (value.ok()) {
    out.set("int", number(*value));
    out.set("int32", number(static_cast<int32_t>(*value)));
  } else {
    out.set("intError", value.error().message());
  }
  return out;
}

Result<Value> int_or_string_json(const Value& in) {
  TRY(const Value written, json::parse(in["json"].as_string()));
  TRY(const Value value, expr::int_or_string_of(written));
  return Value::object({{"json", json::print(value)},
                        {"string", value.is_string() ? value.as_string() : value.number_text()},
                        {"type", value.is_string() ? "string" : "int"}});
}

}  // namespace

Result<Value> duration_quantity(const Value& in) {
  const auto kind = in["kind"].as_string();
  if (kind == "duration") return duration(in);
  if (kind == "formatDuration") return format_duration(in);
  if (kind == "quantity") return quantity(in);
  if (kind == "compareQuantity") return compare_quantity(in);
  if (kind == "intstrText") return int_or_string_text(in);
  return int_or_string_json(in);
}

}  // namespace wf::answer
