// SPDX-License-Identifier: Apache-2.0
// engine/node_table.h: all nodes of one workflow, dense, found by name or id, with the counts that
// decisions need, so that no decision walks over siblings. Every change of a phase goes through
// `set_phase`; a change of anything else is followed by `touch`.
#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/node.h"

namespace wf::engine {

// Texts that repeat in many nodes, once each. 0 is the empty text.
class Interned {
 public:
  Interned() { add(""); }
  uint32_t add(std::string_view text);
  const std::string& at(uint32_t id) const { return texts_[id]; }

 private:
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, uint32_t> ids_;
};

// What the direct children of one boundary (a Steps or DAG node) are doing (PAR-1, PAR-3, PAR-5).
struct BoundaryCounts {
  int active_pods = 0;       // Pods Pending/Running, not waiting for a lock, whose pod exists
  int active_children = 0;   // Pods, Steps, DAGs Pending/Running
  int unsuccessful = 0;      // Pods, Steps, DAGs Failed/Error
  int unfulfilled = 0;       // nodes of any type
  int daemoned = 0;
};

class NodeTable {
 public:
  explicit NodeTable(std::string workflow) : workflow_(std::move(workflow)) {}

  size_t size() const { return nodes_.size(); }
  Node& operator[](NodeIndex index) { return nodes_[index]; }
  const Node& operator[](NodeIndex index) const { return nodes_[index]; }
  NodeIndex find(std::string_view name) const;     // kNoNode where absent
  NodeIndex find_id(std::string_view id) const;
  NodeIndex root() const { return find(workflow_); }
  std::string id(NodeIndex index) const;
  // The id that a node of this name has or would get (NOD-1).
  std::string id_of_name(std::string_view name) const;

  // Adds a node; CHECKs that the name is new (NOD-12). The phase is the first one.
  NodeIndex add(Node node);
  // The only way a phase, the daemoned mark, `synced` or `waiting` changes: keeps the counts.
  template <class Change>
  void change(NodeIndex index, Change&& change) {
    Node& node = nodes_[index];
    apply(node, share(node), -1);
    change(node);
    apply(node, share(node), 1);
    touch(index);
  }
  void set_phase(NodeIndex index, Phase phase) {
    change(index, [phase](Node& node) { node.phase = phase; });
  }
  void set_pod_exists(NodeIndex index, bool exists) {
    change(index, [exists](Node& node) { node.pod_exists = exists; });
  }
  void change_boundary(NodeIndex index, NodeIndex boundary) {
    change(index, [boundary](Node& node) { node.boundary = boundary; });
  }
  // Links a child once, keeping the order of linking (NOD-12).
  void add_child(NodeIndex parent, NodeIndex child);
  // Links a child that has no node yet: its id shows among the children.
  void expect_child(NodeIndex parent, const std::string& name);
  // Marks it changed, to be saved with this turn.
  void touch(NodeIndex index);

  const BoundaryCounts& counts(NodeIndex boundary) const;  // kNoNode: nodes without boundary
  // Of the whole workflow.
  int active_pods() const { return active_pods_; }
  int daemoned() const { return daemoned_; }
  int unsynced() const { return unsynced_; }  // results incomplete (REC-12)
  // Sum over executable nodes (PRG-3).
  Progress progress() const { return progress_; }
  void set_progress(NodeIndex index, Progress progress);

  std::vector<NodeIndex> take_changed();
  bool has_changed() const { return !changed_.empty(); }
  const std::vector<NodeIndex>& changed() const { return changed_; }

  Interned interned;

 private:
  struct Share {  // what one node adds to the counts
    bool active_pod = false, active_child = false, unsuccessful = false, unfulfilled = false,
         daemoned = false, unsynced = false;
    Progress progress;
  };
  uint32_t free_number(std::string_view name) const;
  Share share(const Node& node) const;
  void apply(const Node& node, const Share& share, int sign);
  BoundaryCounts& counts_of(NodeIndex boundary);

  std::string workflow_;
  std::deque<Node> nodes_;
  std::unordered_map<std::string_view, NodeIndex> by_name_;
  std::unordered_map<uint32_t, NodeIndex> by_id_number_;
  std::unordered_map<NodeIndex, BoundaryCounts> counts_;
  std::unordered_map<uint64_t, char> linked_;  // parent << 32 | child, of parents with many children
  int active_pods_ = 0;
  int daemoned_ = 0;
  int unsynced_ = 0;
  Progress progress_;
  std::vector<NodeIndex> changed_;
};

}  // namespace wf::engine
