// SPDX-License-Identifier: Apache-2.0
// cli/artifact_files.h: lets the API give out artifacts of the embedded repository.
#pragma once
#include <string>

#include "api/services.h"

namespace wf::cli {

// `root`: the repository's folder. Artifacts that lie elsewhere are refused by name.
api::OpenArtifact open_embedded_artifacts(std::string root);

}  // namespace wf::cli
