// SPDX-License-Identifier: Apache-2.0
#include "local/supervisor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/signalfd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "base/text.h"
#include "io/file.h"
#include "local/home.h"
#include "local/pod_run.h"

namespace wf::local {
namespace {

int complain(const Error& error) {
  std::fprintf(stderr, "argoexec: %s\n", error.message().c_str());
  return 1;
}

// A claim is made whole (locked, with its pid) before it gets its name: nobody ever sees one that
// is not locked while its maker lives. EEXIST: the pod has, or had, another supervisor.
Result<io::Fd> take_claim(const std::string& pod_dir) {
  const std::string temporary = cat(pod_dir, "/.claim.", ::getpid());
  const std::string name = cat(pod_dir, kClaimFile);
  io::Fd fd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
    return io::errno_error(errno, "claiming", pod_dir);
  // The engine learns the pid from here; it trusts it only while the lock is held.
  TRY_DO(io::write_all(fd.get(), cat(::getpid(), "\n")));
  const int linked = ::link(temporary.c_str(), name.c_str());
  const int reason = errno;
  ::unlink(temporary.c_str());
  if (linked != 0) return io::errno_error(reason, "claiming", pod_dir);
  TRY_DO(io::sync_directory(pod_dir));  // before anything runs: a claim outlives a power cut
  return fd;
}

// SIGTERM: "look at stop.json". The others must not end a supervisor that a terminal takes along.
io::Fd block_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
  ::sigprocmask(SIG_SETMASK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return io::Fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int run(Request request, const std::string& pod_dir, const io::Fd& signals) {
  Loop loop;
  PodRun pod(loop, std::move(request), pod_dir);
  loop.watch(signals.get(), [&] {
    signalfd_siginfo info;
    while (::read(signals.get(), &info, sizeof info) == sizeof info) {
    }
    pod.look_for_stop();
  });
  pod.begin();
  loop.run();
  return 0;
}

}  // namespace

int supervise(const std::string& pod_dir) {
  const io::Fd signals = block_signals();  // from the claim on it may be told to stop
  auto claim = take_claim(pod_dir);
  if (!claim)
    return claim.error().code() == Code::AlreadyExists ? kAlreadyClaimed : complain(claim.error());
  auto request = read_request(pod_dir);
  if (!request) return complain(request.error());
  return run(std::move(*request), pod_dir, signals);
}

}  // namespace wf::local
