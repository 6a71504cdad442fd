// SPDX-License-Identifier: Apache-2.0
// expr/jsonpath/path.h: a path taken apart into segments, and the small language of its filters.
// Only the files of this folder use it.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "expr/any.h"

namespace wf::expr::jsonpath {

class Script;
using ScriptPtr = std::shared_ptr<const Script>;

// An argument of [a,b] or [a:b]: nothing, a number, a key, or a script.
using Argument = std::variant<std::monostate, int64_t, std::string, ScriptPtr>;

enum class SegmentKind : uint8_t {
  Root,
  Current,
  Key,
  Index,
  Wildcard,
  Recursive,
  Length,
  Filter,
  Script,
  Union,
  Range
};
struct Segment {
  SegmentKind kind;
  std::string key = {};
  int64_t index = 0;
  ScriptPtr script = nullptr;
  std::vector<Argument> arguments = {};  // of Range: from, to, step
};
using Path = std::vector<Segment>;

// Filters may hold paths that hold filters: how deep.
inline constexpr int kNestingMax = 50;
Result<Path> parse_path(std::string_view text, int nesting = 0);

// What the segments select in `current`; `rest` are those that are left.
Result<Any> apply(std::span<const Segment> rest, const Any& root, const Any& current);

// An expression within ( ): comparisons, arithmetic, paths that start with @ or $. Its operators
// bind as the library searches for them: each splits the text at its first place.
class Script {
 public:
  static Result<ScriptPtr> parse(std::string_view text, int nesting);
  bool empty() const { return text_.empty(); }  // every evaluation fails
  Result<Any> evaluate(const Any& root, const Any& current) const;

 private:
  struct Node;
  struct Operand {
    std::shared_ptr<const Node> node;  // an operation, or
    std::optional<Any> value;          // a text, or a list or map written as JSON; or nothing
  };
  struct Node {
    int op;  // index into the table of operators
    Operand left, right;
    Path path = {};  // of @ and $
  };
  class Parser;
  struct Values {
    const Any& root;
    const Any& current;
  };
  static Result<Any> run(const Node& node, const Values& values);
  static Result<Any> run_binary(std::string_view op, const Node& node, const Values& values);
  static Result<Any> resolved(const Operand& operand, const Values& values);
  static Result<double> number(const Operand& operand, const Values& values);
  static Result<int64_t> integer(const Operand& operand, const Values& values);
  static Result<bool> boolean(const Operand& operand, const Values& values);
  static Result<std::string> text(const Operand& operand, const Values& values);
  static Result<Any> equals(const Node& node, const Values& values, bool wanted);
  static Result<Any> matches(const Node& node, const Values& values);
  static Result<Any> contained(const Node& node, const Values& values, bool wanted);

  std::string text_;
  Operand root_;
};

}  // namespace wf::expr::jsonpath
