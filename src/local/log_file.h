// SPDX-License-Identifier: Apache-2.0
// local/log_file.h: a container's log on disk, in the form that Kubernetes' container runtimes
// write:
//   2026-01-02T03:04:05.678901234Z stdout F a whole line
//   2026-01-02T03:04:05.678901234Z stderr P a piece without its line end
// stdout and stderr keep the order in which they were read.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "engine/ports.h"
#include "io/fd.h"

namespace wf::local {

class LogWriter {
 public:
  // Appends to it, or makes it.
  static Result<LogWriter> open(const std::string& path);
  // What was read at once from one stream; lines may begin and end anywhere.
  void write(Time at, bool is_stderr, std::string_view data);

 private:
  explicit LogWriter(io::Fd fd) : fd_(std::move(fd)) {}
  io::Fd fd_;
};

using engine::LogLine;
using engine::LogQuery;

std::optional<LogLine> parse_log_line(std::string_view line);
std::string to_rfc3339_nano(Time time);

// When a log's container has ended.
struct LogEnd {
  std::function<bool()> finished;  // nothing more can come (asked while following)
  std::string directory;           // where a file changes when that changes
};

// Hands on each line; ends early when `line` gives false. NotFound where there is no log and none
// will come.
Result<void> read_log(const std::string& path, const LogQuery& query, const LogEnd& end,
                      const std::function<bool(const LogLine&)>& line);

}  // namespace wf::local
