// SPDX-License-Identifier: Apache-2.0
// cli/version.h: which Argo this is.
#pragma once
#include "json/value.h"

namespace wf::cli {

// The version of Argo Workflows whose behaviour this is.
inline constexpr const char* kVersion = "v4.1.2";
// Argo's Version: {"version", "buildDate", "gitCommit", "gitTag", "gitTreeState", "goVersion", "compiler", "platform"}.
json::Value version_object();

}  // namespace wf::cli
