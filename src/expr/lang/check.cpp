// SPDX-License-Identifier: Apache-2.0
#include "expr/lang/check.h"

#include <algorithm>

#include "base/text.h"
#include "expr/lang/builtins.h"
#include "expr/lang/check_operators.h"
#include "expr/lang/members.h"
#include "expr/lang/token.h"

namespace wf::expr::lang {
namespace {

using namespace types;

Nature list_of(const Nature& item) {
  return {.type = &kAnySlice, .items = std::make_shared<const Nature>(item)};
}

Nature item_of(const Nature& n) {
  if (n.kind() == Kind::Map) return nature_of(*n.type->elem);
  if (!is_list(n.kind())) return {};
  return n.items ? *n.items : nature_of(*n.type->elem);
}

struct Variable {
  std::string_view name;
  Nature nature;
};

// What a predicate may mention: the items it goes over, and what else the loop gives it.
struct LoopScope {
  Nature list;
  bool index, acc;
};

class Checker {
 public:
  Checker(std::string_view source, const Names& names) : source_(source), names_(names) {}

  Result<Nature> visit(Node& node) {
    TRY(node.nature, inner(node));
    return node.nature;
  }

 private:
  Error fail(const Node& node, std::string_view message) const {
    return error_at(source_, node.at, message);
  }

  Result<Nature> inner(Node& node) {
    switch (node.kind) {
      case NodeKind::Literal:
        if (node.value.is_nil()) return Nature{.nil = true};
        return nature_of(*node.value.type());
      case NodeKind::Identifier:
        return identifier(node);
      case NodeKind::Unary:
        return unary(node);
      case NodeKind::Binary:
        return binary(node);
      case NodeKind::Chain:
      case NodeKind::Predicate:
        return visit(*node.kids[0]);
      case NodeKind::Member:
        return member(node);
      case NodeKind::Slice:
        return slice(node);
      case NodeKind::Call:
        return call(node);
      case NodeKind::Builtin:
        return node.builtin ? builtin(node) : loop(node);
      case NodeKind::Pointer:
        return pointer(node);
      case NodeKind::Let:
        return declaration(node);
      case NodeKind::Sequence:
        return sequence(node);
      case NodeKind::Conditional:
        return conditional(node);
      case NodeKind::Array:
        return array(node);
      case NodeKind::Map:
        for (const NodePtr& kid : node.kids) TRY_DO(visit(*kid));
        return nature_of(kMap);
    }
    return Nature{};
  }

  Result<Nature> identifier(Node& node) {
    for (const Variable& variable : variables_) {
      if (variable.name == node.name) return variable.nature;
    }
    if (node.name == "$env") return Nature{};
    return named(node, node.name, true, true);
  }

  Result<Nature> named(const Node& node, std::string_view name, bool strict, bool builtins) {
    if (auto found = names_.nature(name)) return std::move(*found);
    // A builtin without call is a value of function type that is nil when it runs.
    if (builtins && is_builtin_name(name))
      return Nature{.type = &kFunction, .builtin = builtin_named(name)};
    if (strict) return fail(node, cat("unknown name ", name));
    return Nature{};
  }

  Result<Nature> unary(Node& node) {
    TRY(const Nature operand, visit(*node.kids[0]));
    if (node.op == Op::Not) {
      if (operand.kind() == Kind::Bool || operand.unknown()) return nature_of(kBool);
    } else {
      if (is_plain_number(operand)) return operand;
      if (operand.unknown()) return Nature{};
    }
    return fail(node,
                cat("invalid operation: ", node.name, " (mismatched type ", shown(operand), ")"));
  }

