// SPDX-License-Identifier: Apache-2.0
// local/image_import.h: brings images to this machine: by skopeo from registries (registries.conf,
// auth files and mirrors are its business) and from archives and layouts. Blocks; run in a process
// of its own (argoexec-io), which must be root. Interrupted at any moment it leaves nothing that is
// taken for an image or a layer; the next start clears its temporary folders.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "local/image_store.h"

namespace wf::local {

using Progress = std::function<void(const std::string& line)>;

struct PullRequest {
  std::string reference;  // as the user wrote it
  bool always = false;    // ask the registry even where the image is here
  std::string auth_file;  // "": skopeo's defaults
};
// The error is skopeo's cause on one line.
Result<ImageRecord> pull_image(const Home& home, const PullRequest& request,
                               const Progress& progress);

// A docker archive, an OCI archive, or the folder of an OCI layout. `name` overrides the names
// inside; it is needed where there are none. All images of the file.
Result<std::vector<ImageRecord>> load_images(const Home& home, const std::string& file,
                                             const std::string& name, const Progress& progress);

}  // namespace wf::local
