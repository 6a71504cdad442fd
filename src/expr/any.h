// SPDX-License-Identifier: Apache-2.0
// expr/any.h: a run-time value of expressions, as Go's `any` holds it: nil, or a value with a type
// (expr/type.h). Values are immutable and copies are cheap: text, lists and maps are shared. May be
// read and copied from several threads.
// Numbers of any integer type are kept as 64 bits (unsigned ones by their bits), floats as double.
#pragma once
#include <compare>
#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "expr/type.h"
#include "json/value.h"

namespace wf::expr {

class Any;
class Location;   // expr/gotime.h
struct Function;  // expr/functions.h

// Go's time.Time: the year may be far from now, and the place decides how it prints.
struct Moment {
  int64_t seconds = 0;                                 // since 1970-01-01T00:00:00Z
  int32_t nanos = 0;                                   // 0 .. 999,999,999
  std::shared_ptr<const Location> location = nullptr;  // null: UTC
};

// Orders keys: by kind, then by value (Go has no order; this is fmt's and encoding/json's one).
struct KeyOrder {
  using is_transparent = void;
  bool operator()(const Any& a, const Any& b) const;
  bool operator()(const Any& a, std::string_view b) const;
  bool operator()(std::string_view a, const Any& b) const;
};

using List = std::vector<Any>;
using Map = std::map<Any, Any, KeyOrder>;

// A value of a Go struct (or of a pointer to one) with members that expressions can reach.
class Struct {
 public:
  virtual ~Struct() = default;
  virtual const Type& type() const = 0;
  // A field, or a method as a function; nothing where there is none.
  virtual std::optional<Any> member(std::string_view name) const = 0;
  virtual std::string print() const = 0;  // as %v prints it
  virtual Result<json::Value> to_json() const = 0;
};

class Any {
 public:
  Any() noexcept = default;  // nil
  Any(std::nullptr_t) noexcept {}
  Any(bool value) noexcept : type_(&types::kBool) { number_.bits = value ? 1 : 0; }
  // An `int`, whatever the C++ type; use integer() for Go's other integer types.
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) Any(T value)
  noexcept : Any(integer(static_cast<int64_t>(value))) {}
  Any(double value) noexcept : type_(&types::kFloat64) { number_.real = value; }
  Any(std::string text) : Any(std::make_shared<const std::string>(std::move(text))) {}
  Any(std::string_view text) : Any(std::string(text)) {}
  Any(const char* text) : Any(std::string(text)) {}
  Any(List items) : Any(list(std::move(items), types::kAnySlice)) {}
  Any(Map members) : Any(map(std::move(members), types::kMap)) {}
  Any(Function function);
  Any(Moment time);

  static Any integer(int64_t value, const Type& type = types::kInt) noexcept;
  static Any real(double value, const Type& type) noexcept;
  static Any duration(int64_t nanoseconds) { return integer(nanoseconds, types::kDuration); }
  static Any list(List items, const Type& type);
  static Any strings(const std::vector<std::string>& items);  // []string
  static Any bytes(std::string data);                         // []uint8
  static Any map(Map members, const Type& type);
  static Any location(std::shared_ptr<const Location> place);
  static Any structure(std::shared_ptr<const Struct> value);
  static Any typed_nil(const Type& type);  // a nil slice, map or pointer: not equal to `nil`

  // Null for nil.
  const Type* type() const { return type_; }
  std::string_view type_name() const { return type_ ? type_->name : "<nil>"; }  // %T
  Kind kind() const { return type_ ? type_->kind : Kind::Invalid; }
  bool is(const Type& type) const { return type_ == &type; }
  bool is_nil() const { return type_ == nullptr; }
  bool is_bool() const { return kind() == Kind::Bool; }
  bool is_integer() const { return expr::is_integer(kind()); }
  bool is_float() const { return expr::is_float(kind()); }
  bool is_number() const { return is_integer() || is_float(); }
  bool is_string() const { return kind() == Kind::String; }
  bool is_bytes() const { return is(types::kBytes); }
  bool is_list() const { return expr::is_list(kind()); }  // also bytes
  bool is_map() const { return kind() == Kind::Map; }
  bool is_function() const { return kind() == Kind::Func; }
  bool is_time() const { return is(types::kTime); }
  bool is_duration() const { return is(types::kDuration); }

  // Reading never fails: a value of another kind reads as false, 0, "" or empty.
  bool as_bool() const { return is_bool() && number_.bits != 0; }
  int64_t as_int() const { return is_integer() ? number_.bits : 0; }  // the bits of an unsigned one
  uint64_t as_uint() const { return static_cast<uint64_t>(as_int()); }
  double as_float() const { return is_float() ? number_.real : 0; }
  double as_number() const;            // integers and floats as float64
  std::string_view as_string() const;  // also of bytes; lives as long as some copy of this
  const List& items() const;           // of bytes: empty, see size() and at()
  const Map& members() const;
  const Function* as_function() const;
  Moment as_time() const;
  std::shared_ptr<const Location> as_location() const;
  const Struct* as_structure() const;

  // Bytes of a string, items of a list or bytes, members of a map.
  size_t size() const;
  // Item of a list (or byte of bytes); nil past the end.
  Any at(size_t index) const;
  // Member of a map with string keys (or any keys); null where absent.
  const Any* find(std::string_view key) const;
  const Any* find(const Any& key) const;

  // Whether it is a nil list, map or pointer.
  bool is_typed_nil() const { return type_ != nullptr && !heap_; }

  // Levels of lists and maps: 0 for scalars. Whoever builds values in a loop refuses more than
  // kDepthMax, so that everything that walks a value may recurse.
  static constexpr int kDepthMax = 1'000;
  int depth() const;

  // Conversions as encoding/json does them on an `any`: numbers become float64, objects
  // map[string]any, lists []any.
  static Any from_json(const json::Value& value);
  // What json.Marshal would have written. Errors in its words: "json: unsupported value: +Inf".
  Result<json::Value> to_json() const;

 private:
  explicit Any(std::shared_ptr<const std::string> text)
      : type_(&types::kString), heap_(std::move(text)) {}
  template <class T>
  const T& held() const {
    return *static_cast<const T*>(heap_.get());
  }

  const Type* type_ = nullptr;
  union {
    int64_t bits = 0;
    double real;
  } number_;
  std::shared_ptr<const void> heap_;
};

}  // namespace wf::expr
