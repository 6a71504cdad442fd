// SPDX-License-Identifier: Apache-2.0
// The functions that go over a list with a predicate: all, any, filter, map, reduce and their kin.
#include "base/text.h"
#include "expr/lang/builtins.h"
#include "expr/lang/evaluate.h"
#include "expr/lang/operators.h"

namespace wf::expr::lang {

Result<Any> Evaluator::item(const Node& node) {
  const Loop& loop = loops_.back();
  if (loop.list.is_map()) return fail(node, "reflect: call of reflect.Value.Index on map Value");
  return loop.list.at(loop.index);
}

Result<Any> Evaluator::pointer(const Node& node) {
  if (loops_.empty()) return fail(node, "runtime error: index out of range [-1]");
  if (node.name == "index") return Any(loops_.back().index);
  if (node.name == "acc") return loops_.back().acc;
  return item(node);
}

Result<Any> Evaluator::loop(const Node& node) {
  TRY(Any list, eval(*node.kids[0]));
  if (!list.is_list() && !list.is_string() && !list.is_map()) {
    const std::string_view kind = list.is_nil() ? "zero" : name_of(list.kind());
    return fail(node, cat("reflect: call of reflect.Value.Len on ", kind, " Value"));
  }
  const size_t length = list.size();
  loops_.push_back({std::move(list)});
  const std::string_view name = node.name;
  Result<Any> result = name == "map" || name == "filter"               ? gather(node, length)
                       : name == "find" || name == "findIndex"         ? search(node, length, false)
                       : name == "findLast" || name == "findLastIndex" ? search(node, length, true)
                       : name == "count"                               ? counted(node, length)
                       : name == "sum"                                 ? summed(node, length)
                       : name == "groupBy"                             ? grouped(node, length)
                       : name == "sortBy"                              ? ordered(node, length)
                       : name == "reduce"                              ? reduced(node, length)
                                                                       : quantifier(node, length);
  loops_.pop_back();
  return result;
}

// all, none, any: decided by the first item that differs; one: all are counted.
Result<Any> Evaluator::quantifier(const Node& node, size_t length) {
  size_t hits = 0;
  for (size_t i = 0; i < length; ++i) {
    loops_.back().index = i;
    TRY(const bool holds, eval_bool(*node.kids[1], node));
    hits += holds ? 1 : 0;
    if (node.name == "all" && !holds) return Any(false);
    if (node.name == "none" && holds) return Any(false);
    if (node.name == "any" && holds) return Any(true);
  }
  return Any(node.name == "one" ? hits == 1 : node.name != "any");
}

Result<Any> Evaluator::search(const Node& node, size_t length, bool backwards) {
  for (size_t i = 0; i < length; ++i) {
    loops_.back().index = backwards ? length - 1 - i : i;
    TRY(const bool holds, eval_bool(*node.kids[1], node));
    if (!holds) continue;
    if (node.name.ends_with("Index")) return Any(loops_.back().index);
    return item(node);
  }
  if (node.throws) return fail(node, "reflect: slice index out of range");
  return Any();
}

Result<Any> Evaluator::gather(const Node& node, size_t length) {
  List out;
  for (size_t i = 0; i < length; ++i) {
    loops_.back().index = i;
    if (node.name == "map") {
      TRY(Any value, eval(*node.kids[1]));
      out.push_back(std::move(value));
      continue;
    }
    TRY(const bool holds, eval_bool(*node.kids[1], node));
    if (!holds) continue;
    TRY(Any kept, item(node));
    out.push_back(std::move(kept));
  }
  return made_list(node, std::move(out), types::kAnySlice);
}

Result<Any> Evaluator::counted(const Node& node, size_t length) {
  int64_t hits = 0;
  for (size_t i = 0; i < length; ++i) {
    loops_.back().index = i;
    bool holds;
    if (node.kids.size() == 2) {
      TRY(holds, eval_bool(*node.kids[1], node));
    } else {
      TRY(const Any value, item(node));
      if (!value.is_bool()) {
        return fail(node, cat("interface conversion: interface {} is ",
                              value.is_nil() ? "nil" : value.type_name(), ", not bool"));
      }
      holds = value.as_bool();
    }
    hits += holds ? 1 : 0;
    if (node.threshold > 0 && hits >= node.threshold) break;
  }
  return Any(hits);
}

Result<Any> Evaluator::summed(const Node& node, size_t length) {
  Any total(0);
  for (size_t i = 0; i < length; ++i) {
    loops_.back().index = i;
    TRY(const Any value, node.kids.size() == 2 ? eval(*node.kids[1]) : item(node));
    TRY(total, at(node, arithmetic(Op::Add, value, total)));
  }
  return total;
}

Result<Any> Evaluator::grouped(const Node& node, size_t length) {
  std::map<Any, List, KeyOrder> groups;
  for (size_t i = 0; i < length; ++i) {
    loops_.back().index = i;
    TRY(const Any key, eval(*node.kids[1]));
    if (key.is_list() || key.is_map() || key.is_function()) {
      return fail(node, cat("hash of unhashable type: ", key.type_name()));
    }
    TRY(Any value, item(node));
    groups[key].push_back(std::move(value));
  }
  Map out;
  for (auto& [key, items] : groups) out.insert({key, Any(std::move(items))});
  return made_map(node, std::move(out), types::kGroups);
}

Result<Any> Evaluator::ordered(const Node& node, size_t length) {
  bool descending = false;
  if (node.kids.size() == 3) {
    TRY(const Any order, eval(*node.kids[2]));
    if (!order.is_string()) return fail(node, "sortBy order argument must be a string");
    descending = order.as_string() == "desc";
    if (!descending && order.as_string() != "asc")
      return fail(node, "unknown order, use asc or desc");
  }
  List items, values;
  for (size_t i = 0; i < length; ++i) {
    loops_.back().index = i;
    TRY(Any value, eval(*node.kids[1]));
    TRY(Any kept, item(node));
    values.push_back(std::move(value));
    items.push_back(std::move(kept));
  }
  TRY_DO(at(node, budget_.take_items(length)));
  return at(node, sorted(items, values, descending));
}

Result<Any> Evaluator::reduced(const Node& node, size_t length) {
  size_t first = 0;
  if (node.kids.size() == 3) {
    TRY(loops_.back().acc, eval(*node.kids[2]));
  } else {
    if (length == 0) return fail(node, "reduce of empty array with no initial value");
    TRY(loops_.back().acc, item(node));
    first = 1;
  }
  for (size_t i = first; i < length; ++i) {
    loops_.back().index = i;
    TRY(Any next, eval(*node.kids[1]));
    loops_.back().acc = std::move(next);
  }
  return loops_.back().acc;
}

}  // namespace wf::expr::lang
