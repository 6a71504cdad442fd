// SPDX-License-Identifier: Apache-2.0
#include "expr/jq.h"

#include <cmath>
#include <memory>
#include <utility>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/detail/jq_syntax.h"
#include "expr/gofmt_number.h"
#include "json/text.h"

extern "C" {
#include <jq.h>
#include <jv.h>
}

namespace wf::expr {
namespace {

constexpr size_t kOutputMax = 16 << 20;
constexpr int kDepthMax = 1'000;

struct Teardown {
  void operator()(jq_state* jq) const { jq_teardown(&jq); }
};

std::string text_of(jv value) {
  std::string text(jv_string_value(value), static_cast<size_t>(jv_string_length_bytes(jv_copy(value))));
  jv_free(value);
  return text;
}

void keep_first_message(void* to, jv message) {
  auto& text = *static_cast<std::string*>(to);
  if (jv_get_kind(message) == JV_KIND_STRING && text.empty()) text = text_of(jv_copy(message));
  jv_free(message);
}

// Sorted keys make jq go through objects in gojq's order.
json::Value sorted(const json::Value& value) {
  json::Value out = value;
  if (value.is_array()) {
    out = json::Value::array();
    for (const auto& item : value.items()) out.push_back(sorted(item));
  } else if (value.is_object()) {
    out = json::Value::object();
    for (const auto& member : value.members()) out.set(member.key(), sorted(member.value));
    out.sort_keys();
  }
  return out;
}

Result<json::Value> number_of(double number) {
  if (std::isnan(number)) return Error("json: unsupported value: NaN");
  if (std::isinf(number)) return Error(cat("json: unsupported value: ", number < 0 ? "-Inf" : "+Inf"));
  return json::Value::number(number);
}

// Takes the value over.
Result<json::Value> from_jv(jv value, int depth);

Result<json::Value> array_of(jv value, int depth) {
  json::Value out = json::Value::array();
  for (int i = 0; i < jv_array_length(jv_copy(value)); ++i) {
    auto item = from_jv(jv_array_get(jv_copy(value), i), depth + 1);
    if (!item.ok()) {
      jv_free(value);
      return item.error();
    }
    out.push_back(std::move(*item));
  }
  jv_free(value);
  return out;
}

Result<json::Value> object_of(jv value, int depth) {
  json::Value out = json::Value::object();
  jv keys = jv_keys(jv_copy(value));
  Result<json::Value> failure{json::Value()};
  for (int i = 0; i < jv_array_length(jv_copy(keys)) && failure.ok(); ++i) {
    jv key = jv_array_get(jv_copy(keys), i);
    auto member = from_jv(jv_object_get(jv_copy(value), jv_copy(key)), depth + 1);
    const std::string name = text_of(key);
    if (member.ok()) {
      out.set(name, std::move(*member));
    } else {
      failure = std::move(member);
    }
  }
  jv_free(keys);
  jv_free(value);
  if (!failure.ok()) return failure.error();
  return out;
}

Result<json::Value> from_jv(jv value, int depth) {
  if (depth > kDepthMax) {
    jv_free(value);
    return Error("the result is nested too deeply");
  }
  const jv_kind kind = jv_get_kind(value);
  if (kind == JV_KIND_ARRAY) return array_of(value, depth);
  if (kind == JV_KIND_OBJECT) return object_of(value, depth);
  if (kind == JV_KIND_STRING) return json::Value(text_of(value));
  const double number = kind == JV_KIND_NUMBER ? jv_number_value(value) : 0;
  jv_free(value);
  if (kind == JV_KIND_NUMBER) return number_of(number);
  return kind == JV_KIND_NULL ? json::Value() : json::Value(kind == JV_KIND_TRUE);
}

Error error_of(jv invalid) {
  jv message = jv_invalid_get_msg(invalid);
  if (jv_get_kind(message) == JV_KIND_STRING) return Error(text_of(message));
  jv text = jv_dump_string(message, 0);
  return Error(cat("error: ", text_of(text)));
}

Result<void> append_result(jv value, std::string& out) {
  if (jv_get_kind(value) == JV_KIND_STRING) {
    out += text_of(value);
  } else {
    TRY(const json::Value result, from_jv(value, 0));
    json::append(out, result);
  }
  out += '\n';
  if (out.size() > kOutputMax) return Error("the results are too long");
  return {};
}

}  // namespace

Result<std::string> jq_filter(std::string_view filter, const json::Value& input) {
  if (is_blank_jq(filter)) return Error("missing query (try \".\")");
  if (filter.find('\0') != std::string_view::npos) return Error("unexpected token \"\\x00\"");
  std::unique_ptr<jq_state, Teardown> jq(jq_init());
  if (!jq) return Error("jq: out of memory", Code::Internal);
  std::string message;
  jq_set_error_cb(jq.get(), keep_first_message, &message);
  const std::string program = cat(jq_definitions(), "{} as $ENV | ", jq_1_6(filter));
  if (jq_compile(jq.get(), program.c_str()) == 0) {
    return Error(message.empty() ? "the filter cannot be compiled" : message.substr(0, message.find('\n')));
  }
  const std::string text = json::print(sorted(input), json::Escape::None);
  jq_start(jq.get(), jv_parse_sized(text.data(), static_cast<int>(text.size())), 0);
  std::string out;
  for (;;) {
    jv value = jq_next(jq.get());
    if (jv_is_valid(value)) {
      TRY_DO(append_result(value, out));
      continue;
    }
    if (jv_invalid_has_msg(jv_copy(value)) != 0) return error_of(value);
    jv_free(value);
    return std::string(trim_space(out));
  }
}

}  // namespace wf::expr
