// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "expr/lang/check.h"
#include "expr/lang/token.h"

namespace wf::expr::lang {
namespace {

class Resolver {
 public:
  explicit Resolver(Tree& tree) : tree_(tree) {}

  Result<void> visit(Node& node) {
    if (node.kind == NodeKind::Let) return declaration(node);
    if (node.kind == NodeKind::Identifier) node.slot = slot_of(node.name);
    if (node.kind == NodeKind::Pointer && !node.name.empty() && node.name != "index" &&
        node.name != "acc") {
      return error_at(tree_.source, node.at, cat("unknown pointer ", node.name));
    }
    if (node.op == Op::Matches && !node.regex && node.kids[1]->is_literal(types::kString)) {
      auto compiled = compile_regexp(node.kids[1]->value.as_string());
      if (!compiled.ok()) return error_at(tree_.source, node.at, compiled.error().message());
      node.regex = std::move(*compiled);
    }
    for (const NodePtr& kid : node.kids) {
      if (kid) TRY_DO(visit(*kid));
    }
    return {};
  }

 private:
  Result<void> declaration(Node& node) {
    TRY_DO(visit(*node.kids[0]));
    node.slot = tree_.slots++;
    scope_.push_back(&node);
    TRY_DO(visit(*node.kids[1]));
    scope_.pop_back();
    return {};
  }
  int slot_of(std::string_view name) const {
    for (auto it = scope_.rbegin(); it != scope_.rend(); ++it) {
      if ((*it)->name == name) return (*it)->slot;
    }
    return -1;
  }

  Tree& tree_;
  std::vector<const Node*> scope_;  // declarations around the node
};

}  // namespace

Result<void> resolve(Tree& tree) { return Resolver(tree).visit(*tree.root); }

}  // namespace wf::expr::lang
