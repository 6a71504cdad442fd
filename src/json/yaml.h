// SPDX-License-Identifier: Apache-2.0
// json/yaml.h: YAML in and out exactly as Go's sigs.k8s.io/yaml 1.6 has it (go-yaml v2 rules: YAML
// 1.1 booleans, ints in all bases, merges, keys made strings, timestamps left as text), with the
// place of every node kept for messages.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::json {

// Both count from 1, columns in characters; 0 where unknown.
struct Position {
  uint32_t line = 0;
  uint32_t column = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

// Where a node and what it holds were written; what is below stands in the order of the value's
// own items or members.
struct Places {
  Position key;    // of a member: where its key begins; of others as `value`
  Position value;  // where the node begins
  std::vector<Places> below;
};

struct Document {
  Value value;
  Places places;
  // Of what an RFC 6901 pointer ("/spec/templates/0/name") names: a member's key, an item's
  // beginning. Where a part of it does not exist, of the last part that does.
  Position position_of(std::string_view pointer) const;
};

enum class DuplicateKeys { LastWins, Refuse };

// The first document of `text` (what follows it is not looked at, as Go's Unmarshal does); of an
// empty text null. Members stand in the order of the text; Go's would be sorted by key.
// InvalidArgument with go-yaml's text. `first_line` is the line number of the text's first line.
Result<Document> parse_yaml(std::string_view text, DuplicateKeys = DuplicateKeys::LastWins,
                            uint32_t first_line = 1);

// One manifest of a file that holds several, as Argo cuts them: wherever a line begins with ---.
struct Manifest {
  std::string_view text;  // into the file's text; may be blank
  uint32_t first_line;    // in the file
};
std::vector<Manifest> split_manifests(std::string_view text);

// yaml.Marshal: block style, keys in go-yaml's order, text quoted only where it must be.
std::string print_yaml(const Value& value);

}  // namespace wf::json
