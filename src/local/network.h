// SPDX-License-Identifier: Apache-2.0
// local/network.h: a network namespace per pod, on a bridge of this machine (network: bridge). It
// lives as long as the supervisor holds it; then the kernel takes namespace and cable back.
#pragma once
#include <memory>
#include <string>

#include "base/result.h"
#include "io/fd.h"

namespace wf::local {

class PodNetwork {
 public:
  // A namespace with loopback and an address on the bridge argo0 (10.87.0.0/16, made if missing,
  // with the machine as its gateway and masquerading where iptables is installed). Needs root.
  static Result<std::unique_ptr<PodNetwork>> make(std::string_view uid);
  const std::string& address() const { return address_; }
  std::string path() const;  // for the runtime; usable while this lives

 private:
  io::Fd namespace_;
  io::Fd address_lock_;  // whoever holds an address's file locked has the address
  std::string address_;
};

}  // namespace wf::local
