// SPDX-License-Identifier: Apache-2.0
#include "json/value.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "base/check.h"
#include "json/detail/storage.h"

namespace wf::json {

// Each kind of storage is one piece of memory: a head, then what it holds. The first member is the
// same in all, so that copying a Value need not know which it is. Values are moved by their bytes.
struct Value::Text {
  std::atomic<uint32_t> owners{1};
  uint32_t size = 0;
  char* data() { return reinterpret_cast<char*>(this + 1); }
};

struct Value::Items {
  std::atomic<uint32_t> owners{1};
  uint32_t size = 0;
  uint32_t capacity = 0;
  uint32_t unused = 0;
  using Of = detail::Storage<Items, Value>;
};

// Past kIndexed members a lookup goes through `index`; it is kept up to date by every change, so
// that reading never writes.
struct Value::Members {
  static constexpr size_t kIndexed = 32;
  std::atomic<uint32_t> owners{1};
  uint32_t size = 0;
  uint32_t capacity = 0;
  uint32_t unused = 0;
  std::unique_ptr<detail::Index> index;
  using Of = detail::Storage<Members, Member>;

  static Value& add(Value& object, std::string_view key, Value value);
  std::span<Member> list() { return Of::list(this); }
  void reindex() { index = size > kIndexed ? std::make_unique<detail::Index>(list()) : nullptr; }
  // After a member was put at the end.
  void added() {
    if (index && index->has_room(size)) {
      index->add(list(), size - 1);
    } else if (size > kIndexed) {
      reindex();
    }
  }
  Member* find(std::string_view key) {
    if (index) return const_cast<Member*>(index->find(list(), key));
    for (Member& member : list()) {
      if (member.key() == key) return &member;
    }
    return nullptr;
  }
};

namespace {
const Value kNull;
template <class Storage>
bool last_owner(Storage* storage) {
  return storage->owners.fetch_sub(1, std::memory_order_acq_rel) == 1;
}
}  // namespace

std::string_view name_of(Kind kind) {
  switch (kind) {
    case Kind::Null:
      return "null";
    case Kind::Bool:
      return "bool";
    case Kind::Number:
      return "number";
    case Kind::String:
      return "string";
    case Kind::Array:
      return "array";
    case Kind::Object:
      return "object";
  }
  return "";
}

Value::Value(const Value& other) noexcept {
  std::memcpy(static_cast<void*>(this), &other, sizeof *this);
  if (shared_storage())
    static_cast<std::atomic<uint32_t>*>(pointer())->fetch_add(1, std::memory_order_relaxed);
}

Value& Value::operator=(const Value& other) noexcept {
  Value copy(other);
  return *this = std::move(copy);
}

Value& Value::operator=(Value&& other) noexcept {
  if (this == &other) return *this;
  Value old;
  old.take(*this);  // released last: `other` may live inside it
  take(other);
  return *this;
}

void Value::release_storage() noexcept {
  switch (kind_) {
    case Kind::Array: {
      auto* items = static_cast<Items*>(pointer());
      if (last_owner(items)) Items::Of::destroy(items);
      break;
    }
    case Kind::Object: {
      auto* members = static_cast<Members*>(pointer());
      if (last_owner(members)) Members::Of::destroy(members);
      break;
    }
    default: {
      auto* text = static_cast<Text*>(pointer());
      if (last_owner(text)) {
        text->~Text();
        std::free(text);
      }
    }
  }
  length_ = 0;
  kind_ = Kind::Null;
}

namespace {
// At most 15 bytes, without a call: blocks that overlap.
inline void copy_short(char* to, const char* from, size_t size) {
  if (size >= 8) {
    std::memcpy(to, from, 8);
    std::memcpy(to + size - 8, from + size - 8, 8);
  } else if (size >= 4) {
    std::memcpy(to, from, 4);
    std::memcpy(to + size - 4, from + size - 4, 4);
  } else if (size > 0) {
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
}
}  // namespace

void Value::set_text(Kind kind, std::string_view text) {
  kind_ = kind;
  if (text.size() <= kInline) {
    length_ = static_cast<uint8_t>(text.size());
    std::memset(inline_, 0, kInline);  // so that same_text may compare whole values
    copy_short(inline_, text.data(), text.size());
    return;
  }
  CHECK(text.size() <= UINT32_MAX);
  void* memory = std::malloc(sizeof(Text) + text.size());
  if (memory == nullptr) throw std::bad_alloc();
  auto* storage = new (memory) Text;
  storage->size = static_cast<uint32_t>(text.size());
  std::memcpy(storage->data(), text.data(), text.size());
  length_ = kOnHeap;
  set_pointer(storage);
}

std::string_view Value::text() const {
  if (!shared_storage()) return {inline_, length_};
  auto* storage = static_cast<Text*>(pointer());
  return {storage->data(), storage->size};
}

Value Value::from_int(int64_t value) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return number(std::string_view(buffer, static_cast<size_t>(end - buffer)));
}

Value Value::number(std::string_view text) {
  Value value;
  value.set_text(Kind::Number, text);
  return value;
}

// Go's encoding/json: %e below 1e-6 and from 1e21 on, with the exponent's leading zero dropped.
// Past 2^53 the digits that tell the number apart are followed by zeros.
Value Value::number(double value) {
  char buffer[64];
  const double size = std::fabs(value);
  const bool fixed = size == 0 || (size >= 1e-6 && size < 9007199254740992.0);
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value,
                                 fixed ? std::chars_format::fixed : std::chars_format::scientific)
                       .ptr;
  std::string text(buffer, end);
  if (fixed) return number(std::string_view(text));
  const size_t e = text.find('e');
  if (size >= 1e21 || size < 1) {
    if (text[e + 2] == '0') text.erase(e + 2, 1);
    return number(std::string_view(text));
  }
  const int exponent = std::atoi(text.c_str() + e + 1);
  text.resize(e);
  if (const size_t point = text.find('.'); point != std::string::npos) text.erase(point, 1);
  text.resize(static_cast<size_t>(exponent) + (text[0] == '-' ? 2 : 1), '0');
  return number(std::string_view(text));
}

