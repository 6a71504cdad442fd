// SPDX-License-Identifier: Apache-2.0
// local/netlink.h: the few requests to the kernel's routing that a pod's network takes, without
// starting a program for each. A Netlink speaks for the network namespace it was opened in.
#pragma once
#include <cstdint>
#include <string>

#include "base/result.h"
#include "io/fd.h"

namespace wf::local {

class Netlink {
 public:
  static Result<Netlink> open();
  // AlreadyExists where there is one of the name.
  Result<void> add_bridge(const std::string& name);
  // A pair of which one end, `name`, stays here on a bridge and the other is `peer` in a namespace.
  struct Veth {
    std::string name, peer;
    int bridge_index = 0;
    int peer_namespace = -1;
  };
  Result<void> add_veth(const Veth& veth);
  Result<void> add_address(int index, uint32_t address, int prefix_length);  // host byte order
  Result<void> add_default_route(uint32_t gateway);
  Result<void> set_up(int index);
  Result<void> remove_link(int index);

 private:
  explicit Netlink(io::Fd fd) : fd_(std::move(fd)) {}
  Result<void> ask(std::string message);
  io::Fd fd_;
};

// 0 where there is none of the name in the current namespace.
int link_index(const std::string& name);

}  // namespace wf::local
