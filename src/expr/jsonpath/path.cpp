// SPDX-License-Identifier: Apache-2.0
// Paths to segments. The library looks at a path twice: first it cuts it into words, then it reads
// each word; both passes count brackets and quotes in their own way, which is kept.
#include "expr/jsonpath/path.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/utf8.h"

namespace wf::expr::jsonpath {
namespace {

Error unexpected(std::string_view what, size_t index) {
  return Error(cat("unexpected token '", what, "' at index ", index));
}
Error bad_format(std::string_view word) {
  return Error(cat("invalid token. '", word, "' does not match any token format"));
}
Error bad_script(std::string_view text) {
  return Error(cat("invalid expression. invalid format '", text, "'"));
}

std::string_view without_dot(std::string_view word) {
  if (word.starts_with('.')) word.remove_prefix(1);
  return word;
}

// The words of a path: "$", "a", "[0]", "..", "['b']".
class Cutter {
 public:
  explicit Cutter(std::string_view text) : text_(text) {}

  Result<std::vector<std::string>> cut() {
    if (text_.empty()) return unexpected("", 0);
    if (text_[0] != '$' && text_[0] != '@')
      return unexpected(text_.substr(0, first_rune(text_).width), 0);
    if (text_.size() > 1 && text_[1] != '.' && text_[1] != '[')
      return unexpected(text_.substr(1, 1), 1);
    out_.emplace_back(text_.substr(0, 1));
    for (size_t i = 1; i < text_.size(); ++i) take(text_[i]);
    if (!word_.empty()) out_.emplace_back(without_dot(word_));
    return std::move(out_);
  }

 private:
  bool quoted_or_script() const { return quotes_ % 2 == 1 || round_ != 0; }
  void finish(std::string_view word, std::string_view next) {
    out_.emplace_back(without_dot(word));
    word_ = next;
  }

  void take(char c) {
    if (word_.empty()) quotes_ = round_ = 0;
    quotes_ += c == '\'' ? 1 : 0;
    round_ += c == '(' ? 1 : c == ')' ? -1 : 0;
    square_ += c == '[' ? 1 : c == ']' ? -1 : 0;
    word_.push_back(c);
    if (word_ == ".") return;
    if (word_ == "..") {
      out_.push_back(word_);
      word_.clear();
      return;
    }
    const bool in_brackets = word_.find('[') != std::string::npos;
    if (c == '[') {
      if (word_ == "[" || word_ == ".[" || std::count(word_.begin(), word_.end(), '[') > 1) return;
      finish(std::string_view(word_).substr(0, word_.size() - 1), "[");
      return;
    }
    if (quoted_or_script() && (in_brackets || c == '.')) return;
    if (in_brackets && c == ']' && square_ == 0) finish(word_, "");
    if (!in_brackets && c == '.') finish(std::string_view(word_).substr(0, word_.size() - 1), ".");
  }

  std::string_view text_;
  std::string word_;
  int quotes_ = 0, round_ = 0, square_ = 0;
  std::vector<std::string> out_;
};

bool is_script(std::string_view text) {
  return text.size() > 2 && text.starts_with('(') && text.ends_with(')');
}
bool is_key(std::string_view text) {
  const bool single = text.starts_with('\'') && text.ends_with('\'');
  const bool both = text.starts_with('"') && text.ends_with('"');
  return text.size() > 1 && (single || both);
}

std::optional<int64_t> number_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t out;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool whole = !text.empty() && code == std::errc() && end == text.data() + text.size();
  return whole ? std::optional<int64_t>(out) : std::nullopt;
}

// What stands within [ ]: items and the marks between them.
struct Piece {
  enum class Is { Nothing, Number, Text, Colon, Comma } is;
  int64_t number = 0;
  std::string text = {};
};

class Subscript {
 public:
  explicit Subscript(std::string_view word, std::string_view body) : word_(word), body_(body) {}

  Result<std::vector<Piece>> pieces() {
    for (size_t i = 0; i < body_.size(); ++i) {
      buffer_.push_back(body_[i]);
      TRY_DO(take(body_[i], i));
    }
    if (!buffer_.empty()) add(buffer_);
    return std::move(out_);
  }

 private:
  bool quoted() const { return single_ || double_; }
  bool in_round() const { return open_ != close_; }
  void add(std::string_view text) {
    if (const auto number = number_of(text)) {
      out_.push_back({Piece::Is::Number, *number});
    } else {
      out_.push_back({Piece::Is::Text, 0, std::string(text)});
    }
  }

  Result<void> take(char c, size_t index) {
    switch (c) {
      case ' ':
        if (!quoted() && !in_round()) buffer_ = trim_space(buffer_);
        return {};
      case '(':
        if (!quoted()) ++open_;
        return {};
      case ')':
        return close_round();
      case '\'':
        return double_ || in_round() ? Result<void>() : quote(c, single_);
      case '"':
        return single_ || in_round() ? Result<void>() : quote(c, double_);
      case ':':
      case ',':
        return quoted() || in_round() ? Result<void>() : mark(c, index);
      default:
        return {};
    }
  }

  Result<void> close_round() {
    ++close_;
    if (in_round()) return {};
    if (!is_script(buffer_)) return bad_script(buffer_);
    out_.push_back({Piece::Is::Text, 0, buffer_});
    buffer_.clear();
    return {};
  }

  Result<void> quote(char c, bool& open) {
    if (buffer_.size() > 1 && buffer_[buffer_.size() - 2] == '\\') {
      buffer_.resize(buffer_.size() - 2);
      buffer_.push_back(c);
      return {};
    }
    open = !open;
    if (open) return buffer_.size() == 1 ? Result<void>() : bad_format(word_);
    if (!is_key(buffer_)) return bad_format(word_);
    out_.push_back({Piece::Is::Text, 0, buffer_});
    buffer_.clear();
    return {};
  }