  Result<Nature> binary(Node& node) {
    TRY(const Nature left, visit(*node.kids[0]));
    TRY(const Nature right, visit(*node.kids[1]));
    if (node.op == Op::Matches && node.kids[1]->is_literal(kString)) {
      auto compiled = compile_regexp(node.kids[1]->value.as_string());
      if (!compiled.ok()) return fail(node, compiled.error().message());
      node.regex = std::move(*compiled);
    }
    if (node.op == Op::Equal || node.op == Op::NotEqual) {
      const bool same = left.type == right.type;
      if (same && (left.is(kInt) || left.is(kString))) node.same_type = left.type;
    }
    auto result = operation(node.op, node.name, left, right);
    if (!result.ok()) return fail(node, result.error().message());
    return std::move(*result);
  }

  Result<Nature> member(Node& node) {
    Node &base_node = *node.kids[0], &property_node = *node.kids[1];
    const bool by_name = property_node.is_literal(kString);
    const std::string_view name = property_node.value.as_string();
    if (base_node.kind == NodeKind::Identifier && base_node.name == "$env") {
      return by_name ? named(node, name, !node.optional, false) : Nature{};
    }
    TRY(const Nature base, visit(base_node));
    TRY(const Nature property, visit(property_node));
    if (base.unknown()) return Nature{};
    if (by_name) {
      if (base.nil) return fail(node, cat("type nil has no field ", name));
      if (const Function* method = method_of(*base.type, name))
        return Nature{.type = &kFunction, .function = method};
    }
    if (base.kind() == Kind::Map) return map_member(property_node, base, property);
    if (is_list(base.kind())) {
      if (!is_plain_integer(property) && !property.unknown()) {
        return fail(property_node, cat("array elements can only be selected using an integer (got ",
                                       shown(property), ")"));
      }
      return item_of(base);
    }
    if (!by_name)
      return fail(node, cat("type ", shown(base), "[", shown(property), "] is undefined"));
    if (base.type->fields) {
      for (const Field& field : *base.type->fields) {
        if (field.name == name) return nature_of(*field.type);
      }
    }
    return fail(node,
                cat("type ", shown(base), " has no ", node.method ? "method " : "field ", name));
  }

  Result<Nature> map_member(const Node& property_node, const Nature& base, const Nature& property) {
    const Type& key = *base.type->key;
    const bool fits = property.unknown() || key.kind == Kind::Interface || property.is(key);
    if (!fits)
      return fail(property_node,
                  cat("cannot use ", shown(property), " to get an element from ", shown(base)));
    return item_of(base);
  }

  Result<Nature> slice(Node& node) {
    TRY(const Nature base, visit(*node.kids[0]));
    if (base.unknown()) return Nature{};  // and its ends are not looked at
    if (!is_list(base.kind()) && base.kind() != Kind::String) {
      return fail(node, cat("cannot slice ", shown(base)));
    }
    for (size_t i = 1; i < 3; ++i) {
      if (!node.kids[i]) continue;
      TRY(const Nature index, visit(*node.kids[i]));
      if (!is_plain_integer(index) && !index.unknown()) {
        return fail(*node.kids[i], cat("non-integer slice index ", shown(index)));
      }
    }
    return base;
  }

  Result<std::vector<Nature>> arguments_of(Node& node, size_t first) {
    std::vector<Nature> out;
    for (size_t i = first; i < node.kids.size(); ++i) {
      TRY(Nature argument, visit(*node.kids[i]));
      out.push_back(std::move(argument));
    }
    return out;
  }

  Result<Nature> call(Node& node) {
    Node& callee = *node.kids[0];
    if (callee.kind == NodeKind::Identifier && callee.name == "$env") {
      return fail(node, "map[string]interface {} is not callable");
    }
    TRY(const Nature function, visit(callee));
    // Arguments of a function that is not known yet are not looked at, so that names in them that
    // do not exist are nil: `sprig.upper(nope)` is "".
    if (function.unknown()) return Nature{};
    const Node* property = callee.kind == NodeKind::Member ? callee.kids[1].get() : nullptr;
    const std::string_view name = callee.kind == NodeKind::Identifier
                                      ? std::string_view(callee.name)
                                  : property ? property->value.as_string()
                                             : "function";
    if (function.nil) return fail(node, cat(name, " is nil; cannot call nil as function"));
    if (function.kind() != Kind::Func) return fail(node, cat(shown(function), " is not callable"));
    if (!function.function) return Nature{};
    const Function& f = *function.function;
    TRY(const std::vector<Nature> arguments, arguments_of(node, 1));
    TRY_DO(check_arguments(node, 1, arguments, name, f.params, f.variadic));
    return nature_of(*f.result);
  }

