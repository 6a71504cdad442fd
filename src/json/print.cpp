// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>
#include <cstring>

#include "json/text.h"
#include "json/utf8.h"

namespace wf::json {
namespace {

enum Class : uint8_t { Plain, Escaped, Html, Beyond };  // Beyond: not ASCII

constexpr std::array<uint8_t, 256> kClass = [] {
  std::array<uint8_t, 256> table{};
  for (size_t c = 0; c < 0x20; ++c) table[c] = Escaped;
  table['"'] = table['\\'] = Escaped;
  table['<'] = table['>'] = table['&'] = Html;
  for (size_t c = 0x80; c < 0x100; ++c) table[c] = Beyond;
  return table;
}();

void append_escaped(std::string& out, char c) {
  static constexpr char kHex[] = "0123456789abcdef";
  switch (c) {
    case '"':
      out.append("\\\"");
      return;
    case '\\':
      out.append("\\\\");
      return;
    case '\n':
      out.append("\\n");
      return;
    case '\r':
      out.append("\\r");
      return;
    case '\t':
      out.append("\\t");
      return;
    case '\b':
      out.append("\\b");
      return;
    case '\f':
      out.append("\\f");
      return;
    default:
      break;
  }
  out.append("\\u00").push_back(kHex[static_cast<unsigned char>(c) >> 4]);
  out.push_back(kHex[c & 15]);
}

// The character at `rest`, which is not ASCII; how many bytes it took.
size_t append_beyond(std::string& out, std::string_view rest) {
  const size_t length = utf8_length(rest);
  if (length == 0) {
    out.append("\\ufffd");
    return 1;
  }
  const std::string_view character = rest.substr(0, length);
  if (character == "\xe2\x80\xa8") {
    out.append("\\u2028");
  } else if (character == "\xe2\x80\xa9") {
    out.append("\\u2029");
  } else {
    out.append(character);
  }
  return length;
}

// One printer for both forms.
class Printer {
 public:
  Printer(std::string& out, bool pretty, std::string_view indent, Escape escape)
      : out_(out), pretty_(pretty), indent_(indent), escape_(escape) {}

  void value(const Value& value, int depth) {
    switch (value.kind()) {
      case Kind::Null:
        out_.append("null");
        break;
      case Kind::Bool:
        out_.append(value.as_bool() ? "true" : "false");
        break;
      case Kind::Number:
        out_.append(value.number_text());
        break;
      case Kind::String:
        append_quoted(out_, value.as_string(), escape_);
        break;
      case Kind::Array:
        array(value, depth);
        break;
      case Kind::Object:
        object(value, depth);
        break;
    }
  }

 private:
  void line(int depth) {
    if (!pretty_) return;
    out_.push_back('\n');
    for (int i = 0; i < depth; ++i) out_.append(indent_);
  }
  void array(const Value& value, int depth) {
    char before = '[';
    for (const Value& item : value.items()) {
      out_.push_back(before);
      line(depth + 1);
      this->value(item, depth + 1);
      before = ',';
    }
    if (before == '[') {
      out_.append("[]");
      return;
    }
    line(depth);
    out_.push_back(']');
  }
  void object(const Value& value, int depth) {
    char before = '{';
    for (const Member& member : value.members()) {
      out_.push_back(before);
      line(depth + 1);
      append_quoted(out_, member.key(), escape_);
      out_.append(pretty_ ? ": " : ":");
      this->value(member.value, depth + 1);
      before = ',';
    }
    if (before == '{') {
      out_.append("{}");
      return;
    }
    line(depth);
    out_.push_back('}');
  }

  std::string& out_;
  bool pretty_;
  std::string_view indent_;
  Escape escape_;
};

}  // namespace

void append_quoted(std::string& out, std::string_view text, Escape escape) {
  const auto plain = [&](char c) {
    const uint8_t kind = kClass[static_cast<unsigned char>(c)];
    return kind == Plain || (kind == Html && escape == Escape::None);
  };
  size_t i = 0;
  while (i < text.size() && plain(text[i])) ++i;
  if (i == text.size()) {  // nearly always
    const size_t at = out.size();
    out.resize(at + i + 2);
    out[at] = out[at + i + 1] = '"';
    std::memcpy(&out[at + 1], text.data(), i);
    return;
  }
  out.push_back('"');
  size_t from = 0;
  while (i < text.size()) {
    if (plain(text[i])) {
      ++i;
      continue;
    }
    out.append(text, from, i - from);
    if (kClass[static_cast<unsigned char>(text[i])] == Beyond) {
      i += append_beyond(out, text.substr(i));
    } else {
      append_escaped(out, text[i++]);
    }
    from = i;
  }
  out.append(text, from);
  out.push_back('"');
}

void append(std::string& out, const Value& value, Escape escape) {
  Printer(out, false, "", escape).value(value, 0);
}

std::string print(const Value& value, Escape escape) {
  std::string out;
  append(out, value, escape);
  return out;
}

std::string print_indented(const Value& value, std::string_view indent, Escape escape) {
  std::string out;
  Printer(out, true, indent, escape).value(value, 0);
  return out;
}

}  // namespace wf::json
