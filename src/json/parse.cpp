// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/text.h"
#include "base/utf8.h"
#include "json/text.h"
#include "json/utf8.h"

namespace wf::json {
namespace {

constexpr uint64_t kOnes = 0x0101010101010101ull;
constexpr uint64_t kHighs = 0x8080808080808080ull;

// Nonzero where one of the eight bytes is a quote, a backslash, a control or not ASCII.
inline uint64_t special(uint64_t word) {
  const uint64_t quote = word ^ (kOnes * '"');
  const uint64_t backslash = word ^ (kOnes * '\\');
  return (word | (word - kOnes * 0x20) | ((quote - kOnes) & ~quote) |
          ((backslash - kOnes) & ~backslash)) &
         kHighs;
}

// Values that are complete wait on a stack until their container ends; then it takes them all at
// once, in storage of the right size. Containers that are open have a stack of their own, so that
// depth costs no native stack.
class Parser {
 public:
  Parser(std::string_view text, std::vector<std::string>* duplicates)
      : begin_(text.data()),
        at_(text.data()),
        end_(text.data() + text.size()),
        duplicates_(duplicates) {}

  Result<Value> document() {
    if (value()) {
      skip_space();
      if (at_ != end_) unexpected("after top-level value");
    }
    if (!problem_.empty()) return located();
    return std::move(stack_.back());
  }

 private:
  struct Open {
    size_t start;  // of what it holds so far, on the stack
    bool object;
  };

  Error located() const {
    size_t line = 1, column = 1;
    for (const char* c = begin_; c < at_; ++c) {
      column = *c == '\n' ? 1 : column + 1;
      line += *c == '\n' ? 1 : 0;
    }
    return Error(cat("line ", line, ", column ", column, ": ", problem_));
  }
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }
  // As Go shows a byte: as the code point of that number.
  static std::string quoted(char c) {
    if (c == '\'') return "'\\''";
    if (c == '"') return "'\"'";
    std::string text;
    append_rune(text, static_cast<unsigned char>(c));
    const std::string in_quotes = go_quote(text);
    return cat("'", std::string_view(in_quotes).substr(1, in_quotes.size() - 2), "'");
  }
  bool unexpected(std::string_view where) {
    if (at_ >= end_) return fail("unexpected end of JSON input");
    return fail(cat("invalid character ", quoted(*at_), " ", where));
  }
  void skip_space() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r')) ++at_;
  }
  bool next_is(char c) const { return at_ < end_ && *at_ == c; }
  bool digit() const { return at_ < end_ && *at_ >= '0' && *at_ <= '9'; }

  // One whole value onto the stack.
  bool value() {
    while (true) {
      bool opened = false;
      if (!beginning(opened)) return false;
      if (opened) continue;
      bool more = false;
      while (!open_.empty() && !more) {
        if (!after_value(more)) return false;
      }
      if (!more) return true;
    }
  }

  // A scalar or an empty container onto the stack; or a container is opened and its first value
  // comes next.
  bool beginning(bool& opened) {
    skip_space();
    if (at_ >= end_) return unexpected("");
    switch (*at_) {
      case '{':
      case '[':
        break;
      case '"':
        return string();
      case 't':
        return literal("true", Value(true));
      case 'f':
        return literal("false", Value(false));
      case 'n':
        return literal("null", Value());
      default:
        return number();
    }
    const bool object = *at_++ == '{';
    skip_space();
    if (next_is(object ? '}' : ']')) {
      ++at_;
      stack_.push_back(object ? Value::object() : Value::array());
      return true;
    }
    if (open_.size() >= kDepthMax) return fail("exceeded max depth");
    open_.push_back({stack_.size(), object});
    opened = true;
    return !object || key();
  }

  // A comma, and an object's next key; or the end of the container, which is a value itself.
  bool after_value(bool& more) {
    const Open& open = open_.back();
    skip_space();
    if (next_is(',')) {
      ++at_;
      more = true;
      return !open.object || key();
    }
    if (!next_is(open.object ? '}' : ']')) {
      return unexpected(open.object ? "after object key:value pair" : "after array element");
    }
    ++at_;
    const auto held = std::span(stack_).subspan(open.start);
    Value container = open.object ? Value::object_of(held) : Value::array_of(held);
    stack_.resize(open.start);
    stack_.push_back(std::move(container));
    open_.pop_back();
    return true;
  }

  bool key() {
    skip_space();
    if (!next_is('"')) return unexpected("looking for beginning of object key string");
    if (!string()) return false;
    if (duplicates_ != nullptr) note_duplicate(open_.back().start);
    skip_space();
    if (!next_is(':')) return unexpected("after object key");
    ++at_;
    return true;
  }

  bool literal(std::string_view word, Value value) {
    for (const char c : word) {
      if (!next_is(c)) return unexpected(cat("in literal ", word, " (expecting '", c, "')"));
      ++at_;
    }
    stack_.push_back(std::move(value));
    return true;
  }

