// SPDX-License-Identifier: Apache-2.0
#include "local/io_job.h"

#include <fcntl.h>
#include <signal.h>

#include "base/text.h"
#include "io/file.h"
#include "json/text.h"
#include "local/own_programs.h"

namespace wf::local {

std::unique_ptr<IoJob> IoJob::start(Loop& loop, const std::string& verb,
                                    const json::Value& document, const std::string& file,
                                    std::function<void(const Outcome&)> done) {
  std::unique_ptr<IoJob> job(new IoJob(loop));
  job->file_ = file;
  const auto started = [&]() -> Result<io::Process> {
    TRY_DO(io::write_file(file + ".in", json::print(document), 0600, io::Durable::No));
    const io::Fd err(
        ::open((file + ".err").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    io::Command command;
    command.argv = {own_program("argoexec-io"), verb, file + ".in", file + ".out"};
    command.stdout_fd = command.stderr_fd = err.get();
    command.new_session = true;
    return io::spawn(command);
  };
  auto process = started();
  IoJob* raw = job.get();
  if (!process) {
    job->timer_ = loop.at(Loop::now(), [raw, done, text = process.error().message()] {
      raw->timer_.reset();
      done({json::Value(), text});
    });
    return job;
  }
  job->process_ = std::make_unique<io::Process>(std::move(*process));
  loop.watch(job->process_->pidfd(), [raw, done] { done(raw->outcome()); });
  return job;
}

IoJob::~IoJob() {
  if (timer_) loop_.cancel(*timer_);
  if (process_) {
    loop_.unwatch(process_->pidfd());
    (void)process_->signal_group(SIGKILL);
    (void)process_->wait();
  }
  for (const char* end : {".in", ".out", ".err"}) (void)io::remove_tree(file_ + end);
}

IoJob::Outcome IoJob::outcome() {
  loop_.unwatch(process_->pidfd());
  const auto status = process_->wait();
  process_.reset();
  const auto said = io::read_file(file_ + ".err", 1 << 20);
  if (!status.ok() || status->code != 0) {
    const std::string text(said.ok() ? trim(*said) : std::string_view());
    return {json::Value(), text.empty() ? "argoexec-io ended without a word" : text};
  }
  const auto text = io::read_file(file_ + ".out");
  if (!text) return {json::Value(), text.error().message()};
  auto document = json::parse(*text);
  if (!document) return {json::Value(), document.error().message()};
  return {std::move(*document), ""};
}

}  // namespace wf::local
