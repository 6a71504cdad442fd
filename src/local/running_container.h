// SPDX-License-Identifier: Apache-2.0
// local/running_container.h: one container of a supervised pod while it runs: its process, its
// output into log and result, its end.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "executor/outputs.h"
#include "local/driver.h"
#include "local/log_file.h"

namespace wf::local {

class RunningContainer {
 public:
  struct Hooks {
    std::function<void(const Ended&)> ended;    // called once, from the loop
    executor::ResultCapture* result = nullptr;  // also gets standard output
  };
  // Starts it. An error leaves nothing behind.
  static Result<std::unique_ptr<RunningContainer>> start(Loop& loop, PodDriver& driver,
                                                         Launch launch, const std::string& log_path,
                                                         Hooks hooks);
  ~RunningContainer();
  // SIGTERM, and SIGKILL when `grace` has passed. Again with less grace: the earlier time counts.
  void stop(Duration grace);

 private:
  RunningContainer(Loop& loop, PodDriver& driver, const ContainerPlan& plan, io::Process process,
                   LogWriter log, Hooks hooks)
      : loop_(loop),
        driver_(driver),
        plan_(plan),
        process_(std::move(process)),
        log_(std::move(log)),
        hooks_(std::move(hooks)) {}
  void watch();
  bool read_some(io::Fd& fd, bool is_stderr);  // false: nothing more now
  void end();
  void ask_to_end();

  Loop& loop_;
  PodDriver& driver_;
  const ContainerPlan& plan_;
  io::Process process_;
  LogWriter log_;
  Hooks hooks_;
  io::Fd out_, err_;
  std::optional<Loop::Timer> kill_, ask_;
  std::optional<Time> kill_at_;
};

}  // namespace wf::local
