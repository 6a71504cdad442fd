// SPDX-License-Identifier: Apache-2.0
// local/cgroup.h: a control group for a container with limits, below the supervisor's own (version
// 1, hybrid) or below the root's `argo` (version 2). What the machine lacks is left out: a step
// never fails for want of a controller. Names begin with the pod's uid, so leftovers are found by
// it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace wf::local {

struct Limits {
  std::optional<int64_t> memory_bytes;       // limits.memory
  std::optional<int64_t> cpu_limit_milli;    // limits.cpu
  std::optional<int64_t> cpu_request_milli;  // requests.cpu: its weight
  bool any() const { return memory_bytes || cpu_limit_milli || cpu_request_milli; }
};
Limits limits_of(const json::Value& container);

class Cgroup {
 public:
  Cgroup() = default;
  Cgroup(Cgroup&&) = default;
  Cgroup& operator=(Cgroup&&) = default;
  ~Cgroup() = default;
  static Cgroup make(std::string_view name, const Limits& limits);
  // Moves this process in, so that what it starts is born there; and back.
  void enter() const;
  void leave() const;
  // Whether the kernel killed one of its processes for memory.
  bool out_of_memory() const;
  void remove() const;

 private:
  struct Place {
    std::string own;     // its folder
    std::string parent;  // where the supervisor belongs
  };
  std::vector<Place> places_;
  std::string memory_;  // folder of the one that limits memory
};

// Control groups of pods' containers whose name begins so: kills what is in them and removes them.
void remove_cgroups(std::string_view name_prefix);
// Whether memory limits can be set here; "" or what is missing.
std::string cgroup_trouble();

}  // namespace wf::local
