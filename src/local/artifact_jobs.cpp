// SPDX-License-Identifier: Apache-2.0
#include "local/artifact_jobs.h"

#include <fcntl.h>

#include "base/text.h"
#include "executor/artifacts.h"
#include "io/file.h"
#include "local/log_file.h"

namespace wf::local {
namespace {

executor::ArtifactContext context_of(const json::Value& job) {
  return {std::string(job["store"].as_string()), job["archiveLocation"]};
}

std::string text(const json::Value& value) { return std::string(value.as_string()); }

// A log as its container wrote it, without our times.
Result<void> plain_log(const std::string& from, const std::string& to) {
  std::string out;
  TRY_DO(io::write_file(to, "", 0600, io::Durable::No));
  const io::Fd fd(::open(to.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  Result<void> written;
  TRY_DO(read_log(from, {}, {}, [&](const LogLine& line) {
    out += cat(line.text, line.whole ? "\n" : "");
    if (out.size() < 1 << 20) return true;
    written = io::write_all(fd.get(), out);
    out.clear();
    return written.ok();
  }));
  TRY_DO(std::move(written));
  return io::write_all(fd.get(), out);
}

}  // namespace

Result<json::Value> load_artifacts_job(const json::Value& job) {
  std::vector<executor::ArtifactInput> inputs;
  for (const json::Value& item : job["artifacts"].items()) {
    inputs.push_back({item["artifact"], text(item["root"]), text(item["path"])});
  }
  TRY_DO(executor::load_artifacts(context_of(job), inputs));
  return json::Value::object();
}

Result<json::Value> save_artifacts_job(const json::Value& job) {
  std::vector<executor::ArtifactOutput> outputs;
  for (const json::Value& item : job["artifacts"].items()) {
    outputs.push_back({item["artifact"], text(item["root"]), text(item["path"])});
  }
  TRY(const io::TempDirectory scratch, io::TempDirectory::create("argo-logs"));
  std::vector<executor::LogOutput> logs;
  for (const json::Value& item : job["logs"].items()) {
    const std::string plain = cat(scratch.path(), "/", item["container"].as_string());
    if (!plain_log(text(item["file"]), plain).ok()) continue;  // it never wrote one
    logs.push_back({text(item["container"]), plain});
  }
  const executor::SavedArtifacts saved = executor::save_artifacts(context_of(job), outputs, logs);
  return json::Value::object({{"saved", saved.list}, {"error", saved.error}});
}

}  // namespace wf::local
