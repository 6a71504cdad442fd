// SPDX-License-Identifier: Apache-2.0
#include "expr/lang/parser.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/text.h"
#include "expr/lang/builtins.h"
#include "expr/lang/literal.h"
#include "expr/lang/token.h"

namespace wf::expr::lang {
namespace {

struct Infix {
  std::string_view text;
  Op op;
  int precedence;
};
constexpr Infix kInfix[] = {
    {"or", Op::Or, 10},
    {"||", Op::Or, 10},
    {"and", Op::And, 15},
    {"&&", Op::And, 15},
    {"==", Op::Equal, 20},
    {"!=", Op::NotEqual, 20},
    {"<", Op::Less, 20},
    {">", Op::Greater, 20},
    {">=", Op::GreaterEqual, 20},
    {"<=", Op::LessEqual, 20},
    {"in", Op::In, 20},
    {"matches", Op::Matches, 20},
    {"contains", Op::Contains, 20},
    {"startsWith", Op::StartsWith, 20},
    {"endsWith", Op::EndsWith, 20},
    {"..", Op::Range, 25},
    {"+", Op::Add, 30},
    {"-", Op::Subtract, 30},
    {"*", Op::Multiply, 60},
    {"/", Op::Divide, 60},
    {"%", Op::Modulo, 60},
    {"**", Op::Power, 100},
    {"^", Op::Power, 100},
    {"??", Op::Coalesce, 500},
};
constexpr int kNotPrecedence = 50, kSignPrecedence = 90;

const Infix* infix_of(const Token& token) {
  for (const Infix& infix : kInfix) {
    if (token.is_operator(infix.text)) return &infix;
  }
  return nullptr;
}

bool negatable(Op op) {
  return op == Op::In || op == Op::Matches || op == Op::Contains || op == Op::StartsWith ||
         op == Op::EndsWith;
}
bool is_comparison(Op op) {
  return op == Op::Less || op == Op::Greater || op == Op::GreaterEqual || op == Op::LessEqual;
}

// How the arguments of the functions that take predicates are written.
struct Shape {
  std::string_view name;
  int required;  // arguments that must be there; the second is a predicate
  int most;
};
constexpr Shape kShapes[] = {
    {"all", 2, 2},     {"none", 2, 2},      {"any", 2, 2},      {"one", 2, 2},
    {"filter", 2, 2},  {"map", 2, 2},       {"count", 1, 2},    {"sum", 1, 2},
    {"find", 2, 2},    {"findIndex", 2, 2}, {"findLast", 2, 2}, {"findLastIndex", 2, 2},
    {"groupBy", 2, 2}, {"sortBy", 2, 3},    {"reduce", 2, 3},
};
const Shape* shape_of(std::string_view name) {
  for (const Shape& shape : kShapes) {
    if (shape.name == name) return &shape;
  }
  return nullptr;
}

// Failure is kept in error_ and ends the parsing; nodes made after it are never looked at. Every
// function returns some node, so that callers need not ask.
class Parser {
 public:
  Parser(std::string_view source, std::vector<Token> tokens, const IsOverridden& is_overridden)
      : source_(source), tokens_(std::move(tokens)), is_overridden_(is_overridden) {}

  Result<Tree> tree() {
    NodePtr root = sequence();
    if (!current().is(TokenKind::End)) unexpected(current());
    if (error_) return std::move(*error_);
    return Tree{std::string(source_), std::move(root)};
  }

