// SPDX-License-Identifier: Apache-2.0
// local/layer_unpack.h: an image layer (a tar, compressed or not) as a folder that overlayfs can
// stack: whiteouts become its character devices and opaque attributes.
#pragma once
#include <string>

#include "base/result.h"

namespace wf::local {

// Into an existing empty folder. The unpacking process takes that folder for its root, so that no
// name or link in the archive reaches out of it. Needs root; forks, so: from a single-threaded
// process.
Result<void> unpack_layer(const std::string& blob, const std::string& folder);

}  // namespace wf::local
