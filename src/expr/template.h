// SPDX-License-Identifier: Apache-2.0
// expr/template.h: substitution of {{tags}} in the JSON text of an object, as Argo's util/template
// does it (rules SUB-1 to SUB-13 and XPR-1 to XPR-10). A text is taken apart once and may then be
// replaced many times, from several threads.
//   simple tag       {{inputs.parameters.x}}: the variable of that name
//   expression tag   {{=expression}}: see expr/program.h
// One pass resolves one level; a value's own tags wait for the next pass.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "expr/scope.h"
#include "json/value.h"

namespace wf::expr {

// What becomes of a tag that names an unknown variable (SUB-7).
struct Mode {
  enum class Unknown { Fails, Stays, FailsByPrefix };
  Unknown unknown;
  // With FailsByPrefix: it fails if its first segment is one of these; artifacts of outputs stay.
  std::vector<std::string_view> prefixes = {};

  static Mode strict() { return {Unknown::Fails}; }
  static Mode lenient() { return {Unknown::Stays}; }
  static Mode strict_for(std::vector<std::string_view> prefixes) {
    return {Unknown::FailsByPrefix, std::move(prefixes)};
  }
  // Argo's usual prefix mode: tags that begin with `steps` or `tasks` must resolve.
  static Mode strict_for_nodes() { return strict_for({"steps", "tasks"}); }
};

// Whether an error of replace() means "a variable is not there yet" (SUB-8): the caller tries again
// later. All others are final.
bool is_missing_variable(const Error& error);

// strconv.Quote without the quotes: how values are put into JSON text (SUB-3).
void append_go_escaped(std::string& out, std::string_view value);

class ExpressionTag;  // expr/expression_tag.h

class Template {
 public:
  // Errors: "cannot do template replacements with invalid JSON", "Cannot find end tag=…".
  static Result<Template> parse(std::string_view json_text);
  // The same for a text that the caller knows to be JSON.
  static Result<Template> parse_valid(std::string_view json_text);
  // The same for any text, which need not be JSON, nor be after replacing.
  static Result<Template> parse_text(std::string_view text);

  bool has_tags() const { return !tags_.empty(); }
  // Whether a simple tag's key is `name` or starts with `name` and a dot, or an expression mentions
  // such a variable; says yes also where an expression might.
  bool mentions(std::string_view name) const;
  // The trimmed keys of the simple tags, in order.
  std::vector<std::string_view> simple_keys() const;

  // The text with its tags replaced. Errors in Argo's words.
  Result<std::string> replace(const Scope& scope, const Mode& mode) const;

 private:
  struct Tag {
    std::string before;                               // the text since the last tag
    std::string text;                                 // between the braces
    std::string key;                                  // without white space around it
    std::shared_ptr<const ExpressionTag> expression;  // of an expression tag
  };
  static Result<Template> scan(std::string_view text, bool json);
  Result<void> replace_simple(const Tag& tag, const Scope& scope, const Mode& mode,
                              std::string& out) const;

  std::vector<Tag> tags_;
  std::string rest_;        // after the last tag
  bool json_ = false;       // the result must be JSON
  bool in_strings_ = true;  // every tag lies within one JSON string
};

// util/template Replace: parse, replace and the checks of both in one go.
Result<std::string> replace_text(std::string_view json_text, const Scope& scope, const Mode& mode);

// The same for a tree: what `json::parse(replace_text(json::print(tree), …))` gives, without the
// text where nothing is to be replaced.
Result<json::Value> replace_tree(const json::Value& tree, const Scope& scope, const Mode& mode);

}  // namespace wf::expr
