// SPDX-License-Identifier: Apache-2.0
// local/rootfs.h: a container's root folder: its image's layers below a fresh writable one, with
// the volumes mounted in it. Everything is mounted in the supervisor's own mount namespace and so
// goes with it, however it ends; containers inherit it.
#pragma once
#include <string>
#include <vector>

#include "base/result.h"
#include "local/image_store.h"

namespace wf::local {

// Leaves the machine's mount namespace. Once, before anything is mounted. `needs` of the runtime:
// crun 1.8 refuses machines where both versions of control groups are mounted, so the second one's
// mount goes from our view.
Result<void> enter_own_mounts();

// Mounts the layers with `folder`/upper above them at `folder`/rootfs and gives that path.
Result<std::string> mount_layers(const Home& home, const ImageRecord& image,
                                 const std::string& folder);

struct BindMount {
  std::string source;       // on the machine
  std::string destination;  // in the container
  bool read_only = false;
};
// Binds a file or folder into `root`, making the place for it.
Result<void> bind_into(const std::string& root, const BindMount& mount);

}  // namespace wf::local
