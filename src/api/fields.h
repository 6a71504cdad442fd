// SPDX-License-Identifier: Apache-2.0
// api/fields.h: the query parameter `fields`: a comma-separated list of dotted paths to keep, or,
// after a leading "-", to leave out. Paths pass through lists.
#pragma once
#include <set>
#include <string>
#include <string_view>

#include "json/value.h"

namespace wf::api {

class FieldFilter {
 public:
  FieldFilter() = default;
  // `prefix` is taken off each path ("result.object.").
  explicit FieldFilter(std::string_view text, std::string_view prefix = {});
  bool empty() const { return fields_.empty(); }
  // Whether nothing at or below the path can be left.
  bool excludes(std::string_view path) const;
  json::Value apply(const json::Value& value) const;
  // Whether all that is left lies at or below one of these paths.
  bool within(std::initializer_list<std::string_view> paths) const;

 private:
  json::Value clean(const std::string& path, const json::Value& value) const;
  bool exclude_ = false;
  std::set<std::string> fields_;
};

}  // namespace wf::api
