// SPDX-License-Identifier: Apache-2.0
// engine/node.h: one entry of status.nodes, in memory (rules NOD and PHS).
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "json/value.h"

namespace wf::engine {

enum class NodeType : uint8_t {
  Pod, Container, Steps, StepGroup, DAG, TaskGroup, Retry, Skipped, Suspend, HTTP, Plugin
};
enum class Phase : uint8_t { None, Pending, Running, Succeeded, Skipped, Failed, Error, Omitted };

std::string_view name_of(NodeType type);
std::string_view name_of(Phase phase);
NodeType node_type_from(std::string_view name);  // Pod for an unknown name
Phase phase_from(std::string_view name);         // None for an unknown name

// Place of a node in its workflow's NodeTable; stable as long as the workflow is in memory.
using NodeIndex = uint32_t;
inline constexpr NodeIndex kNoNode = UINT32_MAX;

// "N/M" as in status.progress; valid iff 0 <= done <= total and total > 0 (PRG-1).
struct Progress {
  int64_t done = 0;
  int64_t total = 0;
  bool valid() const { return done >= 0 && total > 0 && done <= total; }
  friend bool operator==(const Progress&, const Progress&) = default;
};
std::string to_text(const Progress& progress);
Progress progress_from(std::string_view text);  // unparsable numbers read as 0

struct NodeFlag {
  bool present = false;  // NOD-9: an empty flag object also shows
  bool hooked = false;
  bool retried = false;
};

// taskResultSynced: absent, or whether the executor's outputs have arrived (NOD-10).
enum class Synced : uint8_t { Absent, Yes, No };

// What few nodes have.
struct NodeExtra {
  std::string pod_ip;
  std::string display_name;   // by annotation (NOD-6), else derived
  std::string waiting_lock;   // synchronizationStatus.waiting
  bool waiting = false;
  json::Value memoization;    // {hit, key, cacheName}
  std::string restarting_pod_uid;
  std::vector<std::string> expected;  // names of children that are linked but were refused so far (PAR-4)
  int failed_pod_restarts = 0;
};

struct Node {
  std::string name;
  std::string message;
  uint32_t id_number = 0;        // hash part of the id; unused for the root
  uint32_t display_from = 0;     // displayName is name.substr(display_from) unless extra says else
  NodeIndex boundary = kNoNode;
  uint32_t template_name = 0;    // interned
  uint32_t template_scope = 0;   // interned
  uint32_t host_node_name = 0;   // interned
  NodeType type = NodeType::Pod;
  Phase phase = Phase::None;
  Synced synced = Synced::Absent;
  NodeFlag flag;
  bool daemoned = false;
  bool pod_exists = false;       // run time only: its pod was created and not seen to vanish
  bool root = false;
  bool order_dirty = false;      // run time only: queued as changed
  int32_t estimated_seconds = 0;
  Progress progress;
  Time started_at{};
  Time finished_at{};
  std::vector<NodeIndex> children;
  std::vector<NodeIndex> outbound;
  bool has_outbound = false;
  json::Value template_ref;
  json::Value inputs;
  json::Value outputs;
  json::Value resources_duration;
  std::unique_ptr<NodeExtra> extra;

  NodeExtra& more() {
    if (!extra) extra = std::make_unique<NodeExtra>();
    return *extra;
  }
  std::string_view display_name() const {
    if (extra && !extra->display_name.empty()) return extra->display_name;
    return std::string_view(name).substr(display_from);
  }
  bool waits_for_lock() const { return extra && !extra->waiting_lock.empty(); }
  bool memo_hit() const { return extra && extra->memoization["hit"].as_bool(); }
};

inline bool failed_or_error(Phase phase) { return phase == Phase::Failed || phase == Phase::Error; }
// PHS-2: the phase alone.
inline bool completed(Phase phase) {
  return phase == Phase::Succeeded || phase == Phase::Failed || phase == Phase::Error;
}
// PHS-2 with the synced test: the results of a completed node have arrived.
inline bool completed(const Node& node) { return completed(node.phase) && node.synced != Synced::No; }
// PHS-3 without the daemon clause: completed, skipped or omitted.
inline bool phase_fulfilled(const Node& node) {
  return completed(node) || node.phase == Phase::Skipped || node.phase == Phase::Omitted;
}
// PHS-3.
inline bool fulfilled(const Node& node) {
  return phase_fulfilled(node) || (node.daemoned && node.phase != Phase::Pending);
}
inline bool succeeded(const Node& node) { return node.phase == Phase::Succeeded; }
// PRG-2: nodes whose own progress counts.
inline bool executable(NodeType type) {
  return type == NodeType::Pod || type == NodeType::HTTP || type == NodeType::Plugin ||
         type == NodeType::Container || type == NodeType::Suspend;
}

}  // namespace wf::engine
