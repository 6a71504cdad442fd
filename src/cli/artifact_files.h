// SPDX-License-Identifier: Apache-2.0
// cli/artifact_files.h: lets the API give out artifacts of the embedded repository, and the
// controller delete them.
#pragma once
#include <string>

#include "api/services.h"
#include "control/artifact_collector.h"

namespace wf::cli {

// `root`: the repository's folder. Artifacts that lie elsewhere are refused by name.
api::OpenArtifact open_embedded_artifacts(std::string root);

// Lets the controller delete them. `root` as above; artifacts that lie elsewhere are errors.
control::DeleteArtifact delete_embedded_artifacts(std::string root);

}  // namespace wf::cli
