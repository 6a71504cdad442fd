// SPDX-License-Identifier: Apache-2.0
// local/pod_run.h: the course of one pod on this machine: stage inputs, init containers in order,
// main containers and sidecars, then outputs; every change written to status.json and told to the
// engine. Lives in the supervisor's process and thread.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "executor/outputs.h"
#include "local/driver.h"
#include "local/home.h"
#include "local/io_job.h"
#include "local/loop.h"
#include "local/pod_plan.h"
#include "local/probe.h"
#include "local/request.h"
#include "local/running_container.h"
#include "local/status.h"

namespace wf::local {

class PodRun {
 public:
  PodRun(Loop& loop, Request request, std::string pod_dir);
  ~PodRun();
  void begin();
  // Reads stop.json, if there is one, and does what it says.
  void look_for_stop();

 private:
  using Seen = engine::ContainerSeen;
  struct Slot {
    const ContainerPlan* plan;
    Seen* seen;
    Environment env;
    std::unique_ptr<RunningContainer> running;
    std::unique_ptr<Probe> startup, readiness, liveness;
    std::optional<Loop::Timer> startup_limit;
    void drop_probes(Loop& loop) {
      if (startup_limit) loop.cancel(*startup_limit);
      startup_limit.reset();
      startup.reset();
      readiness.reset();
      liveness.reset();
    }
    int attempts = 0;
  };
  enum class Stage { Preparing, Staging, Init, Running, Collecting, Finished };

  // Preparing.
  Result<void> set_up();
  void prepare_next(size_t index);
  void say_waiting(const Waiting& init, const Waiting& others);
  void stage_inputs();
  Result<void> stage_script();
  json::Value load_job();  // Null where there is nothing to load
  void staged(const std::string& error);
  // Init containers.
  void run_init(size_t index);
  // Main containers and sidecars.
  void start_all();
  void start_ready();
  bool dependencies_met(Slot& slot);
  void start(Slot& slot);
  void start_probes(Slot& slot);
  void unwell(Slot& slot, const char* probe);
  void container_ended(Slot& slot, const Ended& ended);
  void step_deadline_passed();
  bool mains_done() const;
  void check_progress();
  // The end.
  void collect();
  void collect_parameters();
  json::Value save_job();  // Null where there is nothing to save
  void saved(const IoJob::Outcome& outcome);
  void maybe_finish();
  void fail_before_start(std::string reason, std::string message);
  void stop_all(Duration grace);
  void finish();

  Slot* slot_of(std::string_view name);
  Seen* helper(
      bool init);  // the seen state of Argo's own init or wait container, if the pod has it
  void terminated(Seen& seen, int code, std::string reason, std::string message);
  void running(Seen& seen);
  Launch launch_of(const Slot& slot) const;
  void note(std::string_view container, const std::string& message);  // into that container's log
  void save();

  Loop& loop_;
  Request request_;
  Home home_;
  std::string dir_;
  PodPlan plan_;
  PodStatus status_;
  std::unique_ptr<PodDriver> driver_;
  std::vector<std::unique_ptr<Slot>> init_, slots_;  // without helpers
  std::unique_ptr<IoJob> job_;                       // while artifacts are loaded or saved
  Stage stage_ = Stage::Preparing;
  executor::ResultCapture result_;
  io::Fd progress_watch_;
  bool collected_ = false;
  bool stopping_ = false;
  std::optional<Error> collect_error_;
};

}  // namespace wf::local
