// SPDX-License-Identifier: Apache-2.0
// print/node_rows.h: the table below the heading of `argo get`: one row a node, with the branches that
// lead to it.
#pragma once
#include <string>
#include <string_view>

#include "base/time.h"
#include "json/value.h"
#include "print/get_screen.h"
#include "print/node_tree.h"

namespace wf::print {

class NodeRows {
 public:
  NodeRows(const json::Value& workflow, const NodeTree& tree, const GetOptions& options, Time now);
  void add_tree(const std::string& root);
  void add_gap() { text_ += "\t\t\t\t\t\n"; }
  // The heading and the rows, cells ended by tabs.
  const std::string& text() const { return text_; }

 private:
  // What stands in front of a node's own row, and of the rows below it.
  struct Prefix {
    std::string own, below;
  };
  struct Place {
    size_t index, count;
  };
  // A hidden node gives its place to its children; one of a step group to several in a row.
  struct Shown {
    bool hidden, grouped;
  };

  void add(const std::string& id, const Prefix& prefix, int depth);
  Shown how_shown(const json::Value& node) const;
  Prefix child_prefix(const Prefix& parent, const Shown& shown, const Place& place) const;
  void add_row(const json::Value& node, std::string_view prefix);
  std::string name_cell(const json::Value& node) const;

  const json::Value& workflow_;
  const NodeTree& tree_;
  const GetOptions& options_;
  Time now_;
  std::string text_;
};

// "5*(1 cpu),7*(100Mi memory)" of a resourcesDuration.
std::string resources_text(const json::Value& amounts);
bool is_suspended(const json::Value& workflow);

}  // namespace wf::print
