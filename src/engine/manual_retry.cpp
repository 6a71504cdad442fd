// SPDX-License-Identifier: Apache-2.0
// `argo retry`: which nodes run again, which are forgotten, which stay (rules MRT-1 to MRT-10).
// Everything here is linear in nodes and edges.
#include <algorithm>
#include <numeric>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "base/text.h"
#include "engine/operations.h"
#include "spec/names.h"
#include "spec/selector.h"

namespace wf::engine {
namespace {

using Place = uint32_t;  // of a node in status.nodes
constexpr Place kNone = UINT32_MAX;

// status.nodes with its edges both ways.
struct Graph {
  std::span<const json::Member> nodes;
  std::vector<std::vector<Place>> children;
  std::vector<std::vector<Place>> parents;  // in the order of the parents' ids
  std::unordered_map<std::string_view, Place> places;

  const Value& operator[](Place place) const { return nodes[place].value; }
  size_t size() const { return nodes.size(); }
  std::string_view type(Place place) const { return nodes[place].value["type"].as_string(); }
  std::string_view phase(Place place) const { return nodes[place].value["phase"].as_string(); }
  bool failed(Place place) const { return phase(place) == "Failed" || phase(place) == "Error"; }
  Place find(std::string_view id) const {
    const auto found = places.find(id);
    return found == places.end() ? kNone : found->second;
  }
  // MRT-4: of several the one whose id is last.
  Place parent(Place place) const { return parents[place].empty() ? kNone : parents[place].back(); }
};

bool is_group(std::string_view type) {
  return type == "DAG" || type == "TaskGroup" || type == "StepGroup" || type == "Steps";
}

bool is_execution(std::string_view type) {
  return type == "Container" || type == "Pod" || type == "HTTP" || type == "Plugin";
}

Result<Graph> graph_of(const Value& workflow) {
  Graph graph;
  graph.nodes = workflow["status"]["nodes"].members();
  const size_t count = graph.nodes.size();
  graph.children.resize(count);
  graph.parents.resize(count);
  graph.places.reserve(count);
  for (Place i = 0; i < count; ++i) graph.places.emplace(graph.nodes[i].key(), i);
  std::vector<Place> by_id(count);
  std::iota(by_id.begin(), by_id.end(), 0u);
  std::sort(by_id.begin(), by_id.end(), [&](Place a, Place b) { return graph.nodes[a].key() < graph.nodes[b].key(); });
  for (const Place place : by_id) {
    for (const Value& id : graph[place]["children"].items()) {
      const Place child = graph.find(id.as_string());
      if (child == kNone) return Error(cat("coudln't obtain child ", id.as_string()), Code::Internal);
      graph.children[place].push_back(child);
      graph.parents[child].push_back(place);
    }
  }
  const std::string_view name = workflow["metadata"]["name"].as_string();
  const std::string on_exit = cat(name, ".onExit");
  for (const Place place : by_id) {
    const std::string_view node_name = graph[place]["name"].as_string();
    if (graph.parents[place].empty() && node_name != name && !node_name.starts_with(on_exit)) {
      return Error(cat("couldn't find parent node for ", graph.nodes[place].key()), Code::Internal);
    }
  }
  return graph;
}

// Nodes with a descendant that succeeded and is not itself among `restarted`.
std::vector<char> with_kept_success(const Graph& graph, const std::vector<char>& restarted) {
  std::vector<char> marked(graph.size(), 0);
  std::vector<Place> open;
  const auto mark_parents = [&](Place place) {
    for (const Place parent : graph.parents[place]) {
      if (marked[parent]) continue;
      marked[parent] = 1;
      open.push_back(parent);
    }
  };
  for (Place i = 0; i < graph.size(); ++i) {
    if (!restarted[i] && graph.phase(i) == "Succeeded") mark_parents(i);
  }
  while (!open.empty()) {
    const Place place = open.back();
    open.pop_back();
    mark_parents(place);
  }
  return marked;
}

// MRT-3: the nodes that a retry begins with.
Result<std::vector<char>> seeds_of(const Graph& graph, const RetryOptions& options) {
  std::vector<char> seeds(graph.size(), 0);
  if (options.restart_successful && !options.node_selector.empty()) {
    TRY(const auto selector, spec::FieldSelector::parse(options.node_selector));
    for (Place i = 0; i < graph.size(); ++i) seeds[i] = spec::matches_node(selector, graph[i]);
  }
  const std::vector<char> kept = with_kept_success(graph, seeds);
  for (Place i = 0; i < graph.size(); ++i) {
    if (!graph.failed(i) || !is_execution(graph.type(i))) continue;
    Place judged = i;
    if (graph[i]["nodeFlag"]["retried"].as_bool()) {
      for (const Place parent : graph.parents[i]) {
        if (graph.type(parent) == "Retry") judged = parent;
      }
    }
    if (!kept[judged]) seeds[i] = 1;
  }
  return seeds;
}

// What becomes of each node. The nodes on the way up from a seed depend on where the way is only, so
// a way that joins an earlier one ends there.
class Plan {
 public:
  explicit Plan(const Graph& graph)
      : graph_(graph), deleted_(graph.size()), reset_(graph.size()), climbed_(graph.size()), bounded_(graph.size()) {}

