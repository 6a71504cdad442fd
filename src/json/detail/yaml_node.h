// SPDX-License-Identifier: Apache-2.0
// json/detail/yaml_node.h: a YAML document as written: the tree that libyaml's events describe.
#pragma once
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/yaml.h"

namespace wf::json::detail {

enum class NodeKind : uint8_t { Scalar, Sequence, Mapping, Alias };

struct Node {
  NodeKind kind = NodeKind::Scalar;
  bool implicit = false;        // a plain scalar without a tag
  bool being_expanded = false;  // an alias that is being followed
  Position at;
  std::string tag;
  std::string text;              // of a scalar, or the name of an alias
  std::vector<Node*> below;      // a mapping's keys and values in turn
  const Node* target = nullptr;  // of an alias
};

// Owns its nodes; `root` is null for a text without any document.
struct Tree {
  std::deque<Node> nodes;
  Node* root = nullptr;
};

Result<Tree> read_tree(std::string_view text);

// What go-yaml takes a scalar for.
struct Scalar {
  enum class Type : uint8_t { Null, Bool, Int, Unsigned, Float, Text, Timestamp } type = Type::Text;
  bool boolean = false;
  double number = 0;
  std::string text = {};  // digits of Int and Unsigned; the text of Text
};
// By its tag (empty: by its look). The error is go-yaml's "cannot decode …".
Result<Scalar> resolve(std::string_view tag, std::string_view text);

}  // namespace wf::json::detail
