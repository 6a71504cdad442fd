// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "spec/names.h"
#include "spec/selector.h"

namespace wf::spec {
namespace {

using Operator = LabelSelector::Operator;
using Requirement = LabelSelector::Requirement;

constexpr std::string_view kBinary[] = {"in", "notin", "=", "==", "!=", "gt", "lt"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_sign(char c) { return std::string_view("=!(),><").find(c) != std::string_view::npos; }

// Words and signs. A word may be `in` or `notin`, which are operators only after a key.
std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    if (is_space(text[at])) {
      at = end;
      continue;
    }
    if (is_sign(text[at])) {
      const auto two = text.substr(at, 2);
      if (two == "==" || two == "!=") ++end;
    } else {
      while (end < text.size() && !is_sign(text[end]) && !is_space(text[end])) ++end;
    }
    tokens.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

std::optional<int64_t> whole_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || text.starts_with("+-")) return std::nullopt;
  return number;
}

std::optional<Operator> operator_of(std::string_view token) {
  constexpr std::pair<std::string_view, Operator> kOperators[] = {
      {"in", Operator::In},          {"notin", Operator::NotIn}, {"=", Operator::Equals},
      {"==", Operator::DoubleEquals}, {"!=", Operator::NotEquals}, {">", Operator::GreaterThan},
      {"<", Operator::LessThan}};
  for (const auto& [text, op] : kOperators) {
    if (text == token) return op;
  }
  return std::nullopt;
}

bool is_set(Operator op) { return op == Operator::In || op == Operator::NotIn; }
bool is_order(Operator op) { return op == Operator::GreaterThan || op == Operator::LessThan; }

Result<void> check_key(const std::string& key) {
  const auto problems = qualified_name_problems(key);
  if (problems.empty()) return {};
  return Error(cat("<nil>: Invalid value: ", go_quote(key), ": ", join(problems, "; ")));
}

Result<void> check_values(const Requirement& requirement) {
  std::vector<std::string> errors;
  const auto& values = requirement.values;
  for (size_t i = 0; is_order(requirement.op) && i < values.size(); ++i) {
    if (whole_number(values[i])) continue;
    errors.push_back(cat("values[", i, "]: Invalid value: ", go_quote(values[i]),
                         ": for 'Gt', 'Lt' operators, the value must be an integer"));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const auto problems = label_value_problems(values[i]);
    if (problems.empty()) continue;
    errors.push_back(cat("values[", i, "][", requirement.key, "]: Invalid value: ", go_quote(values[i]), ": ",
                         join(problems, "; ")));
  }
  if (errors.empty()) return {};
  return Error(errors.size() == 1 ? errors[0] : cat("[", join(errors, ", "), "]"));
}

class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(tokens_of(text)) {}

  Result<std::vector<Requirement>> all() {
    std::vector<Requirement> out;
    while (!done()) {
      if (!is_word() && peek() != "!") return expected("', expected: !, identifier, or 'end of string'");
      auto one = requirement();
      if (!one.ok()) return Error(cat("unable to parse requirement: ", one.error().message()));
      out.push_back(std::move(*one));
      if (done()) return out;
      if (peek() != ",") return expected("', expected: ',' or 'end of string'");
      ++at_;
      if (!is_word() && peek() != "!") return expected("', expected: identifier after ','");
    }
    return out;
  }

 private:
  bool done() const { return at_ >= tokens_.size(); }
  std::string peek() const { return done() ? "" : tokens_[at_]; }
  bool is_word() const { return !done() && !is_sign(tokens_[at_][0]); }
  Error expected(std::string_view what) const { return Error(cat("found '", peek(), what)); }

