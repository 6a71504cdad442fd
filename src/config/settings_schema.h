// SPDX-License-Identifier: Apache-2.0
// config/settings_schema.h: which settings there are and what each looks like. Inside room config.
#pragma once
#include <span>
#include <string_view>

#include "base/result.h"
#include "json/value.h"

namespace wf::config {

enum class Kind {
  Text,
  Flag,
  Whole,
  Real,
  Duration,  // Go's text of a duration
  Ttl,       // likewise, or whole days: "7d"
  Texts,     // list of texts
  Reals,     // list of numbers
  TextMap,
  Api,    // a type of Argo's or Kubernetes' API
  Group,  // settings of its own
  GroupList,
  GroupMap,
};

struct Setting {
  std::string_view name;
  Kind kind;
  std::string_view api = {};            // Api: the type's name
  std::span<const Setting> group = {};  // Group, GroupList, GroupMap
};

// The settings as they are kept: unknown or badly typed ones are errors in Go's words; what is of
// an API type is in normal form; null ones are gone.
Result<json::Value> checked_settings(const json::Value& settings);

// A TTL's text as a duration's: "7d" is "168h0m0s".
Result<std::string> ttl_text(std::string_view text);

}  // namespace wf::config
