// SPDX-License-Identifier: Apache-2.0
#include "local/cgroup.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/text.h"
#include "io/file.h"
#include "local/environment.h"

namespace wf::local {
namespace {

constexpr long kCgroup2 = 0x63677270;
constexpr std::string_view kMount = "/sys/fs/cgroup";

void put(const std::string& path, std::string_view text) {
  const io::Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (fd) (void)!::write(fd.get(), text.data(), text.size());
}

bool unified() {
  struct statfs info {};
  return ::statfs(std::string(kMount).c_str(), &info) == 0 && info.f_type == kCgroup2;
}

// Where this process is in a version 1 hierarchy: {mount, folder}, or nothing where it isn't
// mounted.
std::optional<std::string> own_folder_v1(std::string_view controller) {
  const auto text = io::read_file("/proc/self/cgroup");
  if (!text) return std::nullopt;
  for (const std::string_view line : split(*text, "\n")) {
    const auto parts = split(line, ":");
    if (parts.size() < 3) continue;
    const auto names = split(parts[1], ",");
    if (std::find(names.begin(), names.end(), controller) == names.end()) continue;
    for (const std::string_view mount : {controller, parts[1]}) {  // cpu, or cpu,cpuacct
      std::string folder = cat(kMount, "/", mount, parts[2] == "/" ? "" : parts[2]);
      if (io::exists(cat(folder, "/cgroup.procs"))) return folder;
    }
  }
  return std::nullopt;
}

// Parent of ours in version 2: processes may not live beside groups with controllers, so not below
// the supervisor's own.
std::optional<std::string> parent_v2() {
  std::string folder = cat(kMount, "/argo");
  put(cat(kMount, "/cgroup.subtree_control"), "+memory +cpu +pids");
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) return std::nullopt;
  put(cat(folder, "/cgroup.subtree_control"), "+memory +cpu +pids");
  return folder;
}

std::string own_folder_v2() {
  const auto text = io::read_file("/proc/self/cgroup");
  const size_t at = text.ok() ? text->find("0::") : std::string::npos;
  if (at == std::string::npos) return std::string(kMount);
  const std::string path = text->substr(at + 3, text->find('\n', at) - at - 3);
  return cat(kMount, path == "/" ? "" : path);
}

int64_t shares_of(int64_t milli) { return std::clamp<int64_t>(milli * 1024 / 1000, 2, 262144); }

void limit_v1(const std::string& folder, std::string_view controller, const Limits& limits) {
  if (controller == "memory" && limits.memory_bytes) {
    put(cat(folder, "/memory.limit_in_bytes"), std::to_string(*limits.memory_bytes));
    put(cat(folder, "/memory.memsw.limit_in_bytes"), std::to_string(*limits.memory_bytes));
  }
  if (controller != "cpu") return;
  if (limits.cpu_request_milli)
    put(cat(folder, "/cpu.shares"), std::to_string(shares_of(*limits.cpu_request_milli)));
  if (limits.cpu_limit_milli) {
    put(cat(folder, "/cpu.cfs_period_us"), "100000");
    put(cat(folder, "/cpu.cfs_quota_us"),
        std::to_string(std::max<int64_t>(1000, *limits.cpu_limit_milli * 100)));
  }
}

void limit_v2(const std::string& folder, const Limits& limits) {
  if (limits.memory_bytes) {
    put(cat(folder, "/memory.max"), std::to_string(*limits.memory_bytes));
    put(cat(folder, "/memory.swap.max"), "0");
  }
  if (limits.cpu_request_milli) {
    // As Kubernetes maps shares (2 to 262144) on weights (1 to 10000).
    const int64_t weight = 1 + (shares_of(*limits.cpu_request_milli) - 2) * 9999 / 262142;
    put(cat(folder, "/cpu.weight"), std::to_string(weight));
  }
  if (limits.cpu_limit_milli) {
    put(cat(folder, "/cpu.max"),
        cat(std::max<int64_t>(1000, *limits.cpu_limit_milli * 100), " 100000"));
  }
}

void kill_all_in(const std::string& folder) {
  for (int round = 0; round < 200; ++round) {
    const auto text = io::read_file(cat(folder, "/cgroup.procs"));
    if (!text || text->empty()) return;
    for (const std::string_view line : split(*text, "\n")) {
      const long pid = std::strtol(std::string(line).c_str(), nullptr, 10);
      if (pid > 0) ::kill(static_cast<pid_t>(pid), SIGKILL);
    }
    ::usleep(2000);
  }
}

void remove_below(const std::string& parent, std::string_view prefix) {
  const auto entries = io::list_directory(parent);
  if (!entries) return;
  for (const std::string& entry : *entries) {
    if (!entry.starts_with(prefix)) continue;
    const std::string folder = cat(parent, "/", entry);
    kill_all_in(folder);
    ::rmdir(folder.c_str());
  }
}

}  // namespace

