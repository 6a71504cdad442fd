// SPDX-License-Identifier: Apache-2.0
#include "json/text.h"

#include <cstdint>

#include "base/text.h"

namespace wf::json {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Value> document() {
    TRY(Value value, parse_value(0));
    skip_space();
    if (at_ != text_.size()) return unexpected("after top-level value");
    return value;
  }

 private:
  Error fail(std::string_view what) const {
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at_ && i < text_.size(); ++i) {
      if (text_[i] == '\n') {
        ++line;
        column = 1;
      } else {
        ++column;
      }
    }
    return Error(cat("line ", line, ", column ", column, ": ", what));
  }
  Error unexpected(std::string_view where) const {
    if (at_ >= text_.size()) return fail("unexpected end of JSON input");
    return fail(cat("invalid character '", text_.substr(at_, 1), "' ", where));
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }

  Result<Value> parse_value(int depth) {
    if (depth > kDepthMax) return fail("exceeded max depth");
    skip_space();
    if (at_ >= text_.size()) return unexpected("");
    switch (text_[at_]) {
      case '{': return parse_object(depth);
      case '[': return parse_array(depth);
      case '"': {
        TRY(std::string text, parse_string());
        return Value(std::string_view(text));
      }
      case 't': return literal("true", Value(true));
      case 'f': return literal("false", Value(false));
      case 'n': return literal("null", Value());
      default: return parse_number();
    }
  }

  Result<Value> literal(std::string_view word, Value value) {
    if (text_.substr(at_, word.size()) != word) return unexpected(cat("in literal ", word));
    at_ += word.size();
    return value;
  }

  bool digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }

  Result<Value> parse_number() {
    const size_t from = at_;
    if (text_[at_] == '-') ++at_;
    if (!digit()) return unexpected(from == at_ ? "looking for beginning of value" : "in numeric literal");
    if (text_[at_] == '0') {
      ++at_;
    } else {
      while (digit()) ++at_;
    }
    if (at_ < text_.size() && text_[at_] == '.') {
      ++at_;
      if (!digit()) return unexpected("after decimal point in numeric literal");
      while (digit()) ++at_;
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
      ++at_;
      if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
      if (!digit()) return unexpected("in exponent of numeric literal");
      while (digit()) ++at_;
    }
    return Value::number(text_.substr(from, at_ - from));
  }

  int hex4(size_t at) const {
    if (at + 4 > text_.size()) return -1;
    int value = 0;
    for (size_t i = at; i < at + 4; ++i) {
      const char c = text_[i];
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    return value;
  }

  static void append_utf8(std::string& out, uint32_t rune) {
    const auto byte = [&](uint32_t b) { out.push_back(static_cast<char>(b)); };
    if (rune < 0x80) {
      byte(rune);
    } else if (rune < 0x800) {
      byte(0xc0 | rune >> 6), byte(0x80 | (rune & 0x3f));
    } else if (rune < 0x10000) {
      byte(0xe0 | rune >> 12), byte(0x80 | (rune >> 6 & 0x3f)), byte(0x80 | (rune & 0x3f));
    } else {
      byte(0xf0 | rune >> 18), byte(0x80 | (rune >> 12 & 0x3f)), byte(0x80 | (rune >> 6 & 0x3f)), byte(0x80 | (rune & 0x3f));
    }
  }

  Result<std::string> parse_string() {
    std::string out;
    ++at_;
    while (true) {
      const size_t from = at_;
      while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' && static_cast<unsigned char>(text_[at_]) >= 0x20) ++at_;
      out.append(text_.substr(from, at_ - from));
      if (at_ >= text_.size()) return unexpected("");
      if (text_[at_] == '"') {
        ++at_;
        return out;
      }
      if (text_[at_] != '\\') return unexpected("in string literal");
      ++at_;
      if (at_ >= text_.size()) return unexpected("");
      switch (text_[at_]) {
        case '"': case '\\': case '/': out.push_back(text_[at_]); break;
        case 'b': out.push_back('\b'); break;
        case 'f': out.push_back('\f'); break;
        case 'n': out.push_back('\n'); break;
        case 'r': out.push_back('\r'); break;
        case 't': out.push_back('\t'); break;
        case 'u': {
          const int first = hex4(at_ + 1);
          if (first < 0) return unexpected("in \\u hexadecimal character escape");
          at_ += 4;
          auto rune = static_cast<uint32_t>(first);
          if (rune >= 0xd800 && rune < 0xdc00 && text_.substr(at_ + 1, 2) == "\\u") {
            const int second = hex4(at_ + 3);
            if (second >= 0xdc00 && second < 0xe000) {
              rune = 0x10000 + ((rune - 0xd800) << 10) + (static_cast<uint32_t>(second) - 0xdc00);
              at_ += 6;
            }
          }
          if (rune >= 0xd800 && rune < 0xe000) rune = 0xfffd;
          append_utf8(out, rune);
          break;
        }
        default: return unexpected("in string escape code");
      }
      ++at_;
    }
  }

  Result<Value> parse_array(int depth) {
    ++at_;
    Value array = Value::array();
    skip_space();
    if (at_ < text_.size() && text_[at_] == ']') {
      ++at_;
      return array;
    }
    while (true) {
      TRY(Value item, parse_value(depth + 1));
      array.push_back(std::move(item));
      skip_space();
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
      } else if (at_ < text_.size() && text_[at_] == ']') {
        ++at_;
        return array;
      } else {
        return unexpected("after array element");
      }
    }
  }

  Result<Value> parse_object(int depth) {
    ++at_;
    Value object = Value::object();
    skip_space();
    if (at_ < text_.size() && text_[at_] == '}') {
      ++at_;
      return object;
    }
    while (true) {
      skip_space();
      if (at_ >= text_.size() || text_[at_] != '"') return unexpected("looking for beginning of object key string");
      TRY(const std::string key, parse_string());
      skip_space();
      if (at_ >= text_.size() || text_[at_] != ':') return unexpected("after object key");
      ++at_;
      TRY(Value value, parse_value(depth + 1));
      object.set(key, std::move(value));
      skip_space();
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
      } else if (at_ < text_.size() && text_[at_] == '}') {
        ++at_;
        return object;
      } else {
        return unexpected("after object key:value pair");
      }
    }
  }

  std::string_view text_;
  size_t at_ = 0;
};