 private:
  const Token& current() const { return tokens_[at_]; }
  bool failed() const { return error_.has_value(); }
  void fail(const Token& token, std::string_view message) {
    if (!error_) error_ = error_at(source_, token.at, message);
  }
  void unexpected(const Token& token) { fail(token, cat("unexpected token ", print(token))); }
  // Failing moves to the end, so that all loops stop.
  void next() {
    if (failed()) {
      at_ = tokens_.size() - 1;
    } else if (at_ + 1 < tokens_.size()) {
      ++at_;
    }
  }
  bool accept_operator(std::string_view text) {
    if (!current().is_operator(text)) return false;
    next();
    return true;
  }
  void expect(TokenKind kind, std::string_view text) {
    if (!current().is(kind, text)) unexpected(current());
    next();
  }
  void expect_bracket(std::string_view text) { expect(TokenKind::Bracket, text); }
  void expect_operator(std::string_view text) { expect(TokenKind::Operator, text); }
  std::string expect_identifier() {
    std::string name = current().text;
    if (!current().is(TokenKind::Identifier)) unexpected(current());
    next();
    return name;
  }

  template <class... Kids>
  NodePtr make(NodeKind kind, const Token& token, Kids... kids) {
    NodePtr node = std::make_unique<Node>();
    node->kind = kind;
    node->at = token.at;
    (add(*node, std::move(kids)), ...);
    if (++nodes_ > kNodesMax)
      fail(token, "compilation failed: expression exceeds maximum allowed nodes");
    return node;
  }
  void add(Node& parent, NodePtr kid) {
    if (kid) parent.depth = std::max(parent.depth, kid->depth + 1);
    if (parent.depth > kNestingMax) fail(current(), "expression is nested too deeply");
    parent.kids.push_back(std::move(kid));
  }
  NodePtr literal(const Token& token, Any value) {
    NodePtr node = make(NodeKind::Literal, token);
    node->value = std::move(value);
    return node;
  }
  NodePtr named(NodeKind kind, const Token& token, std::string_view name) {
    NodePtr node = make(kind, token);
    node->name = name;
    return node;
  }
  NodePtr binary(Op op, const Token& token, NodePtr left, NodePtr right) {
    NodePtr node = make(NodeKind::Binary, token, std::move(left), std::move(right));
    node->op = op;
    node->name = token.text;
    return node;
  }
  NodePtr unary(Op op, const Token& token, NodePtr operand) {
    NodePtr node = make(NodeKind::Unary, token, std::move(operand));
    node->op = op;
    node->name = token.text;
    return node;
  }

  NodePtr sequence() {
    const Token start = current();
    NodePtr first = expression(0);
    if (!current().is_operator(";")) return first;
    NodePtr node = make(NodeKind::Sequence, start, std::move(first));
    node->at = node->kids[0]->at;
    while (accept_operator(";")) {
      if (current().is(TokenKind::End)) break;
      add(*node, expression(0));
    }
    if (node->kids.size() == 1) return std::move(node->kids[0]);
    return node;
  }

  NodePtr expression(int precedence) {
    const Token start = current();
    if (++nesting_ > kNestingMax) fail(start, "expression is nested too deeply");
    NodePtr node = failed() ? literal(start, Any()) : any_expression(precedence);
    --nesting_;
    return node;
  }

  NodePtr any_expression(int precedence) {
    if (precedence == 0 && current().is_operator("let")) return declaration();
    if (precedence == 0 && current().is_operator("if")) return if_expression();
    NodePtr left = operations(primary(), precedence);
    return precedence == 0 ? ternary(std::move(left)) : std::move(left);
  }

  NodePtr operations(NodePtr left, int precedence) {
    bool coalescing = false;
    while (!failed() && current().is(TokenKind::Operator)) {
      const bool negated = current().is_operator("not");
      const Token token = negated ? tokens_[at_ + 1] : current();
      const Infix* infix = infix_of(token);
      if (negated && !(infix && negatable(infix->op))) {
        unexpected(token);
        break;
      }
      if (token.is_operator("|") && precedence <= 0) {
        next();
        left = pipe(std::move(left));
        coalescing = false;
        continue;
      }
      if (!infix || infix->precedence < precedence) break;
      if (negated) next();
      next();
      if (coalescing && infix->op != Op::Coalesce) {
        fail(token, cat("Operator (", token.text,
                        ") and coalesce expressions (?"
                        "?) cannot be mixed. "
                        "Wrap either by parentheses."));
        break;
      }
      coalescing = infix->op == Op::Coalesce;
      left = operation(std::move(left), *infix, token);
      if (negated) {
        left = unary(Op::Not, token, std::move(left));
        left->name = "not";
      }
    }
    return left;
  }

