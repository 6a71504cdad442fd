// SPDX-License-Identifier: Apache-2.0
// Empty values and their defaults; types; JSON.
#include <algorithm>

#include "expr/sprig/detail/support.h"
#include "json/text.h"

namespace wf::expr::sprig {
namespace {

Result<Any> default_value(Arguments a) {
  return ok(a.size() < 2 || is_empty(a[1]) ? a[0] : a[1]);
}

Result<Any> coalesce(Arguments a) {
  const auto found = std::find_if_not(a.begin(), a.end(), is_empty);
  return ok(found == a.end() ? Any() : *found);
}

Result<Any> read_json(std::string_view text) {
  TRY(const json::Value value, json::parse(text));
  return Any::from_json(value);
}

using Printed = std::string (*)(const json::Value&);
std::string plain(const json::Value& value) { return json::print(value); }
std::string pretty(const json::Value& value) { return json::print_indented(value); }
std::string raw(const json::Value& value) { return json::print(value, json::Escape::None); }

Result<Any> write_json(const Any& value, Printed print) {
  TRY(const json::Value converted, value.to_json());
  std::string text = print(converted);
  TRY_DO(check_text_size(text.size()));
  return ok(std::move(text));
}

// A value that JSON cannot hold prints as "".
Result<Any> write_json_or_nothing(const Any& value, Printed print) {
  auto written = write_json(value, print);
  return written.ok() ? std::move(written) : ok("");
}

Result<Any> deep_copy(Arguments a) {
  if (a[0].is_nil()) return Error("reflect: call of reflect.Value.Type on zero Value");
  return a[0];
}

void add_json(Registry& out) {
  out.add("fromJson", {kText}, [](Arguments a) {
    auto read = read_json(a[0].as_string());
    return read.ok() ? std::move(read) : ok({});
  });
  out.add("mustFromJson", {kText}, [](Arguments a) { return read_json(a[0].as_string()); });
  out.add("toJson", {kValue}, [](Arguments a) { return write_json_or_nothing(a[0], plain); });
  out.add("toPrettyJson", {kValue},
          [](Arguments a) { return write_json_or_nothing(a[0], pretty); });
  for (const char* name : {"toRawJson", "mustToRawJson"}) {
    out.add(name, {kValue}, [](Arguments a) { return write_json(a[0], raw); });
  }
  out.add("mustToJson", {kValue}, [](Arguments a) { return write_json(a[0], plain); });
  out.add("mustToPrettyJson", {kValue}, [](Arguments a) { return write_json(a[0], pretty); });
}

void add_types(Registry& out) {
  const auto type_of = [](const Any& value) { return value.type_name(); };
  const auto kind_of = [](const Any& value) { return name_of(value.kind()); };
  out.add("typeOf", {kValue}, [type_of](Arguments a) { return ok(type_of(a[0])); });
  out.add("typeIs", {kText, kValue},
          [type_of](Arguments a) { return ok(a[0].as_string() == type_of(a[1])); });
  out.add("typeIsLike", {kText, kValue}, [type_of](Arguments a) {
    std::string_view type = type_of(a[1]);
    if (a[0].as_string() == type) return ok(true);
    return ok(type.starts_with('*') && a[0].as_string() == type.substr(1));
  });
  out.add("kindOf", {kValue}, [kind_of](Arguments a) { return ok(kind_of(a[0])); });
  out.add("kindIs", {kText, kValue},
          [kind_of](Arguments a) { return ok(a[0].as_string() == kind_of(a[1])); });
  out.add("deepEqual", {kValue, kValue}, [](Arguments a) { return ok(deep_equal(a[0], a[1])); });
}

}  // namespace

void add_defaults(Registry& out) {
  out.add_variadic("default", {kValue, kValue}, default_value);
  out.add("empty", {kValue}, [](Arguments a) { return ok(is_empty(a[0])); });
  out.add_variadic("coalesce", {kValue}, coalesce);
  out.add_variadic("all", {kValue},
                   [](Arguments a) { return ok(std::none_of(a.begin(), a.end(), is_empty)); });
  out.add_variadic("any", {kValue},
                   [](Arguments a) { return ok(!std::all_of(a.begin(), a.end(), is_empty)); });
  out.add("ternary", {kValue, kValue, &types::kBool},
          [](Arguments a) { return ok(a[2].as_bool() ? a[0] : a[1]); });
  out.add("deepCopy", {kValue}, deep_copy);
  out.add("mustDeepCopy", {kValue}, deep_copy);
  add_json(out);
  add_types(out);
}

}  // namespace wf::expr::sprig
