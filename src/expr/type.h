// SPDX-License-Identifier: Apache-2.0
// expr/type.h: the Go types that values of expressions have, as far as they can be told apart: by
// type errors, by printing (%T, type(x)) and by what reflection allows.
// A Type is compared by its address; every value points to one of the constants below, or to the
// Type that its Struct names.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace wf::expr {

// reflect.Kind, in its order of numbers.
enum class Kind : uint8_t {
  Invalid,  // nil
  Bool,
  Int,
  Int8,
  Int16,
  Int32,
  Int64,
  Uint,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Float32,
  Float64,
  Array,  // of fixed length: [2]interface {}
  Func,
  Interface,  // only as the type of a parameter, an element or an unknown
  Map,
  Pointer,
  Slice,
  String,
  Struct,
};
std::string_view name_of(Kind kind);  // as reflect prints it: "int", "slice", "ptr"

struct Type;
// A field of a struct that expressions may name.
struct Field {
  std::string_view name;
  const Type* type;
};

struct Type {
  Kind kind;
  std::string_view name;  // as %T prints it
  const Type* elem = nullptr;
  const Type* key = nullptr;
  const std::span<const Field>* fields = nullptr;  // of a struct with fields; null: none
};

inline constexpr bool is_signed(Kind k) { return k >= Kind::Int && k <= Kind::Int64; }
inline constexpr bool is_unsigned(Kind k) { return k >= Kind::Uint && k <= Kind::Uint64; }
inline constexpr bool is_integer(Kind k) { return k >= Kind::Int && k <= Kind::Uint64; }
inline constexpr bool is_float(Kind k) { return k == Kind::Float32 || k == Kind::Float64; }
inline constexpr bool is_list(Kind k) { return k == Kind::Slice || k == Kind::Array; }

namespace types {
inline constexpr Type kAny{Kind::Interface, "interface {}"};
inline constexpr Type kError{Kind::Interface, "error"};
inline constexpr Type kBool{Kind::Bool, "bool"};
inline constexpr Type kInt{Kind::Int, "int"};
inline constexpr Type kInt8{Kind::Int8, "int8"};
inline constexpr Type kInt16{Kind::Int16, "int16"};
inline constexpr Type kInt32{Kind::Int32, "int32"};
inline constexpr Type kInt64{Kind::Int64, "int64"};
inline constexpr Type kUint{Kind::Uint, "uint"};
inline constexpr Type kUint8{Kind::Uint8, "uint8"};
inline constexpr Type kUint16{Kind::Uint16, "uint16"};
inline constexpr Type kUint32{Kind::Uint32, "uint32"};
inline constexpr Type kUint64{Kind::Uint64, "uint64"};
inline constexpr Type kFloat32{Kind::Float32, "float32"};
inline constexpr Type kFloat64{Kind::Float64, "float64"};
inline constexpr Type kString{Kind::String, "string"};

inline constexpr Type kAnySlice{Kind::Slice, "[]interface {}", &kAny};
inline constexpr Type kStringSlice{Kind::Slice, "[]string", &kString};
inline constexpr Type kIntSlice{Kind::Slice, "[]int", &kInt};
inline constexpr Type kInt64Slice{Kind::Slice, "[]int64", &kInt64};
inline constexpr Type kFloat64Slice{Kind::Slice, "[]float64", &kFloat64};
inline constexpr Type kBytes{Kind::Slice, "[]uint8", &kUint8};
inline constexpr Type kRunes{Kind::Slice, "[]int32", &kInt32};
inline constexpr Type kAnySlices{Kind::Slice, "[][]interface {}", &kAnySlice};
inline constexpr Type kStringSlices{Kind::Slice, "[][]string", &kStringSlice};
inline constexpr Type kPair{Kind::Array, "[2]interface {}", &kAny};
inline constexpr Type kPairs{Kind::Slice, "[][2]interface {}", &kPair};

inline constexpr Type kMap{Kind::Map, "map[string]interface {}", &kAny, &kString};
inline constexpr Type kStringMap{Kind::Map, "map[string]string", &kString, &kString};
inline constexpr Type kAnyMap{Kind::Map, "map[interface {}]interface {}", &kAny, &kAny};
inline constexpr Type kGroups{Kind::Map, "map[interface {}][]interface {}", &kAnySlice, &kAny};
inline constexpr Type kMapSlice{Kind::Slice, "[]map[string]interface {}", &kMap};

inline constexpr Type kTime{Kind::Struct, "time.Time"};
inline constexpr Type kDuration{Kind::Int64, "time.Duration"};
inline constexpr Type kMonth{Kind::Int, "time.Month"};
inline constexpr Type kWeekday{Kind::Int, "time.Weekday"};
inline constexpr Type kLocation{Kind::Pointer, "*time.Location"};
inline constexpr Type kFunction{Kind::Func, "func"};
}  // namespace types

}  // namespace wf::expr
