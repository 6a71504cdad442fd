// SPDX-License-Identifier: Apache-2.0
// config/typed_yaml.h: YAML read with its type in mind. Go's sigs.k8s.io/yaml, when it reads into a
// struct, takes an unquoted number or bool for a text wherever the struct has a text. Argo reads
// its settings and artifact repositories so (manifests are not).
#pragma once
#include <string_view>

#include "json/value.h"

namespace wf::config {

// A number or bool as the text it is meant to be; all else as it is.
json::Value scalar_as_text(const json::Value& value);
// The same for all fields of text in a document of an API type (spec/schema.h).
json::Value scalars_as_texts(std::string_view type, const json::Value& document);

}  // namespace wf::config
