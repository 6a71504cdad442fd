// SPDX-License-Identifier: Apache-2.0
#include "local/leftovers.h"

#include "base/text.h"
#include "io/file.h"
#include "local/cgroup.h"

namespace wf::local {

void remove_leftovers(const std::string& pod_dir, std::string_view uid) {
  remove_cgroups(cat("argo-", uid));
  for (const std::string_view name : {"/work", "/volumes", "/containers"})
    (void)io::remove_tree(cat(pod_dir, name));
}

}  // namespace wf::local
