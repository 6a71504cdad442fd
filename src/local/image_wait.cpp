// SPDX-License-Identifier: Apache-2.0
#include "local/image_wait.h"

#include <fcntl.h>
#include <signal.h>

#include <algorithm>

#include "base/text.h"
#include "io/file.h"
#include "local/own_programs.h"

namespace wf::local {

ImageWait::ImageWait(Loop& loop, Home home, Ask ask, std::function<void(const Waiting&)> waiting,
                     std::function<void(ImageRecord)> done)
    : loop_(loop),
      home_(std::move(home)),
      ask_(std::move(ask)),
      waiting_(std::move(waiting)),
      done_(std::move(done)) {}

ImageWait::~ImageWait() {
  if (timer_) loop_.cancel(*timer_);
  if (out_) loop_.unwatch(out_.get());
  if (!process_) return;
  loop_.unwatch(process_->pidfd());
  (void)process_->signal_group(SIGKILL);
  (void)process_->wait();
}

void ImageWait::begin() {
  const auto reference = normalised_reference(ask_.reference);
  if (!reference) return waiting_({"InvalidImageName", reference.error().message()});
  auto found = find_image(home_, *reference);
  const std::string policy = pull_policy(ask_.policy, *reference, found);
  if (found && policy != "Always") return done_(std::move(*found));
  if (policy == "Never") {
    return waiting_({"ErrImageNeverPull", cat("Container image ", go_quote(ask_.reference),
                                              " is not present with pull policy of Never")});
  }
  pull();
}

void ImageWait::pull() {
  waiting_({"ContainerCreating", cat("Pulling image ", go_quote(ask_.reference))});
  io::Command command;
  command.argv = {own_program("argoexec-io"), "pull", home_.root(), ask_.reference,
                  ask_.policy == "Always" || !ask_.policy.size() ? "always" : "missing"};
  if (!ask_.auth_file.empty()) command.argv.push_back(ask_.auth_file);
  command.new_session = true;
  auto out = io::make_pipe();
  auto scratch = cat(home_.images(), "/tmp");
  (void)io::make_directories(scratch, 0700);
  err_ = io::Fd(::open(scratch.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!out.ok() || !err_) return failed("no descriptor left");
  command.stdout_fd = out->second.get();
  command.stderr_fd = err_.get();
  auto started = io::spawn(command);
  if (!started) return failed(started.error().message());
  process_ = std::make_unique<io::Process>(std::move(*started));
  out_ = std::move(out->first);
  ::fcntl(out_.get(), F_SETFL, O_NONBLOCK);
  loop_.watch(out_.get(), [this] { read_lines(); });
  loop_.watch(process_->pidfd(), [this] { pulled(); });
}

void ImageWait::read_lines() {
  char buffer[4096];
  const ssize_t got = ::read(out_.get(), buffer, sizeof buffer);
  if (got == 0) {
    loop_.unwatch(out_.get());
    return;
  }
  if (got < 0) return;
  lines_.append(buffer, static_cast<size_t>(got));
  const size_t end = lines_.rfind('\n');
  if (end == std::string::npos) return;
  const size_t begin = end == 0 ? std::string::npos : lines_.rfind('\n', end - 1);
  const std::string last = lines_.substr(begin == std::string::npos ? 0 : begin + 1,
                                         end - (begin == std::string::npos ? 0 : begin + 1));
  lines_.erase(0, end + 1);
  waiting_({"ContainerCreating", cat("Pulling image ", go_quote(ask_.reference), ": ", last)});
}

void ImageWait::pulled() {
  loop_.unwatch(process_->pidfd());
  loop_.unwatch(out_.get());
  const auto status = process_->wait();
  process_.reset();
  out_.reset();
  if (status.ok() && status->code == 0) {
    if (auto found = find_image(home_, ask_.reference)) return done_(std::move(*found));
  }
  ::lseek(err_.get(), 0, SEEK_SET);
  const auto said = io::read_file(cat("/proc/self/fd/", err_.get()), 64 * 1024);
  failed(said.ok() && !trim(*said).empty() ? std::string(trim(*said)) : "the pulling process died");
}

void ImageWait::failed(const std::string& cause) {
  waiting_({"ErrImagePull", cat("failed to pull image ", go_quote(ask_.reference), ": ", cause)});
  // First the cause can be read, then Kubernetes' word for the rest.
  timer_ = loop_.at(Loop::now() + std::chrono::seconds(2), [this, cause] {
    waiting_({"ImagePullBackOff",
              cat("Back-off pulling image ", go_quote(ask_.reference), ": ErrImagePull: ", cause)});
    timer_ = loop_.at(Loop::now() + rest_, [this] {
      timer_.reset();
      rest_ = std::min<Duration>(rest_ * 2, std::chrono::minutes(5));
      pull();
    });
  });
}

}  // namespace wf::local
