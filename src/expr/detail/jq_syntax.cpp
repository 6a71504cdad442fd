// SPDX-License-Identifier: Apache-2.0
#include "expr/detail/jq_syntax.h"

#include <vector>

#include "base/text.h"

namespace wf::expr {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Copies a filter word by word. Strings may hold filters, in `\( … )`, and these hold strings.
class Rewriter {
 public:
  explicit Rewriter(std::string_view text) : text_(text) {}

  std::string all() {
    while (at_ < text_.size()) piece();
    return std::move(out_);
  }

 private:
  struct Frame {
    enum { If, Paren, Interpolation } kind;
    bool has_else = false;
  };

  void piece() {
    const char c = text_[at_];
    if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '"') {
      out_.push_back(text_[at_++]);
      string();
    } else if (c == '(' || c == ')') {
      paren();
    } else if (is_word(c) || c == '.' || c == '$' || c == '@') {
      word();
    } else {
      out_.push_back(text_[at_++]);
    }
  }

  void paren() {
    const char c = text_[at_++];
    out_.push_back(c);
    if (c == '(') {
      frames_.push_back({Frame::Paren});
      return;
    }
    const bool interpolation = !frames_.empty() && frames_.back().kind == Frame::Interpolation;
    if (!frames_.empty()) frames_.pop_back();
    if (interpolation) string();
  }

  // The rest of a string, up to its end or the next filter in it.
  void string() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      out_.push_back(c);
      if (c == '"') return;
      if (c != '\\' || at_ >= text_.size()) continue;
      out_.push_back(text_[at_]);
      if (text_[at_++] == '(') {
        frames_.push_back({Frame::Interpolation});
        return;
      }
    }
  }

  void word() {
    const size_t from = at_;
    const char first = text_[at_++];
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const auto word = text_.substr(from, at_ - from);
    // `.a.["b"]` was `.a["b"]`.
    if (word == "." && at_ < text_.size() && text_[at_] == '[' && !out_.empty() &&
        (is_word(out_.back()) || out_.back() == ']' || out_.back() == '"')) {
      const bool after_keyword = out_.ends_with(" then") || out_.ends_with(" else") || out_.ends_with(" and");
      if (!after_keyword) return;
    }
    const bool is_key = at_ < text_.size() && text_[at_] == ':' && text_.substr(at_, 2) != "::";
    if (is_word(first) && !is_key) keyword(word);
    out_.append(word);
  }

  void keyword(std::string_view word) {
    if (word == "if") frames_.push_back({Frame::If});
    if (frames_.empty() || frames_.back().kind != Frame::If) return;
    if (word == "else") frames_.back().has_else = true;
    if (word != "end") return;
    if (!frames_.back().has_else) out_.append("else . ");
    frames_.pop_back();
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string out_;
  std::vector<Frame> frames_;
};

}  // namespace

std::string jq_1_6(std::string_view filter) { return Rewriter(filter).all(); }

bool is_blank_jq(std::string_view filter) { return trim(Rewriter(filter).all()).empty(); }

std::string_view jq_definitions() {
  return R"jq(
def env: {};
def input: error("input(s)/0 is not allowed");
def inputs: error("input(s)/0 is not allowed");
def halt: error("halt/0 is not allowed");
def halt_error: error("halt_error/0 is not allowed");
def halt_error(f): error("halt_error/1 is not allowed");
def debug: .;
def debug(f): .;
def stderr: .;
def _text(f): if type == "string" then . else error(f + " cannot be applied to: " + type) end;
def ltrimstr($x): _text("ltrimstr") | ($x | _text("ltrimstr")) as $p | if startswith($p) then .[($p | length):] else . end;
def rtrimstr($x): _text("rtrimstr") | ($x | _text("rtrimstr")) as $p
  | if endswith($p) and ($p | length) > 0 then .[:(length - ($p | length))] else . end;
def trimstr($x): ltrimstr($x) | rtrimstr($x);
def trim: _text("trim") | sub("^\\s+"; "") | sub("\\s+$"; "");
def ltrim: _text("ltrim") | sub("^\\s+"; "");
def rtrim: _text("rtrim") | sub("\\s+$"; "");
def abs: if type == "number" then (if . < 0 then -. else . end) else error("abs cannot be applied to: " + type) end;
def toarray: if type == "array" then . else [.] end;
def pick(f): . as $all | reduce path(f) as $p (null; setpath($p; $all | getpath($p)));
def add(f): reduce f as $x (null; . + $x);
def skip($n; f): if $n < 0 then error("skip requires non-negative number") else foreach f as $x ($n + 1; . - 1; if . <= 0 then $x else empty end) end;
def limit($n; f): if $n > 0 then label $done | foreach f as $x (0; . + 1; $x, if . >= $n then break $done else empty end)
  elif $n == 0 then empty else error("limit requires non-negative number") end;
def have_literal_numbers: true;
def have_decnum: false;
def keys_unsorted: keys;
def to_entries: [keys[] as $k | {key: $k, value: .[$k]}];
def with_entries(f): to_entries | map(f) | from_entries;
def scan($re; $flags): match($re; "g" + $flags) | if (.captures | length) > 0 then [.captures[].string] else .string end;
def scan($re): scan($re; null);
def ascii: [.] | implode;
)jq";
}

}  // namespace wf::expr
