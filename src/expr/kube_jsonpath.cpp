// SPDX-License-Identifier: Apache-2.0
#include "expr/kube_jsonpath.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "expr/detail/kube_jsonpath_nodes.h"
#include "expr/gofmt_number.h"
#include "json/text.h"

namespace wf::expr {
namespace kube {
namespace {

using json::Kind;
using Values = std::vector<json::Value>;

bool is_whole(const json::Value& value) { return value.as_int().has_value(); }

// As Go prints it: keys sorted, whole numbers as written, others as short as can be.
json::Value normalised(const json::Value& value) {
  if (value.is_number() && !is_whole(value)) return json::Value::number(value.as_double());
  if (value.is_array()) {
    json::Value out = json::Value::array();
    for (const auto& item : value.items()) out.push_back(normalised(item));
    return out;
  }
  if (!value.is_object()) return value;
  json::Value out = json::Value::object();
  for (const auto& member : value.members()) out.set(member.key(), normalised(member.value));
  out.sort_keys();
  return out;
}

std::string_view type_name(const json::Value& value) {
  switch (value.kind()) {
    case Kind::Bool: return "bool";
    case Kind::Number: return is_whole(value) ? "int64" : "float64";
    case Kind::String: return "string";
    case Kind::Array: return "[]interface {}";
    default: return "map[string]interface {}";
  }
}

// What lies directly in a value. Go counts the bytes of a string, too.
Values children(const json::Value& value) {
  Values out;
  for (const auto& item : value.items()) out.push_back(item);
  for (const auto& member : value.members()) out.push_back(member.value);
  for (const char c : value.as_string()) out.emplace_back(static_cast<int64_t>(static_cast<unsigned char>(c)));
  return out;
}

void add_descendants(const json::Value& value, Values& out) {
  const Values inner = children(value);
  if (inner.empty()) return;
  out.push_back(value);
  if (value.is_string()) return;
  for (const auto& child : inner) add_descendants(child, out);
}

Result<bool> less(const json::Value& a, const json::Value& b) {
  if (a.kind() != b.kind() || (a.is_number() && is_whole(a) != is_whole(b))) return Error("incompatible types for comparison");
  if (a.is_string()) return a.as_string() < b.as_string();
  if (!a.is_number()) return Error("invalid type for comparison");
  return is_whole(a) ? *a.as_int() < *b.as_int() : a.as_double() < b.as_double();
}

Result<bool> equal(const json::Value& a, const json::Value& b) {
  const auto comparable = [](const json::Value& v) { return v.is_string() || v.is_number() || v.is_bool(); };
  if (!comparable(a) || !comparable(b)) return Error("invalid type for comparison");
  if (a.kind() != b.kind() || (a.is_number() && is_whole(a) != is_whole(b))) return Error("incompatible types for comparison");
  return a.is_number() ? a.as_double() == b.as_double() : a == b;
}

Result<bool> compares(const json::Value& a, const std::string& op, const json::Value& b) {
  const bool negated = op == "!=" || op == ">" || op == ">=";
  if (op == "==" || op == "!=") {
    TRY(const bool same, equal(a, b));
    return same != negated;
  }
  if (op != "<" && op != "<=" && op != ">" && op != ">=") return Error(cat("unrecognized filter operator ", op));
  TRY(const bool smaller, less(a, b));
  if (op == "<" || op == ">=") return smaller != negated;
  if (smaller) return !negated;
  TRY(const bool same, equal(a, b));
  return same != negated;
}

// The bounds of a slice in a list, from 0.
struct Bounds {
  int64_t from, to, step;
};

Result<Bounds> bounds_in(const Slice& slice, int64_t length) {
  int64_t from = slice.start.value_or(0);
  int64_t to = slice.one ? from + 1 : slice.end.value_or(length);
  if (from < 0) from += length;
  if (to < 0 || (to == 0 && slice.one)) to += length;
  if (from == to) return Bounds{0, 0, 1};
  const auto outside = [length](int64_t index) {
    return Error(cat("array index out of bounds: index ", index, ", length ", length));
  };
  if (from >= length || from < 0) return outside(from);
  if (to > length || to < 0) return outside(to - 1);
  if (from > to) return Error(cat("starting index ", from, " is greater than ending index ", to));
  if (slice.step && *slice.step <= 0) return Error("step must be > 0");
  return Bounds{from, to, slice.step.value_or(1)};
}

class Evaluation {
 public:
  explicit Evaluation(const std::vector<Nodes>& pieces) : pieces_(pieces) {}

  Result<std::string> print(const json::Value& object) {
    std::string out;
    TRY_DO(run(0, {object}, out));
    return out;
  }

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);
  static constexpr size_t kOutputMax = 16 << 20;