  bool number() {
    const char* from = at_;
    if (*at_ == '-') ++at_;
    if (!digit())
      return unexpected(from == at_ ? "looking for beginning of value" : "in numeric literal");
    if (*at_ == '0') {
      ++at_;
    } else {
      while (digit()) ++at_;
    }
    if (next_is('.')) {
      ++at_;
      if (!digit()) return unexpected("after decimal point in numeric literal");
      while (digit()) ++at_;
    }
    if (next_is('e') || next_is('E')) {
      ++at_;
      if (next_is('+') || next_is('-')) ++at_;
      if (!digit()) return unexpected("in exponent of numeric literal");
      while (digit()) ++at_;
    }
    stack_.push_back(Value::number(std::string_view(from, static_cast<size_t>(at_ - from))));
    return true;
  }

  bool string() {
    const char* from = ++at_;
    while (end_ - at_ >= 8) {
      uint64_t word;
      std::memcpy(&word, at_, 8);
      if (const uint64_t found = special(word); found != 0) {
        // The lowest bit is exact; on other machines the loop below finds the byte.
        if constexpr (std::endian::native == std::endian::little)
          at_ += std::countr_zero(found) / 8;
        break;
      }
      at_ += 8;
    }
    while (at_ < end_ && *at_ != '"') {
      const auto c = static_cast<unsigned char>(*at_);
      if (c < 0x20 || c >= 0x80 || c == '\\') return string_with_escapes(from);
      ++at_;
    }
    if (at_ >= end_) return unexpected("");
    stack_.push_back(std::string_view(from, static_cast<size_t>(at_ - from)));
    ++at_;
    return true;
  }

  // A string that begins at `from` and is plain up to at_.
  bool string_with_escapes(const char* from) {
    std::string out;
    bool ascii = true;
    while (true) {
      while (at_ < end_ && *at_ != '"' && *at_ != '\\' &&
             static_cast<unsigned char>(*at_) >= 0x20) {
        ascii = ascii && static_cast<unsigned char>(*at_) < 0x80;
        ++at_;
      }
      out.append(from, at_);
      if (at_ >= end_) return unexpected("");
      if (*at_ == '"') break;
      if (*at_ != '\\') return unexpected("in string literal");
      ++at_;
      if (!escape(out)) return false;
      from = at_;
    }
    ++at_;
    stack_.push_back(ascii || valid_utf8(out) ? Value(out) : Value(to_valid_utf8(out)));
    return true;
  }

  // What follows a backslash.
  bool escape(std::string& out) {
    if (at_ >= end_) return unexpected("");
    switch (*at_++) {
      case '"':
        out.push_back('"');
        return true;
      case '\\':
        out.push_back('\\');
        return true;
      case '/':
        out.push_back('/');
        return true;
      case 'b':
        out.push_back('\b');
        return true;
      case 'f':
        out.push_back('\f');
        return true;
      case 'n':
        out.push_back('\n');
        return true;
      case 'r':
        out.push_back('\r');
        return true;
      case 't':
        out.push_back('\t');
        return true;
      case 'u':
        break;
      default:
        --at_;
        return unexpected("in string escape code");
    }
    uint32_t rune = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const int digit = at_ < end_ ? hex(*at_) : -1;
      if (digit < 0) return unexpected("in \\u hexadecimal character escape");
      rune = rune * 16 + static_cast<uint32_t>(digit);
    }
    if (rune >= 0xd800 && rune < 0xdc00) rune = with_low_surrogate(rune);
    append_rune(out, rune);
    return true;
  }

  static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  }
  // The pair's character, if a low surrogate follows; else `high` as it is.
  uint32_t with_low_surrogate(uint32_t high) {
    if (end_ - at_ < 6 || at_[0] != '\\' || at_[1] != 'u') return high;
    uint32_t low = 0;
    for (int i = 2; i < 6; ++i) {
      const int digit = hex(at_[i]);
      if (digit < 0) return high;
      low = low * 16 + static_cast<uint32_t>(digit);
    }
    if (low < 0xdc00 || low > 0xdfff) return high;
    at_ += 6;
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  }

  void note_duplicate(size_t start) {
    const std::string_view key = stack_.back().as_string();
    size_t times = 0;
    for (size_t i = start; i + 1 < stack_.size(); i += 2)
      times += stack_[i].as_string() == key ? 1 : 0;
    if (times == 0) return;
    std::string path;
    for (size_t i = 0; i < open_.size(); ++i) {
      const size_t last = (i + 1 < open_.size() ? open_[i + 1].start : stack_.size()) - 1;
      if (open_[i].object) {
        path.append(path.empty() ? "" : ".").append(stack_[last].as_string());
      } else {
        path.append(cat("[", last + 1 - open_[i].start, "]"));
      }
    }
    duplicates_->push_back(std::move(path));
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  std::vector<Value> stack_;
  std::vector<Open> open_;
  std::vector<std::string>* duplicates_;
  std::string problem_;
};

}  // namespace

Result<Value> parse(std::string_view text) { return Parser(text, nullptr).document(); }

Result<Value> parse(std::string_view text, std::vector<std::string>& duplicates) {
  return Parser(text, &duplicates).document();
}

}  // namespace wf::json
