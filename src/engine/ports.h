// SPDX-License-Identifier: Apache-2.0
// engine/ports.h: what the engine and its shells (control, simulate) know of the world: pods as they
// are seen, results that executors reported, and the Backend that runs pods. Implemented by local
// (containers and processes of this machine), simulate (scripted outcomes) and kube.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"

namespace wf::engine {

// As Kubernetes' ContainerStatus: exactly one state at a time.
struct ContainerSeen {
  enum class State { Waiting, Running, Terminated };
  std::string name;
  State state = State::Waiting;
  bool ready = false;
  std::string reason;   // of the state: ImagePullBackOff, OOMKilled, Error, Completed …
  std::string message;  // of the state
  int exit_code = 0;    // Terminated only
  Time started_at{};    // Running, Terminated
  Time finished_at{};   // Terminated only
};

// As Kubernetes' PodStatus, as far as the engine reads it (rules POD-1 to POD-18).
struct PodSeen {
  std::string ns;
  std::string name;
  std::string uid;      // another incarnation of one name has another uid
  std::string workflow; // name of the workflow that owns it
  std::string node_id;  // annotation workflows.argoproj.io/node-id
  std::string phase;    // Pending, Running, Succeeded, Failed; anything else is an error (POD-6)
  std::string reason;   // Evicted, DeadlineExceeded, NodeShutdown …
  std::string message;
  std::string pod_ip;
  std::string host_node_name;
  std::string unschedulable;  // message of a PodScheduled=False condition; reason is Unschedulable then
  Time created_at{};
  std::vector<ContainerSeen> init_containers;
  std::vector<ContainerSeen> containers;
  json::Value spec;     // the Pod's spec as it was created: requests and limits (PRG-7); Null if unknown
};

// As a WorkflowTaskResult: what the executor of one node reported (POD-20, POD-21).
struct TaskResult {
  std::string node_id;
  bool complete = false;  // label workflows.argoproj.io/report-outputs-completed
  json::Value outputs;    // Outputs: parameters, artifacts, result; Null where none
  std::string progress;   // "3/10" or ""
  std::string phase;      // only of nodes that an agent runs (HTTP, Plugin): the node's phase
  std::string message;
};

// One pod to run.
struct PodRequest {
  std::string ns;
  std::string name;          // deterministic (NOD-14)
  std::string workflow;
  std::string workflow_uid;
  std::string node_id;
  std::string node_name;
  json::Value pod;           // the Pod as Argo would create it (podspec)
  json::Value tmpl;          // the processed template it was made from
};

// A line of a container's log, or a piece of one.
struct LogLine {
  Time at{};
  bool is_stderr = false;
  bool whole = true;      // ends with a line end
  std::string_view text;  // without it
};

struct LogQuery {
  bool follow = false;              // go on until the container has ended
  Time since{};
  std::optional<int64_t> tail;      // the last so many lines
  std::function<bool()> cancelled;  // asked at least twice a second while following
};

// Runs pods. Calls may come from one thread only; `changed` may be called from any thread and only
// says "look again at this pod": the state is read back with `seen`. Everything is idempotent.
class Backend {
 public:
  using Changed = std::function<void(const std::string& ns, const std::string& workflow, const std::string& pod)>;
  virtual ~Backend() = default;
  virtual void on_change(Changed changed) = 0;
  // Starts it. One that exists under the name is left as it is (EXE-19). An Unavailable error means
  // "try again later"; any other makes the node Error with the message.
  virtual Result<void> create(const PodRequest& request) = 0;
  // Asks its running containers to end: SIGTERM, after `grace` SIGKILL (POD-15).
  virtual void terminate(const std::string& ns, const std::string& pod, Duration grace) = 0;
  // Ends it at once if it runs, and forgets it with its volumes (podGC, deletion). Logs stay.
  virtual void remove(const std::string& ns, const std::string& pod) = 0;
  // What is seen of one pod, or NotFound. Finished pods are seen until they are removed.
  virtual Result<PodSeen> seen(const std::string& ns, const std::string& pod) = 0;
  // What its executor reported; `complete` false and no outputs before it did.
  virtual TaskResult result(const std::string& ns, const std::string& pod) = 0;
  // All pods known of one workflow ("" = of all) in one namespace ("" = in all).
  virtual std::vector<PodSeen> list(const std::string& ns, const std::string& workflow) = 0;
  // Hands on each line of a container's log, of a removed pod too, until `line` gives false; blocks
  // while following. From any thread. NotFound where there is no log and none will come.
  virtual Result<void> read_log(const std::string& ns, const std::string& pod, const std::string& container,
                                const LogQuery& query, const std::function<bool(const LogLine&)>& line) {
    (void)ns, (void)query, (void)line;
    return Error("container " + container + " of pod " + pod + " keeps no log here", Code::NotFound);
  }
};

}  // namespace wf::engine
