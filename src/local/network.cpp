// SPDX-License-Identifier: Apache-2.0
#include "local/network.h"

#include <unistd.h>

#include "base/text.h"

namespace wf::local {

std::string PodNetwork::path() const { return cat("/proc/", ::getpid(), "/fd/", namespace_.get()); }

Result<std::unique_ptr<PodNetwork>> PodNetwork::make(const Home&, std::string_view) {
  return Error("network bridge is not built yet: use network host");
}

}  // namespace wf::local