  NodePtr operation(NodePtr left, const Infix& infix, const Token& token) {
    if (is_comparison(infix.op)) return comparison(std::move(left), infix, token);
    const int right_precedence = infix.op == Op::Power ? infix.precedence : infix.precedence + 1;
    return binary(infix.op, token, std::move(left), expression(right_precedence));
  }

  // a < b <= c means a < b && b <= c, where b is evaluated twice.
  NodePtr comparison(NodePtr left, const Infix& first, const Token& first_token) {
    NodePtr all;
    const Infix* infix = &first;
    Token token = first_token;
    for (;;) {
      NodePtr right = expression(infix->precedence + 1);
      const Infix* more = infix_of(current());
      const bool goes_on = more && is_comparison(more->op) && !failed();
      NodePtr again = goes_on ? copy(*right) : nullptr;
      NodePtr one = binary(infix->op, token, std::move(left), std::move(right));
      all = all ? both(token, std::move(all), std::move(one)) : std::move(one);
      if (!goes_on) return all;
      left = std::move(again);
      infix = more;
      token = current();
      next();
    }
  }

  NodePtr both(const Token& token, NodePtr left, NodePtr right) {
    NodePtr node = binary(Op::And, token, std::move(left), std::move(right));
    node->name = "&&";
    return node;
  }

  NodePtr copy(const Node& node) {
    NodePtr out = make(node.kind, current());
    out->at = node.at;
    out->op = node.op;
    out->optional = node.optional;
    out->method = node.method;
    out->name = node.name;
    out->value = node.value;
    out->builtin = node.builtin;
    if (failed()) return out;
    for (const NodePtr& kid : node.kids) add(*out, kid ? copy(*kid) : nullptr);
    return out;
  }

  // After the call nothing may follow but the next operator: `x | f().y` is no member of it.
  NodePtr pipe(NodePtr left) {
    const Token token = current();
    const std::string name = expect_identifier();
    std::vector<NodePtr> arguments;
    arguments.push_back(std::move(left));
    return call(token, name, std::move(arguments), true);
  }

  NodePtr declaration() {
    next();
    const Token token = current();
    const std::string name = expect_identifier();
    expect_operator("=");
    NodePtr value = expression(0);
    expect_operator(";");
    NodePtr node = make(NodeKind::Let, token, std::move(value), sequence());
    node->name = name;
    return node;
  }

  NodePtr if_expression() {
    const Token token = current();
    if (++nesting_ > kNestingMax) fail(token, "expression is nested too deeply");
    next();
    NodePtr condition = expression(0);
    expect_bracket("{");
    NodePtr yes = sequence();
    expect_bracket("}");
    expect_operator("else");
    NodePtr no;
    if (current().is_operator("if") && !failed()) {
      no = if_expression();
    } else {
      expect_bracket("{");
      no = sequence();
      expect_bracket("}");
    }
    --nesting_;
    return make(NodeKind::Conditional, token, std::move(condition), std::move(yes), std::move(no));
  }

  NodePtr ternary(NodePtr condition) {
    while (!failed() && accept_operator("?")) {
      NodePtr yes;
      if (accept_operator(":")) {
        yes = copy(*condition);
      } else {
        yes = expression(0);
        expect_operator(":");
      }
      NodePtr no = expression(0);
      condition = make(NodeKind::Conditional, current(), std::move(condition), std::move(yes),
                       std::move(no));
    }
    return condition;
  }

