// SPDX-License-Identifier: Apache-2.0
// libyaml's events as a tree, with the few points in which go-yaml v2 is stricter than libyaml.
#include <yaml.h>

#include <unordered_map>

#include "base/text.h"
#include "json/detail/yaml_node.h"

namespace wf::json::detail {
namespace {

constexpr int kDepthMaxYaml = 10'000;

// One event, freed when it goes.
class Event {
 public:
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { clear(); }
  void clear() {
    if (full_) yaml_event_delete(&event_);
    full_ = false;
  }
  bool next(yaml_parser_t* parser) {
    clear();
    full_ = yaml_parser_parse(parser, &event_) != 0;
    return full_;
  }
  const yaml_event_t* operator->() const { return &event_; }

 private:
  yaml_event_t event_{};
  bool full_ = false;
};

std::string text_of(const yaml_char_t* text) {
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}

// go-yaml takes a colon before a flow indicator ("{a:}") for text, libyaml refuses it: then it is
// read under this mask, a private character, and put back afterwards.
constexpr std::string_view kColonMask = "\xee\x83\xb1";
constexpr std::string_view kColonProblem = "found unexpected ':'";

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text.empty() ? std::string_view("\n") : text) {
    CHECK(yaml_parser_initialize(&parser_) != 0);
    if (text_.substr(0, 3) == "\xef\xbb\xbf") byte_ = 3;
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text_.data()),
                                 text_.size());
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { yaml_parser_delete(&parser_); }

  Result<Tree> read() {
    Tree tree;
    tree_ = &tree;
    TRY_DO(next());  // the stream's beginning
    TRY_DO(next());
    if (event_->type == YAML_STREAM_END_EVENT) return tree;
    if (const auto* version = event_->data.document_start.version_directive;
        version != nullptr && (version->major != 1 || version->minor != 1)) {
      return Error("yaml: found incompatible YAML document");
    }
    TRY_DO(next());
    TRY(tree.root, node(0));
    TRY_DO(next());  // the document's end
    return tree;
  }

  // Where the colon lies that libyaml stopped at; npos when it was something else.
  size_t refused_colon() const {
    if (parser_.error != YAML_SCANNER_ERROR || parser_.problem != kColonProblem)
      return std::string_view::npos;
    size_t at = 0;
    for (size_t i = 0; i < parser_.problem_mark.index && at < text_.size(); ++i) at += width(at);
    return at < text_.size() && text_[at] == ':' ? at : std::string_view::npos;
  }

 private:
  Result<void> next() {
    if (event_.next(&parser_)) return {};
    size_t line = parser_.problem_mark.line;
    if (line != 0) {
      line += parser_.error == YAML_SCANNER_ERROR ? 1 : 0;
    } else {
      line = parser_.context_mark.line;
    }
    const std::string where = line == 0 ? "" : cat("line ", line, ": ");
    return Error(
        cat("yaml: ", where,
            parser_.problem == nullptr ? "unknown problem parsing YAML content" : parser_.problem));
  }

  Node* add(NodeKind kind) {
    Node& node = tree_->nodes.emplace_back();
    node.kind = kind;
    node.at = {static_cast<uint32_t>(event_->start_mark.line + 1),
               static_cast<uint32_t>(event_->start_mark.column + 1)};
    return &node;
  }
  void anchor(const yaml_char_t* name, Node* node) {
    if (name != nullptr) anchors_[text_of(name)] = node;
  }

  // The node that the present event begins; leaves the reader at its last event.
  Result<Node*> node(int depth) {
    if (depth > kDepthMaxYaml) return Error("yaml: exceeded max depth of 10000");
    switch (event_->type) {
      case YAML_SCALAR_EVENT:
        return scalar();
      case YAML_ALIAS_EVENT: {
        Node* alias = add(NodeKind::Alias);
        alias->text = text_of(event_->data.alias.anchor);
        const auto found = anchors_.find(alias->text);
        if (found == anchors_.end())
          return Error(cat("yaml: unknown anchor '", alias->text, "' referenced"));
        alias->target = found->second;
        return alias;
      }
      case YAML_SEQUENCE_START_EVENT: {
        Node* sequence = add(NodeKind::Sequence);
        anchor(event_->data.sequence_start.anchor, sequence);
        const bool flow = event_->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        TRY_DO(collect(sequence, YAML_SEQUENCE_END_EVENT, flow, depth));
        return sequence;
      }
      case YAML_MAPPING_START_EVENT: {
        Node* mapping = add(NodeKind::Mapping);
        anchor(event_->data.mapping_start.anchor, mapping);
        const bool flow = event_->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        TRY_DO(collect(mapping, YAML_MAPPING_END_EVENT, flow, depth));
        return mapping;
      }
      default:
        return Error("yaml: attempted to parse unknown event");
    }
  }

  Result<void> collect(Node* parent, yaml_event_type_t end, bool flow, int depth) {
    flow_depth_ += flow ? 1 : 0;
    TRY_DO(next());
    while (event_->type != end) {
      TRY(Node * child, node(depth + 1));
      parent->below.push_back(child);
      TRY_DO(next());
    }
    flow_depth_ -= flow ? 1 : 0;
    return {};
  }

  Result<Node*> scalar() {
    const auto& event = event_->data.scalar;
    Node* node = add(NodeKind::Scalar);
    node->text.assign(reinterpret_cast<const char*>(event.value), event.length);
    node->tag = text_of(event.tag);
    node->implicit = event.plain_implicit != 0;
    anchor(event.anchor, node);
    if (event.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE &&
        node->text.find('/') != std::string::npos && parser_.encoding == YAML_UTF8_ENCODING &&
        has_slash_escape()) {
      const size_t line = event_->end_mark.line;
      return Error(cat("yaml: ", line == 0 ? "" : cat("line ", line + 1, ": "),
                       "found unknown escape character"));
    }
    // go-yaml ends plain text within a flow collection at a question mark.
    if (event.style == YAML_PLAIN_SCALAR_STYLE && flow_depth_ > 0 &&
        node->text.find('?', 1) != std::string::npos) {
      return Error("yaml: did not find expected ',' or ']'");
    }
    if (node->text.find(kColonMask) != std::string::npos)
      node->text = replace_all(node->text, kColonMask, ":");
    return node;
  }

  // libyaml takes \/ in double quotes, go-yaml does not. Marks count characters.
  bool has_slash_escape() {
    for (; mark_ < event_->start_mark.index && byte_ < text_.size(); ++mark_) step();
    size_t at = byte_;
    for (size_t i = event_->start_mark.index; i < event_->end_mark.index && at + 1 < text_.size();
         ++i) {
      if (text_[at] == '\\') {
        if (text_[at + 1] == '/') return true;
        ++at, ++i;
      }
      at += width(at);
    }
    return false;
  }
  size_t width(size_t at) const {
    const auto c = static_cast<unsigned char>(text_[at]);
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
  }
  void step() { byte_ += width(byte_); }

  std::string_view text_;
  yaml_parser_t parser_{};
  Event event_;
  Tree* tree_ = nullptr;
  std::unordered_map<std::string, Node*> anchors_;
  int flow_depth_ = 0;
  size_t mark_ = 0, byte_ = 0;  // a place seen before, in characters and bytes
};

}  // namespace

Result<Tree> read_tree(std::string_view text) {
  constexpr int kColonsMax = 1'000;
  std::string masked;
  for (int tries = 0;; ++tries) {
    Reader reader(masked.empty() ? text : std::string_view(masked));
    auto tree = reader.read();
    const size_t colon = tree.ok() ? std::string_view::npos : reader.refused_colon();
    if (colon == std::string_view::npos || tries == kColonsMax ||
        text.find(kColonMask) != std::string_view::npos)
      return tree;
    if (masked.empty()) masked = text;
    masked.replace(colon, 1, kColonMask);
  }
}

}  // namespace wf::json::detail
