// SPDX-License-Identifier: Apache-2.0
// podspec/paths.h: file paths inside containers, as text. Nothing here looks at a file system.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace wf::podspec {

std::string clean_path(std::string_view path);                          // Go's path.Clean
std::string join_paths(std::string_view base, std::string_view path);   // Go's path.Join
// `target` seen from `base` ("." for base itself); nothing where it lies outside or can't be told.
std::optional<std::string> path_within(std::string_view base, std::string_view target);
// An artifact's path, cleaned; an error where it is missing or climbs out of its folder by "..".
Result<std::string> clean_artifact_path(const json::Value& artifact);

}  // namespace wf::podspec
