// SPDX-License-Identifier: Apache-2.0
// local/users.h: who a container runs as: the pod's security context, else the image's user, looked
// up in the image's own /etc/passwd and /etc/group.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::local {

struct User {
  int64_t uid = 0, gid = 0;
  std::vector<int64_t> groups;  // supplementary
  std::string home = "/";
};

// `image_user`: "", "name", "uid", either with ":group". The contexts are securityContext of the
// pod and of the container (Null: none). An error where a name is unknown or runAsNonRoot is
// broken, with Kubernetes' text.
Result<User> user_of(const std::string& root, std::string_view image_user,
                     const json::Value& pod_context, const json::Value& container_context);

}  // namespace wf::local
