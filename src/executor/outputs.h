// SPDX-License-Identifier: Apache-2.0
// executor/outputs.h: what a finished step reports: its output parameters and its result. Source:
// OUT, and the executor's part of POD-20. Whoever calls gives the way to read the main container's
// files.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace wf::executor {

// The whole file at `path` as the main container sees it; NotFound where it isn't there.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

// `outputs.parameters` of the template with the values of those that come from files, one line end
// taken off, or the default where the file cannot be read. The error is the first missing one's,
// with Argo's text; parameters before it keep their values.
struct Parameters {
  json::Value list;  // Null where the template has none
  std::optional<Error> error;
};
Parameters collect_parameters(const json::Value& tmpl, const ReadFile& read);

// Keeps as much of the main container's standard output as a result can hold.
class ResultCapture {
 public:
  static constexpr size_t kSizeMax = 256 * 1024;
  void add(std::string_view data);
  // Without one line end at its end; of a longer one the last 256 KiB.
  std::string text() const;

 private:
  std::string data_;
};

// The last line of a progress file, if it is "N/M" with 0 <= N <= M, M > 0; else "".
std::string progress_of(std::string_view file);

}  // namespace wf::executor
