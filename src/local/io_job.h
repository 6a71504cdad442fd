// SPDX-License-Identifier: Apache-2.0
// local/io_job.h: a piece of work for argoexec-io, the program with the libraries that a supervisor
// does without: a document in, a document out.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/process.h"
#include "json/value.h"
#include "local/loop.h"

namespace wf::local {

class IoJob {
 public:
  struct Outcome {
    json::Value answer;  // Null after an error
    std::string error;   // what it said where it failed
  };
  // Runs `argoexec-io VERB FILE.in FILE.out`; `done` comes from the loop, and never before this
  // returns.
  static std::unique_ptr<IoJob> start(Loop& loop, const std::string& verb,
                                      const json::Value& document, const std::string& file,
                                      std::function<void(const Outcome&)> done);
  ~IoJob();  // ends it

 private:
  explicit IoJob(Loop& loop) : loop_(loop) {}
  Outcome outcome();

  Loop& loop_;
  std::string file_;
  std::unique_ptr<io::Process> process_;
  std::optional<Loop::Timer> timer_;
};

}  // namespace wf::local
