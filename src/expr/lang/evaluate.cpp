// SPDX-License-Identifier: Apache-2.0
#include "expr/lang/evaluate.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/text.h"
#include "expr/functions.h"
#include "expr/lang/builtins.h"
#include "expr/lang/operators.h"
#include "expr/lang/token.h"

namespace wf::expr::lang {
namespace {

Error not_a(std::string_view wanted, const Any& value) {
  return Error(cat("interface conversion: interface {} is ",
                   value.is_nil() ? "nil" : value.type_name(), ", not ", wanted));
}

}  // namespace

Evaluator::Evaluator(const Tree& tree, const Environment& environment)
    : tree_(tree), environment_(environment), variables_(static_cast<size_t>(tree.slots)) {}

Result<Any> Evaluator::run() { return eval(*tree_.root); }

Error Evaluator::fail(const Node& node, std::string_view message) const {
  return error_at(tree_.source, node.at, message);
}

Result<Any> Evaluator::made_list(const Node& node, List items, const Type& type) {
  TRY_DO(at(node, budget_.take_items(items.size())));
  return at(node, budget_.checked(Any::list(std::move(items), type)));
}

Result<Any> Evaluator::made_map(const Node& node, Map members, const Type& type) {
  return at(node, budget_.checked(Any::map(std::move(members), type)));
}

Result<Any> Evaluator::eval(const Node& node) {
  TRY_DO(at(node, budget_.take_step()));
  switch (node.kind) {
    case NodeKind::Literal:
      return node.value;
    case NodeKind::Identifier:
      return identifier(node);
    case NodeKind::Unary:
      return unary(node);
    case NodeKind::Binary:
      return binary(node);
    case NodeKind::Chain:
      return chain(node);
    case NodeKind::Member:
      return member(node);
    case NodeKind::Slice:
      return slice_of(node);
    case NodeKind::Call:
      return call(node);
    case NodeKind::Builtin:
      return node.builtin ? call_builtin(node) : loop(node);
    case NodeKind::Predicate:
      return eval(*node.kids[0]);
    case NodeKind::Pointer:
      return pointer(node);
    case NodeKind::Let: {
      TRY(variables_[static_cast<size_t>(node.slot)], eval(*node.kids[0]));
      return eval(*node.kids[1]);
    }
    case NodeKind::Sequence: {
      Any last;
      for (const NodePtr& kid : node.kids) {
        TRY(last, eval(*kid));
      }
      return last;
    }
    case NodeKind::Conditional:
      return conditional(node);
    case NodeKind::Array:
      return array(node);
    case NodeKind::Map:
      return map(node);
  }
  return Any();
}

Result<bool> Evaluator::eval_bool(const Node& node, const Node& asking) {
  TRY(const Any value, eval(node));
  if (!value.is_bool()) return fail(asking, not_a("bool", value).message());
  return value.as_bool();
}

Result<Any> Evaluator::identifier(const Node& node) {
  if (node.slot >= 0) return variables_[static_cast<size_t>(node.slot)];
  if (node.name == "$env") return environment_.whole();
  auto found = environment_.find(node.name);
  return found ? std::move(*found) : Any();
}

Result<Any> Evaluator::unary(const Node& node) {
  if (node.op == Op::Not) {
    TRY(const Any operand, eval(*node.kids[0]));
    if (!operand.is_bool()) return fail(node, not_a("bool", operand).message());
    return Any(!operand.as_bool());
  }
  TRY(Any operand, eval(*node.kids[0]));
  return node.op == Op::Plus ? std::move(operand) : at(node, negate(operand));
}

Result<Any> Evaluator::logic(const Node& node) {
  TRY(Any left, eval(*node.kids[0]));
  if (node.op == Op::Coalesce) return is_nil(left) ? eval(*node.kids[1]) : std::move(left);
  if (!left.is_bool()) return fail(node, not_a("bool", left).message());
  // The right side counts as it is: expr-lang does not ask whether it is a bool.
  return left.as_bool() == (node.op == Op::Or) ? std::move(left) : eval(*node.kids[1]);
}

Result<Any> Evaluator::binary(const Node& node) {
  if (node.op == Op::And || node.op == Op::Or || node.op == Op::Coalesce) return logic(node);
  TRY(const Any left, eval(*node.kids[0]));
  const Node& right_node = *node.kids[1];
  if (node.op == Op::In && right_node.threshold > 0) {  // among the numbers of a constant range
    const int64_t from = right_node.kids[0]->value.as_int(),
                  to = right_node.kids[1]->value.as_int();
    return Any(left.as_int() >= from && left.as_int() <= to);
  }
  TRY(const Any right, eval(right_node));
  return operation(node, left, right);
}

Result<Any> Evaluator::operation(const Node& node, const Any& left, const Any& right) {
  switch (node.op) {
    case Op::Equal:
    case Op::NotEqual:
      return same_or_not(node, left, right);
    case Op::Less:
    case Op::Greater:
    case Op::GreaterEqual:
    case Op::LessEqual: {
      TRY(const bool holds, at(node, compare(node.op, left, right)));
      return Any(holds);
    }
    case Op::In: {
      TRY(const bool found, at(node, contains(left, right, node.same_type)));
      return Any(found);
    }
    case Op::Matches:
      return matches(node, left, right);
    case Op::Contains:
    case Op::StartsWith:
    case Op::EndsWith:
      return text_test(node, left, right);
    case Op::Range:
      return range(node, left, right);
    default: {
      TRY(Any result, at(node, arithmetic(node.op, left, right)));
      return at(node, budget_.checked(std::move(result)));
    }
  }
}

Result<Any> Evaluator::same_or_not(const Node& node, const Any& left, const Any& right) {
  if (node.same_type) {  // known to the checker; a max() of mixed numbers may still be another
    for (const Any* side : {&right, &left}) {
      if (!side->is(*node.same_type))
        return fail(node, not_a(node.same_type->name, *side).message());
    }
  }
  return Any(equal(left, right) == (node.op == Op::Equal));
}

Result<Any> Evaluator::matches(const Node& node, const Any& left, const Any& right) {
  if (is_nil(left) || is_nil(right)) return Any(false);
  Regex regex = node.regex;
  if (!regex) {
    if (!right.is_string()) return fail(node, not_a("string", right).message());
    TRY(regex, at(node, compile_regexp(right.as_string())));
  }
  if (!left.is_string() && !left.is_bytes()) return fail(node, not_a("[]uint8", left).message());
  const std::string_view text = left.as_string();
  return Any(re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex));
}

