// SPDX-License-Identifier: Apache-2.0
// spec/artifact_location.h: where an artifact lies: one of s3, gcs, git, http, … in an object (an
// artifact, or an archive location), with a key or without.
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace wf::spec {

// The driver whose member is set; the first of Argo's order where several are. "" where none is.
std::string_view location_driver(const json::Value& location);

// Whether it says in full where the artifact lies; whether it has a key.
bool has_location(const json::Value& location);
bool has_key(const json::Value& location);
inline bool has_location_or_key(const json::Value& location) { return has_location(location) || has_key(location); }

// The key (a URL's path). `key unsupported: …` for git and raw, `artifact storage is not
// configured; …` where there is no driver.
Result<std::string> location_key(const json::Value& location);
Result<void> set_location_key(json::Value& location, std::string_view key);
// The key with `part` behind it, as paths are joined: cleaned.
Result<void> append_to_location_key(json::Value& location, std::string_view part);

// Gives a location that has no more than a key everything but the key from `repository`.
Result<void> relocate(json::Value& location, const json::Value& repository);

// Go's path.Clean and path.Join.
std::string clean_path(std::string_view path);
std::string join_path(std::string_view a, std::string_view b);

// An artifact's path, cleaned; refused where `..` would lead out of the directory before it.
Result<std::string> clean_artifact_path(std::string_view artifact, std::string_view path);

}  // namespace wf::spec