  Result<Nature> builtin(Node& node) {
    const Builtin& f = *node.builtin;
    TRY(const std::vector<Nature> arguments, arguments_of(node, 0));
    if (f.name == "get" && arguments.size() == 2) return get(node, arguments);
    if (f.check) {
      auto result = f.check(f.name, arguments);
      if (!result.ok()) return fail(node, result.error().message());
      return std::move(*result);
    }
    std::optional<Error> last;
    for (const Overload& overload : f.overloads) {
      auto fits = check_arguments(node, 0, arguments, f.name, overload.params, false);
      if (fits.ok()) return nature_of(*overload.result);
      last = std::move(fits.error());
    }
    return std::move(*last);
  }

  Result<Nature> get(const Node& node, const std::vector<Nature>& arguments) {
    const Nature &base = arguments[0], &key = arguments[1];
    const Node& base_node = *node.kids[0];
    if (base_node.kind == NodeKind::Identifier && base_node.name == "$env") {
      const bool by_name = node.kids[1]->is_literal(kString);
      if (auto found = by_name ? names_.nature(node.kids[1]->value.as_string()) : std::nullopt)
        return std::move(*found);
      return Nature{};
    }
    if (base.unknown()) return Nature{};
    if (is_list(base.kind())) {
      if (!is_plain_integer(key) && !key.unknown())
        return fail(*node.kids[1], cat("non-integer slice index ", shown(key)));
      return item_of(base);
    }
    if (base.kind() == Kind::Map) return map_member(*node.kids[1], base, key);
    return fail(base_node, cat("type ", shown(base), " does not support indexing"));
  }

  Result<void> check_arguments(const Node& node, size_t first, const std::vector<Nature>& given,
                               std::string_view name, const std::vector<const Type*>& params,
                               bool variadic) {
    const size_t fixed = params.size() - (variadic ? 1 : 0);
    if (!variadic && given.size() > fixed)
      return fail(node, cat("too many arguments to call ", name));
    if (given.size() < fixed) return fail(node, cat("not enough arguments to call ", name));
    for (size_t i = 0; i < given.size(); ++i) {
      const Type& param = *params[std::min(i, params.size() - 1)];
      const Nature& argument = given[i];
      const Node& at = *node.kids[first + i];
      if (argument.unknown() || param.kind == Kind::Interface) continue;
      if (argument.nil)
        return fail(at, cat("cannot use nil as argument (type ", param.name, ") to call ", name));
      if (is_plain_integer(argument) && is_plain(param) &&
          (is_float(param.kind) || is_integer(param.kind)))
        continue;
      if (argument.type != &param) {
        return fail(at, cat("cannot use ", shown(argument), " as argument (type ", param.name,
                            ") to call ", name, " "));
      }
    }
    return {};
  }

  Result<Nature> loop(Node& node) {
    const std::string_view name = node.name;
    TRY(const Nature list, visit(*node.kids[0]));
    if (!is_list(list.kind()) && !list.unknown()) {
      return fail(*node.kids[0],
                  cat("builtin ", name, " takes only array (got ", shown(list), ")"));
    }
    if (node.kids.size() == 1) return name == "count" ? nature_of(kInt) : item_of(list);
    loops_.push_back({list, name == "map" || name == "reduce", name == "reduce"});
    auto visited = visit(*node.kids[1]);
    loops_.pop_back();
    TRY(const Nature body, std::move(visited));
    if (node.kids.size() == 3) {
      TRY(const Nature extra, visit(*node.kids[2]));
      if (name == "sortBy" && extra.kind() != Kind::String && !extra.unknown()) {
        return fail(*node.kids[2],
                    cat("sortBy order argument must be a string (got ", shown(extra), ")"));
      }
    }
    if (body.nil) return fail(*node.kids[1], "predicate should has one input and one output param");
    return loop_result(node, list, body);
  }

