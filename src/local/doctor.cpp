// SPDX-License-Identifier: Apache-2.0
#include "local/doctor.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "io/file.h"
#include "io/process.h"
#include "local/cgroup.h"
#include "local/own_programs.h"
#include "local/runtime.h"

namespace wf::local {
namespace {

using Level = Finding::Level;

// First line of what a program prints, or nothing where it fails.
std::optional<std::string> first_line(std::vector<std::string> argv) {
  io::Command command;
  command.argv = std::move(argv);
  const auto output = io::run(command, {}, std::chrono::seconds(10));
  if (!output.ok() || output->status.code != 0) return std::nullopt;
  return output->out.substr(0, output->out.find('\n'));
}

Finding program(const char* driver, const char* name, Level level, const std::string& cure) {
  const std::string path = find_on_path(name);
  if (path.empty()) return {level, driver, name, "not installed", cure};
  const auto version = first_line({path, "--version"});
  return {Level::Good, driver, name, cat(path, version ? cat(" (", *version, ")") : ""), ""};
}

Finding root() {
  if (::geteuid() == 0) return {Level::Good, "oci", "root", "yes", ""};
  return {Level::Missing, "oci", "root", cat("running as user ", ::geteuid()),
          "run argo as root (sudo -E argo …), or use --driver process"};
}

Finding overlay() {
  const auto text = io::read_file("/proc/filesystems");
  if (text.ok() && text->find("\toverlay\n") != std::string::npos) {
    return {Level::Good, "oci", "overlayfs", "the kernel has it", ""};
  }
  return {Level::Missing, "oci", "overlayfs", "the kernel does not offer it", "modprobe overlay"};
}

// The supervisor's own doing: a mount namespace with an overlay in it.
Finding mounting() {
  auto scratch = io::TempDirectory::create("argo-doctor");
  if (!scratch)
    return {Level::Missing, "oci", "mounting", scratch.error().message(), "free space in /tmp"};
  const std::string at = scratch->path();
  const std::string script = cat("mkdir ", at, "/l ", at, "/u ", at, "/w ", at,
                                 "/m && mount -t overlay overlay -o lowerdir=", at,
                                 "/l,upperdir=", at, "/u,workdir=", at, "/w ", at, "/m");
  io::Command command;
  command.argv = {"unshare", "--mount", "sh", "-c", script};
  const auto output = io::run(command, {}, std::chrono::seconds(10));
  if (output.ok() && output->status.code == 0)
    return {Level::Good, "oci", "mounting", "mount namespaces and overlays work", ""};
  const std::string why = output.ok() ? std::string(trim(output->err)) : output.error().message();
  return {
      Level::Warning, "oci", "mounting", cat("an overlay below /tmp failed: ", why),
      "put ARGO_HOME on a file system that can be an overlay's upper folder (ext4, xfs, btrfs)"};
}

Finding runtime() {
  const auto found = find_runtime();
  if (!found)
    return {Level::Missing, "oci", "runtime", "neither crun nor runc is installed",
            "apt-get install crun"};
  return {Level::Good, "oci", "runtime",
          cat(*found, " (", first_line({*found, "--version"}).value_or("?"), ")"), ""};
}

Finding limits() {
  const std::string trouble = cgroup_trouble();
  if (trouble.empty())
    return {Level::Good, "oci", "control groups", "limits of memory and cpu work", ""};
  return {Level::Warning, "oci", "control groups",
          cat(trouble, ": limits in resources have no effect"),
          "boot with cgroup_enable=memory, or run argo outside of a container"};
}

Finding own_parts() {
  for (const char* name : {"argoexec", "argoexec-io"}) {
    if (::access(own_program(name).c_str(), X_OK) != 0) {
      return {Level::Missing, "all", name, cat(own_program(name), " is missing"), "./dev build"};
    }
  }
  return {Level::Good, "all", "argoexec", own_program("argoexec"), ""};
}

Finding space(const Home& home) {
  std::string folder = home.root();
  while (!io::exists(folder) && folder.rfind('/') != 0)
    folder = folder.substr(0, folder.rfind('/'));
  struct statvfs info {};
  if (::statvfs(folder.c_str(), &info) != 0)
    return {Level::Warning, "all", "ARGO_HOME", cat(folder, " cannot be looked at"),
            "set ARGO_HOME to a folder of yours"};
  if (::access(folder.c_str(), W_OK) != 0) {
    return {Level::Missing, "all", "ARGO_HOME", cat(folder, " is not writable"),
            "set ARGO_HOME to a folder of yours"};
  }
  const uint64_t free_mib = static_cast<uint64_t>(info.f_bavail) * info.f_frsize >> 20;
  if (free_mib < 1024)
    return {Level::Warning, "all", "ARGO_HOME", cat(home.root(), ": only ", free_mib, " MiB free"),
            "argo system prune"};
  return {Level::Good, "all", "ARGO_HOME", cat(home.root(), " (", free_mib / 1024, " GiB free)"),
          ""};
}

}  // namespace

std::vector<Finding> examine(const Home& home) {
  return {own_parts(),
          space(home),
          {Level::Good, "process", "isolation",
           "steps run as processes of this machine, with nothing between them and it", ""},
          root(),
          runtime(),
          overlay(),
          mounting(),
          program("oci", "skopeo", Level::Warning,
                  "apt-get install skopeo   # without it images come from files only: argo image "
                  "load FILE"),
          limits()};
}

bool usable(const std::vector<Finding>& findings, std::string_view driver) {
  return std::none_of(findings.begin(), findings.end(), [&](const Finding& one) {
    return one.level == Level::Missing && (one.driver == driver || one.driver == "all");
  });
}

}  // namespace wf::local
