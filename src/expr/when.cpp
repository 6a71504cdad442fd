// SPDX-License-Identifier: Apache-2.0
#include "expr/when.h"

#include <re2/re2.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "base/text.h"
#include "expr/detail/govaluate_tokens.h"
#include "expr/gomath.h"

namespace wf::expr {
namespace govaluate {
namespace {

// How tightly an operator binds, loosest first. Operators of one level are applied from left to
// right, `**` and `? :` too (WHN-6).
enum Level {
  kSeparate,
  kTernary,
  kOr,
  kAnd,
  kCompare,
  kBits,
  kShift,
  kAdd,
  kMultiply,
  kPower,
  kOperand
};

Level level_of(const Token& token) {
  const std::string& symbol = token.shown;
  switch (token.kind) {
    case Kind::Separator:
      return kSeparate;
    case Kind::Ternary:
      return kTernary;
    case Kind::LogicalOp:
      return symbol == "||" ? kOr : kAnd;
    case Kind::Comparator:
      return kCompare;
    case Kind::Modifier:
      if (symbol == "**") return kPower;
      if (symbol == "*" || symbol == "/" || symbol == "%") return kMultiply;
      if (symbol == "+" || symbol == "-") return kAdd;
      if (symbol == "<<" || symbol == ">>") return kShift;
      return kBits;
    default:
      return kOperand;
  }
}

// first op0 rest0 op1 rest1 …; or a literal, a prefix before `first`, an accessor with arguments.
struct Node {
  enum class Form { Nothing, Literal, Chain, Prefix, Accessor } form = Form::Nothing;
  const Token* token = nullptr;  // of a literal, prefix or accessor
  std::vector<Node> operands;
  std::vector<const Token*> operators;
};

class Parser {
 public:
  explicit Parser(const std::vector<Token>& tokens) : tokens_(tokens) {}

  // What follows a complete expression is not looked at.
  Result<Node> parse() { return chain(kSeparate, 0); }

 private:
  static constexpr int kDepthMax = 1'000;

  const Token* peek() const { return at_ < tokens_.size() ? &tokens_[at_] : nullptr; }

  // Operators that bind at least as tightly as `level`. The levels are taken in a loop, not by
  // recursion, so that a parenthesis costs two frames of the stack; an operand behind an operator
  // counts as a depth too.
  Result<Node> chain(int level, int depth) {
    TRY(Node left, operand(depth));
    for (int tightness = kOperand - 1; tightness >= level; --tightness) {
      if (!is_next(tightness)) continue;
      Node out;
      out.form = Node::Form::Chain;
      out.operands.push_back(std::move(left));
      while (is_next(tightness)) {
        out.operators.push_back(&tokens_[at_++]);
        TRY(Node next, chain(tightness + 1, depth + 1));
        out.operands.push_back(std::move(next));
      }
      left = std::move(out);
    }
    return left;
  }
  bool is_next(int level) const { return peek() != nullptr && level_of(*peek()) == level; }

  Result<Node> operand(int depth) {
    if (depth > kDepthMax) return Error("expression is nested too deeply");
    const Token* token = peek();
    if (token == nullptr || token->kind == Kind::ClauseClose) return Node();
    ++at_;
    Node out;
    out.token = token;
    switch (token->kind) {
      case Kind::Clause: {
        TRY(Node inner, chain(kSeparate, depth + 1));
        ++at_;  // the closing one: the parentheses add up
        return inner;
      }
      case Kind::Prefix: {
        out.form = Node::Form::Prefix;
        TRY(Node right, operand(depth + 1));
        out.operands.push_back(std::move(right));
        return out;
      }
      case Kind::Accessor:
        out.form = Node::Form::Accessor;
        if (peek() != nullptr && peek()->kind == Kind::Clause) {
          TRY(Node arguments, chain(kSeparate, depth + 1));
          out.operands.push_back(std::move(arguments));
        }
        return out;
      case Kind::Separator:
        return Error(cat("Unable to plan token kind: 'SEPARATOR', value: '", token->shown, "'"));
      default:
        out.form = Node::Form::Literal;
        return out;
    }
  }

