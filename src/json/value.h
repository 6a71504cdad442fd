// SPDX-License-Identifier: Apache-2.0
// json/value.h: a JSON document as a value.
// Objects keep the order of their keys; numbers keep their text ("1.50" stays "1.50"). A Value is
// 16 bytes; copies share what they hold and are cheap, a change copies what is shared first. Values
// may be read and copied from several threads; one Value is changed by one thread.
#pragma once
#include <concepts>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace wf::json {

enum class Kind : uint8_t { Null, Bool, Number, String, Array, Object };
std::string_view name_of(Kind kind);  // "null", "bool", "number", "string", "array", "object"

struct Member;

class Value {
 public:
  Value() noexcept : kind_(Kind::Null), length_(0) {}
  Value(std::nullptr_t) noexcept : Value() {}
  Value(bool value) noexcept : kind_(Kind::Bool), length_(value ? 1 : 0) {}
  template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
  Value(T value) : Value(from_int(static_cast<int64_t>(value))) {}
  Value(std::string_view text) { set_text(Kind::String, text); }
  Value(const std::string& text) : Value(std::string_view(text)) {}
  Value(const char* text) : Value(std::string_view(text)) {}
  Value(const Value& other) noexcept;
  Value(Value&& other) noexcept { take(other); }
  Value& operator=(const Value& other) noexcept;
  Value& operator=(Value&& other) noexcept;
  ~Value() { release(); }

  // A number written as `text`, which the caller knows to be a JSON number.
  static Value number(std::string_view text);
  static Value number(double value);  // shortest text, as encoding/json writes a float64
  static Value array();
  static Value array(std::initializer_list<Value> items);
  static Value object();
  static Value object(std::initializer_list<std::pair<std::string_view, Value>> members);
  // Of values in a row, which are moved out: for readers that know a container's size at its end.
  static Value array_of(std::span<Value> items);
  // Name and value in turn. Of a name given twice the last value counts, at the first one's place.
  static Value object_of(std::span<Value> names_and_values);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::Null; }
  bool is_bool() const { return kind_ == Kind::Bool; }
  bool is_number() const { return kind_ == Kind::Number; }
  bool is_string() const { return kind_ == Kind::String; }
  bool is_array() const { return kind_ == Kind::Array; }
  bool is_object() const { return kind_ == Kind::Object; }

  // Reading never fails: a value of another kind reads as false, "", 0, or as empty.
  bool as_bool() const { return kind_ == Kind::Bool && length_ != 0; }
  // The text of a string; the view lives as long as this Value is unchanged.
  std::string_view as_string() const { return kind_ == Kind::String ? text() : std::string_view(); }
  std::string_view number_text() const { return kind_ == Kind::Number ? text() : std::string_view(); }
  std::optional<int64_t> as_int() const;  // a number without fraction that fits
  double as_double() const;

  // Arrays and objects: how many items or members; 0 for others.
  size_t size() const;
  bool empty() const { return size() == 0; }

  // Arrays.
  std::span<const Value> items() const;
  const Value& operator[](size_t index) const;  // Null past the end
  void push_back(Value item);                   // a Null becomes an array first
  Value& item(size_t index);                    // to change it; CHECKs the index
  void erase_item(size_t index);

  // Objects. Lookup is linear for small objects and indexed for large ones.
  std::span<const Member> members() const;
  const Value* find(std::string_view key) const;             // null where absent
  bool has(std::string_view key) const { return find(key) != nullptr; }
  const Value& operator[](std::string_view key) const;       // Null where absent
  const Value& operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  void set(std::string_view key, Value value);               // a Null becomes an object first
  Value& at(std::string_view key);                           // to change it; added as Null if absent
  bool erase(std::string_view key);
  void sort_keys();                                          // here and below, by bytes

  // Deep equality; numbers by text, objects whatever the order of keys.
  friend bool operator==(const Value& a, const Value& b);

 private:
  struct Text;
  struct Items;
  struct Members;
  static constexpr size_t kInline = 14;
  static constexpr uint8_t kOnHeap = 0xff;

  static Value from_int(int64_t value);
  static bool same_text(const Value& a, const Value& b);
  void set_text(Kind kind, std::string_view text);
  std::string_view text() const;
  void* pointer() const {
    void* p;
    std::memcpy(&p, inline_ + 6, sizeof p);
    return p;
  }
  void set_pointer(void* p) { std::memcpy(inline_ + 6, &p, sizeof p); }
  void take(Value& other) noexcept {
    std::memcpy(static_cast<void*>(this), &other, sizeof *this);
    other.kind_ = Kind::Null;
    other.length_ = 0;
  }
  bool shared_storage() const { return length_ == kOnHeap; }
  void release() {
    if (shared_storage()) release_storage();
  }
  void release_storage() noexcept;
  Items& own_items();
  Members& own_members();

  Kind kind_;
  uint8_t length_;  // of inline text; a bool's value; kOnHeap where inline_+6 holds a pointer
  alignas(2) char inline_[kInline];
};
static_assert(sizeof(Value) == 16);

struct Member {
  Value name;  // a string
  Value value;
  std::string_view key() const { return name.as_string(); }
};

}  // namespace wf::json
