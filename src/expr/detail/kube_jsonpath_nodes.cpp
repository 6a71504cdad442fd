// SPDX-License-Identifier: Apache-2.0
#include "expr/detail/kube_jsonpath_nodes.h"

#include <utility>

#include "base/text.h"
#include "base/utf8.h"
#include "expr/gofmt_number.h"
#include "expr/unicode.h"

namespace wf::expr::kube {
namespace {

constexpr int kDepthMax = 100;  // of filters and unions in each other

bool is_end_of_line(uint32_t c) { return c == '\r' || c == '\n'; }
bool is_terminator(uint32_t c) {
  return is_end_of_line(c) || c == ' ' || c == '\t' || c == '.' || c == ',' || c == '[' || c == ']' || c == '$' ||
         c == '@' || c == '{' || c == '}';
}
bool is_alphanumeric(uint32_t c) { return c == '_' || unicode::is_letter(c) || unicode::is_digit(c); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

Node literal(json::Value value) { return {Node::Form::Literal, std::move(value), {}, {}, {}}; }
Node named(Node::Form form, std::string name) { return {form, {}, std::move(name), {}, {}}; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The escapes of Go's string literals; `quoted` has its quotes still on.
Result<std::string> unquoted(std::string_view quoted) {
  const char quote = quoted[0];
  const auto bad = [&] { return Error(cat("unquote string ", quoted, " error invalid syntax")); };
  std::string out;
  for (size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == quote) return bad();
    if (quoted[i] != '\\') {
      out.push_back(quoted[i]);
      continue;
    }
    const char c = quoted[++i];
    constexpr std::string_view kNames = "abfnrtv\\", kMeanings = "\a\b\f\n\r\t\v\\";
    const size_t known = kNames.find(c);
    if (known != std::string_view::npos) {
      out.push_back(kMeanings[known]);
    } else if (c == quote) {
      out.push_back(c);
    } else if (c == 'x' || c == 'u' || c == 'U') {
      const size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
      uint32_t rune = 0;
      for (size_t n = 0; n < digits; ++n) {
        const int digit = ++i + 1 < quoted.size() ? hex_value(quoted[i]) : -1;
        if (digit < 0) return bad();
        rune = rune * 16 + static_cast<uint32_t>(digit);
      }
      if (c == 'x') out.push_back(static_cast<char>(rune));
      else append_rune(out, rune);
    } else {
      return bad();
    }
  }
  return out;
}

// One of the three numbers of a slice at `at`: nothing, or a number.
Result<std::optional<int64_t>> slice_number(std::string_view text) {
  if (text.empty()) return std::optional<int64_t>();
  const auto number = atoi(text);
  if (number.error) return Error(cat("array index ", text, " is not a number"));
  return std::optional<int64_t>(number.value);
}

bool is_slice(std::string_view text) {
  const auto parts = split(text, ":");
  if (parts.size() > 3) return false;
  for (auto part : parts) {
    if (part.starts_with('-')) part.remove_prefix(1);
    if (part.find_first_not_of("0123456789") != std::string_view::npos) return false;
  }
  return true;
}

class Parser {
 public:
  Parser(std::string_view text, int depth) : text_(text), depth_(depth) {}

  Result<std::vector<Nodes>> all() {
    if (depth_ > kDepthMax) return Error("nested too deeply");
    std::vector<Nodes> out;
    while (at_ < text_.size()) {
      const size_t brace = std::min(text_.find('{', at_), text_.size());
      if (brace > at_) out.push_back({literal(text_.substr(at_, brace - at_))});
      at_ = brace;
      if (at_ == text_.size()) break;
      ++at_;
      TRY(Nodes nodes, action());
      out.push_back(std::move(nodes));
    }
    return out;
  }

 private:
  uint32_t peek() const { return at_ < text_.size() ? first_rune(text_.substr(at_)).value : 0; }
  bool done() const { return at_ >= text_.size(); }
  std::string_view rest() const { return text_.substr(at_); }

  // Up to the closing brace.
  Result<Nodes> action() {
    Nodes nodes;
    for (;;) {
      if (done() || is_end_of_line(peek())) return Error("unclosed action");
      if (peek() == '}') {
        ++at_;
        return nodes;
      }
      TRY_DO(step(nodes));
    }
  }

  Result<void> step(Nodes& nodes) {
    if (rest().starts_with("[?(")) return filter(nodes);
    if (rest().starts_with("..")) return recursive(nodes);
    const uint32_t c = peek();
    if (c == ' ' || c == '@' || c == '$') {
      ++at_;
      return {};
    }
    if (c == '[') return array(nodes);
    if (c == '"' || c == '\'') return quote(nodes);
    if (c == '.') {
      ++at_;
      return field(nodes);
    }
    if (c == '+' || c == '-' || unicode::is_digit(c)) return number(nodes);
    if (is_alphanumeric(c)) return identifier(nodes);
    return Error(cat("unrecognized character in action: ", rest().substr(0, first_rune(rest()).width)));
  }

  Result<void> identifier(Nodes& nodes) {
    const size_t from = at_;
    while (!done() && !is_terminator(peek())) at_ += first_rune(rest()).width;
    std::string name(text_.substr(from, at_ - from));
    const bool is_bool = name == "true" || name == "false";
    nodes.push_back(is_bool ? literal(name == "true") : named(Node::Form::Identifier, std::move(name)));
    return {};
  }

  Result<void> recursive(Nodes& nodes) {
    if (!nodes.empty() && nodes.back().form == Node::Form::Recursive) return Error("invalid multiple recursive descent");
    at_ += 2;
    nodes.push_back(named(Node::Form::Recursive, ""));
    if (!done() && is_alphanumeric(peek())) return field(nodes);
    return {};
  }

  Result<void> number(Nodes& nodes) {
    const size_t from = at_;
    if (peek() == '+' || peek() == '-') ++at_;
    while (!done() && (peek() == '.' || unicode::is_digit(peek()))) at_ += first_rune(rest()).width;
    const auto text = text_.substr(from, at_ - from);
    const auto whole = atoi(text);
    const auto real = parse_float(text);
    if (whole.error && real.error) return Error(cat("cannot parse number ", text));
    // A number with a point is no whole one, also where only zeros follow.
    nodes.push_back(literal(whole.error ? json::Value::number(format_float(real.value, 'e')) : json::Value(whole.value)));
    return {};
  }

  Result<void> field(Nodes& nodes) {
    std::string name;
    while (!done() && !is_terminator(peek())) {
      if (peek() == '\\') ++at_;
      const size_t width = first_rune(rest()).width;
      name.append(rest().substr(0, width));
      at_ += width;
    }
    nodes.push_back(name == "*" ? named(Node::Form::Wildcard, "")
                                : named(Node::Form::Field, replace_all(name, "\\", "")));
    return {};
  }

  Result<void> quote(Nodes& nodes) {
    const size_t from = at_;
    const char end = text_[at_++];
    for (;; ++at_) {
      if (done() || text_[at_] == '\n') return Error("unterminated quoted string");
      if (text_[at_] == end && text_[at_ - 1] != '\\') break;
    }
    ++at_;
    TRY(std::string value, unquoted(text_.substr(from, at_ - from)));
    nodes.push_back(literal(std::move(value)));
    return {};
  }

  Result<Nodes> nested(std::string_view text) const {
    const std::string braced = cat("{", text, "}");
    TRY(std::vector<Nodes> parts, Parser(braced, depth_ + 1).all());
    return std::move(parts.front());
  }

  Result<void> array(Nodes& nodes) {
    const size_t end = text_.find_first_of("]\n", at_);
    if (end == std::string_view::npos || text_[end] == '\n') return Error("unterminated array");
    auto text = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (text == "*") text = ":";
    const auto parts = split(text, ",");
    if (parts.size() > 1) return union_of(parts, nodes);
    if (text.size() >= 2 && text.front() == '\'' && text.find('\'', 1) == text.size() - 1) {
      TRY(Nodes key, nested(cat(".", text.substr(1, text.size() - 2))));
      for (auto& node : key) nodes.push_back(std::move(node));
      return {};
    }
    if (!is_slice(text)) return Error(cat("invalid array index ", text));
    return slice(text, nodes);
  }

  Result<void> union_of(const std::vector<std::string_view>& parts, Nodes& nodes) {
    Node out = named(Node::Form::Union, "");
    for (auto part : parts) {
      while (part.starts_with(' ')) part.remove_prefix(1);
      while (part.ends_with(' ')) part.remove_suffix(1);
      TRY(Nodes one, nested(cat("[", part, "]")));
      out.parts.push_back(std::move(one));
    }
    nodes.push_back(std::move(out));
    return {};
  }

  static Result<void> slice(std::string_view text, Nodes& nodes) {
    const auto parts = split(text, ":");
    Node out = named(Node::Form::Slice, "");
    TRY(out.slice.start, slice_number(parts[0]));
    out.slice.one = parts.size() == 1;
    if (parts.size() > 1) {
      TRY(out.slice.end, slice_number(parts[1]));
    }
    if (parts.size() > 2) {
      TRY(out.slice.step, slice_number(parts[2]));
    }
    nodes.push_back(std::move(out));
    return {};
  }

  // The end of `[?(…)]`: the first `)` outside the first pair of quotes.
  Result<std::string_view> filter_text() {
    const size_t from = at_ += 3;
    char pair = 0;
    bool closed = false;
    for (;; ++at_) {
      if (done() || text_[at_] == '\n') return Error("unterminated filter");
      const char c = text_[at_];
      if ((c == '"' || c == '\'') && pair == 0) {
        pair = c;
      } else if (c == pair && pair != 0 && text_[at_ - 1] != '\\') {
        closed = true;
      }
      if (c == ')' && (pair != 0) == closed) break;
    }
    const auto text = text_.substr(from, at_ - from);
    ++at_;
    if (done() || text_[at_] != ']') return Error("unclosed array expect ]");
    ++at_;
    return text;
  }

  Result<void> filter(Nodes& nodes) {
    TRY(const std::string_view text, filter_text());
    const size_t op = text.find_first_of("!<>=");
    const size_t right = op == std::string_view::npos ? op : text.find_first_not_of("!<>=", op);
    Node out = named(Node::Form::Filter, "");
    const bool compares = op != std::string_view::npos && op > 0 && right != std::string_view::npos;
    TRY(Nodes left, nested(compares ? text.substr(0, op) : text));
    out.parts.push_back(std::move(left));
    if (compares) {
      out.name = text.substr(op, right - op);
      TRY(Nodes value, nested(text.substr(right)));
      out.parts.push_back(std::move(value));
    }
    nodes.push_back(std::move(out));
    return {};
  }

  std::string_view text_;
  size_t at_ = 0;
  int depth_;
};

}  // namespace

Result<std::vector<Nodes>> parse(std::string_view text) { return Parser(text, 0).all(); }

}  // namespace wf::expr::kube
