// SPDX-License-Identifier: Apache-2.0
#include "engine/node_table.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "base/hash.h"
#include "base/text.h"

namespace wf::engine {
namespace {

constexpr size_t kManyChildren = 16;

constexpr uint64_t link_key(NodeIndex parent, NodeIndex child) {
  return static_cast<uint64_t>(parent) << 32 | child;
}

bool counts_as_child(NodeType type) {
  return type == NodeType::Pod || type == NodeType::Steps || type == NodeType::DAG;
}

}  // namespace

uint32_t Interned::add(std::string_view text) {
  const auto at = ids_.find(text);
  if (at != ids_.end()) return at->second;
  texts_.emplace_back(text);
  const auto id = static_cast<uint32_t>(texts_.size() - 1);
  ids_.emplace(texts_.back(), id);
  return id;
}

NodeIndex NodeTable::find(std::string_view name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? kNoNode : at->second;
}

NodeIndex NodeTable::find_id(std::string_view id) const {
  if (id == workflow_) return root();
  if (id.size() <= workflow_.size() + 1 || id.substr(0, workflow_.size()) != workflow_) return kNoNode;
  uint32_t number = 0;
  const std::string_view digits = id.substr(workflow_.size() + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return kNoNode;
  const auto at = by_id_number_.find(number);
  return at == by_id_number_.end() ? kNoNode : at->second;
}

std::string NodeTable::id(NodeIndex index) const {
  const Node& node = nodes_[index];
  return node.root ? workflow_ : cat(workflow_, "-", node.id_number);
}

std::string NodeTable::id_of_name(std::string_view name) const {
  const NodeIndex index = find(name);
  if (index != kNoNode) return id(index);
  return name == workflow_ ? workflow_ : cat(workflow_, "-", free_number(name));
}

// Two names of one hash would be one node in Argo; here the later one takes the next free number.
uint32_t NodeTable::free_number(std::string_view name) const {
  uint32_t number = fnv1a_32(name);
  while (by_id_number_.contains(number)) ++number;
  return number;
}

NodeIndex NodeTable::add(Node node) {
  CHECK(find(node.name) == kNoNode);
  const auto index = static_cast<NodeIndex>(nodes_.size());
  node.root = node.name == workflow_;
  if (!node.root && node.id_number == 0) node.id_number = free_number(node.name);
  nodes_.push_back(std::move(node));
  Node& added = nodes_.back();
  by_name_.emplace(added.name, index);
  if (!added.root) by_id_number_.emplace(added.id_number, index);
  if (added.children.size() > kManyChildren) {
    for (const NodeIndex child : added.children) linked_.emplace(link_key(index, child), 0);
  }
  apply(added, share(added), 1);
  touch(index);
  return index;
}

NodeTable::Share NodeTable::share(const Node& node) const {
  Share share;
  const bool active = node.phase == Phase::Pending || node.phase == Phase::Running;
  share.active_pod = node.type == NodeType::Pod && active && !node.waits_for_lock() && node.pod_exists;
  share.active_child = counts_as_child(node.type) && active;
  share.unsuccessful = counts_as_child(node.type) && failed_or_error(node.phase);
  share.unfulfilled = !fulfilled(node);
  share.daemoned = node.daemoned;
  share.unsynced = node.synced == Synced::No;
  if (executable(node.type)) {
    share.progress = node.progress == Progress{} ? Progress{0, 1} : node.progress;
    if (!share.progress.valid()) {
      share.progress = {};
    } else if (node.phase == Phase::Succeeded || node.phase == Phase::Skipped || node.phase == Phase::Omitted) {
      share.progress.done = share.progress.total;  // PRG-2
    }
  }
  return share;
}

BoundaryCounts& NodeTable::counts_of(NodeIndex boundary) { return counts_[boundary]; }

const BoundaryCounts& NodeTable::counts(NodeIndex boundary) const {
  static const BoundaryCounts kNone;
  const auto at = counts_.find(boundary);
  return at == counts_.end() ? kNone : at->second;
}

void NodeTable::apply(const Node& node, const Share& share, int sign) {
  BoundaryCounts& counts = counts_of(node.boundary);
  counts.active_pods += sign * share.active_pod;
  counts.active_children += sign * share.active_child;
  counts.unsuccessful += sign * share.unsuccessful;
  counts.unfulfilled += sign * share.unfulfilled;
  counts.daemoned += sign * share.daemoned;
  active_pods_ += sign * share.active_pod;
  daemoned_ += sign * share.daemoned;
  unsynced_ += sign * share.unsynced;
  progress_.done += sign * share.progress.done;
  progress_.total += sign * share.progress.total;
}

void NodeTable::set_progress(NodeIndex index, Progress progress) {
  change(index, [progress](Node& node) { node.progress = progress; });
}

void NodeTable::add_child(NodeIndex parent, NodeIndex child) {
  Node& node = nodes_[parent];
  if (node.children.size() < kManyChildren) {
    if (std::find(node.children.begin(), node.children.end(), child) != node.children.end()) return;
  } else {
    if (node.children.size() == kManyChildren) {
      for (const NodeIndex linked : node.children) linked_.emplace(link_key(parent, linked), 0);
    }
    if (!linked_.emplace(link_key(parent, child), 0).second) return;
  }
  node.children.push_back(child);
  if (node.extra && !node.extra->expected.empty()) std::erase(node.extra->expected, nodes_[child].name);
  touch(parent);
}

void NodeTable::expect_child(NodeIndex parent, const std::string& name) {
  auto& expected = nodes_[parent].more().expected;
  if (std::find(expected.begin(), expected.end(), name) != expected.end()) return;
  expected.push_back(name);
  touch(parent);
}

void NodeTable::touch(NodeIndex index) {
  Node& node = nodes_[index];
  if (node.order_dirty) return;
  node.order_dirty = true;
  changed_.push_back(index);
}

std::vector<NodeIndex> NodeTable::take_changed() {
  for (const NodeIndex index : changed_) nodes_[index].order_dirty = false;
  return std::exchange(changed_, {});
}

}  // namespace wf::engine
