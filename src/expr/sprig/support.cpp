// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "base/utf8.h"
#include "expr/gofmt.h"
#include "expr/gofmt_number.h"
#include "expr/gotime.h"
#include "expr/sprig/detail/support.h"

namespace wf::expr::sprig {
namespace {

bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == text.npos;
}

// cast reads "1.9" as 1: what follows the point is dropped if it is nothing but digits.
std::string without_fraction(std::string_view text) {
  const size_t point = text.find('.');
  if (point == text.npos) return std::string(text);
  const std::string_view whole = text.substr(0, point);
  const bool sign = !whole.empty() && (whole[0] == '-' || whole[0] == '+');
  const std::string_view digits = whole.substr(sign ? 1 : 0);
  if (!is_digits(digits) || !is_digits(text.substr(point + 1))) return std::string(text);
  return std::string(whole) + (digits.empty() ? "0" : "");
}

// What a conversion of a float to int64 gives on amd64.
int64_t int_of_float(double value) {
  if (!(value >= -9223372036854775808.0 && value < 9223372036854775808.0)) {
    return std::numeric_limits<int64_t>::min();
  }
  return static_cast<int64_t>(value);
}

bool lists_equal(const Any& a, const Any& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!deep_equal(a.at(i), b.at(i))) return false;
  }
  return true;
}

bool maps_equal(const Any& a, const Any& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [key, value] : a.members()) {
    const Any* other = b.find(key);
    if (other == nullptr || !deep_equal(value, *other)) return false;
  }
  return true;
}

bool times_equal(const Moment& a, const Moment& b) {
  const auto place = [](const Moment& m) { return m.location ? m.location->name() : "UTC"; };
  return compare(a, b) == 0 && place(a) == place(b);
}

}  // namespace

void Registry::put(std::string name, std::vector<const Type*> params, bool variadic,
                   std::function<Result<Any>(Arguments)> call) {
  Function function;
  function.name = std::move(name);
  function.params = std::move(params);
  function.variadic = variadic;
  function.call = [call = std::move(call)](Arguments arguments) -> Result<Any> {
    TRY(Any result, call(arguments));
    if (result.depth() > Any::kDepthMax) return Error("the value nests too deeply");
    return result;
  };
  functions_.push_back(std::move(function));
}

void Registry::add(std::string name, std::vector<const Type*> params,
                   std::function<Result<Any>(Arguments)> call) {
  put(std::move(name), std::move(params), false, std::move(call));
}

void Registry::add_variadic(std::string name, std::vector<const Type*> params,
                            std::function<Result<Any>(Arguments)> call) {
  put(std::move(name), std::move(params), true, std::move(call));
}

int64_t to_int(const Any& value) {
  if (value.is_integer()) return value.as_int();
  if (value.is_float()) return int_of_float(value.as_float());
  if (value.is_bool()) return value.as_bool() ? 1 : 0;
  if (!value.is_string() || value.as_string().empty()) return 0;
  const auto parsed = parse_int(without_fraction(value.as_string()), 0);
  return parsed.error ? 0 : parsed.value;
}

double to_float(const Any& value) {
  if (value.is_number()) return value.as_number();
  if (value.is_bool()) return value.as_bool() ? 1 : 0;
  if (!value.is_string()) return 0;
  const auto parsed = parse_float(value.as_string());
  return parsed.error ? 0 : parsed.value;
}

std::string text_of(const Any& value) {
  if (value.is_string() || value.is_bytes()) return std::string(value.as_string());
  return format_value(value);
}

std::vector<std::string> texts_of(const Any& value) {
  if (value.is_nil()) return {};
  if (!value.is_list()) return {text_of(value)};
  std::vector<std::string> out;
  for (size_t i = 0; i < value.size(); ++i) {
    const Any item = value.at(i);
    if (!item.is_nil()) out.push_back(text_of(item));
  }
  return out;
}

bool is_empty(const Any& value) {
  switch (value.kind()) {
    case Kind::Invalid: return true;
    case Kind::Bool: return !value.as_bool();
    case Kind::String:
    case Kind::Slice:
    case Kind::Array:
    case Kind::Map: return value.size() == 0;
    case Kind::Struct: return false;
    case Kind::Func: return value.as_function() == nullptr;
    case Kind::Pointer: return value.as_structure() == nullptr && value.as_location() == nullptr;
    default: return value.as_number() == 0;
  }
}

bool is_typed_nil(const Any& value) {
  const bool nestable = value.is_map() || (value.kind() == Kind::Slice && !value.is_bytes());
  return nestable && value.depth() == 0;
}

bool deep_equal(const Any& a, const Any& b) {
  if (a.is_nil() || b.is_nil()) return a.is_nil() && b.is_nil();
  if (a.type_name() != b.type_name() || is_typed_nil(a) != is_typed_nil(b)) return false;
  if (a.is_map()) return maps_equal(a, b);
  if (a.is_string() || a.is_bytes()) return a.as_string() == b.as_string();
  if (a.is_list()) return lists_equal(a, b);
  if (a.is_float()) return a.as_float() == b.as_float();
  if (a.is_bool()) return a.as_bool() == b.as_bool();
  if (a.is_integer()) return a.as_int() == b.as_int();
  if (a.is_time()) return times_equal(a.as_time(), b.as_time());
  if (a.is_function()) return false;
  return format_value(a) == format_value(b);
}

List list_items(const Any& list) {
  List out;
  out.reserve(list.size());
  for (size_t i = 0; i < list.size(); ++i) out.push_back(list.at(i));
  return out;
}

Error nil_pointer() {
  return Error("runtime error: invalid memory address or nil pointer dereference");
}

Result<void> check_text_size(size_t bytes) {
  if (bytes > kTextMax) return Error("the text becomes too long");
  return {};
}

Result<void> check_list_size(size_t items) {
  if (items > kListMax) return Error("the list becomes too long");
  return {};
}

std::vector<std::string> split_text(std::string_view text, std::string_view separator, int64_t n) {
  std::vector<std::string> parts;
  if (n == 0) return parts;
  const auto full = [&] { return n > 0 && static_cast<int64_t>(parts.size()) == n - 1; };
  while (!separator.empty() ? !full() : !full() && !text.empty()) {
    const size_t end = separator.empty() ? first_rune(text).width : text.find(separator);
    if (end == text.npos) break;
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  if (!separator.empty() || !text.empty()) parts.emplace_back(text);
  return parts;
}

}  // namespace wf::expr::sprig

namespace wf::expr {

FunctionTable sprig_functions(SprigSources sources) {
  sprig::Registry all;
  all.add("hello", {}, [](Arguments) { return sprig::ok("Hello!"); });
  sprig::add_strings(all);
  sprig::add_text_lists(all);
  sprig::add_numbers(all);
  sprig::add_decimals(all);
  sprig::add_lists(all);
  sprig::add_dicts(all);
  sprig::add_defaults(all);
  sprig::add_encoding(all);
  sprig::add_crypto(all, sources);
  sprig::add_random(all, sources);
  sprig::add_dates(all, sources);
  sprig::add_paths(all);
  sprig::add_regex(all);
  sprig::add_semver(all);
  sprig::add_urls(all);
  return all.take();
}

}  // namespace wf::expr