  const std::vector<Token>& tokens_;
  size_t at_ = 0;
};

// --- Evaluation -------------------------------------------------------------------------------

bool equal(const Value& a, const Value& b) {
  if (a.data.index() != b.data.index()) return false;
  if (a.as_number() != nullptr) return *a.as_number() == *b.as_number();
  if (a.as_bool() != nullptr) return *a.as_bool() == *b.as_bool();
  if (a.as_string() != nullptr) return *a.as_string() == *b.as_string();
  if (a.as_pattern() != nullptr) return *a.as_pattern() == *b.as_pattern();
  if (a.as_list() == nullptr) return true;
  if (a.as_list()->size() != b.as_list()->size()) return false;
  for (size_t i = 0; i < a.as_list()->size(); ++i) {
    if (!equal((*a.as_list())[i], (*b.as_list())[i])) return false;
  }
  return true;
}

Error unusable(const Value& value, const Token& op) {
  const auto text = cat("Value '", print(value), "' cannot be used with the ");
  switch (op.kind) {
    case Kind::LogicalOp:
      return Error(cat(text, "logical operator '", op.shown, "', it is not a bool"));
    case Kind::Comparator:
      return Error(cat(text, "comparator '", op.shown, "', it is not a number"));
    case Kind::Ternary:
      return Error(cat(text, "ternary operator '", op.shown, "', it is not a bool"));
    case Kind::Prefix:
      return Error(cat(text, "prefix '", op.shown, "'"));
    default:
      return Error(cat(text, "modifier '", op.shown, "', it is not a number"));
  }
}

// Go's conversions on amd64, also of what does not fit.
int64_t to_int64(double number) {
  constexpr double kLimit = 9223372036854775808.0;
  if (number >= -kLimit && number < kLimit) return static_cast<int64_t>(number);
  return INT64_MIN;
}
uint64_t to_uint64(double number) {
  constexpr double kLimit = 9223372036854775808.0;
  if (!(number >= kLimit)) return static_cast<uint64_t>(to_int64(number));
  return static_cast<uint64_t>(to_int64(number - kLimit)) ^ (uint64_t{1} << 63);
}
double shifted(const std::string& symbol, double left, double right) {
  const uint64_t value = to_uint64(left), count = to_uint64(right);
  if (count >= 64) return 0;
  return static_cast<double>(symbol == "<<" ? value << count : value >> count);
}

double arithmetic(const std::string& symbol, double left, double right) {
  switch (symbol[0]) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '/':
      return left / right;
    case '%':
      return std::fmod(left, right);
    case '*':
      return symbol == "*" ? left * right : power(left, right);
    case '&':
      return static_cast<double>(to_int64(left) & to_int64(right));
    case '|':
      return static_cast<double>(to_int64(left) | to_int64(right));
    case '^':
      return static_cast<double>(to_int64(left) ^ to_int64(right));
    default:
      return shifted(symbol, left, right);
  }
}

Result<Value> modified(const Token& op, const Value& left, const Value& right) {
  if (op.shown == "+" && (left.as_string() != nullptr || right.as_string() != nullptr)) {
    return Value{print(left) + print(right)};
  }
  const bool plus_fails =
      op.shown == "+" && (left.as_number() == nullptr || right.as_number() == nullptr);
  if (plus_fails || left.as_number() == nullptr) return unusable(left, op);
  if (right.as_number() == nullptr) return unusable(right, op);
  return Value{arithmetic(op.shown, *left.as_number(), *right.as_number())};
}

template <class T>
bool ordered(const std::string& symbol, const T& left, const T& right) {
  if (symbol == "<") return left < right;
  if (symbol == "<=") return left <= right;
  if (symbol == ">") return left > right;
  return left >= right;
}

Result<Value> matched(const Token& op, const Value& left, const Value& right) {
  if (left.as_string() == nullptr) return unusable(left, op);
  if (right.as_string() == nullptr && right.as_pattern() == nullptr) return unusable(right, op);
  Regex pattern;
  if (right.as_pattern() != nullptr) {
    pattern = *right.as_pattern();
  } else {
    auto compiled = compile_regexp(*right.as_string());
    if (!compiled.ok()) {
      return Error(cat("Unable to compile regexp pattern '", *right.as_string(),
                       "': ", compiled.error().message()));
    }
    pattern = std::move(*compiled);
  }
  return Value{RE2::PartialMatch(*left.as_string(), *pattern) == (op.shown == "=~")};
}

Result<Value> contained(const Token& op, const Value& left, const Value& right) {
  if (right.as_list() == nullptr) return unusable(right, op);
  for (const auto& item : *right.as_list()) {
    if (left.as_list() != nullptr && item.as_list() != nullptr)
      return Error("a list cannot be looked up in a list");
    if (equal(left, item)) return Value{true};
  }
  return Value{false};
}

Result<Value> compared(const Token& op, const Value& left, const Value& right) {
  const std::string& symbol = op.shown;
  if (symbol == "==") return Value{equal(left, right)};
  if (symbol == "!=") return Value{!equal(left, right)};
  if (symbol == "=~" || symbol == "!~") return matched(op, left, right);
  if (symbol == "in") return contained(op, left, right);
  if (left.as_number() != nullptr && right.as_number() != nullptr) {
    return Value{ordered(symbol, *left.as_number(), *right.as_number())};
  }
  if (left.as_string() != nullptr && right.as_string() != nullptr) {
    return Value{ordered(symbol, *left.as_string(), *right.as_string())};
  }
  return unusable(left, op);
}

Value separated(Value left, Value right) {
  List items = left.as_list() != nullptr ? *left.as_list() : List{std::move(left)};
  items.push_back(std::move(right));
  return Value{std::move(items)};
}

Result<Value> evaluate(const Node& node);

Result<Value> logical(const Token& op, const Value& left, const Node& right_node) {
  const bool decided_by = op.shown == "||";
  if (left.as_bool() != nullptr && *left.as_bool() == decided_by) return left;
  TRY(Value right, evaluate(right_node));
  if (left.as_bool() == nullptr) return unusable(left, op);
  if (right.as_bool() == nullptr) return unusable(right, op);
  return right;
}

// `a ? b` is b or nil, `x : c` is c where x is nil; so is `x ?? c`.
Result<Value> chosen(const Token& op, const Value& left, const Node& right_node) {
  if (op.shown != "?") {
    if (!left.is_nil()) return left;
    return evaluate(right_node);
  }
  if (left.as_bool() != nullptr && !*left.as_bool()) return Value();
  TRY(Value right, evaluate(right_node));
  if (left.as_bool() == nullptr) return unusable(left, op);
  return right;
}

Result<Value> applied(const Token& op, Value left, const Node& right_node) {
  if (op.kind == Kind::LogicalOp) return logical(op, left, right_node);
  if (op.kind == Kind::Ternary) return chosen(op, left, right_node);
  TRY(Value right, evaluate(right_node));
  if (op.kind == Kind::Separator) return separated(std::move(left), std::move(right));
  if (op.kind == Kind::Comparator) return compared(op, left, right);
  return modified(op, left, right);
}

Result<Value> prefixed(const Token& op, const Value& right) {
  if (op.shown == "!") {
    if (right.as_bool() == nullptr) return unusable(right, op);
    return Value{!*right.as_bool()};
  }
  if (right.as_number() == nullptr) return unusable(right, op);
  if (op.shown == "-") return Value{-*right.as_number()};
  return Value{static_cast<double>(~to_int64(*right.as_number()))};
}

Result<Value> evaluate(const Node& node) {
  switch (node.form) {
    case Node::Form::Nothing:
      return Value();
    case Node::Form::Literal:
      if (node.token->kind != Kind::Variable) return node.token->value;
      return Error(cat("No parameter '", node.token->shown, "' found."));
    case Node::Form::Prefix: {
      TRY(const Value right, evaluate(node.operands[0]));
      return prefixed(*node.token, right);
    }
    case Node::Form::Accessor:
      if (!node.operands.empty()) TRY_DO(evaluate(node.operands[0]));
      return Error(cat("No parameter '", *node.token->value.as_string(), "' found."));
    case Node::Form::Chain:
      break;
  }
  TRY(Value value, evaluate(node.operands[0]));
  for (size_t i = 0; i < node.operators.size(); ++i) {
    TRY(Value next, applied(*node.operators[i], std::move(value), node.operands[i + 1]));
    value = std::move(next);
  }
  return value;
}

Result<std::vector<Token>> checked_tokens(std::string_view expression) {
  TRY(std::vector<Token> tokens, tokens_of(expression));
  TRY_DO(check_syntax(tokens));
  TRY_DO(compile_patterns(tokens));
  TRY_DO(Parser(tokens).parse());
  return tokens;
}

// Bare words become strings, and everything is checked once more with them.
Result<void> name_strings(std::vector<Token>& tokens) {
  for (auto& token : tokens) {
    if (token.kind == Kind::Variable) token.kind = Kind::String;
  }
  TRY_DO(check_syntax(tokens));
  return compile_patterns(tokens);
}

Result<Value> evaluate(const std::vector<Token>& tokens) {
  TRY(const Node root, Parser(tokens).parse());
  return evaluate(root);
}

}  // namespace
}  // namespace govaluate

