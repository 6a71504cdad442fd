// SPDX-License-Identifier: Apache-2.0
// Where an engine lives, and how one is started in the background.
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "base/text.h"
#include "cli/engine_process.h"
#include "io/fd.h"
#include "io/file.h"
#include "io/process.h"
#include "io/system.h"
#include "io/transport.h"
#include "local/own_programs.h"

namespace wf::cli {
namespace {

constexpr auto kStartLimit = std::chrono::seconds(20);
constexpr uint64_t kLogMax = 8u << 20;

std::string driver_file(const std::string& home) { return home + "/driver"; }

// Appended to; begun anew where it has grown long.
Result<io::Fd> open_log(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (!error && size > kLogMax) std::filesystem::rename(path, path + ".1", error);
  io::Fd log(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!log) return io::errno_error(errno, "open", path);
  return log;
}

std::string written_since(const std::string& path, uint64_t from) {
  const auto text = io::read_file(path);
  if (!text.ok() || text->size() <= from) return "";
  return std::string(trim(std::string_view(*text).substr(from)));
}

std::string_view without_prefix(std::string_view text, std::string_view prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

}  // namespace

std::string argo_home() {
  std::string home = io::environment("ARGO_HOME").value_or("");
  if (home.empty()) home = io::environment("HOME").value_or("/root") + "/.argo";
  return std::filesystem::absolute(home).lexically_normal().string();
}

std::string engine_socket(const std::string& home) { return home + "/argo.sock"; }

Result<local::Driver> driver_from(std::string_view name) {
  if (name == "oci") return local::Driver::Oci;
  if (name == "process") return local::Driver::Process;
  return Error(cat("unknown driver ", go_quote(name), ": one of oci (containers) and process (host processes, no isolation) is wanted"));
}

std::string_view name_of(local::Driver driver) { return driver == local::Driver::Oci ? "oci" : "process"; }

Result<local::Driver> chosen_driver(const std::string& home) {
  if (const auto asked = io::environment("ARGO_DRIVER"); asked && !asked->empty()) return driver_from(*asked);
  const auto kept = io::read_file(driver_file(home));
  return kept.ok() ? driver_from(trim(*kept)) : local::Driver::Oci;
}

Result<void> choose_driver(const std::string& home, local::Driver driver) {
  TRY_DO(io::make_directories(home, 0700));
  return io::write_file(driver_file(home), cat(name_of(driver), "\n"));
}

bool engine_runs(const std::string& home) {
  return io::connect_unix(engine_socket(home), std::chrono::seconds(5)).ok();
}

Result<void> ensure_engine(const std::string& home) {
  if (engine_runs(home)) return {};
  TRY_DO(io::make_directories(home, 0700));
  TRY(const local::Driver driver, chosen_driver(home));
  const std::string log_path = home + "/engine.log";
  TRY(const io::Fd log, open_log(log_path));
  const auto before = std::filesystem::file_size(log_path);
  io::Command command;
  command.argv = {local::own_program("argo"), "engine", "--home", home, "--driver", std::string(name_of(driver))};
  command.stdout_fd = command.stderr_fd = log.get();
  command.directory = home;
  command.new_session = true;
  TRY(io::Process engine, io::spawn(command));
  const auto deadline = std::chrono::steady_clock::now() + kStartLimit;
  bool ended = false;
  while (std::chrono::steady_clock::now() < deadline) {
    if (engine_runs(home)) return {};
    // One that ends because another has the lock leaves us waiting for that one.
    if (ended) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      continue;
    }
    const auto status = engine.wait(std::chrono::milliseconds(5));
    if (!status.ok()) continue;
    ended = true;
    if (status->code != 0) {
      return Error(cat("the engine did not start: ", without_prefix(written_since(log_path, before), "Error: ")), Code::Unavailable);
    }
  }
  return Error(cat("the engine of ", home, " does not answer; its log is ", log_path), Code::Unavailable);
}

}  // namespace wf::cli
