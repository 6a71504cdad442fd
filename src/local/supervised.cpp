// SPDX-License-Identifier: Apache-2.0
#include "local/supervised.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "io/file.h"
#include "io/process.h"
#include "json/text.h"
#include "local/driver.h"
#include "local/home.h"
#include "local/leftovers.h"
#include "local/loop.h"
#include "local/status.h"
#include "local/supervisor.h"

namespace wf::local {
namespace {

using State = engine::ContainerSeen::State;

// The content is on disk; the names are once the supervisor has synced its claim in the same
// folder.
Result<void> write_synced(const std::string& path, std::string_view text) {
  const io::Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return io::errno_error(errno, "making", path);
  TRY_DO(io::write_all(fd.get(), text));
  return ::fdatasync(fd.get()) == 0 ? Result<void>()
                                    : Result<void>(io::errno_error(errno, "syncing", path));
}

io::Fd open_pidfd(pid_t pid) {
  io::Fd fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (fd) ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC);
  return fd;
}

}  // namespace

Result<void> write_request(const Request& request) {
  const Home home(request.home);
  const std::string final_name = home.pod(request.pod.ns, request.pod.name);
  if (io::exists(final_name))
    return Error(cat("pod ", request.pod.name, " exists"), Code::AlreadyExists);
  const std::string folder = cat(home.pods(), "/", request.pod.ns);
  const std::string temporary = cat(folder, "/.new-", request.uid);
  TRY_DO(io::make_directories(temporary, 0700));
  TRY_DO(write_synced(cat(temporary, kRequestFile), json::print(to_json(request))));
  if (::rename(temporary.c_str(), final_name.c_str()) != 0) {
    const int reason = errno;
    (void)io::remove_tree(temporary);
    return io::errno_error(reason == ENOTEMPTY ? EEXIST : reason, "making", final_name);
  }
  return {};
}

Result<Supervisor> start_supervisor(const std::string& executor, const std::string& pod_dir,
                                    std::string_view uid) {
  const std::string words = cat(pod_dir, "/supervisor.err");
  const io::Fd err(::open(words.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!err) return io::errno_error(errno, "opening", words);
  io::Command command;
  command.argv = {executor, "supervise", pod_dir};
  command.stdout_fd = command.stderr_fd = err.get();
  command.new_session = true;
  // The marker is there from the first moment: what is killed between fork and exec is found by it
  // too.
  command.env = {cat(kMarker, "=", uid)};
  for (char** item = environ; *item; ++item) command.env->emplace_back(*item);
  auto process = io::spawn(command);
  if (!process) return std::move(process.error()).wrap("starting the pod's supervisor");
  Supervisor started;
  started.life = Life::Running;
  started.pidfd = io::Fd(::fcntl(process->pidfd(), F_DUPFD_CLOEXEC, 3));
  return started;
}

Supervisor find_supervisor(const std::string& pod_dir) {
  const io::Fd claim(::open(cat(pod_dir, kClaimFile).c_str(), O_RDONLY | O_CLOEXEC));
  if (!claim) return {};
  const auto text = io::read_file(cat("/proc/self/fd/", claim.get()));
  const pid_t pid = text.ok() ? static_cast<pid_t>(std::strtol(text->c_str(), nullptr, 10)) : 0;
  io::Fd pidfd = pid > 0 ? open_pidfd(pid) : io::Fd();
  // Who holds the lock after the descriptor was opened is who wrote the pid: no reuse is possible.
  // But what it was about to start when it was killed may hold the lock for a moment longer.
  pollfd dead{pidfd.get(), POLLIN, 0};
  if (!pidfd || ::poll(&dead, 1, 0) > 0) return {Life::Ended, {}};
  if (::flock(claim.get(), LOCK_SH | LOCK_NB) == 0) return {Life::Ended, {}};  // closing unlocks
  return {Life::Running, std::move(pidfd)};
}

void reap(const Supervisor& supervisor) {
  siginfo_t info{};
  if (supervisor.pidfd)
    ::waitid(P_PIDFD, static_cast<id_t>(supervisor.pidfd.get()), &info, WEXITED | WNOHANG);
}

void ask_to_stop(const std::string& pod_dir, Duration grace) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(grace).count();
  (void)io::write_file(cat(pod_dir, kStopFile),
                       json::print(json::Value::object({{"graceSeconds", seconds}})), 0600);
  const Supervisor supervisor = find_supervisor(pod_dir);
  if (supervisor.life == Life::Running) {
    ::syscall(SYS_pidfd_send_signal, supervisor.pidfd.get(), SIGTERM, nullptr, 0);
  }
}

void kill_pod(const std::string& pod_dir, std::string_view uid, const Supervisor* supervisor) {
  const auto stored = read_status(pod_dir);
  const bool finished = stored && stored->finished;  // then it only tidies up
  const Supervisor found = supervisor ? Supervisor() : find_supervisor(pod_dir);
  const Supervisor& target = supervisor ? *supervisor : found;
  if (target.pidfd) {
    pollfd ended{target.pidfd.get(), POLLIN, 0};
    const bool gone = finished && ::poll(&ended, 1, 5000) > 0;
    if (!gone) {
      ::syscall(SYS_pidfd_send_signal, target.pidfd.get(), SIGKILL, nullptr, 0);
      ::poll(&ended, 1, 5000);
    }
    reap(target);
    if (gone) return;
  } else if (finished) {
    return;
  }
  kill_marked(uid);
  remove_leftovers(pod_dir, uid);
}

bool settle_lost(const std::string& pod_dir) {
  auto request = read_request(pod_dir);
  auto stored = read_status(pod_dir);
  if (!request || (stored && stored->finished)) return false;
  kill_marked(request->uid);
  remove_leftovers(pod_dir, request->uid);
  PodStatus status = stored ? stored->status : PodStatus{};
  engine::PodSeen& seen = status.seen;
  seen.ns = request->pod.ns;
  seen.name = request->pod.name;
  seen.uid = request->uid;
  seen.workflow = request->pod.workflow;
  seen.node_id = status.result.node_id = request->pod.node_id;
  seen.created_at = request->created_at;
  if (seen.phase != "Failed") {  // else it had said why already: the deadline
    seen.phase = "Failed";
    seen.reason = "SupervisorLost";
  }
  // Argo's inference makes a node Error by the wait container's failure (POD-10); how main ended
  // nobody knows, so nothing is said of it.
  std::erase_if(seen.containers,
                [](const auto& c) { return c.name == "wait" || c.name == "supervisor"; });
  for (auto* list : {&seen.init_containers, &seen.containers}) {
    std::erase_if(*list, [](const auto& c) { return c.state == State::Waiting; });
    for (auto& container : *list) container.ready = false;
  }
  engine::ContainerSeen wait;
  wait.name = "wait";
  wait.state = State::Terminated;
  wait.exit_code = 137;
  wait.reason = "Error";
  wait.message = "supervisor lost";
  wait.started_at = seen.created_at;
  wait.finished_at = Loop::now();
  seen.containers.push_back(std::move(wait));
  status.result.complete = true;
  return io::write_file(cat(pod_dir, kResultFile), json::print(to_json(status)), 0600).ok();
}

}  // namespace wf::local
