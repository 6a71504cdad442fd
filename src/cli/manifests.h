// SPDX-License-Identifier: Apache-2.0
// cli/manifests.h: the files that a verb is given: YAML and JSON files, folders of them, "-".
#pragma once
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace wf::cli {

struct ManifestFile {
  std::string path;  // as given and joined; "stdin" for "-"
  std::string text;
};

// Of folders all files below them that end in .yaml, .yml or .json, by name. A file that is named
// itself but ends otherwise is passed over, as Argo does.
Result<std::vector<ManifestFile>> read_manifests(std::span<const std::string> paths);

}  // namespace wf::cli
