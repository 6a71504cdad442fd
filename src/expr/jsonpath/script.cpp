// SPDX-License-Identifier: Apache-2.0
#include <re2/re2.h>

#include <cmath>
#include <cstdlib>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/gofmt.h"
#include "expr/gomath.h"
#include "expr/jsonpath/path.h"
#include "expr/lang/builtins.h"
#include "expr/lang/operators.h"
#include "expr/regexp.h"
#include "json/text.h"

namespace wf::expr::jsonpath {
namespace {

// In the order in which they are looked for: what is found first binds loosest.
constexpr std::string_view kOps[] = {"||", "&&", "==", "!=", "<=", ">=", "<",      ">",  "=~", "!",
                                     "+",  "-",  "**", "*",  "/",  "%",  "not in", "in", "@",  "$"};
constexpr int kLast = static_cast<int>(std::size(kOps)) - 1;
constexpr int kStepsMax = 5'000, kDepthMax = 200;  // of splitting one text

// Where the operator stands first outside of quotes and brackets; npos: nowhere.
size_t find_operator(std::string_view text, std::string_view op) {
  bool single = false, both = false;
  int square = 0, round = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool quoted = single || both;
    if (!quoted && square <= 0) round += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (!quoted && round <= 0) square += c == '[' ? 1 : c == ']' ? -1 : 0;
    if (c == '\'' && !both && square <= 0 && round <= 0) single = !single;
    if (c == '"' && !single && square <= 0 && round <= 0) both = !both;
    if (single || both || square > 0 || round > 0) continue;
    if (i + 1 >= op.size() && text.substr(i + 1 - op.size(), op.size()) == op)
      return i + 1 - op.size();
  }
  return std::string_view::npos;
}

bool in_quotes(std::string_view text, char quote) {
  return text.size() > 1 && text.front() == quote && text.back() == quote;
}

std::string_view without_single_quotes(std::string_view text) {
  return in_quotes(text, '\'') ? text.substr(1, text.size() - 2) : text;
}

Error expected(std::string_view what) { return Error(cat("invalid argument. expected ", what)); }

}  // namespace

class Script::Parser {
 public:
  explicit Parser(int nesting) : nesting_(nesting) {}

  Result<Operand> operand(std::string_view text, int level) {
    TRY(auto node, operation(text, level));
    if (node) return Operand{std::move(node), std::nullopt};
    text = trim_space(text);
    if (text.empty()) return Operand{};
    const bool list = text.starts_with('[') && text.ends_with(']');
    const bool map = text.starts_with('{') && text.ends_with('}');
    if (list || map) {
      const auto parsed = json::parse(text);
      if (parsed.ok()) return Operand{nullptr, Any::from_json(*parsed)};
    }
    return Operand{nullptr, Any(text)};
  }

  // Null where the text holds no operator. Level −1 stands before all operators: the library tries
  // them all again within round brackets. It fails for texts that would take too long.
  Result<std::shared_ptr<const Node>> operation(std::string_view text, int level) {
    if (++steps_ > kStepsMax || ++depth_ > kDepthMax)
      return Error("invalid expression. too complex");
    auto found = split(text, level);
    --depth_;
    return found;
  }