void append_indented(std::string& out, const Value& value, std::string_view indent, int depth, Escape escape) {
  const auto line = [&](int level) {
    out.push_back('\n');
    for (int i = 0; i < level; ++i) out.append(indent);
  };
  if (value.is_array() && !value.empty()) {
    out.push_back('[');
    bool first = true;
    for (const Value& item : value.items()) {
      if (!first) out.push_back(',');
      first = false;
      line(depth + 1);
      append_indented(out, item, indent, depth + 1, escape);
    }
    line(depth);
    out.push_back(']');
  } else if (value.is_object() && !value.empty()) {
    out.push_back('{');
    bool first = true;
    for (const Member& member : value.members()) {
      if (!first) out.push_back(',');
      first = false;
      line(depth + 1);
      append_quoted(out, member.key(), escape);
      out.append(": ");
      append_indented(out, member.value, indent, depth + 1, escape);
    }
    line(depth);
    out.push_back('}');
  } else {
    append(out, value, escape);
  }
}

}  // namespace

Result<Value> parse(std::string_view text) { return Parser(text).document(); }

void append_quoted(std::string& out, std::string_view text, Escape escape) {
  static constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(text[i]);
    } else if (c == '\n') {
      out.append("\\n");
    } else if (c == '\r') {
      out.append("\\r");
    } else if (c == '\t') {
      out.append("\\t");
    } else if (c == '\b') {
      out.append("\\b");
    } else if (c == '\f') {
      out.append("\\f");
    } else if (c < 0x20 || (escape == Escape::Html && (c == '<' || c == '>' || c == '&'))) {
      out.append("\\u00").push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
    } else if (c == 0xe2 && text.substr(i, 3) == "\xe2\x80\xa8") {
      out.append("\\u2028");
      i += 2;
    } else if (c == 0xe2 && text.substr(i, 3) == "\xe2\x80\xa9") {
      out.append("\\u2029");
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  out.push_back('"');
}

void append(std::string& out, const Value& value, Escape escape) {
  switch (value.kind()) {
    case Kind::Null: out.append("null"); break;
    case Kind::Bool: out.append(value.as_bool() ? "true" : "false"); break;
    case Kind::Number: out.append(value.number_text()); break;
    case Kind::String: append_quoted(out, value.as_string(), escape); break;
    case Kind::Array: {
      out.push_back('[');
      bool first = true;
      for (const Value& item : value.items()) {
        if (!first) out.push_back(',');
        first = false;
        append(out, item, escape);
      }
      out.push_back(']');
      break;
    }
    case Kind::Object: {
      out.push_back('{');
      bool first = true;
      for (const Member& member : value.members()) {
        if (!first) out.push_back(',');
        first = false;
        append_quoted(out, member.key(), escape);
        out.push_back(':');
        append(out, member.value, escape);
      }
      out.push_back('}');
      break;
    }
  }
}

std::string print(const Value& value, Escape escape) {
  std::string out;
  append(out, value, escape);
  return out;
}

std::string print_indented(const Value& value, std::string_view indent, Escape escape) {
  std::string out;
  append_indented(out, value, indent, 0, escape);
  return out;
}

}  // namespace wf::json
