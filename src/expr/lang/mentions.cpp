// SPDX-License-Identifier: Apache-2.0
// What an expression names (XPR-6).
#include <algorithm>
#include <set>

#include "base/text.h"
#include "expr/lang/ast.h"
#include "expr/lang/parser.h"
#include "expr/program.h"

namespace wf::expr {
namespace {

using lang::Node;
using lang::NodeKind;
using lang::NodePtr;

bool is_name(const Node& node) {
  return node.kind == NodeKind::Literal && node.value.is(types::kString);
}

// The dotted path of members from an identifier, all of them constant and none of them optional.
std::optional<std::string> member_path(const Node& member) {
  if (member.optional || !is_name(*member.kids[1])) return std::nullopt;
  const Node& base = *member.kids[0];
  std::optional<std::string> front;
  if (base.kind == NodeKind::Identifier) front = base.name;
  if (base.kind == NodeKind::Member) front = member_path(base);
  if (!front) return std::nullopt;
  return cat(*front, ".", member.kids[1]->value.as_string());
}

template <class Visit>
void walk(const Node& node, const Visit& visit) {
  for (const NodePtr& kid : node.kids) {
    if (kid) walk(*kid, visit);
  }
  visit(node);
}

// Members whose absence the expression itself deals with: left of ??, and before a ?.
std::set<const Node*> guarded_members(const Node& root) {
  std::set<const Node*> out;
  walk(root, [&](const Node& node) {
    if (node.kind == NodeKind::Binary && node.op == lang::Op::Coalesce) {
      walk(*node.kids[0], [&](const Node& left) {
        if (left.kind == NodeKind::Member) out.insert(&left);
      });
    }
    if (node.kind == NodeKind::Member && node.optional && node.kids[0]->kind == NodeKind::Member) {
      out.insert(node.kids[0].get());
    }
  });
  return out;
}

void add_once(std::vector<std::string>& list, std::string text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
}

// The constant path that `node` continues, if it is an identifier or a member of one, through ?.
// too; nothing for other nodes.
std::optional<std::string> reach_of(const Node& node, bool& whole) {
  if (node.kind == NodeKind::Identifier) return node.name;
  if (node.kind == NodeKind::Chain) return reach_of(*node.kids[0], whole);
  if (node.kind != NodeKind::Member) return std::nullopt;
  auto base = reach_of(*node.kids[0], whole);
  if (!base || !whole) return base;
  if (!is_name(*node.kids[1])) {
    whole = false;  // from here on it is not constant
    return base;
  }
  return cat(*base, ".", node.kids[1]->value.as_string());
}

void collect_paths(const Node& node, Mentions& out) {
  bool whole = true;
  if (const auto path = reach_of(node, whole)) {
    add_once(out.paths, *path);
    out.everything = out.everything || path->starts_with("$env");
    // Properties on the way may name others.
    const Node* at = &node;
    while (at->kind == NodeKind::Chain || at->kind == NodeKind::Member) {
      if (at->kind == NodeKind::Member) collect_paths(*at->kids[1], out);
      at = at->kids[0].get();
    }
    return;
  }
  for (const NodePtr& kid : node.kids) {
    if (kid) collect_paths(*kid, out);
  }
}

}  // namespace

Result<Mentions> mentions_of(std::string_view text) {
  TRY(const lang::Tree tree, lang::parse(text));
  Mentions out;
  const std::set<const Node*> guarded = guarded_members(*tree.root);
  walk(*tree.root, [&](const Node& node) {
    if (guarded.count(&node)) return;
    if (node.kind == NodeKind::Identifier) add_once(out.required, node.name);
    if (node.kind == NodeKind::Member) {
      if (auto path = member_path(node)) add_once(out.required, std::move(*path));
    }
  });
  collect_paths(*tree.root, out);
  return out;
}

}  // namespace wf::expr