  NodePtr primary() {
    const Token token = current();
    if (token.is_operator("not") || token.is_operator("!")) {
      next();
      return postfix(unary(Op::Not, token, expression(kNotPrecedence)));
    }
    if (token.is_operator("-") || token.is_operator("+")) {
      next();
      const Op op = token.text == "-" ? Op::Minus : Op::Plus;
      return postfix(unary(op, token, expression(kSignPrecedence)));
    }
    if (token.is_bracket("(")) {
      next();
      NodePtr inner = sequence();
      expect_bracket(")");
      return postfix(std::move(inner));
    }
    if (predicates_ > 0 && (token.is_operator("#") || token.is_operator("."))) {
      NodePtr node = make(NodeKind::Pointer, token);
      if (accept_operator("#") && current().is(TokenKind::Identifier))
        node->name = expect_identifier();
      return postfix(std::move(node));
    }
    if (token.is_operator("::")) {
      next();
      const Token name = current();
      return postfix(call(name, expect_identifier(), {}, false));
    }
    return secondary();
  }

  NodePtr secondary() {
    const Token token = current();
    switch (token.kind) {
      case TokenKind::Identifier:
        next();
        return word(token);
      case TokenKind::Number:
        next();
        return number(token);
      case TokenKind::String:
        next();
        return postfix(literal(token, Any(token.text)));
      case TokenKind::Bytes:
        next();
        return postfix(literal(token, Any::bytes(token.text)));
      default:
        break;
    }
    if (token.is_bracket("[")) return postfix(array(token));
    if (token.is_bracket("{")) return postfix(map(token));
    unexpected(token);
    return literal(token, Any());
  }

  NodePtr word(const Token& token) {
    if (token.text == "true" || token.text == "false")
      return literal(token, Any(token.text == "true"));
    if (token.text == "nil") return literal(token, Any());
    if (current().is_bracket("(")) return postfix(call(token, token.text, {}, true));
    return postfix(named(NodeKind::Identifier, token, token.text));
  }

  NodePtr number(const Token& token) {
    auto value = number_of(token.text);
    if (!value.ok()) fail(current(), value.error().message());
    return literal(token, value.ok() ? std::move(*value) : Any());
  }

  // `arguments` holds what stood left of a pipe.
  NodePtr call(const Token& token, std::string_view name, std::vector<NodePtr> arguments,
               bool env_first) {
    const bool hidden = env_first && is_overridden_ && is_overridden_(name);
    const Shape* shape = hidden ? nullptr : shape_of(name);
    const Builtin* builtin = hidden ? nullptr : builtin_named(name);
    NodePtr node;
    if (shape || builtin) {
      node = named(NodeKind::Builtin, token, name);
    } else {
      node = make(NodeKind::Call, token);
      add(*node, named(NodeKind::Identifier, token, name));
    }
    node->builtin = builtin;
    for (NodePtr& argument : arguments) add(*node, std::move(argument));
    if (shape) {
      predicate_arguments(*node, *shape);
    } else {
      plain_arguments(*node);
    }
    return node;
  }

  void predicate_arguments(Node& node, const Shape& shape) {
    expect_bracket("(");
    const int given = static_cast<int>(node.kids.size());
    for (int i = given; i < shape.most && !failed(); ++i) {
      if (current().is_bracket(")")) {
        if (i < shape.required)
          fail(current(), cat("expected at least ", shape.most - given, " arguments"));
        break;
      }
      if (i > given) expect_operator(",");
      add(node, i == 1 ? predicate() : expression(0));
    }
    accept_operator(",");
    expect_bracket(")");
  }

  void plain_arguments(Node& node) {
    expect_bracket("(");
    bool first = true;
    while (!failed() && !current().is_bracket(")")) {
      if (!first) expect_operator(",");
      first = false;
      if (current().is_bracket(")")) break;
      add(node, expression(0));
    }
    expect_bracket(")");
  }

  NodePtr predicate() {
    const Token token = current();
    const bool braces = token.is_bracket("{");
    if (braces) next();
    ++predicates_;
    NodePtr body = braces ? sequence() : expression(0);
    if (!braces && current().is_operator(";"))
      fail(current(), "wrap predicate with brackets { and }");
    --predicates_;
    if (braces) expect_bracket("}");
    return make(NodeKind::Predicate, token, std::move(body));
  }

