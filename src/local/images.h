// SPDX-License-Identifier: Apache-2.0
// local/images.h: what the CLI and the pod builder ask of images on this machine. Any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "local/image_store.h"

namespace wf::local {

// What a container without a command runs. For an image that is not here yet: a placeholder
// (kImageCommand, pod_plan.h) which the driver resolves once it has pulled it, so that nothing has
// to be pulled to build a pod.
struct ImageCommand {
  std::vector<std::string> entrypoint, cmd;
};
ImageCommand image_command(const Home& home, std::string_view image);

// `argo image load FILE`: a docker archive, an OCI archive or the folder of an OCI layout, under
// the names inside or as `name`. The references that now exist. Runs argoexec-io; needs root.
Result<std::vector<std::string>> load_image_file(const Home& home, const std::string& file,
                                                 const std::string& name);
// `argo image pull REFERENCE`.
Result<void> pull_image_now(const Home& home, const std::string& reference);

}  // namespace wf::local