Value Value::array() {
  Value value;
  value.kind_ = Kind::Array;
  value.length_ = kOnHeap;
  value.set_pointer(Items::Of::make(0));
  return value;
}

Value Value::array(std::initializer_list<Value> items) {
  Value value = array();
  for (const Value& item : items) value.push_back(item);
  return value;
}

Value Value::object() {
  Value value;
  value.kind_ = Kind::Object;
  value.length_ = kOnHeap;
  value.set_pointer(Members::Of::make(0));
  return value;
}

Value Value::object(std::initializer_list<std::pair<std::string_view, Value>> members) {
  Value value = object();
  for (const auto& [key, member] : members) value.set(key, member);
  return value;
}

Value Value::array_of(std::span<Value> items) {
  CHECK(items.size() < UINT32_MAX);
  Value value;
  value.kind_ = Kind::Array;
  value.length_ = kOnHeap;
  Items* storage = Items::Of::make(items.size());
  value.set_pointer(storage);
  for (Value& item : items) new (Items::Of::data(storage) + storage->size++) Value(std::move(item));
  return value;
}

// Both are strings.
bool Value::same_text(const Value& a, const Value& b) {
  if (a.shared_storage() || b.shared_storage()) return a.text() == b.text();
  uint64_t x[2], y[2];
  std::memcpy(x, &a, sizeof x);
  std::memcpy(y, &b, sizeof y);
  return x[0] == y[0] && x[1] == y[1];
}

Value Value::object_of(std::span<Value> names_and_values) {
  CHECK(names_and_values.size() % 2 == 0 && names_and_values.size() < UINT32_MAX);
  Value value;
  value.kind_ = Kind::Object;
  value.length_ = kOnHeap;
  Members* members = Members::Of::make(names_and_values.size() / 2);
  value.set_pointer(members);
  for (size_t i = 0; i < names_and_values.size(); i += 2) {
    Value& name = names_and_values[i];
    Member* twin = nullptr;
    if (members->index) {
      twin = members->find(name.as_string());
    } else {
      for (Member& member : members->list()) {
        if (same_text(member.name, name)) twin = &member;
      }
    }
    if (twin != nullptr) {
      twin->value = std::move(names_and_values[i + 1]);
      continue;
    }
    new (Members::Of::data(members) + members->size++)
        Member{std::move(name), std::move(names_and_values[i + 1])};
    members->added();
  }
  return value;
}

std::optional<int64_t> Value::as_int() const {
  const std::string_view digits = number_text();
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

double Value::as_double() const {
  const std::string_view digits = number_text();
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error == std::errc::result_out_of_range)
    return std::strtod(std::string(digits).c_str(), nullptr);
  return value;
}

size_t Value::size() const {
  if (kind_ == Kind::Array) return static_cast<Items*>(pointer())->size;
  if (kind_ == Kind::Object) return static_cast<Members*>(pointer())->size;
  return 0;
}

