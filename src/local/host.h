// SPDX-License-Identifier: Apache-2.0
// local/host.h: what this machine calls itself.
#pragma once
#include <string>

namespace wf::local {

std::string host_name();
// Its first IPv4 address that is not a loopback one, else 127.0.0.1.
std::string host_address();

}  // namespace wf::local