  Result<Requirement> requirement() {
    Requirement out;
    out.op = Operator::Exists;
    if (peek() == "!") {
      ++at_;
      out.op = Operator::DoesNotExist;
    }
    if (!is_word()) return expected("', expected: identifier");
    out.key = tokens_[at_++];
    TRY_DO(check_key(out.key));
    if (out.op == Operator::DoesNotExist || done() || peek() == ",") return out;
    const auto op = operator_of(peek());
    if (!op) {
      return expected(cat("', expected: ", join({std::begin(kBinary), std::end(kBinary)}, ", ")));
    }
    ++at_;
    out.op = *op;
    TRY(out.values, is_set(out.op) ? value_set() : one_value());
    TRY_DO(check_values(out));
    return out;
  }

  Result<std::vector<std::string>> one_value() {
    if (done() || peek() == ",") return std::vector<std::string>{""};
    if (!is_word()) return expected("', expected: identifier");
    return std::vector<std::string>{tokens_[at_++]};
  }

  // `(a,b)`; nothing between commas or parentheses is the empty value.
  Result<std::vector<std::string>> value_set() {
    if (peek() != "(") return expected("' expected: '('");
    ++at_;
    std::vector<std::string> values;
    for (bool more = true; more;) {
      values.push_back(is_word() ? tokens_[at_++] : "");
      more = peek() == ",";
      if (!more && peek() != ")") return expected("', expected: ',' or ')'");
      ++at_;
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
  }

  std::vector<std::string> tokens_;
  size_t at_ = 0;
};

std::string_view sign_of(Operator op) {
  switch (op) {
    case Operator::In: return " in ";
    case Operator::NotIn: return " notin ";
    case Operator::Equals: return "=";
    case Operator::DoubleEquals: return "==";
    case Operator::NotEquals: return "!=";
    case Operator::GreaterThan: return ">";
    case Operator::LessThan: return "<";
    default: return "";
  }
}

std::string_view word_of(Operator op) {
  switch (op) {
    case Operator::GreaterThan: return "gt";
    case Operator::LessThan: return "lt";
    case Operator::Exists: return "exists";
    case Operator::DoesNotExist: return "!";
    default: return trim(sign_of(op));
  }
}

}  // namespace

bool Requirement::matches(const LookupText& lookup) const {
  const auto value = lookup(key);
  const bool listed = value && std::find(values.begin(), values.end(), *value) != values.end();
  switch (op) {
    case Operator::In:
    case Operator::Equals:
    case Operator::DoubleEquals: return listed;
    case Operator::NotIn:
    case Operator::NotEquals: return !listed;
    case Operator::Exists: return value.has_value();
    case Operator::DoesNotExist: return !value.has_value();
    default: break;
  }
  const auto left = value ? whole_number(*value) : std::nullopt;
  const auto right = values.size() == 1 ? whole_number(values[0]) : std::nullopt;
  if (!left || !right) return false;
  return op == Operator::GreaterThan ? *left > *right : *left < *right;
}

std::string Requirement::text() const {
  if (op == Operator::Exists) return key;
  if (op == Operator::DoesNotExist) return "!" + key;
  const std::string listed = join(values, ",");
  return cat(key, sign_of(op), is_set(op) ? cat("(", listed, ")") : listed);
}

std::string Requirement::in_brackets() const { return cat("{", key, " ", word_of(op), " [", join(values, " "), "]}"); }

Result<LabelSelector> LabelSelector::parse(std::string_view text) {
  LabelSelector selector;
  TRY(selector.requirements_, Parser(text).all());
  std::stable_sort(selector.requirements_.begin(), selector.requirements_.end(),
                   [](const Requirement& a, const Requirement& b) { return a.key < b.key; });
  return selector;
}

bool LabelSelector::matches(const LookupText& lookup) const {
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&](const Requirement& requirement) { return requirement.matches(lookup); });
}

bool LabelSelector::matches(const json::Value& labels) const {
  return matches([&labels](std::string_view name) -> std::optional<std::string> {
    const json::Value* value = labels.find(name);
    if (value == nullptr) return std::nullopt;
    return std::string(value->as_string());
  });
}

std::string LabelSelector::text() const {
  std::vector<std::string> parts;
  for (const Requirement& requirement : requirements_) parts.push_back(requirement.text());
  return join(parts, ",");
}

}  // namespace wf::spec
