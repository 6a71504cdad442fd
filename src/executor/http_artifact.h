// SPDX-License-Identifier: Apache-2.0
// executor/http_artifact.h: artifact driver http: a file fetched with GET.
#pragma once
#include <string>

#include "base/result.h"
#include "json/value.h"

namespace wf::executor {

// `location` is the artifact's HTTPArtifact. NotFound where the server says 404.
Result<void> load_http(const json::Value& location, const std::string& path);

}  // namespace wf::executor
