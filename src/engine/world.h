// SPDX-License-Identifier: Apache-2.0
// engine/world.h: what a turn reads beside its workflow, and what it leaves to be done.
// Everything here answers at once from memory: no call waits, none does I/O. What a turn wants done
// is returned as values (Action) with deterministic names, so that doing one twice equals once; the
// shell saves the workflow first and acts then.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/metrics.h"
#include "engine/ports.h"
#include "json/value.h"
#include "podspec/podspec.h"

namespace wf::engine {

class LockTable;  // engine/locks.h

// An entry of a memoization cache (MEM-3).
struct MemoEntry {
  std::string node_id;
  json::Value outputs;
  Time created_at{};
};

class World {
 public:
  virtual ~World() = default;

  // An object of the cluster or the store by its kind: WorkflowTemplate, ClusterWorkflowTemplate
  // (ns ""), ConfigMap, PersistentVolumeClaim. Null where there is none.
  virtual json::Value find(std::string_view kind, std::string_view ns, std::string_view name) const = 0;
  // The settings, the pod builder's lookups and flags; lives longer than every run.
  virtual const podspec::Controller& controller() const = 0;
  // Mutexes and semaphores of all workflows.
  virtual LockTable& locks() = 0;
  // Memoization caches: a hit also notes the time of use. Load: NotFound is a miss; other errors are
  // Argo's texts (MEM-2). Saving is seen by the next load at once.
  virtual Result<std::optional<MemoEntry>> load_memo(std::string_view cache, std::string_view key) = 0;
  virtual Result<void> save_memo(std::string_view cache, std::string_view key, const MemoEntry& entry) = 0;
  // The finished workflow by which durations are estimated (PRG-10); Null where there is none.
  virtual json::Value estimate_baseline(const json::Value& workflow) const = 0;
  // What is wrong with a workflow by Argo's validation (VAL), the first text; "" where nothing is.
  // Asked once, at its first turn (SPC-8).
  virtual std::string validate(const json::Value& workflow) = 0;
  // Whether finished workflows of these labels go to the archive (ARC-1).
  virtual bool archives(const json::Value& workflow) const = 0;
  // The users' metrics there are; null: names are not compared.
  virtual MetricNames* metric_names() { return nullptr; }
};

// What becomes of a finished pod, decided by podGC (GCO-3).
enum class PodCleanup { Label, Delete, RemoveFinalizer };

struct CreatePod { PodRequest request; json::Value config_map; };
struct TerminatePod { std::string pod; };                       // SIGTERM, later SIGKILL (GCO-5)
struct DeletePod { std::string pod; Duration after{}; };
struct LabelPodCompleted { std::string pod; };
struct CreateClaim { json::Value claim; };                      // PersistentVolumeClaim (REC-8)
struct DeleteClaim { std::string name; };
struct RunAgent { json::Value pod; };
// HTTP and Plugin nodes to run (CTR-7): node id to processed template. Replaces the former set.
struct SetTasks { json::Value tasks; };
struct CollectArtifacts { std::string strategy; };              // GCO-6: start what deletes artifacts
using Action = std::variant<CreatePod, TerminatePod, DeletePod, LabelPodCompleted, CreateClaim,
                            DeleteClaim, RunAgent, SetTasks, CollectArtifacts>;

// A Kubernetes event of the workflow (PST-6).
struct EventNote {
  bool warning = false;
  std::string reason;
  std::string message;
};

// What is seen at the start of a turn. Only what changed since the last one needs to be given; a
// pod that is given again harms nothing.
struct Observed {
  std::vector<PodSeen> pods;
  std::vector<TaskResult> results;
  std::vector<std::string> gone;  // ids of nodes whose pod was seen before and is no more
  bool all = false;               // `pods` are all there are: others' pods are gone (after a restart)
};

struct Turn {
  bool changed = false;            // the header or some node: save
  std::vector<Action> actions;     // in order, after saving
  std::vector<EventNote> events;
  std::vector<MetricRecord> metrics;  // of the user, in order, after saving
  std::vector<std::string> wake;   // "ns/name" of workflows whose lock may be free now (SYN-8)
  Time wake_at{};                  // look again then; unset: only when something is seen
  bool requeue = false;            // look again after the requeue time (REC-1)
  size_t visited = 0;              // nodes looked at: the cost of the turn
};

}  // namespace wf::engine
