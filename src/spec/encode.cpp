// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/check.h"
#include "spec/codec.h"
#include "spec/detail/reader.h"
#include "spec/schema.h"

namespace wf::spec {
namespace {

using json::Member;
using json::Value;

// As json.Marshal decides for omitempty: structs are never empty, times and quantities among them.
bool empty_to_go(const Type& type, const Value& value) {
  if (type.pointer) return false;
  switch (type.shape) {
    case Shape::String:
    case Shape::Bytes:
    case Shape::AnyString:
      return value.as_string().empty();
    case Shape::Bool:
      return !value.as_bool();
    case Shape::Int32:
    case Shape::Int64:
    case Shape::Uint64:
      return value.is_null() || value.number_text() == "0";
    case Shape::List:
    case Shape::Map:
      return value.empty();
    default:
      return false;
  }
}

// Each gives whether what Go prints is `in` itself; otherwise it is put into `out`.
bool write(const Type& type, const Value& in, Value& out);

bool printed(const Field& field, const Value& value) {
  if (field.type->pointer && value.is_null()) return !field.omitempty;
  if (field.omitzero && value.is_null()) return false;
  return !(field.omitempty && empty_to_go(*field.type, value));
}

// Fields in order; `members` are walked along with them, as that is the order in which they stand.
class StructWriting {
 public:
  StructWriting(const Type& type, const Value& in) : type_(type), in_(in), members_(in.members()) {}

  // Whether `in` is what Go prints.
  bool run() {
    for (const Field& field : type_.fields) write_field(field);
    return same_ && next_ == members_.size() && in_.is_object();
  }
  Value object() {
    differ();
    Value object = Value::object();
    for (auto& [name, value] : entries_) object.set(name, std::move(value));
    for (const Member& member : members_) {  // what the schema doesn't know
      if (!find_field(type_, member.key())) object.set(member.key(), member.value);
    }
    return object;
  }

 private:
  void write_field(const Field& field) {
    static const Value kAbsent;
    const bool in_turn = next_ < members_.size() && members_[next_].key() == field.name;
    const Value* found = in_turn ? &members_[next_].value : in_.find(field.name);
    const Value& value = found ? *found : kAbsent;
    Value changed;
    const bool wanted = printed(field, value);
    const bool own = wanted && write(*field.type, value, changed);
    const bool left_as_it_is = wanted ? in_turn && own && same_ : !found;
    if (!left_as_it_is) differ();
    if (wanted && !left_as_it_is)
      entries_.emplace_back(field.name, own ? value : std::move(changed));
    if (in_turn) ++next_;
  }
  // From here on the object is another one; the members so far are taken over.
  void differ() {
    if (!same_) return;
    same_ = false;
    for (const Member& member : members_.first(next_))
      entries_.emplace_back(member.key(), member.value);
  }

  const Type& type_;
  const Value& in_;
  std::span<const Member> members_;
  size_t next_ = 0;
  bool same_ = true;
  std::vector<std::pair<std::string_view, Value>> entries_;
};

bool write_struct(const Type& type, const Value& in, Value& out) {
  StructWriting writing(type, in);
  if (writing.run()) return true;
  out = writing.object();
  return false;
}

bool write_list(const Type& type, const Value& in, Value& out) {
  const auto items = in.items();
  bool same = true;
  for (size_t i = 0; i < items.size(); ++i) {
    Value changed;
    const bool item_same = write(*type.element, items[i], changed);
    if (item_same && same) continue;
    if (same) {
      same = false;
      out = Value::array();
      for (const Value& before : items.first(i)) out.push_back(before);
    }
    out.push_back(item_same ? items[i] : std::move(changed));
  }
  return same;
}

bool write_map(const Type& type, const Value& in, Value& out) {
  std::vector<std::pair<std::string_view, Value>> entries;
  const auto members = in.members();
  bool same = true;
  for (size_t i = 0; i < members.size(); ++i) {
    Value changed;
    const bool item_same = write(*type.element, members[i].value, changed);
    same = same && item_same && (i == 0 || members[i - 1].key() < members[i].key());
    entries.emplace_back(members[i].key(), item_same ? members[i].value : std::move(changed));
  }
  if (same) return true;
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  out = Value::object();
  for (auto& [key, value] : entries) out.set(key, std::move(value));
  return false;
}

bool write(const Type& type, const Value& in, Value& out) {
  if (in.is_null() && type.pointer) return true;
  switch (type.shape) {
    case Shape::Struct:
      return write_struct(type, in, out);
    case Shape::List:
      return write_list(type, in, out);
    case Shape::Map:
      return write_map(type, in, out);
    case Shape::ParallelSteps:
      return write_list(*type.element, in, out);
    default:
      break;
  }
  if (!in.is_null()) return true;
  out = zero_of(type);
  return out.is_null();
}

}  // namespace

Value encode(std::string_view type, const Value& document) {
  const Type* found = find_type(type);
  CHECK(found);
  Value out;
  return write(*found, document, out) ? document : out;
}

}  // namespace wf::spec