  Result<Nature> loop_result(const Node& node, const Nature& list, const Nature& body) {
    const std::string_view name = node.name;
    if (name == "map") return list_of(body);
    if (name == "sum" || name == "reduce") return body;
    if (name == "groupBy") return Nature{.type = &kGroups};
    if (name == "sortBy") return list;
    if (body.kind() != Kind::Bool && !body.unknown()) {
      return fail(*node.kids[1], cat("predicate should return boolean (got ", shown(body), ")"));
    }
    if (name == "filter") return list.unknown() ? nature_of(kAnySlice) : list_of(item_of(list));
    if (name == "find" || name == "findLast") return item_of(list);
    return nature_of(name == "count" || name == "findIndex" || name == "findLastIndex" ? kInt
                                                                                       : kBool);
  }

  Result<Nature> pointer(const Node& node) {
    if (loops_.empty()) return fail(node, "cannot use pointer accessor outside predicate");
    const LoopScope& loop = loops_.back();
    if (node.name.empty()) return item_of(loop.list);
    if (node.name == "index" && loop.index) return nature_of(kInt);
    if (node.name == "acc" && loop.acc) return Nature{};
    return fail(node, cat("unknown pointer #", node.name));
  }

  Result<Nature> declaration(Node& node) {
    if (names_.nature(node.name)) return fail(node, cat("cannot redeclare ", node.name));
    if (is_builtin_name(node.name)) return fail(node, cat("cannot redeclare builtin ", node.name));
    for (const Variable& variable : variables_) {
      if (variable.name == node.name)
        return fail(node, cat("cannot redeclare variable ", node.name));
    }
    TRY(const Nature value, visit(*node.kids[0]));
    variables_.push_back({node.name, value});
    auto rest = visit(*node.kids[1]);
    variables_.pop_back();
    return rest;
  }

  Result<Nature> sequence(Node& node) {
    Nature last;
    for (const NodePtr& kid : node.kids) {
      TRY(last, visit(*kid));
    }
    return last;
  }

  Result<Nature> conditional(Node& node) {
    TRY(const Nature condition, visit(*node.kids[0]));
    if (condition.kind() != Kind::Bool && !condition.unknown()) {
      return fail(*node.kids[0],
                  cat("non-bool expression (type ", shown(condition), ") used as condition"));
    }
    TRY(const Nature yes, visit(*node.kids[1]));
    TRY(const Nature no, visit(*node.kids[2]));
    if (yes.nil || no.nil) return yes.nil ? no : yes;
    if (!assignable(yes, no)) return Nature{};
    if (is_list(yes.kind()) && is_list(no.kind())) {
      const Nature a = item_of(yes), b = item_of(no);
      if (!assignable(a, b) || !assignable(b, a)) return nature_of(kAnySlice);
    }
    return yes;
  }

  Result<Nature> array(Node& node) {
    Nature last;
    bool alike = true;
    for (const NodePtr& kid : node.kids) {
      TRY(const Nature item, visit(*kid));
      alike = alike && (kid == node.kids.front() || item.kind() == last.kind());
      last = item;
    }
    return alike ? list_of(last) : nature_of(kAnySlice);
  }

  std::string_view source_;
  const Names& names_;
  std::vector<Variable> variables_;
  std::vector<LoopScope> loops_;
};

}  // namespace

Result<Nature> check(Tree& tree, const Names& names) {
  return Checker(tree.source, names).visit(*tree.root);
}

}  // namespace wf::expr::lang
