// SPDX-License-Identifier: Apache-2.0
// local/backend.h: engine::Backend on this machine. Every pod is owned by a supervisor, a process
// of its own that outlives the engine; the backend starts supervisors, reads what they write and
// sees when one dies without a result. A new backend over the same $ARGO_HOME goes on where one
// left off.
//
// Threads: one caller, as engine::Backend says; read_log from any thread. `changed` is called from
// a thread of the backend. One backend per $ARGO_HOME at a time (the engine's lock sees to that).
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "engine/ports.h"
#include "local/log_file.h"
#include "local/request.h"

namespace wf::local {

struct Options {
  std::string home;  // $ARGO_HOME, absolute
  Driver driver = Driver::Oci;
  std::string executor;  // path of argoexec; "": beside this program
  std::string runtime;   // path of crun or runc; "": the first found
  // "host": the machine's network; "bridge": a network namespace per pod; "auto": a namespace for
  // daemons and pods with sidecars where it can be had, else the machine's.
  std::string network = "auto";
  // How many pods may run at once; others wait, as on a node of Kubernetes with its default.
  size_t pods_max = 110;
  // A ConfigMap or Secret (kind, namespace, name), whole; Null where there is none. Called by the
  // backend's caller's thread, inside create, seen and list.
  std::function<json::Value(std::string_view kind, std::string_view ns, std::string_view name)>
      lookup;
};

class LocalBackend final : public engine::Backend {
 public:
  // Takes up what runs and what has finished; starts what was asked for and not yet started.
  static Result<std::unique_ptr<LocalBackend>> open(Options options);
  ~LocalBackend() override;

  void on_change(Changed changed) override;
  Result<void> create(const engine::PodRequest& request) override;
  void terminate(const std::string& ns, const std::string& pod, Duration grace) override;
  void remove(const std::string& ns, const std::string& pod) override;
  Result<engine::PodSeen> seen(const std::string& ns, const std::string& pod) override;
  engine::TaskResult result(const std::string& ns, const std::string& pod) override;
  std::vector<engine::PodSeen> list(const std::string& ns, const std::string& workflow) override;

  Result<void> read_log(const std::string& ns, const std::string& pod, const std::string& container,
                        const LogQuery& query,
                        const std::function<bool(const LogLine&)>& line) override;
  // Forgets a pod's logs (when its workflow is deleted).
  void remove_logs(const std::string& ns, const std::string& pod);
  // Forgets a claim's folder.
  Result<void> remove_claim(const std::string& ns, const std::string& claim);

 private:
  struct State;
  explicit LocalBackend(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace wf::local
