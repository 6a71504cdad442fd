// SPDX-License-Identifier: Apache-2.0
#include "io/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "base/text.h"
#include "io/file.h"

extern char** environ;

namespace wf::io {
namespace {

using Steady = std::chrono::steady_clock;

std::vector<char*> pointers(const std::vector<std::string>& list) {
  std::vector<char*> out;
  out.reserve(list.size() + 1);
  for (const std::string& text : list) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

// Attributes and file actions of posix_spawn, freed together.
struct SpawnPlan {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t actions;
  SpawnPlan() {
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&actions);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
  }

  void set_attributes(const Command& command) {
    int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (command.new_session) flags |= POSIX_SPAWN_SETSID;
    if (command.new_group && !command.new_session) {
      flags |= POSIX_SPAWN_SETPGROUP;
      posix_spawnattr_setpgroup(&attributes, 0);
    }
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
  }

  // The caller's descriptors may themselves be 0 to 2, hence high copies first.
  void set_files(const Command& command, std::vector<Fd>& copies) {
    const int wanted[3] = {command.stdin_fd, command.stdout_fd, command.stderr_fd};
    for (int target = 0; target < 3; ++target) {
      if (wanted[target] < 0) continue;
      copies.emplace_back(::fcntl(wanted[target], F_DUPFD_CLOEXEC, 10));
      posix_spawn_file_actions_adddup2(&actions, copies.back().get(), target);
    }
    if (command.stdin_fd < 0) posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    std::vector<int> keep = command.keep_fds;
    std::sort(keep.begin(), keep.end());
    for (const int fd : keep) posix_spawn_file_actions_adddup2(&actions, fd, fd);  // clears CLOEXEC
    int next = 3;
    for (const int fd : keep) {
      for (; next < fd; ++next) posix_spawn_file_actions_addclose(&actions, next);
      next = fd + 1;
    }
    posix_spawn_file_actions_addclosefrom_np(&actions, next);
    if (!command.directory.empty()) {
      posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
    }
  }
};

// Moves what is ready between our ends of the pipes and the texts. One text per descriptor.
struct Pump {
  Fd in, out, err;
  std::string_view input;
  CommandOutput result;

  bool open() const { return in || out || err; }

  void drain(Fd& fd, std::string& text) {
    char buffer[16 * 1024];
    const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
    if (got > 0) {
      text.append(buffer, static_cast<size_t>(got));
    } else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
      fd.reset();
    }
  }
  void feed() {
    if (!input.empty()) {
      const ssize_t put = ::write(in.get(), input.data(), input.size());
      if (put > 0) input.remove_prefix(static_cast<size_t>(put));
      if (put < 0 && errno != EINTR && errno != EAGAIN) input = {};  // it stopped reading
    }
    if (input.empty()) in.reset();
  }
  void step(int timeout_ms) {
    pollfd list[3] = {{in.get(), POLLOUT, 0}, {out.get(), POLLIN, 0}, {err.get(), POLLIN, 0}};
    if (::poll(list, 3, timeout_ms) <= 0) return;
    if (list[0].revents != 0) feed();
    if (list[1].revents != 0) drain(out, result.out);
    if (list[2].revents != 0) drain(err, result.err);
  }
};

int milliseconds_until(std::optional<Steady::time_point> deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - Steady::now()).count();
  return static_cast<int>(std::clamp<int64_t>(left, 0, 1'000'000'000));
}

}  // namespace

Result<std::pair<Fd, Fd>> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno_error(errno, "making a pipe");
  return std::pair(Fd(ends[0]), Fd(ends[1]));
}

Result<Process> spawn(const Command& command) {
  CHECK(!command.argv.empty());
  SpawnPlan plan;
  std::vector<Fd> copies;
  plan.set_attributes(command);
  plan.set_files(command, copies);
  const auto argv = pointers(command.argv);
  std::vector<char*> env;
  if (command.env) env = pointers(*command.env);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, argv[0], &plan.actions, &plan.attributes, argv.data(),
                                    command.env ? env.data() : environ);
  if (failed != 0) return errno_error(failed, "starting", command.argv[0]);
  Fd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!pidfd) return errno_error(errno, "watching process of", command.argv[0]);
  ::fcntl(pidfd.get(), F_SETFD, FD_CLOEXEC);
  return Process(pid, std::move(pidfd));
}

Result<ExitStatus> Process::wait(std::optional<Duration> limit) {
  std::optional<Steady::time_point> deadline;
  if (limit) deadline = Steady::now() + *limit;
  for (;;) {
    pollfd item{pidfd_.get(), POLLIN, 0};
    const int ready = ::poll(&item, 1, milliseconds_until(deadline));
    if (ready > 0) break;
    if (ready < 0 && errno != EINTR) return errno_error(errno, "waiting for a process");
    if (ready == 0) return Error(cat("process ", pid_, " did not end in time"), Code::Timeout);
  }
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0) {
    if (errno != EINTR) return errno_error(errno, "waiting for a process");
  }
  if (WIFSIGNALED(status)) return ExitStatus{128 + WTERMSIG(status), WTERMSIG(status)};
  return ExitStatus{WEXITSTATUS(status), 0};
}

Result<void> Process::signal(int number) {
  if (::syscall(SYS_pidfd_send_signal, pidfd_.get(), number, nullptr, 0) != 0 && errno != ESRCH) {
    return errno_error(errno, "signalling a process");
  }
  return {};
}

Result<void> Process::signal_group(int number) {
  if (::kill(-pid_, number) != 0 && errno != ESRCH) return errno_error(errno, "signalling a process group");
  return {};
}

Result<CommandOutput> run(Command command, std::string_view input, std::optional<Duration> limit) {
  TRY(auto in, make_pipe());
  TRY(auto out, make_pipe());
  TRY(auto err, make_pipe());
  command.stdin_fd = in.first.get();
  command.stdout_fd = out.second.get();
  command.stderr_fd = err.second.get();
  command.new_group = true;
  TRY(Process process, spawn(command));
  in.first.reset();
  out.second.reset();
  err.second.reset();
  ::fcntl(in.second.get(), F_SETFL, O_NONBLOCK);
  Pump pump{std::move(in.second), std::move(out.first), std::move(err.first), input, {}};
  if (input.empty()) pump.in.reset();

  std::optional<Steady::time_point> deadline;
  if (limit) deadline = Steady::now() + *limit;
  while (pump.open()) {
    if (deadline && Steady::now() >= *deadline) {
      TRY_DO(process.signal_group(SIGKILL));
      TRY_DO(process.wait());
      return Error(cat("'", command.argv[0], "' did not end in time"), Code::Timeout);
    }
    pump.step(milliseconds_until(deadline));
  }
  std::optional<Duration> left;
  if (deadline) left = std::max(Duration::zero(), std::chrono::duration_cast<Duration>(*deadline - Steady::now()));
  auto status = process.wait(left);
  if (!status.ok()) {
    TRY_DO(process.signal_group(SIGKILL));
    TRY_DO(process.wait());
    return std::move(status.error());
  }
  pump.result.status = *status;
  return std::move(pump.result);
}

}  // namespace wf::io
