// SPDX-License-Identifier: Apache-2.0
// print/node_tree.h: a workflow's nodes in the order and nesting in which `argo get` shows them:
// steps and tasks below the template that contains them, attempts below their retry node.
#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "print/start_order.h"

namespace wf::print {

class NodeTree {
 public:
  // `order` may be null.
  NodeTree(const json::Value& workflow, const StartOrder* order);

  // Whether the node is the top of a tree: it is contained in nothing.
  bool is_root(const std::string& id) const;
  const json::Value& node(const std::string& id) const { return nodes_[id]; }
  const std::vector<std::string>& children(const std::string& id) const;

 private:
  void place(const std::string& id, const json::Value& node,
             const std::map<std::string, std::string, std::less<>>& parents);
  void sort_children(std::string_view workflow, const StartOrder* order);

  const json::Value& nodes_;
  std::map<std::string, std::vector<std::string>, std::less<>> children_;
  std::vector<std::string> roots_;
};

}  // namespace wf::print
