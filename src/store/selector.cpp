// SPDX-License-Identifier: Apache-2.0
#include "store/selector.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace wf::store {
namespace {

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool is_special(char c) {
  return c == '=' || c == '!' || c == '(' || c == ')' || c == ',' || c == '>' || c == '<';
}

// Splits a selector into words and the signs = == != in ( ) , > <.
std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  for (size_t i = 0; i < text.size();) {
    if (is_space(text[i])) {
      ++i;
    } else if (is_special(text[i])) {
      const std::string_view two = text.substr(i, 2);
      const size_t length = two == "==" || two == "!=" ? 2 : 1;
      tokens.emplace_back(text.substr(i, length));
      i += length;
    } else {
      size_t end = i;
      while (end < text.size() && !is_space(text[end]) && !is_special(text[end])) ++end;
      tokens.emplace_back(text.substr(i, end - i));
      i = end;
    }
  }
  return tokens;
}

bool is_word(const std::string& token) { return !token.empty() && !is_special(token[0]); }

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string text_of(const json::Value& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_number()) return std::string(value.number_text());
  if (value.is_bool()) return value.as_bool() ? "true" : "false";
  return "";
}

// Reads tokens one after the other; past the end it gives "".
class Tokens {
 public:
  explicit Tokens(std::vector<std::string> list) : list_(std::move(list)) {}
  const std::string& peek() const { return at_ < list_.size() ? list_[at_] : kNone; }
  std::string next() { return at_ < list_.size() ? list_[at_++] : kNone; }
  bool done() const { return at_ >= list_.size(); }

 private:
  inline static const std::string kNone;
  std::vector<std::string> list_;
  size_t at_ = 0;
};

// "(a, b)"; an empty place between commas is the empty value.
Result<std::vector<std::string>> value_set(Tokens& tokens) {
  if (tokens.next() != "(") return Error("expected '(' after 'in' or 'notin'");
  std::vector<std::string> values;
  for (;;) {
    values.push_back(is_word(tokens.peek()) ? tokens.next() : "");
    const std::string separator = tokens.next();
    if (separator == ")") return values;
    if (separator != ",") return Error(cat("expected ',' or ')', found '", separator, "'"));
  }
}

}  // namespace

Result<LabelSelector> LabelSelector::parse(std::string_view text) {
  LabelSelector selector;
  Tokens tokens(tokens_of(text));
  const auto bad = [&](std::string_view why) {
    return Error(cat("unable to parse requirement in selector '", text, "': ", why));
  };
  while (!tokens.done()) {
    const bool negated = tokens.peek() == "!";
    if (negated) tokens.next();
    Requirement requirement{tokens.next(), negated ? Operator::DoesNotExist : Operator::Exists, {}};
    if (!is_word(requirement.key)) return bad(cat("found '", requirement.key, "', expected a label's name"));
    const std::string op = negated || tokens.peek() == "," ? "" : tokens.next();
    if (op == "=" || op == "==" || op == "!=") {
      requirement.op = op == "!=" ? Operator::NotIn : Operator::In;
      requirement.values.push_back(is_word(tokens.peek()) ? tokens.next() : "");
    } else if (op == "in" || op == "notin") {
      requirement.op = op == "in" ? Operator::In : Operator::NotIn;
      auto values = value_set(tokens);
      if (!values.ok()) return bad(values.error().message());
      requirement.values = std::move(*values);
    } else if (op == ">" || op == "<") {
      requirement.op = op == ">" ? Operator::GreaterThan : Operator::LessThan;
      requirement.values.push_back(tokens.next());
      if (!whole_number(requirement.values[0])) return bad("'>' and '<' need a whole number");
    } else if (!op.empty()) {
      return bad(cat("found '", op, "', expected: in, notin, =, ==, !=, >, <"));
    }
    selector.requirements_.push_back(std::move(requirement));
    if (tokens.done()) break;
    if (const std::string comma = tokens.next(); comma != ",") return bad(cat("found '", comma, "', expected: ','"));
    if (tokens.done()) return bad("found nothing after ','");
  }
  return selector;
}

Result<LabelSelector> LabelSelector::from_object(const json::Value& object) {
  LabelSelector selector;
  for (const json::Member& label : object["matchLabels"].members()) {
    selector.requirements_.push_back({std::string(label.key()), Operator::In, {text_of(label.value)}});
  }
  for (const json::Value& expression : object["matchExpressions"].items()) {
    Requirement requirement{text_of(expression["key"]), Operator::In, {}};
    const std::string_view op = expression["operator"].as_string();
    if (op == "NotIn") requirement.op = Operator::NotIn;
    else if (op == "Exists") requirement.op = Operator::Exists;
    else if (op == "DoesNotExist") requirement.op = Operator::DoesNotExist;
    else if (op != "In") return Error(cat("\"", op, "\" is not a valid label selector operator"));
    for (const json::Value& value : expression["values"].items()) requirement.values.push_back(text_of(value));
    selector.requirements_.push_back(std::move(requirement));
  }
  return selector;
}

bool LabelSelector::holds(const Requirement& requirement, const json::Value* label) {
  const auto listed = [&] {
    const std::string_view value = label->as_string();
    return std::find(requirement.values.begin(), requirement.values.end(), value) != requirement.values.end();
  };
  switch (requirement.op) {
    case Operator::Exists: return label != nullptr;
    case Operator::DoesNotExist: return label == nullptr;
    case Operator::In: return label != nullptr && listed();
    case Operator::NotIn: return label == nullptr || !listed();
    case Operator::GreaterThan:
    case Operator::LessThan: {
      const auto value = label == nullptr ? std::nullopt : whole_number(label->as_string());
      if (!value) return false;
      const int64_t limit = *whole_number(requirement.values[0]);
      return requirement.op == Operator::GreaterThan ? *value > limit : *value < limit;
    }
  }
  return false;
}

bool LabelSelector::matches(const json::Value& labels) const {
  return std::all_of(requirements_.begin(), requirements_.end(),
                     [&](const Requirement& r) { return holds(r, labels.find(r.key)); });
}

Result<FieldSelector> FieldSelector::parse(std::string_view text) {
  FieldSelector selector;
  if (trim(text).empty()) return selector;
  Term term{"", "", true};
  bool in_value = false;
  const auto finish = [&] {
    if (in_value) selector.terms_.push_back(std::move(term));
    const bool good = in_value;
    term = Term{"", "", true};
    in_value = false;
    return good;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    std::string& into = in_value ? term.value : term.path;
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size()) {
      into.push_back(text[++i]);
    } else if (c == ',') {
      if (!finish()) return Error(cat("invalid field selector: '", text, "'"));
    } else if (!in_value && (c == '=' || (c == '!' && text.substr(i, 2) == "!="))) {
      term.equal = c == '=';
      if (text.substr(i, 2) == "==" || c == '!') ++i;
      in_value = true;
    } else {
      into.push_back(c);
    }
  }
  if (!finish()) return Error(cat("invalid field selector: '", text, "'"));
  for (Term& each : selector.terms_) each.path = std::string(trim(each.path));
  return selector;
}

bool FieldSelector::matches(const json::Value& object) const {
  return std::all_of(terms_.begin(), terms_.end(), [&](const Term& term) {
    return (text_of(at_path(object, term.path)) == term.value) == term.equal;
  });
}

const json::Value& at_path(const json::Value& object, std::string_view path) {
  const json::Value* at = &object;
  for (const std::string_view key : split(path, ".")) at = &(*at)[key];
  return *at;
}

}  // namespace wf::store
