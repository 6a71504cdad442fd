// SPDX-License-Identifier: Apache-2.0
// What segments select. A segment that selects several values applies the rest of the path to each
// and drops those for which that fails or gives nil; an index after it picks from the list instead.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "expr/jsonpath/jsonpath.h"
#include "expr/jsonpath/path.h"

namespace wf::expr {
namespace jsonpath {
namespace {

using Rest = std::span<const Segment>;

Error wrong_target(std::string_view segment, std::string_view expected, const Any& got) {
  return Error(cat(segment, ": invalid token target. expected [", expected, "] got [",
                   got.is_nil() ? "nil" : name_of(got.kind()), "]"));
}
Error out_of_range(std::string_view segment) {
  return Error(cat(segment, ": invalid token out of range"));
}
Error no_key(std::string_view key) {
  return Error(cat("key: invalid token key '", key, "' not found"));
}

std::optional<int64_t> whole_number(const Any& value) {
  if (value.is_integer()) return value.as_int();
  if (value.is_float() && std::trunc(value.as_float()) == value.as_float() &&
      std::abs(value.as_float()) < 9e18) {
    return static_cast<int64_t>(value.as_float());
  }
  return std::nullopt;
}

Result<Any> apply_key(std::string_view key, Rest rest, const Any& root, const Any& current) {
  if (!current.is_map()) return wrong_target("key", "map", current);
  const Any* found = current.find(key);
  return found ? apply(rest, root, *found) : no_key(key);
}

Result<Any> apply_index(int64_t index, Rest rest, const Any& root, const Any& current) {
  if (!current.is_list()) return wrong_target("index", "array slice", current);
  const auto size = static_cast<int64_t>(current.size());
  if (index < 0) index += size;
  if (index < 0 || index >= size) return out_of_range("index");
  return apply(rest, root, current.at(static_cast<size_t>(index)));
}

List values_of(const Any& current) {
  if (current.is_list()) return current.items();
  List out;
  for (const auto& [key, value] : current.members()) out.push_back(value);
  return out;
}

// The rest applied to each; with an index next, the index applied to all of them.
Result<Any> apply_each(const List& values, Rest rest, const Any& root, bool index_picks) {
  if (rest.empty()) return Any(values);
  if (index_picks && rest[0].kind == SegmentKind::Index) return apply(rest, root, Any(values));
  List out;
  for (const Any& value : values) {
    auto found = apply(rest, root, value);
    if (found.ok() && !found->is_nil()) out.push_back(std::move(*found));
  }
  return Any(std::move(out));
}

bool includes(const Any& verdict) {
  if (verdict.is_bool()) return verdict.as_bool();
  if (verdict.is_list() || verdict.is_map()) return verdict.size() > 0;
  if (!verdict.is_string()) return verdict.as_number() != 0;
  std::string_view text = verdict.as_string();
  const bool quoted =
      text.size() > 1 && text.front() == text.back() && (text[0] == '\'' || text[0] == '"');
  return quoted ? text.size() > 2 : !text.empty();
}

Result<Any> apply_filter(const Segment& segment, Rest rest, const Any& root, const Any& current) {
  if (segment.script->empty()) return Error("invalid expression. is empty");
  if (!current.is_list() && !current.is_map())
    return wrong_target("filter", "array map slice", current);
  List kept;
  for (const Any& value : values_of(current)) {
    const auto verdict = segment.script->evaluate(root, value);
    if (verdict.ok() && includes(*verdict)) kept.push_back(value);
  }
  return apply_each(kept, rest, root, true);
}

Result<Any> apply_script(const Segment& segment, Rest rest, const Any& root, const Any& current) {
  auto value = segment.script->evaluate(root, current);
  if (!value.ok()) return std::move(value.error()).wrap("invalid expression");
  if (value->is_string()) return apply_key(value->as_string(), rest, root, current);
  if (const auto index = whole_number(*value)) return apply_index(*index, rest, root, current);
  return Error(cat("unexpected expression result. expected [int string] got [",
                   value->is_nil() ? "nil" : name_of(value->kind()), "]"));
}

Result<Any> argument_value(const Argument& argument, const Any& root, const Any& current) {
  if (const auto* number = std::get_if<int64_t>(&argument)) return Any(*number);
  if (const auto* key = std::get_if<std::string>(&argument)) return Any(*key);
  if (const auto* script = std::get_if<ScriptPtr>(&argument))
    return (*script)->evaluate(root, current);
  return Any();
}

Result<Any> apply_union(const Segment& segment, Rest rest, const Any& root, const Any& current) {
  std::vector<Any> keys;
  bool texts = false;
  for (const Argument& argument : segment.arguments) {
    TRY(Any value, argument_value(argument, root, current));
    const auto number = whole_number(value);
    if (!number && !value.is_string())
      return Error("union: invalid token argument. expected [int string]");
    if (!keys.empty() && texts != value.is_string())
      return Error("union: invalid token argument. keys and indexes mixed");
    texts = value.is_string();
    keys.push_back(number ? Any(*number) : std::move(value));
  }
  if (texts ? !current.is_map() : !current.is_list())
    return wrong_target("union", texts ? "map" : "array slice", current);
  List found;
  const auto size = static_cast<int64_t>(current.size());
  for (const Any& key : keys) {
    if (texts) {
      if (const Any* value = current.find(key.as_string())) found.push_back(*value);
      continue;
    }
    const int64_t index = key.as_int() < 0 ? key.as_int() + size : key.as_int();
    if (index >= 0 && index < size) found.push_back(current.at(static_cast<size_t>(index)));
  }
  return apply_each(found, rest, root, true);
}

Result<int64_t> range_argument(const Argument& argument, int64_t otherwise, const Any& root,
                               const Any& current) {
  if (std::holds_alternative<std::monostate>(argument)) return otherwise;
  TRY(const Any value, argument_value(argument, root, current));
  if (const auto number = whole_number(value)) return *number;
  return Error(cat("range: invalid token unexpected expression result. expected [int] got [",
                   value.is_nil() ? "nil" : name_of(value.kind()), "]"));
}

Result<Any> apply_range(const Segment& segment, Rest rest, const Any& root, const Any& current) {
  if (!current.is_list()) return wrong_target("range", "array slice", current);
  const auto size = static_cast<int64_t>(current.size());
  TRY(int64_t from, range_argument(segment.arguments[0], 0, root, current));
  TRY(int64_t to, range_argument(segment.arguments[1], size, root, current));
  TRY(const int64_t step, range_argument(segment.arguments[2], 1, root, current));
  if (step == 0) return out_of_range("range");
  from = std::clamp<int64_t>(from < 0 ? from + size : from, 0, size);
  to = std::clamp<int64_t>(to < 0 ? to + size : to, 0, size);
  List found;
  const int64_t stride = std::clamp<int64_t>(step, -size - 1, size + 1);
  for (int64_t i = step < 0 ? to - 1 : from; i >= from && i < to; i += stride) {
    found.push_back(current.at(static_cast<size_t>(i)));
  }
  return apply_each(found, rest, root, true);
}

// The value itself, then all below it, with the rest applied to each; lists that come out are
// taken apart once.
void apply_below(Rest rest, const Any& root, const Any& current, List& out) {
  if (current.is_nil()) return;
  if (rest.empty()) {
    out.push_back(current);
  } else if (auto found = apply(rest, root, current); found.ok()) {
    if (found->is_list()) {
      out.insert(out.end(), found->items().begin(), found->items().end());
    } else if (!found->is_nil()) {
      out.push_back(std::move(*found));
    }
  }
  for (const Any& value : values_of(current)) apply_below(rest, root, value, out);
}

Result<Any> apply_length(Rest rest, const Any& root, const Any& current) {
  if (!current.is_list() && !current.is_map() && !current.is_string()) {
    return wrong_target("length", "array map slice string", current);
  }
  const Any* named = current.is_map() ? current.find(std::string_view("length")) : nullptr;
  return apply(rest, root,
               named ? *named : Any::integer(static_cast<int64_t>(current.size()), types::kInt64));
}

}  // namespace

Result<Any> apply(Rest path, const Any& root, const Any& current) {
  if (path.empty()) return current;
  const Segment& segment = path[0];
  const Rest rest = path.subspan(1);
  switch (segment.kind) {
    case SegmentKind::Root:
      return apply(rest, root, root);
    case SegmentKind::Current:
      return apply(rest, root, current);
    case SegmentKind::Key:
      return apply_key(segment.key, rest, root, current);
    case SegmentKind::Index:
      return apply_index(segment.index, rest, root, current);
    case SegmentKind::Wildcard:
      if (!current.is_list() && !current.is_map())
        return wrong_target("wildcard", "array map slice", current);
      return apply_each(values_of(current), rest, root, false);
    case SegmentKind::Recursive: {
      List out;
      apply_below(rest, root, current, out);
      return Any(std::move(out));
    }
    case SegmentKind::Length:
      return apply_length(rest, root, current);
    case SegmentKind::Filter:
      return apply_filter(segment, rest, root, current);
    case SegmentKind::Script:
      return apply_script(segment, rest, root, current);
    case SegmentKind::Union:
      return apply_union(segment, rest, root, current);
    case SegmentKind::Range:
      return apply_range(segment, rest, root, current);
  }
  return Any();
}

}  // namespace jsonpath

Result<Any> jsonpath_query(std::string_view path, const Any& document) {
  auto parsed = jsonpath::parse_path(path);
  if (!parsed.ok())
    return Error(cat("invalid JSONPath selector '", path, "' ", parsed.error().message()));
  return jsonpath::apply(*parsed, document, document);
}

}  // namespace wf::expr