  bool deleted(Place place) const { return deleted_[place] != 0; }
  bool reset(Place place) const { return reset_[place] != 0 && !deleted(place); }  // MRT-6

  Result<void> restart(Place seed) {
    delete_tree(seed);
    return climb(seed);
  }

  // MRT-6: loops are expanded anew with the new parameters.
  void delete_loop_items() {
    for (Place i = 0; i < graph_.size(); ++i) {
      if (!reset(i) || (graph_.type(i) != "TaskGroup" && graph_.type(i) != "StepGroup")) continue;
      for (const Place child : graph_.children[i]) delete_tree(child);
    }
  }

 private:
  void delete_tree(Place top) {
    std::vector<Place> open{top};
    while (!open.empty()) {
      const Place place = open.back();
      open.pop_back();
      if (deleted_[place]) continue;  // and so is all below it
      deleted_[place] = 1;
      open.insert(open.end(), graph_.children[place].begin(), graph_.children[place].end());
    }
  }

  Result<void> climb(Place at) {
    while (at != kNone && !climbed_[at]) {
      climbed_[at] = 1;
      if (is_group(graph_.type(at))) {
        reset_[at] = 1;
        TRY(at, climb_boundaries(at));
        continue;
      }
      if (graph_.type(at) == "Container") {
        while (at != kNone && graph_.type(at) != "Pod") at = graph_.parent(at);
        if (at == kNone) return out_of_nodes();
        reset_[at] = 1;
        delete_tree(at);
        continue;
      }
      if (graph_.type(at) == "Retry" && graph_.failed(at)) reset_[at] = 1;
      at = graph_.parent(at);
    }
    return {};
  }

  // From a group to where the way goes on: past its boundaries, which are reset.
  Result<Place> climb_boundaries(Place at) {
    while (!bounded_[at]) {
      bounded_[at] = 1;
      if (parent_is(at, "Retry")) {
        at = graph_.parent(at);
        reset_[at] = 1;
      }
      if (parent_is(at, "StepGroup") || parent_is(at, "TaskGroup")) reset_[graph_.parent(at)] = 1;
      const std::string_view boundary = graph_[at]["boundaryID"].as_string();
      if (boundary.empty()) return graph_.parent(at);
      at = graph_.find(boundary);
      if (at == kNone) return out_of_nodes();
      reset_[at] = 1;
    }
    return kNone;
  }

  bool parent_is(Place place, std::string_view type) const {
    const Place parent = graph_.parent(place);
    return parent != kNone && graph_.type(parent) == type;
  }

  static Error out_of_nodes() { return Error("was seeking node but ran out of nodes to explore", Code::Internal); }

  const Graph& graph_;
  std::vector<char> deleted_, reset_, climbed_, bounded_;
};

// From the root downwards, level by level; what does not hang below it is not in it.
Result<std::vector<Place>> breadth_first(const Graph& graph, std::string_view root_name) {
  std::vector<Place> order;
  if (graph.size() == 0) return order;
  std::vector<char> seen(graph.size(), 0);
  for (Place i = 0; i < graph.size() && order.empty(); ++i) {
    if (graph[i]["name"].as_string() == root_name) order.push_back(i);
  }
  if (order.empty()) return Error("couldn't find root node", Code::Internal);
  seen[order[0]] = 1;
  for (size_t k = 0; k < order.size(); ++k) {
    for (const Place child : graph.children[order[k]]) {
      if (!seen[child]) order.push_back(child);
      seen[child] = 1;
    }
  }
  return order;
}

// MRT-7.
Value reset_node(Value node, Time now) {
  if (node["type"].as_string() == "Suspend" && !node["outputs"]["parameters"].empty()) {
    Value parameters = Value::array();
    for (const Value& parameter : node["outputs"]["parameters"].items()) {
      parameters.push_back(Value::object({{"name", parameter["name"]},
                                          {"valueFrom", Value::object({{"supplied", Value::object()}})}}));
    }
    node.at("outputs").set("parameters", parameters);
  }
  if (node["phase"].as_string() != "Skipped") node.set("phase", "Running");
  node.erase("message");
  node.set("startedAt", to_rfc3339(now));
  node.erase("finishedAt");
  return node;
}

// MRT-10.
void drop_deleted(Value& node, std::string_view field, const Graph& graph, const Plan& plan) {
  const Value* before = node.find(field);
  if (!before) return;
  const auto gone = [&](const Value& id) {
    const Place place = graph.find(id.as_string());
    return place != kNone && plan.deleted(place);
  };
  const auto ids = before->items();
  if (std::none_of(ids.begin(), ids.end(), gone)) return;
  Value after = Value::array();
  for (const Value& id : ids) {
    if (!gone(id)) after.push_back(id);
  }
  if (after.empty()) {
    node.erase(field);
  } else {
    node.set(field, after);
  }
}

Value surviving_nodes(const Graph& graph, const Plan& plan, std::string_view on_exit, Time now) {
  Value nodes = Value::object();
  for (Place i = 0; i < graph.size(); ++i) {
    const bool removed = plan.deleted(i) || graph[i]["name"].as_string().starts_with(on_exit);  // MRT-8
    if (removed && !plan.reset(i)) continue;
    Value node = plan.reset(i) ? reset_node(graph[i], now) : graph[i];
    drop_deleted(node, "children", graph, plan);
    drop_deleted(node, "outboundNodes", graph, plan);
    nodes.set(graph.nodes[i].key(), std::move(node));
  }
  return nodes;
}

// MRT-9, each once: of what is deleted the pods, of the exit handler all nodes.
class PodNames {
 public:
  PodNames(const Value& workflow, const Graph& graph) : workflow_(workflow), graph_(graph) {}

