// SPDX-License-Identifier: Apache-2.0
// expr/lang/evaluate.h: runs a checked tree. Every node is evaluated by recursion, which the
// parser's limit on nesting bounds; what an evaluation may use is bounded by its Budget.
#pragma once
#include <vector>

#include "base/result.h"
#include "expr/lang/ast.h"
#include "expr/lang/budget.h"
#include "expr/program.h"

namespace wf::expr::lang {

// One evaluation of one tree.
class Evaluator {
 public:
  Evaluator(const Tree& tree, const Environment& environment);
  Result<Any> run();

 private:
  // A loop over a list: what # and its kin mean.
  struct Loop {
    Any list;
    size_t index = 0;
    Any acc = {};
  };

  Result<Any> eval(const Node& node);
  // Of another kind: an error at the place of the node that asks.
  Result<bool> eval_bool(const Node& node, const Node& asking);
  Result<Any> identifier(const Node& node);
  Result<Any> unary(const Node& node);
  Result<Any> binary(const Node& node);
  Result<Any> logic(const Node& node);
  Result<Any> operation(const Node& node, const Any& left, const Any& right);
  Result<Any> same_or_not(const Node& node, const Any& left, const Any& right);
  Result<Any> matches(const Node& node, const Any& left, const Any& right);
  Result<Any> text_test(const Node& node, const Any& left, const Any& right);
  Result<Any> range(const Node& node, const Any& from, const Any& to);
  Result<Any> chain(const Node& node);
  Result<Any> member(const Node& node);
  Result<Any> slice_of(const Node& node);
  Result<Any> call(const Node& node);
  Result<Any> call_builtin(const Node& node);
  Result<Any> conditional(const Node& node);
  Result<Any> array(const Node& node);
  Result<Any> map(const Node& node);
  Result<Any> pointer(const Node& node);

  // evaluate_loops.cpp
  Result<Any> loop(const Node& node);
  Result<Any> quantifier(const Node& node, size_t length);
  Result<Any> search(const Node& node, size_t length, bool backwards);
  Result<Any> gather(const Node& node, size_t length);
  Result<Any> counted(const Node& node, size_t length);
  Result<Any> summed(const Node& node, size_t length);
  Result<Any> grouped(const Node& node, size_t length);
  Result<Any> ordered(const Node& node, size_t length);
  Result<Any> reduced(const Node& node, size_t length);
  Result<Any> item(const Node& node);

  Result<Any> made_list(const Node& node, List items, const Type& type);
  Result<Any> made_map(const Node& node, Map members, const Type& type);
  // The error with the node's place.
  Error fail(const Node& node, std::string_view message) const;
  template <class T>
  Result<T> at(const Node& node, Result<T> result) const {
    if (result.ok()) return result;
    return fail(node, result.error().message());
  }
  Result<void> at(const Node& node, Result<void> result) const {
    if (result.ok()) return result;
    return fail(node, result.error().message());
  }

  const Tree& tree_;
  const Environment& environment_;
  Budget budget_;
  std::vector<Any> variables_;
  std::vector<Loop> loops_;
  bool ended_ = false;  // a ?. met nil: the chain around it is nil
};

}  // namespace wf::expr::lang