namespace {

Error not_boolean(std::string_view expression, const govaluate::Value& value) {
  return Error(
      cat("Expected boolean evaluation for '", expression, "'. Got ", govaluate::print(value)));
}

Error explained(std::string_view what, std::string_view when, const Error& cause) {
  return Error(cat(what, " '", when, "': ", cause.message()));
}

}  // namespace

Result<bool> should_execute(std::string_view when) {
  if (when.empty()) return true;
  auto tokens = govaluate::checked_tokens(when);
  if (!tokens.ok()) {
    const bool quotes_may_help =
        tokens.error().message().find("Invalid token") != std::string::npos;
    const Error error = explained("Invalid 'when' expression", when, tokens.error());
    return quotes_may_help
               ? Error(cat(error.message(),
                           " (hint: try wrapping the affected expression in quotes (\"))"))
               : error;
  }
  if (const auto named = govaluate::name_strings(*tokens); !named.ok()) {
    return explained("Failed to parse 'when' expression", when, named.error());
  }
  const auto value = govaluate::evaluate(*tokens);
  if (!value.ok()) return explained("Failed to evaluate 'when' expresion", when, value.error());
  if (value->as_bool() == nullptr) return not_boolean(when, *value);
  return *value->as_bool();
}

Result<bool> evaluate_condition(std::string_view expression, BareWords bare_words) {
  TRY(std::vector<govaluate::Token> tokens, govaluate::checked_tokens(expression));
  if (bare_words == BareWords::AreStrings) TRY_DO(govaluate::name_strings(tokens));
  TRY(const govaluate::Value value, govaluate::evaluate(tokens));
  if (value.as_bool() == nullptr) return not_boolean(expression, value);
  return *value.as_bool();
}

}  // namespace wf::expr
