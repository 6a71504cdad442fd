// SPDX-License-Identifier: Apache-2.0
// go-yaml v2's Marshal by libyaml's emitter: the styles are chosen here, the emitter writes them.
#include <yaml.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/check.h"
#include "json/detail/yaml_node.h"
#include "base/utf8.h"
#include "json/utf8.h"
#include "json/yaml.h"

namespace wf::json {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// YAML 1.1's numbers of base 60, which go-yaml writes quoted:
// [-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?
bool base60(std::string_view text) {
  size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  if (at >= text.size() || !digit(text[at])) return false;
  while (at < text.size() && (digit(text[at]) || text[at] == '_')) ++at;
  if (at >= text.size() || text[at] != ':') return false;
  while (at < text.size() && text[at] == ':') {
    ++at;
    if (at + 1 < text.size() && text[at] <= '5' && digit(text[at]) && digit(text[at + 1])) ++at;
    if (at >= text.size() || !digit(text[at])) return false;
    ++at;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    while (at < text.size() && (digit(text[at]) || text[at] == '_')) ++at;
  }
  return at == text.size();
}

// The characters of a key, and whether Go calls them letters or digits; beyond ASCII only the
// ranges that hold nothing else are told from signs.
struct Rune {
  uint32_t code;
  bool letter() const {
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') ||
           (code >= 0xc0 && code < 0x2000 && code != 0xd7 && code != 0xf7) ||
           (code >= 0x3040 && code < 0xe000) || code == 0xaa || code == 0xb5 || code == 0xba;
  }
  bool digit() const { return code >= '0' && code <= '9'; }
};

std::vector<Rune> runes(std::string_view text) {
  std::vector<Rune> list;
  while (!text.empty()) {
    const size_t length = std::max<size_t>(utf8_length(text), 1);
    auto code = static_cast<uint32_t>(static_cast<unsigned char>(text[0]));
    if (length > 1) code &= 0x7fu >> length;
    for (size_t i = 1; i < length; ++i)
      code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
    list.push_back({code});
    text.remove_prefix(length);
  }
  return list;
}

// go-yaml's order of keys: signs before letters, numbers within them by size.
bool key_less(const std::vector<Rune>& a, const std::vector<Rune>& b) {
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i].code == b[i].code) continue;
    if (a[i].letter() && b[i].letter()) return a[i].code < b[i].code;
    if (a[i].letter() || b[i].letter()) return b[i].letter();
    int64_t x = 0, y = 0;
    if (a[i].code == '0' || b[i].code == '0') {
      for (size_t j = i; j > 0 && a[j - 1].digit(); --j) {
        if (a[j - 1].code != '0') {
          x = y = 1;
          break;
        }
      }
    }
    const auto number = [i](const std::vector<Rune>& of, int64_t& value) {
      size_t at = i;
      for (; at < of.size() && of[at].digit(); ++at) {
        value = static_cast<int64_t>(static_cast<uint64_t>(value) * 10 + (of[at].code - '0'));
      }
      return at;
    };
    const size_t x_end = number(a, x), y_end = number(b, y);
    if (x != y) return x < y;
    if (x_end != y_end) return x_end < y_end;
    return a[i].code < b[i].code;
  }
  return a.size() < b.size();
}

// strconv.FormatFloat(number, 'g', -1, 64)
std::string go_float(double number) {
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, number, std::chars_format::scientific).ptr;
  std::string text(buffer, end);
  const int exponent = std::atoi(text.c_str() + text.find('e') + 1);
  if (number != 0 && (exponent < -4 || exponent >= 6)) return text;
  return std::string(Value::number(number).number_text());
}

