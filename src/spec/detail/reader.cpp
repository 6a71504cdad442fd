// SPDX-License-Identifier: Apache-2.0
#include "spec/detail/reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "base/quantity.h"
#include "base/text.h"
#include "spec/detail/leaf.h"
#include "spec/nearest.h"

namespace wf::spec {
namespace {

using json::Kind;
using json::Value;

// Templates may lie in templates; so deep, no machine's stack is in danger.
constexpr int kDepthMax = 1000;

template <class Integer>
bool fits(std::string_view digits) {
  Integer value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return problem == std::errc() && end == digits.data() + digits.size();
}

bool integer_fits(Shape shape, std::string_view digits) {
  switch (shape) {
    case Shape::Int32:
      return fits<int32_t>(digits);
    case Shape::Uint64:
      return fits<uint64_t>(digits);
    default:
      return fits<int64_t>(digits);
  }
}

// Whether Go cannot tell the value from a field that isn't there.
bool same_as_absent(const Type& type, const Value& value) {
  if (value.is_null()) return true;
  if (type.pointer) return false;
  switch (type.shape) {
    case Shape::String:
    case Shape::AnyString:
      return value.as_string().empty();
    case Shape::Bool:
      return !value.as_bool();
    case Shape::Int32:
    case Shape::Int64:
    case Shape::Uint64:
    case Shape::IntOrString:
      return value.number_text() == "0";
    case Shape::Quantity:
      return value.as_string() == "0";
    case Shape::Struct:
      return value.empty();
    default:
      return false;
  }
}

constexpr uint32_t kUnknownRank = 0xffff;

// The members of a struct as they are read. As long as each stands where it belongs, just as it is,
// nothing is copied: the document is its own normal form.
class Assembly {
 public:
  Assembly(const Type& type, std::span<const json::Member> members)
      : type_(type), members_(members) {}
  bool same() const { return same_; }

  void leave_out(size_t index) { differ(index); }
  void put_unknown(size_t index) {
    last_ = kUnknownRank;
    if (!same_) list_.push_back({kUnknownRank, members_[index].key(), members_[index].value});
  }
  // A field whose value is the member's own.
  void put_own(size_t index, const Field& field) {
    const uint32_t rank = rank_of(field);
    if (same_ && (index == 0 || rank > last_) && field.name == members_[index].key()) {
      last_ = rank;
    } else {
      put(index, field, members_[index].value);
    }
  }
  void put(size_t index, const Field& field, Value value) {
    differ(index);
    list_.push_back({rank_of(field), field.name, std::move(value)});
  }
  Value object() {
    std::stable_sort(list_.begin(), list_.end(),
                     [](const Entry& a, const Entry& b) { return a.rank < b.rank; });
    Value object = Value::object();
    for (Entry& entry : list_) object.set(entry.name, std::move(entry.value));
    return object;
  }

 private:
  struct Entry {
    uint32_t rank;
    std::string_view name;
    Value value;
  };

  uint32_t rank_of(const Field& field) const {
    return static_cast<uint32_t>(&field - type_.fields.data());
  }
  // From member `index` on things are not as they were written; those before are taken over.
  void differ(size_t index) {
    if (!same_) return;
    same_ = false;
    for (const json::Member& member : members_.first(index)) {
      const Field* field = find_field(type_, member.key());
      list_.push_back({field ? rank_of(*field) : kUnknownRank, member.key(), member.value});
    }
  }

