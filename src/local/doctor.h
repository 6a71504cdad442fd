// SPDX-License-Identifier: Apache-2.0
// local/doctor.h: what this machine can do, and what mends what it cannot (`argo doctor`).
#pragma once
#include <string>
#include <vector>

#include "local/home.h"

namespace wf::local {

struct Finding {
  enum class Level { Good, Warning, Missing };  // Missing: the driver cannot work
  Level level = Level::Good;
  std::string driver;   // "oci", "process" or "all"
  std::string subject;  // "overlayfs"
  std::string detail;   // what was found
  std::string cure;     // a command, or what to do; "" where nothing is wrong
};

// Tries things out (mounts, namespaces) in a child process; changes nothing.
std::vector<Finding> examine(const Home& home);
// Whether every finding of the driver lets it work.
bool usable(const std::vector<Finding>& findings, std::string_view driver);

}  // namespace wf::local