  Result<void> mark(char c, size_t index) {
    buffer_.pop_back();
    if (!buffer_.empty()) {
      if (c == ':' && !number_of(buffer_)) return bad_format(word_);
      add(buffer_);
    } else if (c == ':' && index == 0) {
      out_.push_back({Piece::Is::Nothing});
    }
    out_.push_back({c == ':' ? Piece::Is::Colon : Piece::Is::Comma});
    buffer_.clear();
    return {};
  }

  std::string_view word_, body_;
  std::string buffer_;
  bool single_ = false, double_ = false;
  int open_ = 0, close_ = 0;
  std::vector<Piece> out_;
};

std::string_view inner(std::string_view text) { return text.substr(1, text.size() - 2); }

Result<ScriptPtr> script_of(std::string_view text, int nesting) {
  return Script::parse(inner(text), nesting);
}

Result<Segment> union_of(std::string_view word, const std::vector<Piece>& items, size_t commas,
                         int nesting) {
  Segment out{.kind = SegmentKind::Union};
  if (commas >= items.size()) return bad_format(word);
  for (const Piece& item : items) {
    if (item.is == Piece::Is::Number) {
      out.arguments.emplace_back(item.number);
    } else if (is_script(item.text)) {
      TRY(ScriptPtr script, script_of(item.text, nesting));
      out.arguments.emplace_back(std::move(script));
    } else if (is_key(item.text)) {
      out.arguments.emplace_back(std::string(inner(item.text)));
    } else {
      return bad_format(word);
    }
  }
  return out;
}

Result<Segment> range_of(std::string_view word, const std::vector<Piece>& items, size_t colons,
                         int nesting) {
  if (colons > 2) return bad_format(word);
  Segment out{.kind = SegmentKind::Range};
  for (size_t i = 0; i < std::min<size_t>(items.size(), 3); ++i) {
    if (items[i].is == Piece::Is::Nothing) {
      out.arguments.emplace_back();
    } else if (items[i].is == Piece::Is::Number) {
      out.arguments.emplace_back(items[i].number);
    } else {
      if (!is_script(items[i].text)) return bad_script(items[i].text);
      TRY(ScriptPtr script, script_of(items[i].text, nesting));
      out.arguments.emplace_back(std::move(script));
    }
  }
  if (out.arguments.size() < 2 && colons != 1) return bad_format(word);
  out.arguments.resize(3);
  return out;
}

Result<Segment> subscript_of(std::string_view word, int nesting) {
  const std::string_view body = trim_space(inner(word));
  if (body.empty()) return bad_format(word);
  if (body == "*") return Segment{.kind = SegmentKind::Wildcard};
  if (body.starts_with('?')) {
    if (!body.starts_with("?(") || !body.ends_with(')') || body.size() < 3) return bad_format(word);
    Segment out{.kind = SegmentKind::Filter};
    TRY(out.script, Script::parse(trim_space(body.substr(2, body.size() - 3)), nesting));
    return out;
  }
  TRY(const std::vector<Piece> pieces, Subscript(word, body).pieces());
  if (pieces.size() == 1) {
    const Piece& only = pieces[0];
    if (only.is == Piece::Is::Number)
      return Segment{.kind = SegmentKind::Index, .index = only.number};
    if (is_key(only.text))
      return Segment{.kind = SegmentKind::Key, .key = std::string(inner(only.text))};
    if (!is_script(only.text)) return bad_format(word);
    Segment out{.kind = SegmentKind::Script};
    TRY(out.script, script_of(only.text, nesting));
    return out;
  }
  size_t colons = 0, commas = 0;
  bool after_colon = false;
  std::vector<Piece> items;
  for (const Piece& piece : pieces) {
    if (piece.is == Piece::Is::Colon) {
      ++colons;
      if (after_colon) items.push_back({Piece::Is::Nothing});
      after_colon = true;
      continue;
    }
    after_colon = false;
    if (piece.is == Piece::Is::Comma) {
      ++commas;
    } else {
      items.push_back(piece);
    }
  }
  if (colons > 0 && commas == 0) return range_of(word, items, colons, nesting);
  if (commas > 0 && colons == 0) return union_of(word, items, commas, nesting);
  return bad_format(word);
}

Result<Segment> segment_of(std::string_view word, int nesting) {
  word = trim_space(word);
  if (word.empty()) return Error("invalid token. token string is empty");
  if (word == "$") return Segment{.kind = SegmentKind::Root};
  if (word == "@") return Segment{.kind = SegmentKind::Current};
  if (word == "*") return Segment{.kind = SegmentKind::Wildcard};
  if (word == "..") return Segment{.kind = SegmentKind::Recursive};
  if (word == "length") return Segment{.kind = SegmentKind::Length};
  if (!word.starts_with('[')) return Segment{.kind = SegmentKind::Key, .key = std::string(word)};
  if (!word.ends_with(']') || word.size() < 2) return bad_format(word);
  return subscript_of(word, nesting);
}

}  // namespace

Result<Path> parse_path(std::string_view text, int nesting) {
  if (nesting > kNestingMax) return Error("invalid expression. nested too deeply");
  TRY(const std::vector<std::string> words, Cutter(text).cut());
  Path out;
  for (const std::string& word : words) {
    TRY(Segment segment, segment_of(word, nesting + 1));
    out.push_back(std::move(segment));
  }
  return out;
}

}  // namespace wf::expr::jsonpath
