// SPDX-License-Identifier: Apache-2.0
// expr/detail/kube_jsonpath_nodes.h: a kubectl JSONPath template taken apart.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::expr::kube {

struct Node;
using Nodes = std::vector<Node>;  // applied one after the other

// `[start:end:step]`; of `[start]` the end follows from the start.
struct Slice {
  std::optional<int64_t> start, end, step;
  bool one = false;
};

struct Node {
  enum class Form { Literal, Field, Slice, Filter, Wildcard, Recursive, Union, Identifier } form;
  json::Value literal;         // Literal: text, number or bool
  std::string name;            // Field, Identifier; a Filter's operator ("" where left only has to exist)
  kube::Slice slice;           // Slice
  std::vector<Nodes> parts;    // Union; Filter: left and right
};

// The pieces of a template: plain text is one Literal, what stands in braces its nodes.
Result<std::vector<Nodes>> parse(std::string_view text);

}  // namespace wf::expr::kube
