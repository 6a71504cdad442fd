// SPDX-License-Identifier: Apache-2.0
#include "json/yaml.h"

#include <charconv>
#include <cmath>
#include <unordered_map>

#include "base/text.h"
#include "json/detail/yaml_node.h"
#include "json/pointer.h"
#include "base/utf8.h"
#include "json/utf8.h"

namespace wf::json {
namespace {

using detail::Node;
using detail::NodeKind;
using detail::Scalar;

// go-yaml's limit on what aliases may add: most of a small document, a tenth of a large one.
double allowed_alias_ratio(int decoded) {
  constexpr int kLow = 400'000, kHigh = 4'000'000;
  if (decoded <= kLow) return 0.99;
  if (decoded >= kHigh) return 0.10;
  return 0.99 - 0.89 * (static_cast<double>(decoded - kLow) / static_cast<double>(kHigh - kLow));
}

// strconv.FormatFloat(number, 'g', -1, 32): how a float becomes a key.
std::string float_key(double number) {
  const auto narrow = static_cast<float>(number);
  if (std::isnan(narrow)) return ".nan";
  if (std::isinf(narrow)) return narrow > 0 ? ".inf" : "-.inf";
  char buffer[64];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, narrow, std::chars_format::scientific).ptr;
  const std::string text(buffer, end);
  const int exponent = std::atoi(text.c_str() + text.find('e') + 1);
  if (exponent < -4 || exponent >= 6) return text;
  const auto fixed =
      std::to_chars(buffer, buffer + sizeof buffer, narrow, std::chars_format::fixed).ptr;
  return std::string(buffer, fixed);
}

// A mapping on its way to an object. Keys are told apart by type and value, as Go's map does.
struct Mapping {
  std::vector<Value> names_and_values;
  std::vector<Places> places;
  std::unordered_map<std::string, size_t> known;  // identity to index of the pair
};

class Decoder {
 public:
  Decoder(bool strict, uint32_t first_line) : strict_(strict), shift_(first_line - 1) {}

  Result<Document> document(const Node* root) {
    ++decoded_;
    Document document;
    TRY_DO(decode(root, document.value, document.places));
    document.places.key = document.places.value;
    if (!problems_.empty())
      return Error(cat("yaml: unmarshal errors:\n  ", join(problems_, "\n  ")));
    return document;
  }

 private:
  Result<void> count() {
    ++decoded_;
    if (alias_depth_ > 0) ++from_aliases_;
    if (from_aliases_ > 100 && decoded_ > 1000 &&
        static_cast<double>(from_aliases_) / static_cast<double>(decoded_) >
            allowed_alias_ratio(decoded_)) {
      return Error("yaml: document contains excessive aliasing");
    }
    return {};
  }

  Position at(const Node* node) const { return {node->at.line + shift_, node->at.column}; }

  Result<void> decode(const Node* node, Value& out, Places& places) {
    TRY_DO(count());
    places.value = at(node);
    switch (node->kind) {
      case NodeKind::Scalar:
        return scalar(node, out);
      case NodeKind::Alias: {
        TRY_DO(follow(node, [&](const Node* target) { return decode(target, out, places); }));
        places.value = at(node);
        return {};
      }
      case NodeKind::Sequence:
        return sequence(node, out, places);
      case NodeKind::Mapping: {
        Mapping mapping;
        TRY_DO(members(node, mapping));
        return finish(mapping, out, places);
      }
    }
    return {};
  }

  template <class Use>
  Result<void> follow(const Node* alias, Use use) {
    auto* mark = const_cast<Node*>(alias);
    if (mark->being_expanded)
      return Error(cat("yaml: anchor '", alias->text, "' value contains itself"));
    mark->being_expanded = true;
    ++alias_depth_;
    TRY_DO(use(alias->target));
    --alias_depth_;
    mark->being_expanded = false;
    return {};
  }

  static Result<Scalar> resolved(const Node* node) {
    if (node->tag.empty() && !node->implicit) return Scalar{.text = node->text};
    if (node->tag == "tag:yaml.org,2002:binary") {
      TRY(std::string bytes, decode_base64(node->text));
      return Scalar{.text = std::move(bytes)};
    }
    return detail::resolve(node->tag, node->text);
  }

