// SPDX-License-Identifier: Apache-2.0
#include "expr/lang/fold.h"

#include <algorithm>

#include "expr/lang/builtins.h"
#include "expr/lang/operators.h"
#include "expr/lang/token.h"

namespace wf::expr::lang {
namespace {

using namespace types;

bool is_int(const Node& n) { return n.is_literal(kInt); }
bool is_number(const Node& n) { return is_int(n) || n.is_literal(kFloat64); }
bool is_text(const Node& n) { return n.is_literal(kString); }
bool is_bool(const Node& n) { return n.is_literal(kBool); }
bool is_true(const Node& n) { return is_bool(n) && n.value.as_bool(); }
bool is_false(const Node& n) { return is_bool(n) && !n.value.as_bool(); }

void become(Node& node, Any value) {
  Node out{.kind = NodeKind::Literal, .at = node.at, .value = std::move(value)};
  if (out.value.type()) out.nature = nature_of(*out.value.type());
  node = std::move(out);
}

// The node is replaced by one below it; types go on as the checker saw them.
void become_kid(Node& node, size_t kid) {
  NodePtr kept = std::move(node.kids[kid]);
  kept->nature = node.nature;
  node = std::move(*kept);
}

void become_list(Node& node) {
  List items;
  for (const NodePtr& kid : node.kids) items.push_back(kid->value);
  node.kids.clear();
  node.kind = NodeKind::Literal;
  node.literal_list = true;
  node.value = Any(std::move(items));
}

template <class Test>
bool all_kids(const Node& node, Test test) {
  return !node.kids.empty() && std::all_of(node.kids.begin(), node.kids.end(),
                                           [&](const NodePtr& k) { return k && test(*k); });
}

// Pass 1: `x in ["a", "b"]` looks x up among keys of one type.
void fold_in_array(Node& node) {
  if (node.kind != NodeKind::Binary || node.op != Op::In || node.kids[1]->kind != NodeKind::Array)
    return;
  Node& list = *node.kids[1];
  if (all_kids(list, is_int) && node.kids[0]->nature.is(kInt)) {
    node.same_type = &kInt;
  } else if (all_kids(list, is_text)) {
    node.same_type = &kString;
  } else {
    return;
  }
  become_list(list);
}

// Pass 2: constants.
void fold_unary(Node& node) {
  const Node& operand = *node.kids[0];
  if (node.op == Op::Not && is_bool(operand)) {
    become(node, !operand.value.as_bool());
  } else if (node.op != Op::Not && is_number(operand)) {
    const auto value = node.op == Op::Minus ? negate(operand.value) : Result<Any>(operand.value);
    if (value.ok()) become(node, *value);
  }
}

void fold_logic(Node& node) {
  const Node &left = *node.kids[0], &right = *node.kids[1];
  const bool is_and = node.op == Op::And;
  const auto neutral = is_and ? is_true : is_false;
  const auto deciding = is_and ? is_false : is_true;
  if (neutral(left)) {
    become_kid(node, 1);
  } else if (neutral(right)) {
    become_kid(node, 0);
  } else if (deciding(left) || deciding(right)) {
    become(node, !is_and);
  }
}

Result<void> fold_binary(Node& node, std::string_view source) {
  const Node &left = *node.kids[0], &right = *node.kids[1];
  switch (node.op) {
    case Op::And:
    case Op::Or:
      fold_logic(node);
      return {};
    case Op::Equal:
      if ((is_int(left) && is_int(right)) || (is_text(left) && is_text(right)) ||
          (is_bool(left) && is_bool(right))) {
        become(node, equal(left.value, right.value));
      }
      return {};
    case Op::Modulo:
      if (!is_int(left) || !is_int(right)) return {};
      if (right.value.as_int() == 0) return error_at(source, node.at, "integer divide by zero");
      break;
    case Op::Add:
      if (is_text(left) && is_text(right)) break;
      [[fallthrough]];
    case Op::Subtract:
    case Op::Multiply:
    case Op::Divide:
    case Op::Power:
      if (!is_number(left) || !is_number(right)) return {};
      break;
    default:
      return {};
  }
  auto value = arithmetic(node.op, left.value, right.value);
  if (value.ok()) become(node, std::move(*value));
  return {};
}

void fold_array(Node& node) {
  if (all_kids(node, [](const Node& n) { return is_number(n) || is_text(n) || is_bool(n); }))
    become_list(node);
}

// Pass 3: filter(…)[0] and first(filter(…)) stop at the first hit, [-1] and last(…) at the last.
void fold_filter_end(Node& node, int64_t index, std::string_view function,
                     std::string_view search) {
  const bool by_index = node.kind == NodeKind::Member && !node.optional && is_int(*node.kids[1]) &&
                        node.kids[1]->value.as_int() == index;
  const bool by_function = node.is_builtin(function) && node.kids.size() == 1;
  if ((!by_index && !by_function) || !node.kids[0]->is_builtin("filter")) return;
  const Nature nature = node.nature;
  const uint32_t at = node.at;
  NodePtr filter = std::move(node.kids[0]);
  node = std::move(*filter);
  node.name = search;
  node.throws = by_index;
  node.nature = nature;
  node.at = at;
}

// Pass 4: sums of ranges by formula.
bool is_constant_range(const Node& node) {
  return node.kind == NodeKind::Binary && node.op == Op::Range && is_int(*node.kids[0]) &&
         is_int(*node.kids[1]);
}
bool is_pointer(const Node& node, std::string_view name) {
  return node.kind == NodeKind::Pointer && node.name == name;
}

struct RangeSum {
  uint64_t count, sum;  // wrapping, as in Go
};
RangeSum range_sum(int64_t from, int64_t to) {
  const auto a = static_cast<uint64_t>(from), b = static_cast<uint64_t>(to);
  const uint64_t count = b - a + 1;
  return {count, static_cast<uint64_t>(static_cast<int64_t>(count * (a + b)) / 2)};
}

// The sum of a predicate over a range, where it is #, or # and a constant.
std::optional<uint64_t> predicate_sum(const Node& body, const RangeSum& range) {
  if (is_pointer(body, "")) return range.sum;
  if (body.kind != NodeKind::Binary) return std::nullopt;
  const Node &left = *body.kids[0], &right = *body.kids[1];
  const bool pointer_left = is_pointer(left, "") && is_int(right);
  if (!pointer_left && !(is_int(left) && is_pointer(right, ""))) return std::nullopt;
  const auto constant = static_cast<uint64_t>((pointer_left ? right : left).value.as_int());
  if (body.op == Op::Multiply) return constant * range.sum;
  if (body.op == Op::Add) return range.sum + range.count * constant;
  if (body.op != Op::Subtract) return std::nullopt;
  return pointer_left ? range.sum - range.count * constant : range.count * constant - range.sum;
}

void fold_range_sum(Node& node) {
  const bool sum = node.is_builtin("sum"), reduce = node.is_builtin("reduce");
  if ((!sum && !reduce) || !is_constant_range(*node.kids[0])) return;
  const int64_t from = node.kids[0]->kids[0]->value.as_int(),
                to = node.kids[0]->kids[1]->value.as_int();
  if (to < from) return;
  const RangeSum range = range_sum(from, to);
  std::optional<uint64_t> result = range.sum;
  if (sum && node.kids.size() == 2) result = predicate_sum(*node.kids[1]->kids[0], range);
  if (reduce) {
    const Node& body = *node.kids[1]->kids[0];
    const bool adds = body.kind == NodeKind::Binary && body.op == Op::Add;
    const bool fits =
        adds && ((is_pointer(*body.kids[0], "") && is_pointer(*body.kids[1], "acc")) ||
                 (is_pointer(*body.kids[0], "acc") && is_pointer(*body.kids[1], "")));
    if (!fits || (node.kids.size() == 3 && !is_int(*node.kids[2]))) return;
    if (node.kids.size() == 3) *result += static_cast<uint64_t>(node.kids[2]->value.as_int());
  }
  if (result) become(node, static_cast<int64_t>(*result));
}

// Pass 5: sum([a, b, c]) is a + (b + c), so that it also joins texts.
void fold_list_sum(Node& node) {
  if (!node.is_builtin("sum") || node.kids.size() != 1) return;
  Node& list = *node.kids[0];
  if (list.kind != NodeKind::Array || list.kids.size() < 2) return;
  std::vector<NodePtr> items = std::move(list.kids);
  NodePtr total = std::move(items.back());
  for (size_t i = items.size() - 1; i-- > 0;) {
    NodePtr sum =
        std::make_unique<Node>(Node{.kind = NodeKind::Binary, .op = Op::Add, .at = node.at});
    sum->depth = std::max(items[i]->depth, total->depth) + 1;
    sum->kids.push_back(std::move(items[i]));
    sum->kids.push_back(std::move(total));
    total = std::move(sum);
  }
  total->nature = node.nature;
  node = std::move(*total);
}

// Pass 6: count(…) > n need not count on.
void fold_count(Node& node) {
  if (node.kind != NodeKind::Binary) return;
  Node &count = *node.kids[0], &limit = *node.kids[1];
  if (!count.is_builtin("count") || count.kids.size() != 2 || !is_int(limit)) return;
  const int64_t n = limit.value.as_int();
  if ((node.op == Op::Greater && n == 0) || (node.op == Op::GreaterEqual && n == 1)) {
    count.name = "any";
    become_kid(node, 0);
    return;
  }
  const bool strict = node.op == Op::Greater || node.op == Op::LessEqual;
  const bool comparison = strict || node.op == Op::GreaterEqual || node.op == Op::Less;
  if (!comparison || n < 0 || n > 1'000'000'000) return;
  const int64_t threshold = strict ? n + 1 : n;
  if (threshold > 1) count.threshold = threshold;
}

template <class Visit>
Result<void> walk(Node& node, const Visit& visit) {
  for (const NodePtr& kid : node.kids) {
    if (kid) TRY_DO(walk(*kid, visit));
  }
  return visit(node);
}

template <class Change>
void walk_all(Node& node, const Change& change) {
  for (const NodePtr& kid : node.kids) {
    if (kid) walk_all(*kid, change);
  }
  change(node);
}

}  // namespace

Result<void> fold(Tree& tree) {
  Node& root = *tree.root;
  walk_all(root, fold_in_array);
  TRY_DO(walk(root, [&](Node& node) -> Result<void> {
    if (node.kind == NodeKind::Unary) fold_unary(node);
    if (node.kind == NodeKind::Array) fold_array(node);
    if (node.kind == NodeKind::Binary) return fold_binary(node, tree.source);
    return {};
  }));
  walk_all(root, [](Node& node) {
    // `n in 1..3` compares with the ends.
    const bool in_range = node.kind == NodeKind::Binary && node.op == Op::In &&
                          node.kids[0]->nature.is(kInt) && is_constant_range(*node.kids[1]);
    if (in_range) node.kids[1]->threshold = 1;
  });
  walk_all(root, [](Node& node) { fold_filter_end(node, -1, "last", "findLast"); });
  walk_all(root, [](Node& node) { fold_filter_end(node, 0, "first", "find"); });
  walk_all(root, fold_range_sum);
  walk_all(root, fold_list_sum);
  walk_all(root, fold_count);
  return {};
}

}  // namespace wf::expr::lang