std::span<const Value> Value::items() const {
  if (kind_ != Kind::Array) return {};
  return Items::Of::list(static_cast<Items*>(pointer()));
}

const Value& Value::operator[](size_t index) const {
  const auto list = items();
  return index < list.size() ? list[index] : kNull;
}

Value::Items& Value::own_items() {
  if (kind_ == Kind::Null) *this = array();
  CHECK(kind_ == Kind::Array);
  auto* items = static_cast<Items*>(pointer());
  if (items->owners.load(std::memory_order_acquire) == 1) return *items;
  auto* own = Items::Of::copy(items);
  if (last_owner(items)) Items::Of::destroy(items);
  set_pointer(own);
  return *own;
}

Value::Members& Value::own_members() {
  if (kind_ == Kind::Null) *this = object();
  CHECK(kind_ == Kind::Object);
  auto* members = static_cast<Members*>(pointer());
  if (members->owners.load(std::memory_order_acquire) == 1) return *members;
  auto* own = Members::Of::copy(members);
  own->reindex();
  if (last_owner(members)) Members::Of::destroy(members);
  set_pointer(own);
  return *own;
}

void Value::push_back(Value item) {
  auto* items = Items::Of::grown(&own_items());
  set_pointer(items);
  new (Items::Of::data(items) + items->size) Value(std::move(item));
  ++items->size;
}

Value& Value::item(size_t index) {
  const auto list = Items::Of::list(&own_items());
  CHECK(index < list.size());
  return list[index];
}

void Value::erase_item(size_t index) {
  Items& items = own_items();
  CHECK(index < items.size);
  Items::Of::erase(&items, index);
}

std::span<const Member> Value::members() const {
  if (kind_ != Kind::Object) return {};
  return static_cast<Members*>(pointer())->list();
}

const Value* Value::find(std::string_view key) const {
  if (kind_ != Kind::Object) return nullptr;
  Member* member = static_cast<Members*>(pointer())->find(key);
  return member == nullptr ? nullptr : &member->value;
}

const Value& Value::operator[](std::string_view key) const {
  const Value* value = find(key);
  return value == nullptr ? kNull : *value;
}

// To an object that is its Value's own.
Value& Value::Members::add(Value& object, std::string_view key, Value value) {
  Value name(key);  // first: the key may lie in this very object, which may move
  auto* members = Of::grown(static_cast<Members*>(object.pointer()));
  object.set_pointer(members);
  Member* member =
      new (Of::data(members) + members->size) Member{std::move(name), std::move(value)};
  ++members->size;
  members->added();
  return member->value;
}

void Value::set(std::string_view key, Value value) {
  if (Member* member = own_members().find(key)) {
    member->value = std::move(value);
  } else {
    Members::add(*this, key, std::move(value));
  }
}

Value& Value::at(std::string_view key) {
  Member* member = own_members().find(key);
  return member == nullptr ? Members::add(*this, key, Value()) : member->value;
}

bool Value::erase(std::string_view key) {
  if (find(key) == nullptr) return false;
  Members& members = own_members();
  const Member* member = members.find(key);
  Members::Of::erase(&members, static_cast<size_t>(member - Members::Of::data(&members)));
  members.reindex();
  return true;
}

void Value::sort_keys() {
  if (kind_ == Kind::Array) {
    for (Value& item : Items::Of::list(&own_items())) item.sort_keys();
  } else if (kind_ == Kind::Object) {
    Members& members = own_members();
    const auto list = members.list();
    std::sort(list.begin(), list.end(),
              [](const Member& a, const Member& b) { return a.key() < b.key(); });
    for (Member& member : list) member.value.sort_keys();
    members.reindex();
  }
}

bool operator==(const Value& a, const Value& b) {
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case Kind::Null:
      return true;
    case Kind::Bool:
      return a.length_ == b.length_;
    case Kind::Number:
    case Kind::String:
      return a.text() == b.text();
    case Kind::Array: {
      if (a.pointer() == b.pointer()) return true;
      const auto x = a.items(), y = b.items();
      return std::equal(x.begin(), x.end(), y.begin(), y.end());
    }
    case Kind::Object: {
      if (a.pointer() == b.pointer()) return true;
      if (a.size() != b.size()) return false;
      for (const Member& member : a.members()) {
        const Value* other = b.find(member.key());
        if (other == nullptr || !(*other == member.value)) return false;
      }
      return true;
    }
  }
  return false;
}

}  // namespace wf::json
