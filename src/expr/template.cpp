// SPDX-License-Identifier: Apache-2.0
#include "expr/template.h"

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/expression_tag.h"
#include "json/text.h"

namespace wf::expr {
namespace {

constexpr std::string_view kOpen = "{{", kClose = "}}";

// Follows JSON text from string to string.
class StringTracker {
 public:
  bool inside() const { return inside_; }
  // Goes over `text`; says whether it crossed a string's border.
  bool advance(std::string_view text) {
    bool crossed = false;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\\' && inside_) {
        ++i;
      } else if (text[i] == '"') {
        inside_ = !inside_;
        crossed = true;
      }
    }
    return crossed;
  }

 private:
  bool inside_ = false;
};

bool plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

// Whether what Go's quoting made of a value may stand in a JSON string: \a, \v, \x and \U may not.
bool valid_in_json(std::string_view escaped) {
  for (size_t i = 0; i + 1 < escaped.size(); ++i) {
    if (escaped[i] != '\\') continue;
    const char c = escaped[++i];
    if (c == 'a' || c == 'v' || c == 'x' || c == 'U') return false;
  }
  return true;
}

bool starts_with_segment(std::string_view key, std::string_view segment) {
  return key.starts_with(segment) && (key.size() == segment.size() || key[segment.size()] == '.');
}

bool must_resolve(std::string_view key, const Mode& mode) {
  switch (mode.unknown) {
    case Mode::Unknown::Fails:
      return true;
    case Mode::Unknown::Stays:
      return false;
    case Mode::Unknown::FailsByPrefix:
      break;
  }
  if (key.find(".outputs.artifacts.") != std::string_view::npos) return false;
  return std::any_of(mode.prefixes.begin(), mode.prefixes.end(),
                     [&](std::string_view prefix) { return starts_with_segment(key, prefix); });
}

Error invalid_result() {
  return Error("cannot finish template replacement because the result was invalid JSON");
}

}  // namespace

void append_go_escaped(std::string& out, std::string_view value) {
  if (plain_ascii(value)) {
    out += value;
    return;
  }
  const std::string quoted = go_quote(value);
  out.append(quoted, 1, quoted.size() - 2);
}

bool is_missing_variable(const Error& error) {
  const std::string_view text = error.message();
  return text.find("failed to resolve {{") != std::string_view::npos ||
         text.find(" is missing") != std::string_view::npos ||
         text.find("variable not in env") != std::string_view::npos;
}

Result<Template> Template::parse(std::string_view json_text) {
  if (!json::parse(json_text).ok()) {
    return Error("cannot do template replacements with invalid JSON");
  }
  return scan(json_text, true);
}

Result<Template> Template::parse_valid(std::string_view json_text) { return scan(json_text, true); }

Result<Template> Template::parse_text(std::string_view text) { return scan(text, false); }

Result<Template> Template::scan(std::string_view text, bool json) {
  Template out;
  out.json_ = json;
  StringTracker strings;
  std::string_view rest = text;
  for (size_t open; (open = rest.find(kOpen)) != std::string_view::npos;) {
    Tag tag{.before = std::string(rest.substr(0, open)), .text = {}, .key = {}, .expression = {}};
    rest.remove_prefix(open + kOpen.size());
    const size_t close = rest.find(kClose);
    if (close == std::string_view::npos) {
      return Error(cat("Cannot find end tag=", go_quote(kClose),
                       " in the template=", go_quote(text), " starting from ", go_quote(rest)));
    }
    tag.text = rest.substr(0, close);
    rest.remove_prefix(close + kClose.size());
    tag.key = trim_space(tag.text);
    if (tag.text.starts_with('=')) {
      tag.expression = std::make_shared<const ExpressionTag>(std::string_view(tag.text).substr(1));
    }
    if (json) {
      strings.advance(tag.before);
      const bool inside = strings.inside();
      if (strings.advance(tag.text) || !inside) out.in_strings_ = false;
    }
    out.tags_.push_back(std::move(tag));
  }
  out.rest_ = rest;
  return out;
}

bool Template::mentions(std::string_view name) const {
  return std::any_of(tags_.begin(), tags_.end(), [&](const Tag& tag) {
    return tag.expression ? tag.expression->mentions(name) : starts_with_segment(tag.key, name);
  });
}

std::vector<std::string_view> Template::simple_keys() const {
  std::vector<std::string_view> out;
  for (const Tag& tag : tags_) {
    if (!tag.expression) out.push_back(tag.key);
  }
  return out;
}

Result<std::string> Template::replace(const Scope& scope, const Mode& mode) const {
  std::string out;
  bool valid = true;
  for (const Tag& tag : tags_) {
    out += tag.before;
    const size_t from = out.size();
    if (tag.expression) {
      TRY_DO(tag.expression->replace(scope, mode, out));
    } else {
      TRY_DO(replace_simple(tag, scope, mode, out));
    }
    valid = valid && valid_in_json(std::string_view(out).substr(from));
  }
  out += rest_;
  // Within strings, escapes are all that can go wrong: the rest was valid before.
  if (json_ && !(in_strings_ ? valid : json::parse(out).ok())) return invalid_result();
  return out;
}

Result<void> Template::replace_simple(const Tag& tag, const Scope& scope, const Mode& mode,
                                      std::string& out) const {
  using Is = Variable::Is;
  const Variable found = scope.find(tag.key);
  switch (found.is) {
    case Is::Text:
      append_go_escaped(out, found.text);
      return {};
    case Is::Other:
      return Error(cat("failed to resolve {{", tag.text, "}} to string"));
    case Is::Absent:
      return Error(cat("unable to substitute {{", tag.text,
                       "}}: output is an absent optional (skipped/omitted node with no default)"));
    case Is::Unknown:
      break;
  }
  // A tag within the tag: its closing braces ended this one (SUB-6).
  const size_t inner_at = tag.text.rfind(kOpen);
  if (inner_at != std::string::npos && inner_at > 0) {
    const std::string inner = tag.text.substr(inner_at + kOpen.size());
    const Variable nested = scope.find(inner);
    if (nested.is == Is::Absent) {
      return Error(cat("unable to substitute nested tag {{", tag.text, "}}: ", go_quote(inner),
                       " is an absent optional"));
    }
    if (nested.is == Is::Text) {
      out.append(kOpen).append(tag.text, 0, inner_at);
      append_go_escaped(out, nested.text);
      return {};
    }
  }
  if (must_resolve(tag.key, mode)) return Error(cat("failed to resolve {{", tag.text, "}}"));
  out.append(kOpen).append(tag.text).append(kClose);
  return {};
}

Result<std::string> replace_text(std::string_view json_text, const Scope& scope, const Mode& mode) {
  TRY(const Template parsed, Template::parse(json_text));
  return parsed.replace(scope, mode);
}

}  // namespace wf::expr