Limits limits_of(const json::Value& container) {
  Limits out;
  const json::Value& resources = container["resources"];
  const auto milli = [&](const char* list, const char* name) -> std::optional<int64_t> {
    const json::Value& text = resources[list][name];
    const auto value = quantity_milli(text.is_number() ? text.number_text() : text.as_string());
    return value.ok() ? std::optional(*value) : std::nullopt;
  };
  if (const auto memory = milli("limits", "memory")) out.memory_bytes = *memory / 1000;
  out.cpu_limit_milli = milli("limits", "cpu");
  out.cpu_request_milli = milli("requests", "cpu");
  return out;
}

Cgroup Cgroup::make(std::string_view name, const Limits& limits) {
  Cgroup made;
  if (!limits.any()) return made;
  if (unified()) {
    const auto parent = parent_v2();
    if (!parent) return made;
    Place place{cat(*parent, "/", name), own_folder_v2()};
    if (::mkdir(place.own.c_str(), 0755) != 0 && errno != EEXIST) return made;
    limit_v2(place.own, limits);
    made.memory_ = limits.memory_bytes ? place.own : "";
    made.places_.push_back(std::move(place));
    return made;
  }
  for (const std::string_view controller : {"memory", "cpu"}) {
    if (controller == "memory" ? !limits.memory_bytes
                               : !(limits.cpu_limit_milli || limits.cpu_request_milli))
      continue;
    const auto parent = own_folder_v1(controller);
    if (!parent) continue;
    Place place{cat(*parent, "/", name), *parent};
    if (::mkdir(place.own.c_str(), 0755) != 0 && errno != EEXIST) continue;
    limit_v1(place.own, controller, limits);
    if (controller == "memory") made.memory_ = place.own;
    made.places_.push_back(std::move(place));
  }
  return made;
}

void Cgroup::enter() const {
  for (const Place& place : places_) put(cat(place.own, "/cgroup.procs"), "0");
}

void Cgroup::leave() const {
  for (const Place& place : places_) put(cat(place.parent, "/cgroup.procs"), "0");
}

bool Cgroup::out_of_memory() const {
  if (memory_.empty()) return false;
  for (const std::string_view file : {"/memory.oom_control", "/memory.events"}) {
    const auto text = io::read_file(cat(memory_, file));
    if (!text) continue;
    for (const std::string_view line : split(*text, "\n")) {
      if (line.starts_with("oom_kill ")) return line != "oom_kill 0";
    }
  }
  return false;
}

void Cgroup::remove() const {
  for (const Place& place : places_) {
    kill_all_in(place.own);
    ::rmdir(place.own.c_str());
  }
}

void remove_cgroups(std::string_view name_prefix) {
  if (unified()) return remove_below(cat(kMount, "/argo"), name_prefix);
  for (const std::string_view controller : {"memory", "cpu"}) {
    if (const auto parent = own_folder_v1(controller)) remove_below(*parent, name_prefix);
  }
}

std::string cgroup_trouble() {
  if (unified()) {
    const auto text = io::read_file(cat(kMount, "/cgroup.controllers"));
    if (!text || text->find("memory") == std::string::npos)
      return "the memory controller is not enabled";
    return ::access(std::string(kMount).c_str(), W_OK) == 0 ? ""
                                                            : "control groups are not writable";
  }
  const auto folder = own_folder_v1("memory");
  if (!folder) return "the memory controller is not mounted";
  return ::access(folder->c_str(), W_OK) == 0 ? "" : "control groups are not writable";
}

}  // namespace wf::local
