// SPDX-License-Identifier: Apache-2.0
// local/runtime_config.h: the config.json that tells an OCI runtime how to run one container. Pure.
#pragma once
#include <string>
#include <vector>

#include "json/value.h"
#include "local/environment.h"
#include "local/users.h"

namespace wf::local {

struct RuntimeMount {
  std::string source, destination;
  bool read_only = false;
};

struct RuntimeConfig {
  std::string root;  // absolute
  std::string host_name;
  std::vector<std::string> args;
  Environment env;
  std::string directory = "/";
  User user;
  json::Value security_context;      // of the container; Null: none
  std::vector<RuntimeMount> mounts;  // below /dev, /proc and /sys, which the runtime mounts itself
  std::string network;               // path of a network namespace; "": the machine's
  uint64_t capabilities_here = 0;    // what this machine can give at all (CapBnd)
  bool host_pid = false, host_ipc = false;  // the machine's namespaces
};

json::Value runtime_config(const RuntimeConfig& config);

}  // namespace wf::local
