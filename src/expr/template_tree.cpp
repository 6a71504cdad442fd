// SPDX-License-Identifier: Apache-2.0
// Substitution in a tree. Its strings are replaced one by one, each as the JSON text it would be
// printed as; only where tags reach over the border of a string is the whole tree printed.
#include <optional>

#include "expr/template.h"
#include "json/text.h"

namespace wf::expr {
namespace {

using json::Value;

bool has_tag(std::string_view text) { return text.find("{{") != std::string_view::npos; }

// Whether each tag that begins in `text` also ends there, and no further braces are left over
// that an earlier string's tag could end with.
bool self_contained(std::string_view text) {
  for (size_t open; (open = text.find("{{")) != std::string_view::npos;) {
    text.remove_prefix(open + 2);
    const size_t close = text.find("}}");
    if (close == std::string_view::npos) return false;
    text.remove_prefix(close + 2);
  }
  return true;
}

struct Survey {
  bool tags = false;
  bool local = true;
};

void survey_text(std::string_view text, Survey& found) {
  if (!has_tag(text)) return;
  found.tags = true;
  found.local = found.local && self_contained(text);
}

void survey(const Value& value, Survey& found) {
  if (value.is_string()) survey_text(value.as_string(), found);
  for (const Value& item : value.items()) survey(item, found);
  for (const json::Member& member : value.members()) {
    survey_text(member.key(), found);
    survey(member.value, found);
  }
}

class TreeReplacer {
 public:
  TreeReplacer(const Scope& scope, const Mode& mode) : scope_(scope), mode_(mode) {}

  // Nothing where the value stays as it is.
  Result<std::optional<Value>> replaced(const Value& value) {
    switch (value.kind()) {
      case json::Kind::String:
        return replaced_text(value.as_string());
      case json::Kind::Array:
        return replaced_list(value);
      case json::Kind::Object:
        return replaced_object(value);
      default:
        return std::optional<Value>();
    }
  }

 private:
  Result<std::optional<Value>> replaced_text(std::string_view text) {
    if (!has_tag(text)) return std::optional<Value>();
    std::string quoted;
    json::append_quoted(quoted, text);
    TRY(const Template tags, Template::parse_valid(quoted));
    TRY(const std::string result, tags.replace(scope_, mode_));
    TRY(Value parsed, json::parse(result));
    return std::optional<Value>(std::move(parsed));
  }

  Result<std::optional<Value>> replaced_list(const Value& list) {
    std::optional<Value> out;
    for (size_t i = 0; i < list.size(); ++i) {
      TRY(std::optional<Value> item, replaced(list[i]));
      if (!item) continue;
      if (!out) out = list;
      out->item(i) = std::move(*item);
    }
    return out;
  }

  Result<std::optional<Value>> replaced_object(const Value& object) {
    std::optional<Value> out;
    bool keys_change = false;
    for (const json::Member& member : object.members()) keys_change |= has_tag(member.key());
    if (keys_change) return rebuilt_object(object);
    for (const json::Member& member : object.members()) {
      TRY(std::optional<Value> value, replaced(member.value));
      if (!value) continue;
      if (!out) out = object;
      out->at(member.key()) = std::move(*value);
    }
    return out;
  }

  Result<std::optional<Value>> rebuilt_object(const Value& object) {
    Value out = Value::object();
    for (const json::Member& member : object.members()) {
      TRY(const std::optional<Value> key, replaced_text(member.key()));
      TRY(std::optional<Value> value, replaced(member.value));
      out.set(key ? key->as_string() : member.key(), value ? std::move(*value) : member.value);
    }
    return std::optional<Value>(std::move(out));
  }

  const Scope& scope_;
  const Mode& mode_;
};

}  // namespace

Result<Value> replace_tree(const Value& tree, const Scope& scope, const Mode& mode) {
  Survey found;
  survey(tree, found);
  if (!found.tags) return tree;
  if (!found.local) {
    TRY(const std::string text, replace_text(json::print(tree), scope, mode));
    return json::parse(text);
  }
  TRY(std::optional<Value> out, TreeReplacer(scope, mode).replaced(tree));
  return out ? std::move(*out) : tree;
}

}  // namespace wf::expr
