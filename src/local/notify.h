// SPDX-License-Identifier: Apache-2.0
// local/notify.h: datagrams by which supervisors tell the engine "look again at this pod". None is
// needed for correctness: an engine that was not there finds the files.
#pragma once
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "io/fd.h"
#include "local/home.h"

namespace wf::local {

// The engine's end; replaces the one of an engine before.
Result<io::Fd> open_notify_socket(const Home& home);
// {namespace, pod}, or nothing where no datagram waits.
std::optional<std::pair<std::string, std::string>> read_notice(int socket);
// Never fails and never waits long.
void send_notice(const Home& home, const std::string& ns, const std::string& pod);

}  // namespace wf::local