  void add(Place place) {
    std::string name = spec::pod_name_of(workflow_, graph_[place]);
    if (seen_.insert(name).second) list_.push_back(std::move(name));
  }
  void add_tree(Place top) {
    std::vector<Place> open{top};
    std::unordered_set<Place> seen{top};
    for (size_t k = 0; k < open.size(); ++k) {
      add(open[k]);
      for (const Place child : graph_.children[open[k]]) {
        if (seen.insert(child).second) open.push_back(child);
      }
    }
  }
  std::vector<std::string> take() { return std::move(list_); }

 private:
  const Value& workflow_;
  const Graph& graph_;
  std::vector<std::string> list_;
  std::unordered_set<std::string> seen_;
};

std::vector<std::string> pods_to_delete(const Value& workflow, const Graph& graph, const Plan& plan, std::string_view on_exit) {
  PodNames names(workflow, graph);
  for (Place i = 0; i < graph.size(); ++i) {
    if (plan.deleted(i) && graph.type(i) == "Pod") names.add(i);
  }
  for (Place i = 0; i < graph.size(); ++i) {
    if (graph[i]["name"].as_string() == on_exit) names.add_tree(i);
  }
  return names.take();
}

Result<void> may_retry(const Value& workflow, const RetryOptions& options) {  // MRT-1
  const std::string_view phase = workflow["status"]["phase"].as_string();
  if (phase == "Failed" || phase == "Error") return {};
  if (phase != "Succeeded") return Error(cat("Cannot retry a workflow in phase ", phase));
  if (!options.restart_successful || options.node_selector.empty()) {
    return Error("To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector");
  }
  return {};
}

void set_not_completed(Value& status) {
  Value& conditions = status.at("conditions");
  for (size_t i = 0; i < conditions.size(); ++i) {
    if (conditions[i]["type"].as_string() != "Completed") continue;
    conditions.item(i) = Value::object({{"type", "Completed"}, {"status", "False"}});
    return;
  }
  conditions.push_back(Value::object({{"type", "Completed"}, {"status", "False"}}));
}

// MRT-2: all but the nodes.
Result<Value> restarted_workflow(const Value& workflow, const std::vector<std::string>& parameters, Time now) {
  Value out = workflow;
  if (workflow["metadata"].has("labels")) {
    Value& labels = out.at("metadata").at("labels");
    labels.erase("workflows.argoproj.io/completed");
    labels.erase("workflows.argoproj.io/workflow-archiving-status");
  }
  Value& status = out.at("status");
  status.erase("phase");
  status.erase("message");
  status.set("startedAt", to_rfc3339(now));
  status.erase("finishedAt");
  status.erase("persistentVolumeClaims");
  if (status.has("storedWorkflowTemplateSpec")) status.at("storedWorkflowTemplateSpec").erase("shutdown");
  if (status.has("artifactGCStatus")) {  // GCO-9
    for (const char* done : {"strategiesProcessed", "podsRecouped"}) status.at("artifactGCStatus").erase(done);
  }
  set_not_completed(status);
  Value& spec = out.at("spec");
  spec.erase("shutdown");
  if (spec["activeDeadlineSeconds"].as_int() == 0) spec.erase("activeDeadlineSeconds");
  TRY_DO(override_arguments(out, parameters));
  return out;
}

}  // namespace

Result<Retried> retry(const Value& workflow, const RetryOptions& options, Time now) {
  TRY_DO(may_retry(workflow, options));
  TRY(Value restarted, restarted_workflow(workflow, options.parameters, now));
  const std::string_view name = workflow["metadata"]["name"].as_string();
  const std::string on_exit = cat(name, ".onExit");
  TRY(const Graph graph, graph_of(workflow));
  TRY(const auto seeds, seeds_of(graph, options));
  TRY(const auto order, breadth_first(graph, name));
  Plan plan(graph);
  for (const Place place : order) {  // MRT-5
    if (seeds[place] && !plan.deleted(place)) TRY_DO(plan.restart(place));
  }
  if (!options.parameters.empty()) plan.delete_loop_items();
  restarted.at("status").set("nodes", surviving_nodes(graph, plan, on_exit, now));
  return Retried{std::move(restarted), pods_to_delete(workflow, graph, plan, on_exit)};
}

}  // namespace wf::engine