 private:
  Result<std::shared_ptr<const Node>> split(std::string_view text, int level) {
    using Found = std::shared_ptr<const Node>;
    for (;; ++level) {
      const std::string_view op = level < 0 ? std::string_view() : kOps[level];
      const bool is_path = op == "@" || op == "$";
      text = trim_space(text);
      if (text.empty()) return Found();
      if (text.starts_with('(') && text.ends_with(')')) {
        text = text.size() < 2 ? std::string_view() : trim_space(text.substr(1, text.size() - 2));
        level = -1;
      }
      const bool last = level == kLast;
      const size_t at = find_operator(text, op);
      if (at == std::string_view::npos) {
        if (last) return Found();
        continue;
      }
      const std::string_view right_text = trim_space(text.substr(at + op.size()));
      const std::string_view left_text = trim_space(text.substr(0, at));
      if (right_text.empty() && !is_path) {
        if (last) return Found();
        continue;
      }
      TRY(Operand right, operand(right_text, level));
      const bool no_left_needed = is_path || op == "!";
      if (left_text.empty() && !no_left_needed) {
        if (last) return Found();
        continue;
      }
      TRY(Operand left, operand(left_text, level));
      if (no_left_needed && (left.node || left.value)) {
        if (last) return Found();
        continue;
      }
      if (op.empty()) return Error("unsupported operator");
      Node node{.op = op_index(op), .left = std::move(left), .right = std::move(right)};
      if (is_path) {
        TRY(node.path, parse_path(text, nesting_ + 1));
      }
      return Found(std::make_shared<const Node>(std::move(node)));
    }
  }

  static int op_index(std::string_view op) {
    int i = 0;
    while (kOps[i] != op) ++i;
    return i;
  }
  int nesting_;
  int steps_ = 0, depth_ = 0;
};

Result<ScriptPtr> Script::parse(std::string_view text, int nesting) {
  auto out = std::make_shared<Script>();
  out->text_ = text;
  TRY(out->root_.node, Parser(nesting).operation(text, 0));
  return ScriptPtr(std::move(out));
}

Result<Any> Script::evaluate(const Any& root, const Any& current) const {
  if (text_.empty()) return Error("invalid expression. is empty");
  const Values values{root, current};
  if (root_.node) return run(*root_.node, values);
  const Operand whole{nullptr, Any(text_)};
  if (text_ == "nil" || text_ == "null") return Any();
  if (const auto value = number(whole, values); value.ok()) return Any(*value);
  if (const auto value = boolean(whole, values); value.ok()) return Any(*value);
  return Any(text_);
}

// The operand's value, with the names $, @, nil and null replaced by what they stand for.
Result<Any> Script::resolved(const Operand& operand, const Values& values) {
  Any value = operand.value.value_or(Any());
  if (operand.node) {
    TRY(value, run(*operand.node, values));
  }
  const std::string_view name = value.as_string();
  if (name == "$") return values.root;
  if (name == "@") return values.current;
  if (name == "nil" || name == "null") return Any();
  return value;
}

Result<double> Script::number(const Operand& operand, const Values& values) {
  if (!operand.node && !operand.value) return Error("invalid argument. is nil");
  TRY(const Any value, resolved(operand, values));
  const auto parsed = lang::float_of(Any(format_value(value)));
  if (!parsed.ok()) return expected("number");
  return parsed->as_float();
}

Result<int64_t> Script::integer(const Operand& operand, const Values& values) {
  if (!operand.node && !operand.value) return Error("invalid argument. is nil");
  TRY(const Any value, resolved(operand, values));
  const auto parsed = lang::int_of(Any(format_value(value)));
  if (!parsed.ok()) return expected("integer");
  return parsed->as_int();
}

Result<bool> Script::boolean(const Operand& operand, const Values& values) {
  if (!operand.node && !operand.value) return false;
  TRY(const Any value, resolved(operand, values));
  if (value.is_nil()) return false;
  const std::string text = format_value(value);
  for (const std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == no) return false;
  }
  return expected("boolean");
}

// Texts that stand for texts are in single quotes; others print as they are.
Result<std::string> Script::text(const Operand& operand, const Values& values) {
  if (!operand.node && !operand.value) return Error("invalid argument. is nil");
  Any value = operand.value.value_or(Any());
  if (operand.node) {
    TRY(value, run(*operand.node, values));
  }
  const Operand plain{nullptr, value};
  TRY(const Any named, resolved(plain, values));
  const bool replaced =
      value.is_string() && !(named.is_string() && named.as_string() == value.as_string());
  if (!named.is_string()) return format_value(named);
  const std::string_view content = named.as_string();
  if (in_quotes(content, '\'')) return std::string(content);
  if (in_quotes(content, '"')) return cat("'", content.substr(1, content.size() - 2), "'");
  return replaced ? cat("'", content, "'") : std::string(content);
}