  static Result<std::string> decode_base64(std::string_view text) {
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const Error bad("yaml: !!binary value contains invalid base64 data");
    std::string digits;
    for (const char c : text) {
      if (c != '\n' && c != '\r') digits.push_back(c);
    }
    if (digits.size() % 4 != 0) return bad;
    std::string bytes;
    for (size_t i = 0; i < digits.size(); i += 4) {
      size_t padding = 0;
      uint32_t word = 0;
      for (size_t j = 0; j < 4; ++j) {
        const size_t digit = kDigits.find(digits[i + j]);
        if (digits[i + j] == '=' && i + 4 == digits.size() && j >= 2) {
          ++padding;
        } else if (digit == std::string_view::npos || padding > 0) {
          return bad;
        }
        word = word << 6 | (padding > 0 ? 0 : static_cast<uint32_t>(digit));
      }
      for (size_t j = 0; j < 3 - padding; ++j)
        bytes.push_back(static_cast<char>(word >> (16 - 8 * j)));
    }
    return bytes;
  }

  Result<void> scalar(const Node* node, Value& out) {
    TRY(const Scalar scalar, resolved(node));
    switch (scalar.type) {
      case Scalar::Type::Null:
        out = Value();
        break;
      case Scalar::Type::Bool:
        out = Value(scalar.boolean);
        break;
      case Scalar::Type::Int:
      case Scalar::Type::Unsigned:
        out = Value::number(scalar.text);
        break;
      case Scalar::Type::Float:
        if (std::isnan(scalar.number)) return Error("json: unsupported value: NaN");
        if (std::isinf(scalar.number))
          return Error(cat("json: unsupported value: ", scalar.number > 0 ? "+Inf" : "-Inf"));
        out = Value::number(scalar.number);
        break;
      case Scalar::Type::Text:
      case Scalar::Type::Timestamp:
        out = valid_utf8(scalar.text) ? Value(scalar.text) : Value(to_valid_utf8(scalar.text));
        break;
    }
    return {};
  }

  Result<void> sequence(const Node* node, Value& out, Places& places) {
    std::vector<Value> items(node->below.size());
    places.below.resize(items.size());
    for (size_t i = 0; i < items.size(); ++i) {
      TRY_DO(decode(node->below[i], items[i], places.below[i]));
      places.below[i].key = places.below[i].value;
    }
    out = Value::array_of(items);
    return {};
  }

  static bool is_merge(const Node* key) {
    return key->kind == NodeKind::Scalar && key->text == "<<" &&
           (key->implicit || key->tag == "tag:yaml.org,2002:merge");
  }

  Result<void> members(const Node* node, Mapping& mapping) {
    for (size_t i = 0; i + 1 < node->below.size(); i += 2) {
      const Node *key = node->below[i], *value = node->below[i + 1];
      if (is_merge(key)) {
        TRY_DO(merge(value, mapping));
      } else {
        TRY_DO(member(key, value, mapping));
      }
    }
    return {};
  }

  Result<void> member(const Node* key, const Node* value, Mapping& mapping) {
    TRY(const Name name, name_of_key(key));
    Value decoded;
    Places places;
    TRY_DO(decode(value, decoded, places));
    places.key = at(key);
    const auto [slot, added] = mapping.known.try_emplace(name.identity, mapping.places.size());
    if (!added && strict_) {
      problems_.push_back(
          cat("line ", value->at.line + shift_, ": key ", name.printed, " already set in map"));
    } else if (!added) {
      mapping.names_and_values[slot->second * 2 + 1] = std::move(decoded);
      mapping.places[slot->second] = std::move(places);
    } else {
      mapping.names_and_values.emplace_back(name.text);
      mapping.names_and_values.push_back(std::move(decoded));
      mapping.places.push_back(std::move(places));
    }
    return {};
  }

