// SPDX-License-Identifier: Apache-2.0
#include "print/node_tree.h"

#include <algorithm>
#include <set>
#include <utility>

#include "spec/names.h"

namespace wf::print {
namespace {

bool contains_by_boundary(std::string_view type) { return type == "DAG" || type == "Steps"; }
bool contains_by_children(std::string_view type) { return type == "StepGroup" || type == "Retry"; }
bool is_leaf(std::string_view type) {
  return type == "Pod" || type == "Skipped" || type == "Suspend" || type == "HTTP" || type == "Plugin";
}

struct Entry {
  std::pair<std::string_view, int64_t> started;  // RFC 3339 in UTC, whose order is that of time; the look
  std::string_view name;
  int64_t index;  // in a loop, or −1
  std::string id;
};

// Started at once: elements of loops by index, others by name; between the two kinds names decide.
bool shown_before(const Entry& a, const Entry& b) {
  if (a.index >= 0 && b.index >= 0) return a.index < b.index;
  return a.name < b.name;
}

// That order is none where both kinds meet (it need not be transitive), so each entry goes in front
// of the first one that it precedes, as Argo does it.
void insert_each(std::vector<Entry>::iterator begin, std::vector<Entry>::iterator end) {
  std::vector<Entry> sorted;
  for (auto at = begin; at != end; ++at) {
    const auto place = std::find_if(sorted.begin(), sorted.end(), [&](const Entry& e) { return shown_before(*at, e); });
    sorted.insert(place, std::move(*at));
  }
  std::move(sorted.begin(), sorted.end(), begin);
}

void sort_moment(std::vector<Entry>::iterator begin, std::vector<Entry>::iterator end) {
  const auto in_loop = [](const Entry& entry) { return entry.index >= 0; };
  std::stable_sort(begin, end, [](const Entry& a, const Entry& b) { return a.name < b.name; });
  if (std::none_of(begin, end, in_loop)) return;
  if (std::all_of(begin, end, in_loop)) {
    std::stable_sort(begin, end, [](const Entry& a, const Entry& b) { return a.index < b.index; });
  } else {
    insert_each(begin, end);
  }
}

}  // namespace

NodeTree::NodeTree(const json::Value& workflow, const StartOrder* order)
    : nodes_(workflow["status"]["nodes"]) {
  std::map<std::string, std::string, std::less<>> parents;
  for (const json::Member& member : nodes_.members()) {
    if (!contains_by_children(member.value["type"].as_string())) continue;
    for (const json::Value& child : member.value["children"].items()) {
      parents[std::string(child.as_string())] = member.key();
    }
  }
  for (const json::Member& member : nodes_.members()) place(std::string(member.key()), member.value, parents);
  sort_children(workflow["metadata"]["name"].as_string(), order);
}

void NodeTree::place(const std::string& id, const json::Value& node,
                     const std::map<std::string, std::string, std::less<>>& parents) {
  const auto type = node["type"].as_string();
  if (!contains_by_boundary(type) && !contains_by_children(type) && !is_leaf(type)) return;
  if (const auto parent = parents.find(id); parent != parents.end()) {
    children_[parent->second].push_back(id);
    return;
  }
  const auto boundary = node["boundaryID"].as_string();
  if (boundary.empty()) {
    roots_.push_back(id);
  } else if (contains_by_boundary(nodes_[boundary]["type"].as_string())) {
    children_[std::string(boundary)].push_back(id);
  }
}

void NodeTree::sort_children(std::string_view workflow, const StartOrder* order) {
  for (auto& [parent, ids] : children_) {
    std::vector<Entry> entries;
    for (auto& id : ids) {
      const json::Value& child = nodes_[id];
      const auto name = child["displayName"].as_string();
      const int64_t look = order == nullptr ? 0 : order->of(workflow, id);
      entries.push_back({{child["startedAt"].as_string(), look}, name, spec::loop_index(name), std::move(id)});
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.started < b.started; });
    for (auto from = entries.begin(); from != entries.end();) {
      const auto to = std::find_if(from, entries.end(), [&](const Entry& e) { return e.started != from->started; });
      sort_moment(from, to);
      from = to;
    }
    for (size_t i = 0; i < ids.size(); ++i) ids[i] = std::move(entries[i].id);
  }
}

bool NodeTree::is_root(const std::string& id) const { return std::find(roots_.begin(), roots_.end(), id) != roots_.end(); }

const std::vector<std::string>& NodeTree::children(const std::string& id) const {
  static const std::vector<std::string> kNone;
  const auto found = children_.find(id);
  return found == children_.end() ? kNone : found->second;
}

}  // namespace wf::print
