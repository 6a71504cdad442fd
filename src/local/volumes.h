// SPDX-License-Identifier: Apache-2.0
// local/volumes.h: a pod's volumes as folders of this machine.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "local/environment.h"
#include "local/home.h"

namespace wf::local {

struct Volume {
  std::string path;
  bool read_only = false;
  bool owned_by_group = false;  // fsGroup applies
};

// Makes and fills every volume of the pod: emptyDir, hostPath, configMap, secret, projected,
// downwardAPI, persistentVolumeClaim, ephemeral. Those that die with the pod lie under `folder`.
// InvalidArgument names a volume of another kind. Must run in the supervisor's own mount namespace.
Result<std::map<std::string, Volume>> make_volumes(const PodFacts& facts, const Home& home,
                                                   const std::string& folder);

}  // namespace wf::local