  Result<void> merge(const Node* from, Mapping& mapping) {
    const Error bad("yaml: map merge requires map or sequence of maps as the value");
    const auto is_map = [](const Node* node) {
      return node->kind == NodeKind::Mapping ||
             (node->kind == NodeKind::Alias && node->target->kind == NodeKind::Mapping);
    };
    const auto take = [&](const Node* node) -> Result<void> {
      TRY_DO(count());
      if (node->kind == NodeKind::Mapping) return members(node, mapping);
      return follow(node, [&](const Node* target) -> Result<void> {
        TRY_DO(count());
        return members(target, mapping);
      });
    };
    if (is_map(from)) return take(from);
    if (from->kind != NodeKind::Sequence) return bad;
    for (size_t i = from->below.size(); i > 0; --i) {  // earlier ones take precedence
      if (!is_map(from->below[i - 1])) return bad;
      TRY_DO(take(from->below[i - 1]));
    }
    return {};
  }

  struct Name {
    std::string text;      // as a JSON key
    std::string identity;  // type and value
    std::string printed;   // Go's %#v
  };

  Result<Name> name_of_key(const Node* key) {
    TRY_DO(count());
    if (key->kind == NodeKind::Alias) {
      Name name;
      TRY_DO(follow(key, [&](const Node* target) -> Result<void> {
        TRY(name, name_of_key(target));
        return {};
      }));
      return name;
    }
    if (key->kind == NodeKind::Mapping)
      return Error("yaml: invalid map key: map[interface {}]interface {}");
    if (key->kind == NodeKind::Sequence) return Error("yaml: invalid map key: []interface {}");
    TRY(const Scalar scalar, resolved(key));
    switch (scalar.type) {
      case Scalar::Type::Null:
        return Error("unsupported map key of type: %!s(<nil>), key: <nil>");
      case Scalar::Type::Unsigned:
        return Error(cat("unsupported map key of type: uint64, key: ", scalar.text));
      case Scalar::Type::Bool: {
        const char* text = scalar.boolean ? "true" : "false";
        return Name{text, cat("b", text), text};
      }
      case Scalar::Type::Int:
        return Name{scalar.text, cat("i", scalar.text), scalar.text};
      case Scalar::Type::Float: {
        const std::string text = float_key(scalar.number);
        return Name{text, cat("f", std::to_string(scalar.number), text), text};
      }
      default:
        return Name{to_valid_utf8(scalar.text), cat("s", scalar.text), go_quote(scalar.text)};
    }
  }

  // Keys that differ only in type become the same name: the last one counts.
  static Result<void> finish(Mapping& mapping, Value& out, Places& places) {
    const size_t count = mapping.places.size();
    out = Value::object_of(mapping.names_and_values);
    if (out.size() == count) {
      places.below = std::move(mapping.places);
      return {};
    }
    places.below.resize(out.size());  // rare: their places are left unknown
    return {};
  }

  bool strict_;
  uint32_t shift_;
  std::vector<std::string> problems_;
  int decoded_ = 0, from_aliases_ = 0, alias_depth_ = 0;
};

}  // namespace

Position Document::position_of(std::string_view pointer) const {
  const Value* node = &value;
  const Places* place = &places;
  const auto parts = pointer_parts(pointer);
  if (!parts.ok()) return place->key;
  for (const std::string& part : *parts) {
    size_t index = node->size();
    if (node->is_array()) {
      index = pointer_index(part).value_or(index);
    } else {
      const auto members = node->members();
      for (index = 0; index < members.size() && members[index].key() != part;) ++index;
    }
    if (index >= node->size() || index >= place->below.size()) break;
    node = node->is_array() ? &node->items()[index] : &node->members()[index].value;
    place = &place->below[index];
  }
  return place->key;
}

Result<Document> parse_yaml(std::string_view text, DuplicateKeys duplicates, uint32_t first_line) {
  TRY(const detail::Tree tree, detail::read_tree(text));
  if (tree.root == nullptr) return Document{};
  return Decoder(duplicates == DuplicateKeys::Refuse, first_line).document(tree.root);
}

std::vector<Manifest> split_manifests(std::string_view text) {
  std::vector<Manifest> manifests;
  uint32_t line = 1;
  for (size_t from = 0;;) {
    const size_t cut = text.find("\n---", from);
    const std::string_view part =
        text.substr(from, cut == std::string_view::npos ? cut : cut - from);
    manifests.push_back({part, line});
    if (cut == std::string_view::npos) return manifests;
    for (const char c : part) line += c == '\n' ? 1 : 0;
    ++line;
    from = cut + 4;
  }
}

}  // namespace wf::json
