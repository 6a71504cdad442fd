// SPDX-License-Identifier: Apache-2.0
// expr/detail/govaluate_tokens.h: the words of a `when` expression and the order they may come in.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "expr/regexp.h"

namespace wf::expr::govaluate {

struct Value;
using List = std::vector<Value>;

struct Value {
  std::variant<std::monostate, bool, double, std::string, List, Regex> data;

  bool is_nil() const { return data.index() == 0; }
  const bool* as_bool() const { return std::get_if<bool>(&data); }
  const double* as_number() const { return std::get_if<double>(&data); }
  const std::string* as_string() const { return std::get_if<std::string>(&data); }
  const List* as_list() const { return std::get_if<List>(&data); }
  const Regex* as_pattern() const { return std::get_if<Regex>(&data); }
};

// As Go's %v prints it.
std::string print(const Value& value);

enum class Kind {
  Unknown,
  Prefix,
  Numeric,
  Boolean,
  String,
  Pattern,
  Time,
  Variable,
  Separator,
  Accessor,
  Comparator,
  LogicalOp,
  Modifier,
  Clause,
  ClauseClose,
  Ternary,
};

struct Token {
  Kind kind = Kind::Unknown;
  Value value;        // of literals, variables (their name) and operators (their symbol)
  std::string shown;  // the value as it appears in messages
};

Result<std::vector<Token>> tokens_of(std::string_view expression);

// The parentheses add up and every token may follow the one before it.
Result<void> check_syntax(const std::vector<Token>& tokens);

// Turns the string after a =~ or !~ into a pattern. `error parsing regexp: …`.
Result<void> compile_patterns(std::vector<Token>& tokens);

}  // namespace wf::expr::govaluate
