// SPDX-License-Identifier: Apache-2.0
// local/leftovers.h: what a pod leaves on the machine besides processes.
#pragma once
#include <string>
#include <string_view>

namespace wf::local {

// Control groups, volumes, root filesystems and working directories of a pod that no longer runs.
// Its mounts and its network went with its supervisor's namespaces.
void remove_leftovers(const std::string& pod_dir, std::string_view uid);

}  // namespace wf::local