Result<Any> Evaluator::text_test(const Node& node, const Any& left, const Any& right) {
  if (is_nil(left) || is_nil(right)) return Any(false);
  for (const Any* side : {&left, &right}) {
    if (!side->is_string()) return fail(node, not_a("string", *side).message());
  }
  const std::string_view text = left.as_string(), part = right.as_string();
  if (node.op == Op::StartsWith) return Any(text.starts_with(part));
  if (node.op == Op::EndsWith) return Any(text.ends_with(part));
  return Any(text.find(part) != std::string_view::npos);
}

Result<Any> Evaluator::range(const Node& node, const Any& from, const Any& to) {
  TRY(const int64_t first, at(node, to_int(from)));
  TRY(const int64_t last, at(node, to_int(to)));
  List items;
  if (first <= last) {
    const uint64_t size = static_cast<uint64_t>(last) - static_cast<uint64_t>(first) + 1;
    TRY_DO(at(node, budget_.take_items(size == 0 ? SIZE_MAX / 2 : size)));
    items.reserve(size);
    for (int64_t n = first; items.size() < size; ++n) items.push_back(Any(n));
  }
  return Any::list(std::move(items), types::kIntSlice);
}

Result<Any> Evaluator::chain(const Node& node) {
  TRY(Any value, eval(*node.kids[0]));
  const bool ended = ended_;
  ended_ = false;
  return ended || is_nil(value) ? Any() : std::move(value);
}

Result<Any> Evaluator::member(const Node& node) {
  TRY(const Any base, eval(*node.kids[0]));
  if (ended_) return Any();
  if (node.optional && is_nil(base)) {
    ended_ = true;
    return Any();
  }
  TRY(const Any property, eval(*node.kids[1]));
  return at(node, fetch(base, property));
}

Result<Any> Evaluator::slice_of(const Node& node) {
  TRY(const Any base, eval(*node.kids[0]));
  if (ended_) return Any();
  const Node *from_node = node.kids[1].get(), *to_node = node.kids[2].get();
  Any from(0), to;
  if (to_node) {
    TRY(to, eval(*to_node));
  } else {
    const bool has_length = base.is_list() || base.is_string() || base.is_map();
    if (!has_length)
      return fail(node, cat("invalid argument for len (type ", base.type_name(), ")"));
    to = Any(base.size());
  }
  if (from_node) {
    TRY(from, eval(*from_node));
  }
  TRY(Any part, at(node, slice(base, from, to)));
  return at(node, budget_.checked(std::move(part)));
}

Result<Any> Evaluator::call(const Node& node) {
  std::vector<Any> arguments;
  for (size_t i = 1; i < node.kids.size(); ++i) {
    TRY(Any argument, eval(*node.kids[i]));
    arguments.push_back(std::move(argument));
  }
  TRY(const Any callee, eval(*node.kids[0]));
  if (ended_) return Any();
  if (callee.is_nil()) return fail(node, "invalid operation: cannot call nil");
  const Function* function = callee.as_function();
  if (!function)
    return fail(node,
                cat("invalid operation: cannot call non-function of type ", callee.type_name()));
  TRY(Any result, at(node, checked_call(*function, std::move(arguments))));
  return at(node, budget_.checked(std::move(result)));
}

Result<Any> Evaluator::call_builtin(const Node& node) {
  std::vector<Any> arguments;
  for (const NodePtr& kid : node.kids) {
    TRY(Any argument, eval(*kid));
    arguments.push_back(std::move(argument));
  }
  const bool tells_time = node.builtin->name == "now";
  BuiltinCall call{arguments, budget_, tells_time ? environment_.now() : std::nullopt};
  TRY(Any result, at(node, node.builtin->call(call)));
  return at(node, budget_.checked(std::move(result)));
}

Result<Any> Evaluator::conditional(const Node& node) {
  TRY(const bool holds, eval_bool(*node.kids[0], node));
  return eval(*node.kids[holds ? 1 : 2]);
}

Result<Any> Evaluator::array(const Node& node) {
  List items;
  for (const NodePtr& kid : node.kids) {
    TRY(Any item_value, eval(*kid));
    items.push_back(std::move(item_value));
  }
  return made_list(node, std::move(items), types::kAnySlice);
}

Result<Any> Evaluator::map(const Node& node) {
  TRY_DO(at(node, budget_.take_items(node.kids.size() / 2)));
  Map members;
  for (size_t i = 0; i < node.kids.size(); i += 2) {
    TRY(Any key, eval(*node.kids[i]));
    TRY(Any value, eval(*node.kids[i + 1]));
    if (!key.is_string()) return fail(node, not_a("string", key).message());
    members.insert({std::move(key), std::move(value)});  // of a key given twice the first counts
  }
  return made_map(node, std::move(members), types::kMap);
}

}  // namespace wf::expr::lang