  const Type& type_;
  std::span<const json::Member> members_;
  bool same_ = true;
  uint32_t last_ = 0;
  std::vector<Entry> list_;
};

}  // namespace

Value zero_of(const Type& type) {
  if (type.pointer) return {};
  switch (type.shape) {
    case Shape::String:
    case Shape::AnyString:
      return "";
    case Shape::Bool:
      return false;
    case Shape::Int32:
    case Shape::Int64:
    case Shape::Uint64:
    case Shape::IntOrString:
      return 0;
    case Shape::Quantity:
      return "0";
    case Shape::Struct:
      return Value::object();
    default:
      return {};
  }
}

Decoded Reader::read_document(const Type& type, const Value& document) {
  Value out;
  if (document.is_null()) {
    out = zero_of(type);
  } else if (read(type, document, nullptr, out)) {
    out = document;
  }
  result_.value = std::move(out);
  return std::move(result_);
}

void Reader::fail(Error error) {
  if (!result_.error) result_.error = std::move(error);
}

void Reader::give_up(Error error) {
  result_.error = std::move(error);
  given_up_ = true;
}

Error Reader::wrong_type(std::string_view kind, std::string_view go_type, const Place* at) const {
  std::vector<std::string_view> path;
  const Type* owner = nullptr;
  for (const Place* place = at; place; place = place->up) {
    if (place->own_rules) owner = nullptr;  // Go names the struct outside
    if (!place->field) continue;
    path.push_back(place->field->go_path);
    if (!owner) owner = place->owner;
  }
  std::string text = cat("json: cannot unmarshal ", kind, " into Go ");
  if (owner) {
    text += cat("struct field ", owner->go.substr(owner->go.find('.') + 1), '.');
    for (size_t i = path.size(); i-- > 0;) text += cat(path[i], i > 0 ? "." : "");
    text += cat(" of type ", go_type);
  } else {
    text += cat("value of type ", go_type);
  }
  return Error(std::move(text));
}

Error Reader::wrong_type(const Value& in, const Type& type, const Place* at) const {
  return wrong_type(json::name_of(in.kind()), type.go, at);
}

void Reader::add_unknown(const Type& type, std::string_view name, const Place* at) {
  std::vector<std::string> parts;
  for (const Place* place = at; place; place = place->up) {
    if (place->own_rules) return;  // read by rules that know no strictness
    if (place->field) {
      parts.push_back(cat(".", place->field->name));
    } else if (place->key.data()) {
      parts.push_back(cat(".", place->key));
    } else {
      parts.push_back(cat("[", place->index, "]"));
    }
  }
  std::string path;
  for (size_t i = parts.size(); i-- > 0;) path += parts[i];
  path += cat(".", name);
  result_.unknown.push_back({path.substr(1), std::string(nearest_field(type, name))});
}

bool Reader::read(const Type& type, const Value& in, const Place* at, Value& out) {
  if (in.is_null()) {
    out = zero_of(type);
    return out.is_null();
  }
  switch (type.shape) {
    case Shape::Struct:
    case Shape::List:
    case Shape::Map: {
      if (depth_ >= kDepthMax) {
        give_up(Error("exceeded max depth"));
        out = zero_of(type);
        return false;
      }
      ++depth_;
      const bool same = type.shape == Shape::Struct ? read_struct(type, in, at, out)
                        : type.shape == Shape::List ? read_list(type, in, at, out)
                                                    : read_map(type, in, at, out);
      --depth_;
      return same;
    }
    case Shape::Bool:
      if (in.is_bool()) return true;
      break;
    case Shape::Int32:
    case Shape::Int64:
    case Shape::Uint64:
      return read_integer(type, in, at, out);
    case Shape::String:
      if (in.is_string()) return true;
      break;
    case Shape::Bytes:
    case Shape::Time:
    case Shape::MicroTime:
      return read_text(type, in, at, out);
    case Shape::IntOrString:
      return in.is_string() || read_integer(type, in, at, out);
    case Shape::AnyString:
      return read_any_string(in, at, out);
    case Shape::Quantity:
      return read_quantity(in, out);
    case Shape::Plugin:
      return read_plugin(in, at);
    case Shape::ParallelSteps:
      return read_steps(type, in, at, out);
    case Shape::Amount:
    case Shape::Any:
    case Shape::Object:
      return true;
  }
  fail(wrong_type(in, type, at));
  Type bare = type;
  bare.pointer = false;  // Go has allocated it by now
  out = zero_of(bare);
  return false;
}

bool Reader::read_struct(const Type& type, const Value& in, const Place* at, Value& out) {
  if (!in.is_object()) {
    fail(wrong_type(in, type, at));
    out = Value::object();
    return false;
  }
  const auto members = in.members();
  Assembly assembly(type, members);
  for (size_t i = 0; i < members.size() && !given_up_; ++i) {
    const std::string_view name = members[i].key();
    const Field* field = strict_ ? find_field(type, name) : find_field_folded(type, name);
    if (!field) {
      add_unknown(type, name, at);
      unknown_ == Unknown::Keep ? assembly.put_unknown(i) : assembly.leave_out(i);
      continue;
    }
    const Place here{at, &type, field, {}, 0, false};
    const Value& value = members[i].value;
    Value changed;
    const bool own = value.is_null() || read(*field->type, value, &here, changed);
    if (same_as_absent(*field->type, own ? value : changed)) {
      assembly.leave_out(i);
    } else if (own) {
      assembly.put_own(i, *field);
    } else {
      assembly.put(i, *field, std::move(changed));
    }
    if (given_up_ && i + 1 < members.size()) assembly.leave_out(i + 1);
  }
  if (!assembly.same()) out = assembly.object();
  return assembly.same();
}

bool Reader::read_list(const Type& type, const Value& in, const Place* at, Value& out) {
  if (!in.is_array()) {
    fail(wrong_type(in, type, at));
    out = Value();
    return false;
  }
  bool same = true;
  const auto items = in.items();
  for (size_t i = 0; i < items.size(); ++i) {
    const Place here{at, nullptr, nullptr, {}, i, false};
    Value changed;
    const bool item_same = read(*type.element, items[i], &here, changed) && !given_up_;
    if (item_same && same) continue;
    if (same) {
      same = false;
      out = Value::array();
      for (const Value& before : items.first(i)) out.push_back(before);
    }
    out.push_back(item_same ? items[i] : std::move(changed));
    if (given_up_) break;
  }
  return same;
}

bool Reader::read_map(const Type& type, const Value& in, const Place* at, Value& out) {
  if (!in.is_object()) {
    fail(wrong_type(in, type, at));
    out = Value();
    return false;
  }
  bool same = true;
  const auto members = in.members();
  std::vector<std::pair<std::string_view, Value>> entries;
  for (size_t i = 0; i < members.size(); ++i) {
    const Place here{at, nullptr, nullptr, members[i].key(), 0, false};
    Value changed;
    const bool item_same = read(*type.element, members[i].value, &here, changed);
    const bool ordered = i == 0 || members[i - 1].key() < members[i].key();
    if (same && item_same && ordered && !given_up_) continue;
    if (same) {
      same = false;
      for (const json::Member& before : members.first(i))
        entries.emplace_back(before.key(), before.value);
    }
    if (given_up_) break;  // Go has not put it into the map yet
    entries.emplace_back(members[i].key(), item_same ? members[i].value : std::move(changed));
  }
  if (same) return true;
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  out = Value::object();
  for (auto& [key, value] : entries) out.set(key, std::move(value));
  return false;
}

// A list of steps reads itself: all its fields must be known, by their exact names, even where the
// rest of the document may have others; and unknown ones further inside don't matter.
bool Reader::read_steps(const Type& type, const Value& in, const Place* at, Value& out) {
  const Place inside{at, nullptr, nullptr, {}, 0, true};
  const Type& steps = *type.element;
  out = Value();
  if (!in.is_array()) {
    give_up(wrong_type(json::name_of(in.kind()), "[]map[string]interface {}", &inside));
    return false;
  }
  for (const Value& step : in.items()) {
    if (step.is_object() || step.is_null()) continue;
    give_up(wrong_type(json::name_of(step.kind()), "map[string]interface {}", &inside));
    return false;
  }
  for (const Value& step : in.items()) {
    for (const json::Member& member : step.members()) {
      if (find_field(*steps.element, member.key())) continue;
      give_up(Error(cat("json: unknown field \"", member.key(), "\"")));
      return false;
    }
  }
  std::optional<Error> before = std::exchange(result_.error, std::nullopt);
  const bool strict_outside = std::exchange(strict_, false);
  const bool same = read(steps, in, &inside, out);
  strict_ = strict_outside;
  if (result_.error) {
    given_up_ = true;
  } else {
    result_.error = std::move(before);
  }
  return same;
}

bool Reader::read_integer(const Type& type, const Value& in, const Place* at, Value& out) {
  const bool int_or_string = type.shape == Shape::IntOrString;
  const Shape shape = int_or_string ? Shape::Int32 : type.shape;
  const std::string_view go_type = int_or_string ? "int32" : type.go;
  const std::string_view digits = in.number_text();
  out = 0;
  if (in.is_number() && integer_fits(shape, digits)) return digits != "-0";
  Error error = in.is_number() ? wrong_type(cat("number ", digits), go_type, at)
                               : wrong_type(json::name_of(in.kind()), go_type, at);
  int_or_string ? give_up(std::move(error)) : fail(std::move(error));
  return false;
}

bool Reader::read_text(const Type& type, const Value& in, const Place* at, Value& out) {
  const bool bytes = type.shape == Shape::Bytes;
  out = Value();
  if (!in.is_string()) {
    Error error = wrong_type(json::name_of(in.kind()), bytes ? "[]uint8" : "string", at);
    bytes ? fail(std::move(error)) : give_up(std::move(error));
    return false;
  }
  const std::string_view text = in.as_string();
  auto canonical = bytes                       ? canonical_base64(text)
                   : type.shape == Shape::Time ? canonical_time(text)
                                               : canonical_micro_time(text);
  if (!canonical.ok()) {
    bytes ? fail(std::move(canonical.error())) : give_up(std::move(canonical.error()));
    return false;
  }
  if (*canonical == text && (bytes || !text.empty())) return true;
  if (bytes || !canonical->empty()) out = Value(*canonical);
  return false;
}

bool Reader::read_any_string(const Value& in, const Place* at, Value& out) {
  out = "";
  switch (in.kind()) {
    case Kind::String:
      return true;
    case Kind::Bool:
      out = in.as_bool() ? "true" : "false";
      break;
    case Kind::Number:
      if (std::abs(in.as_double()) > 1.7976931348623157e308) {
        give_up(wrong_type(cat("number ", in.number_text()), "float64", at));
      } else {
        out = plain_number(in.number_text());
      }
      break;
    default:
      break;  // Go leaves it empty
  }
  return false;
}

bool Reader::read_quantity(const Value& in, Value& out) {
  std::string_view text = in.is_number() ? in.number_text() : trim(in.as_string());
  if (!in.is_number() && !in.is_string()) text = "?";  // no quantity looks so
  const auto quantity = Quantity::parse(text);
  if (!quantity.ok()) {
    give_up(Error(quantity.error().message()));
    out = "0";
    return false;
  }
  const std::string canonical = quantity->text();
  if (in.is_string() && canonical == in.as_string()) return true;
  out = Value(canonical);
  return false;
}

bool Reader::read_plugin(const Value& in, const Place* at) {
  if (!in.is_object()) {
    give_up(wrong_type(json::name_of(in.kind()), "map[string]interface {}", at));
  } else if (in.size() != 1) {
    give_up(Error(cat("expected exactly one key, got ", in.size())));
  }
  return true;
}

}  // namespace wf::spec