Result<Any> Script::equals(const Node& node, const Values& values, bool wanted) {
  const auto first_number = number(node.left, values);
  if (first_number.ok()) {
    const auto second_number = number(node.right, values);
    if (second_number.ok()) return Any((*first_number == *second_number) == wanted);
  }
  TRY(const std::string first, text(node.left, values));
  TRY(const std::string second, text(node.right, values));
  return Any((first == second) == wanted);
}

Result<Any> Script::matches(const Node& node, const Values& values) {
  TRY(const std::string subject, text(node.left, values));
  TRY(const std::string pattern, text(node.right, values));
  const auto regex = compile_regexp(without_single_quotes(pattern));
  if (!regex.ok()) return expected("a valid regexp");
  const std::string_view content = without_single_quotes(subject);
  return Any(re2::RE2::PartialMatch(re2::StringPiece(content.data(), content.size()), **regex));
}

Result<Any> Script::contained(const Node& node, const Values& values, bool wanted) {
  Any item;
  if (const auto value = number(node.left, values); value.ok()) {
    item = Any(*value);
  } else if (auto content = text(node.left, values); content.ok()) {
    item = Any(std::move(*content));
  } else if (const auto truth = boolean(node.left, values); truth.ok()) {
    item = Any(*truth);
  }
  if (!node.right.node && !node.right.value) return Error("invalid argument. is nil");
  TRY(const Any list, resolved(node.right, values));
  if (list.is_nil()) return Error("invalid argument. is nil");
  if (!list.is_list() && !list.is_map()) return expected("array, map, or slice");
  bool found = false;
  for (const Any& element : list.items()) found = found || lang::deep_equal(element, item);
  for (const auto& [key, element] : list.members())
    found = found || lang::deep_equal(element, item);
  return Any(found == wanted);
}

Result<Any> Script::run(const Node& node, const Values& values) {
  const std::string_view op = kOps[node.op];
  if (op == "@" || op == "$") {
    TRY(Any value, apply(node.path, values.root, values.current));
    if (!value.is_string() || in_quotes(value.as_string(), '\'')) return value;
    return Any(cat("'", value.as_string(), "'"));
  }
  if (op == "==" || op == "!=") return equals(node, values, op == "==");
  if (op == "=~") return matches(node, values);
  if (op == "in" || op == "not in") return contained(node, values, op == "in");
  if (op == "!") {
    TRY(const bool value, boolean(node.right, values));
    return Any(!value);
  }
  if (op == "&&" || op == "||") {  // both sides always count
    TRY(const bool first, boolean(node.left, values));
    TRY(const bool second, boolean(node.right, values));
    return Any(op == "&&" ? first && second : first || second);
  }
  return run_binary(op, node, values);
}

Result<Any> Script::run_binary(std::string_view op, const Node& node, const Values& values) {
  if (op == "%") {
    TRY(const int64_t a, integer(node.left, values));
    TRY(const int64_t b, integer(node.right, values));
    if (b == 0) return Error("runtime error: integer divide by zero");
    return Any::integer(b == -1 ? 0 : a % b, types::kInt64);
  }
  TRY(const double first, number(node.left, values));
  TRY(const double second, number(node.right, values));
  if (op == "<=") return Any(first <= second);
  if (op == ">=") return Any(first >= second);
  if (op == "<") return Any(first < second);
  if (op == ">") return Any(first > second);
  if (op == "+") return Any(first + second);
  if (op == "-") return Any(first - second);
  if (op == "*") return Any(first * second);
  if (op == "/") return Any(first / second);
  return Any(power(first, second));
}

}  // namespace wf::expr::jsonpath
