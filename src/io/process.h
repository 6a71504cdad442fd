// SPDX-License-Identifier: Apache-2.0
// io/process.h: starts programs and waits for them by pidfd, so that no SIGCHLD handler is needed and
// a pid is never mistaken for another's. Usable from any thread; one Process is used by one thread.
#pragma once
#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "io/fd.h"

namespace wf::io {

struct Command {
  std::vector<std::string> argv;  // argv[0] is looked up in PATH when it has no slash
  // "NAME=value" of the program; std::nullopt: this process's own environment.
  std::optional<std::vector<std::string>> env;
  std::string directory;    // "": this process's
  int stdin_fd = -1;        // -1: /dev/null
  int stdout_fd = -1;       // -1: this process's
  int stderr_fd = -1;       // -1: this process's
  std::vector<int> keep_fds;  // also open in the program under the same numbers (above 2)
  bool new_session = false;   // setsid: out of this terminal's and process's group
  bool new_group = false;     // its own process group
};

struct ExitStatus {
  int code = 0;    // exit code; 128 + signal when ended by one, as shells say it
  int signal = 0;  // 0: it exited
};

class Process {
 public:
  Process(Process&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}
  Process& operator=(Process&& other) noexcept {
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::move(other.pidfd_);
    return *this;
  }
  ~Process() = default;  // neither waits nor kills

  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_.get(); }  // readable once it has ended
  // Waits and reaps; Timeout where `limit` passes first. Call once more only after a Timeout.
  Result<ExitStatus> wait(std::optional<Duration> limit = std::nullopt);
  Result<void> signal(int number);
  // The whole process group; only for one started with new_group or new_session.
  Result<void> signal_group(int number);

 private:
  friend Result<Process> spawn(const Command& command);
  Process(pid_t pid, Fd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  pid_t pid_;
  Fd pidfd_;
};

// NotFound where there is no such program. Descriptors not named in `command` are closed in it.
Result<Process> spawn(const Command& command);

struct CommandOutput {
  ExitStatus status;
  std::string out, err;
};

// Runs it to its end with `input` on its standard input; killed with its group after `limit`.
// An exit code other than 0 is not an error here.
Result<CommandOutput> run(Command command, std::string_view input = {},
                          std::optional<Duration> limit = std::nullopt);

// A pipe, both ends close-on-exec: {read, write}.
Result<std::pair<Fd, Fd>> make_pipe();

}  // namespace wf::io