class Emitter {
 public:
  explicit Emitter(std::string& out) : out_(out) {
    CHECK(yaml_emitter_initialize(&emitter_) != 0);
    yaml_emitter_set_unicode(&emitter_, 1);
    yaml_emitter_set_output(
        &emitter_,
        [](void* to, unsigned char* bytes, size_t size) {
          static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), size);
          return 1;
        },
        &out_);
  }
  Emitter(const Emitter&) = delete;
  Emitter& operator=(const Emitter&) = delete;
  ~Emitter() { yaml_emitter_delete(&emitter_); }

  void document(const Value& value) {
    yaml_event_t event;
    emit(yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING), event);
    emit(yaml_document_start_event_initialize(&event, nullptr, nullptr, nullptr, 1), event);
    node(value);
    emit(yaml_document_end_event_initialize(&event, 1), event);
    emitter_.open_ended = 0;  // go-yaml writes no "..." after a kept last line
    emit(yaml_stream_end_event_initialize(&event), event);
  }

 private:
  void emit(int made, yaml_event_t& event) {
    CHECK(made != 0);
    CHECK(yaml_emitter_emit(&emitter_, &event) != 0);
  }

  void node(const Value& value) {
    yaml_event_t event;
    switch (value.kind()) {
      case Kind::Null:
        scalar("null", YAML_PLAIN_SCALAR_STYLE);
        break;
      case Kind::Bool:
        scalar(value.as_bool() ? "true" : "false", YAML_PLAIN_SCALAR_STYLE);
        break;
      case Kind::Number:
        number(value.number_text());
        break;
      case Kind::String:
        text(value.as_string());
        break;
      case Kind::Array:
        emit(yaml_sequence_start_event_initialize(&event, nullptr, nullptr, 1,
                                                  YAML_BLOCK_SEQUENCE_STYLE),
             event);
        for (const Value& item : value.items()) node(item);
        emit(yaml_sequence_end_event_initialize(&event), event);
        break;
      case Kind::Object:
        emit(yaml_mapping_start_event_initialize(&event, nullptr, nullptr, 1,
                                                 YAML_BLOCK_MAPPING_STYLE),
             event);
        for (const Member* member : in_order(value)) {
          text(member->key());
          node(member->value);
        }
        emit(yaml_mapping_end_event_initialize(&event), event);
        break;
    }
  }

  static std::vector<const Member*> in_order(const Value& object) {
    std::vector<std::pair<std::vector<Rune>, const Member*>> keyed;
    for (const Member& member : object.members()) keyed.emplace_back(runes(member.key()), &member);
    // Stable: numbers that overflow make the order inconsistent.
    std::stable_sort(keyed.begin(), keyed.end(),
                     [](const auto& a, const auto& b) { return key_less(a.first, b.first); });
    std::vector<const Member*> members;
    for (const auto& [unused, member] : keyed) members.push_back(member);
    return members;
  }

  void number(std::string_view digits) {
    const auto resolved = detail::resolve("", digits);
    CHECK(resolved.ok());
    switch (resolved->type) {
      case detail::Scalar::Type::Int:
      case detail::Scalar::Type::Unsigned:
        scalar(resolved->text, YAML_PLAIN_SCALAR_STYLE);
        break;
      case detail::Scalar::Type::Float:
        scalar(go_float(resolved->number), YAML_PLAIN_SCALAR_STYLE);
        break;
      default:
        scalar(digits, YAML_PLAIN_SCALAR_STYLE);
        break;
    }
  }

  void text(std::string_view text) {
    const std::string valid = valid_utf8(text) ? std::string() : to_valid_utf8(text);
    if (!valid.empty()) text = valid;
    const auto resolved = detail::resolve("", text);
    const bool plain =
        resolved.ok() && resolved->type == detail::Scalar::Type::Text && !base60(text);
    scalar(text, text.find('\n') != std::string_view::npos ? YAML_LITERAL_SCALAR_STYLE
                 : plain                                   ? YAML_PLAIN_SCALAR_STYLE
                                                           : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
  }

  void scalar(std::string_view text, yaml_scalar_style_t style) {
    yaml_event_t event;
    emit(yaml_scalar_event_initialize(&event, nullptr, nullptr,
                                      reinterpret_cast<const yaml_char_t*>(text.data()),
                                      static_cast<int>(text.size()), 1, 1, style),
         event);
  }

  std::string& out_;
  yaml_emitter_t emitter_{};
};

}  // namespace

std::string print_yaml(const Value& value) {
  std::string out;
  Emitter(out).document(value);
  return out;
}

}  // namespace wf::json
