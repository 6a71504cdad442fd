// SPDX-License-Identifier: Apache-2.0
// local/network.h: a network namespace per pod, on a bridge of this machine (network: bridge). It
// lives as long as the supervisor holds it.
#pragma once
#include <memory>
#include <string>

#include "base/result.h"
#include "io/fd.h"
#include "local/home.h"

namespace wf::local {

class PodNetwork {
 public:
  // A namespace with loopback and an address on the bridge argo0 (made if missing), with the machine as
  // gateway. Errors name what is missing.
  static Result<std::unique_ptr<PodNetwork>> make(const Home& home, std::string_view uid);
  const std::string& address() const { return address_; }
  std::string path() const;  // for the runtime; usable while this lives

 private:
  io::Fd namespace_;
  io::Fd address_lock_;  // whoever holds the file of an address has the address
  std::string address_;
};

}  // namespace wf::local