  NodePtr array(const Token& token) {
    next();
    NodePtr node = make(NodeKind::Array, token);
    while (!failed() && !current().is_bracket("]")) {
      if (!node->kids.empty()) expect_operator(",");
      if (!node->kids.empty() && current().is_bracket("]")) break;
      add(*node, expression(0));
    }
    expect_bracket("]");
    return node;
  }

  NodePtr map(const Token& token) {
    next();
    NodePtr node = make(NodeKind::Map, token);
    while (!failed() && !current().is_bracket("}")) {
      if (!node->kids.empty()) expect_operator(",");
      if (!node->kids.empty() && current().is_bracket("}")) break;
      add(*node, map_key());
      expect_operator(":");
      add(*node, expression(0));
    }
    expect_bracket("}");
    return node;
  }

  NodePtr map_key() {
    const Token token = current();
    if (token.is(TokenKind::Number) || token.is(TokenKind::String) ||
        token.is(TokenKind::Identifier)) {
      next();
      return literal(token, Any(token.text));
    }
    if (token.is_bracket("(")) return expression(0);
    fail(token, cat("a map key must be a quoted string, a number, a identifier, or an expression "
                    "enclosed in parentheses (unexpected token ",
                    print(token), ")"));
    return literal(token, Any());
  }

  NodePtr postfix(NodePtr node) {
    while (!failed()) {
      const Token token = current();
      const bool optional = token.is_operator("?.");
      const bool indexed = optional && tokens_[at_ + 1].is_bracket("[");
      if (optional || token.is_operator(".")) {
        next();
        if (!indexed) {
          node = member(std::move(node), optional);
          continue;
        }
      } else if (!token.is_bracket("[")) {
        break;
      }
      node = index_or_slice(std::move(node), optional);
    }
    return node;
  }

  NodePtr member(NodePtr base, bool optional) {
    const Token property = current();
    next();
    const bool named_so = property.is(TokenKind::Identifier) ||
                          (property.is(TokenKind::Operator) &&
                           std::isalpha(static_cast<unsigned char>(property.text[0])));
    if (!named_so) fail(current(), "expected name");
    const bool chained = base->kind == NodeKind::Chain;
    if (chained) base = std::move(base->kids[0]);
    NodePtr node =
        make(NodeKind::Member, property, std::move(base), literal(property, Any(property.text)));
    node->optional = optional;
    if (current().is_bracket("(")) {
      node->method = true;
      node = make(NodeKind::Call, property, std::move(node));
      plain_arguments(*node);
    }
    if (chained || optional) node = make(NodeKind::Chain, property, std::move(node));
    return node;
  }

  NodePtr index_or_slice(NodePtr base, bool optional) {
    const Token token = current();
    expect_bracket("[");
    NodePtr from = current().is_operator(":") ? nullptr : expression(0);
    NodePtr node;
    if (accept_operator(":")) {
      NodePtr to = current().is_bracket("]") ? nullptr : expression(0);
      node = make(NodeKind::Slice, token, std::move(base), std::move(from), std::move(to));
    } else {
      node = make(NodeKind::Member, token, std::move(base), std::move(from));
      node->optional = optional;
      if (optional) node = make(NodeKind::Chain, token, std::move(node));
    }
    expect_bracket("]");
    return node;
  }

  std::string_view source_;
  std::vector<Token> tokens_;
  const IsOverridden& is_overridden_;
  size_t at_ = 0;
  int nodes_ = 0, nesting_ = 0, predicates_ = 0;
  std::optional<Error> error_;
};

}  // namespace

Result<Tree> parse(std::string_view source, const IsOverridden& is_overridden) {
  TRY(std::vector<Token> tokens, tokens_of(source));
  return Parser(source, std::move(tokens), is_overridden).tree();
}

}  // namespace wf::expr::lang
