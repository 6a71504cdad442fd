// SPDX-License-Identifier: Apache-2.0
#include "engine/progress.h"

#include <map>
#include <string>

namespace wf::engine {
namespace {

using json::Value;

// Past this many nodes a composite counts what lies within it, not also what follows it: the latter
// is a sum over nearly all nodes for each of them.
constexpr size_t kExactMax = 5'000;

struct Sum {
  Progress progress;
  std::map<std::string, int64_t, std::less<>> used;
};

void add(const Node& node, Sum& sum) {
  if (executable(node.type) && node.progress.valid()) {
    sum.progress.done += node.progress.done;
    sum.progress.total += node.progress.total;
  }
  if (node.type != NodeType::Pod) return;
  for (const json::Member& one : node.resources_duration.members()) sum.used[std::string(one.key())] += one.value.as_int().value_or(0);
}

Sum below(const NodeTable& nodes, NodeIndex from, std::vector<uint32_t>& seen, uint32_t mark, bool within) {
  Sum sum;
  std::vector<NodeIndex> open = nodes[from].children;
  while (!open.empty()) {
    const NodeIndex at = open.back();
    open.pop_back();
    if (seen[at] == mark) continue;
    seen[at] = mark;
    if (within && !nodes[at].name.starts_with(nodes[from].name)) continue;
    add(nodes[at], sum);
    open.insert(open.end(), nodes[at].children.begin(), nodes[at].children.end());
  }
  return sum;
}

}  // namespace

void sum_up(NodeTable& nodes) {
  for (NodeIndex i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    if (!executable(node.type)) continue;
    Progress progress = node.progress == Progress{} ? Progress{0, 1} : node.progress;
    const bool whole = node.phase == Phase::Succeeded || node.phase == Phase::Skipped || node.phase == Phase::Omitted;
    if (progress.valid() && whole) progress.done = progress.total;
    if (progress != node.progress) nodes.set_progress(i, progress);
  }
  std::vector<uint32_t> seen(nodes.size(), UINT32_MAX);
  const bool within = nodes.size() > kExactMax;
  for (NodeIndex i = 0; i < nodes.size(); ++i) {
    if (executable(nodes[i].type)) continue;
    const Sum sum = below(nodes, i, seen, i, within);
    if (sum.progress.valid() && sum.progress != nodes[i].progress) {
      nodes[i].progress = sum.progress;
      nodes.touch(i);
    }
    if (!fulfilled(nodes[i]) || sum.used.empty()) continue;
    Value used = Value::object();
    for (const auto& [resource, seconds] : sum.used) used.set(resource, seconds);
    if (!(used == nodes[i].resources_duration)) {
      nodes[i].resources_duration = used;
      nodes.touch(i);
    }
  }
}

}  // namespace wf::engine
