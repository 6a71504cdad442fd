// SPDX-License-Identifier: Apache-2.0
// print/artifact_text.h: where an artifact lies, in the words of the screens of Argo: Go's text of the
// generated types, "&S3Artifact{S3Bucket:S3Bucket{Endpoint:,…},Key:k,}".
#pragma once
#include <string>

#include "json/value.h"

namespace wf::print {

// "" for an artifact without a location that has such a text (plugins).
std::string artifact_text(const json::Value& artifact);

}  // namespace wf::print
