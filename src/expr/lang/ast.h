// SPDX-License-Identifier: Apache-2.0
// expr/lang/ast.h: an expression as a tree. The parser makes it, the checker fills in `nature` and
// the marks below it, folding rewrites it; after that it is never changed and may be evaluated from
// several threads.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "expr/any.h"
#include "expr/functions.h"
#include "expr/regexp.h"

namespace wf::expr::lang {

enum class NodeKind : uint8_t {
  Literal,      // value: nil, bool, int, float64, string, bytes, or a list folded from literals
  Identifier,   // name
  Unary,        // op, and name as written; kids: operand
  Binary,       // op, and name as written; kids: left, right
  Chain,        // kids: what may end early with nil at some `?.`
  Member,       // kids: base, property
  Slice,        // kids: base, from, to; from and to may be null
  Call,         // kids: callee, arguments…
  Builtin,      // name; kids: arguments…
  Predicate,    // kids: body
  Pointer,      // name: "" for the item, "index", "acc"
  Let,          // name; kids: value, rest
  Sequence,     // kids: in order; the last one's value counts
  Conditional,  // kids: condition, then, else
  Array,        // kids: items
  Map,          // kids: key, value, key, value, …
};

enum class Op : uint8_t {
  None,
  Or,
  And,
  Equal,
  NotEqual,
  Less,
  Greater,
  GreaterEqual,
  LessEqual,
  In,
  Matches,
  Contains,
  StartsWith,
  EndsWith,
  Range,
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Power,
  Coalesce,
  Not,
  Minus,
  Plus,  // with one operand
};

struct Builtin;  // expr/lang/builtins.h

// What the checker knows of a value before it exists.
struct Nature {
  const Type* type = nullptr;                // null: unknown, or nil
  bool nil = false;                          // it is the literal nil
  std::shared_ptr<const Nature> items = {};  // of a list, where more is known than its type says
  const Function* function = nullptr;        // its signature, of a function
  const Builtin* builtin = nullptr;

  bool unknown() const { return type ? type->kind == Kind::Interface : !nil; }
  Kind kind() const { return type ? type->kind : Kind::Invalid; }
  bool is(const Type& t) const { return type == &t; }
};

struct Node;
using NodePtr = std::unique_ptr<Node>;

struct Node {
  NodeKind kind;
  Op op = Op::None;
  uint32_t at = 0;  // in code points of the source
  int depth = 1;
  bool optional = false;      // Member: written ?.
  bool method = false;        // Member: called
  bool literal_list = false;  // Literal: folded from an Array
  std::string name = {};
  Any value = {};
  std::vector<NodePtr> kids = {};

  Nature nature = {};
  const Builtin* builtin = nullptr;  // Builtin, except the loops
  int slot = -1;                     // Let, Identifier: of a variable
  Regex regex = nullptr;             // Binary Matches with a literal
  const Type* same_type = nullptr;   // Binary Equal, In: what the operands must be at run time
  bool throws = false;               // Builtin find, findLast: nothing found is an error
  int64_t threshold = 0;             // Builtin count: where it may stop; 0: nowhere

  bool is_literal(const Type& type) const { return kind == NodeKind::Literal && value.is(type); }
  bool is_builtin(std::string_view wanted) const {
    return kind == NodeKind::Builtin && name == wanted;
  }
};

struct Tree {
  std::string source;
  NodePtr root;
  int slots = 0;  // variables declared with let
};

}  // namespace wf::expr::lang
