// SPDX-License-Identifier: Apache-2.0
#include "local/running_container.h"

#include <fcntl.h>
#include <signal.h>

#include <cerrno>

namespace wf::local {

Result<std::unique_ptr<RunningContainer>> RunningContainer::start(Loop& loop, PodDriver& driver,
                                                                  Launch launch,
                                                                  const std::string& log_path,
                                                                  Hooks hooks) {
  TRY(LogWriter log, LogWriter::open(log_path));
  TRY(auto out, io::make_pipe());
  TRY(auto err, io::make_pipe());
  launch.stdout_fd = out.second.get();
  launch.stderr_fd = err.second.get();
  TRY(io::Process process, driver.start(launch));
  std::unique_ptr<RunningContainer> made(new RunningContainer(
      loop, driver, *launch.plan, std::move(process), std::move(log), std::move(hooks)));
  made->out_ = std::move(out.first);
  made->err_ = std::move(err.first);
  made->watch();
  return made;
}

RunningContainer::~RunningContainer() {
  for (const int fd : {out_.get(), err_.get(), process_.pidfd()}) {
    if (fd >= 0) loop_.unwatch(fd);
  }
  if (kill_) loop_.cancel(*kill_);
  if (ask_) loop_.cancel(*ask_);
}

void RunningContainer::watch() {
  for (io::Fd* fd : {&out_, &err_}) {
    ::fcntl(fd->get(), F_SETFL, O_NONBLOCK);
    ::fcntl(fd->get(), F_SETPIPE_SZ, 256 * 1024);
    loop_.watch(fd->get(), [this, fd] { read_some(*fd, fd == &err_); });
  }
  loop_.watch(process_.pidfd(), [this] { end(); });
}

bool RunningContainer::read_some(io::Fd& fd, bool is_stderr) {
  if (!fd) return false;
  char buffer[65536];
  const ssize_t got = ::read(fd.get(), buffer, sizeof buffer);
  if (got > 0) {
    const std::string_view data(buffer, static_cast<size_t>(got));
    log_.write(Loop::now(), is_stderr, data);
    if (!is_stderr && hooks_.result) hooks_.result->add(data);
    return true;
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  loop_.unwatch(fd.get());
  fd.reset();
  return false;
}

void RunningContainer::stop(Duration grace) {
  const Time at = Loop::now() + grace;
  if (kill_at_ && *kill_at_ <= at) return;
  if (kill_) loop_.cancel(*kill_);
  if (!kill_at_ && grace > Duration::zero()) ask_to_end();
  kill_at_ = at;
  kill_ = loop_.at(at, [this] { driver_.signal(plan_, process_, SIGKILL); });
}

void RunningContainer::ask_to_end() {
  ask_.reset();
  if (driver_.signal(plan_, process_, SIGTERM)) return;
  ask_ = loop_.at(Loop::now() + std::chrono::milliseconds(5), [this] { ask_to_end(); });
}

void RunningContainer::end() {
  loop_.unwatch(process_.pidfd());
  const auto status = process_.wait();
  const Ended ended =
      driver_.ended(plan_, process_, status.ok() ? *status : io::ExitStatus{137, SIGKILL});
  while (read_some(out_, false)) {
  }  // all that it wrote lies in the pipes by now
  while (read_some(err_, true)) {
  }
  const auto tell = std::move(hooks_.ended);  // may destroy this
  tell(ended);
}

}  // namespace wf::local