  // Prints the pieces from `first` on, up to the `end` of the range that they are in.
  Result<void> run(size_t first, const Values& current, std::string& out) {
    for (size_t i = first; i < pieces_.size(); ++i) {
      TRY(const Values results, list(current, pieces_[i]));
      if (ends_ > 0 && ends_ <= depth_) {
        --ends_;
        last_end_ = i;
        return {};
      }
      if (ranges_ == 0) {
        append(results, out);
        if (out.size() > kOutputMax) return Error("too much output");
        continue;
      }
      --ranges_;
      ++depth_;
      if (depth_ > 100) return Error("ranges are nested too deeply");
      std::string unused;
      if (results.empty()) TRY_DO(run(i + 1, {json::Value()}, unused));
      for (const auto& value : results) TRY_DO(run(i + 1, {value}, out));
      --depth_;
      // Without an end the rest is printed once more, for the outer value.
      if (last_end_ != kNone && last_end_ > i) i = last_end_;
    }
    return {};
  }

  static std::string text_of(const json::Value& value) {
    switch (value.kind()) {
      case Kind::Null: return "null";
      case Kind::Bool: return value.as_bool() ? "true" : "false";
      case Kind::Number: return is_whole(value) ? std::string(value.number_text()) : format_float(value.as_double());
      case Kind::String: return std::string(value.as_string());
      default: return json::print(normalised(value));
    }
  }
  static void append(const Values& results, std::string& out) {
    for (size_t i = 0; i < results.size(); ++i) out += cat(i > 0 ? " " : "", text_of(results[i]));
  }

  Result<Values> list(Values values, const Nodes& nodes) {
    for (const Node& node : nodes) {
      TRY(Values next, step(values, node));
      values = std::move(next);
    }
    return values;
  }

  Result<Values> step(const Values& input, const Node& node) {
    Values out;
    switch (node.form) {
      case Node::Form::Literal: return literal(input, node);
      case Node::Form::Slice: return slice(input, node);
      case Node::Form::Filter: return filter(input, node);
      case Node::Form::Identifier: return identifier(input, node);
      case Node::Form::Field:
        for (const auto& value : input) {
          if (const auto* found = value.find(node.name)) out.push_back(*found);
        }
        return out;
      case Node::Form::Wildcard:
        for (const auto& value : input) {
          for (auto& child : children(value)) out.push_back(std::move(child));
        }
        return out;
      case Node::Form::Recursive:
        for (const auto& value : input) add_descendants(value, out);
        return out;
      case Node::Form::Union:
        for (const Nodes& part : node.parts) {
          TRY(const Values some, list(input, part));
          out.insert(out.end(), some.begin(), some.end());
        }
        return out;
    }
    return out;
  }

  static Result<Values> literal(const Values& input, const Node& node) {
    if (node.literal.is_string()) return Values{node.literal};
    return Values(input.size(), node.literal);
  }

  Result<Values> identifier(const Values& input, const Node& node) {
    if (node.name == "range") {
      ++ranges_;
      return input;
    }
    if (node.name != "end") return Error(cat("unrecognized identifier ", node.name));
    if (depth_ == 0) return Error("not in range, nothing to end");
    ++ends_;
    return Values();
  }

  static Result<Values> slice(const Values& input, const Node& node) {
    Values out;
    for (const auto& value : input) {
      if (value.is_null()) continue;
      if (!value.is_array()) return Error(cat(type_name(value), " is not array or slice"));
      TRY(const Bounds bounds, bounds_in(node.slice, static_cast<int64_t>(value.size())));
      for (int64_t i = bounds.from; i < bounds.to; i += bounds.step) out.push_back(value[static_cast<size_t>(i)]);
    }
    return out;
  }

  Result<Values> filter(const Values& input, const Node& node) {
    Values out;
    for (const auto& value : input) {
      if (!value.is_array()) return Error(cat(text_of(value), " is not array or slice and cannot be filtered"));
      for (const auto& item : value.items()) {
        TRY(const bool pass, passes(item, node));
        if (pass) out.push_back(item);
      }
    }
    return out;
  }

  Result<bool> passes(const json::Value& item, const Node& node) {
    const auto lefts = list({item}, node.parts[0]);
    if (node.name.empty()) return lefts.ok() && !lefts->empty();
    if (!lefts.ok()) return lefts.error();
    if (lefts->empty()) return false;
    if (lefts->size() > 1) return Error("can only compare one element at a time");
    TRY(const Values rights, list({item}, node.parts[1]));
    if (rights.empty()) return false;
    if (rights.size() > 1) return Error("can only compare one element at a time");
    return compares(lefts->front(), node.name, rights.front());
  }

  const std::vector<Nodes>& pieces_;
  int ranges_ = 0, ends_ = 0, depth_ = 0;
  size_t last_end_ = kNone;
};

}  // namespace
}  // namespace kube

Result<std::string> kubectl_jsonpath(std::string_view text, const json::Value& object) {
  if (text.empty()) return Error("template format specified but no template given");
  const auto pieces = kube::parse(text);
  if (!pieces.ok()) return Error(cat("error parsing jsonpath ", text, ", ", pieces.error().message()));
  const auto printed = kube::Evaluation(*pieces).print(object);
  if (printed.ok()) return printed;
  return Error(cat("error executing jsonpath ", go_quote(text), ": Error executing template: ",
                   printed.error().message(), ". Printing more information for debugging the template:"));
}

}  // namespace wf::expr
