// SPDX-License-Identifier: Apache-2.0
// spec/parse.h: the objects of a file, as `argo lint`, `argo submit` and the server read it.
// Pure; anybody may call.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"
#include "spec/codec.h"

namespace wf::spec {

struct Parsed {
  std::string type;    // "Workflow" …; "ObjectMeta" of kinds that are not Argo's
  json::Value object;  // in normal form; what could be read, also when there is an error
  std::optional<Error> error;
  std::vector<UnknownField> unknown;
};
// One JSON document, or YAML documents separated by lines that begin with `---`. Documents that are
// no objects of a kind are left out, with a few of Argo's exceptions.
std::vector<Parsed> parse_objects(std::string_view text, Strictness strictness);

}  // namespace wf::spec
