// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "spec/selector.h"

namespace wf::spec {
namespace {

// The parts between commas that no backslash escapes; backslashes stay.
std::vector<std::string> terms_of(std::string_view text) {
  std::vector<std::string> terms;
  std::string term;
  bool escaped = false;
  for (const char c : text) {
    if (c == ',' && !escaped) {
      terms.push_back(std::move(term));
      term.clear();
      continue;
    }
    escaped = c == '\\' && !escaped;
    term.push_back(c);
  }
  terms.push_back(std::move(term));
  return terms;
}

Result<std::string> unescaped(std::string_view value) {
  std::string out;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] == ',' || value[i] == '=') {
      return Error(cat("invalid field selector: unescaped character in value: ", int{value[i]}));
    }
    if (value[i] == '\\') {
      ++i;
      if (i == value.size() || (value[i] != '\\' && value[i] != ',' && value[i] != '=')) {
        const auto next = value.substr(i, first_rune(value.substr(i)).width);
        return Error(cat("invalid field selector: invalid escape sequence: \\", next));
      }
    }
    out.push_back(value[i]);
  }
  return out;
}

std::string escaped(std::string_view value) {
  return replace_all(replace_all(replace_all(value, "\\", "\\\\"), ",", "\\,"), "=", "\\=");
}

std::string_view template_of(const json::Value& node) {
  const json::Value& reference = node["templateRef"];
  return reference.is_object() ? reference["template"].as_string() : node["templateName"].as_string();
}

std::optional<std::string> node_field(const json::Value& node, std::string_view field) {
  constexpr std::string_view kBefore = "inputs.parameters.", kAfter = ".value";
  if (field == "templateName") return std::string(template_of(node));
  if (field == "templateRef.name") return std::string(node["templateRef"]["name"].as_string());
  if (field == "templateRef.template") return std::string(node["templateRef"]["template"].as_string());
  if (field == "displayName" || field == "phase" || field == "name" || field == "id") {
    return std::string(node[field].as_string());
  }
  if (!field.starts_with(kBefore) || !field.ends_with(kAfter) || field.size() < kBefore.size() + kAfter.size()) return {};
  const auto name = field.substr(kBefore.size(), field.size() - kBefore.size() - kAfter.size());
  std::optional<std::string> found;
  for (const json::Value& parameter : node["inputs"]["parameters"].items()) {
    if (parameter["name"].as_string() == name) found = std::string(parameter["value"].as_string());
  }
  return found;
}

}  // namespace

Result<FieldSelector> FieldSelector::parse(std::string_view text) {
  auto terms = terms_of(text);
  std::sort(terms.begin(), terms.end());
  FieldSelector selector;
  for (const std::string& term : terms) {
    if (term.empty()) continue;
    size_t at = 0;
    while (at < term.size() && term[at] != '=' && term.compare(at, 2, "!=") != 0) ++at;
    if (at == term.size()) return Error(cat("invalid selector: '", text, "'; can't understand '", term, "'"));
    const bool equal = term[at] == '=';
    const size_t width = equal && term.compare(at, 2, "==") != 0 ? 1 : 2;
    TRY(std::string value, unescaped(std::string_view(term).substr(at + width)));
    if (at == 0 && value.empty()) continue;
    selector.terms_.push_back({term.substr(0, at), equal, std::move(value)});
  }
  return selector;
}

bool FieldSelector::matches(const LookupText& lookup) const {
  return std::all_of(terms_.begin(), terms_.end(), [&](const Term& term) {
    return (lookup(term.field).value_or("") == term.value) == term.equal;
  });
}

std::string FieldSelector::text() const {
  std::vector<std::string> parts;
  for (const Term& term : terms_) parts.push_back(cat(term.field, term.equal ? "=" : "!=", escaped(term.value)));
  return join(parts, ",");
}

std::optional<std::string> FieldSelector::required(std::string_view field) const {
  for (const Term& term : terms_) {
    if (term.equal && term.field == field) return term.value;
  }
  return std::nullopt;
}

bool matches_node(const FieldSelector& selector, const json::Value& node) {
  return selector.matches([&node](std::string_view field) { return node_field(node, field); });
}

}  // namespace wf::spec
