// SPDX-License-Identifier: Apache-2.0
// spec/schema.h: the fields of every kind of the API, read-only, as schema/*.json describe them
// (tools/gen_schema.py makes the table at build time). Thread-safe; anybody may call.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace wf::spec {

struct Type;

// What a value of a type looks like in JSON.
enum class Shape : uint8_t {
  String,
  Bool,
  Int32,
  Int64,
  Uint64,
  Bytes,  // base64 text
  Struct,
  List,
  Map,
  Time,       // RFC 3339 text or null
  MicroTime,  // likewise, with six digits of a second
  Quantity,   // number or text; canonical text
  IntOrString,
  AnyString,      // string, number or bool; a string
  Amount,         // number text, unchecked
  Any,            // any JSON (Item)
  Object,         // any JSON (free objects)
  Plugin,         // object with one key
  ParallelSteps,  // list of steps, read by its own rules
};

struct Field {
  std::string_view name;     // in JSON
  std::string_view go_path;  // as Go's messages name it: "image", "Container.image" if inlined
  std::string_view go_name;  // of the struct's member: "TTLStrategy"
  const Type* type;
  bool omitempty;  // as in Go's tag, likewise the next
  bool omitzero;
  bool merge;  // patch strategies of Kubernetes
  bool replace;
  bool retain_keys;
  std::string_view merge_key;  // of lists that merge
};

struct Type {
  Shape shape;
  bool pointer;                       // Go holds a pointer: null and absent differ from zero
  std::string_view name;              // of structs: "Template"
  std::string_view go;                // as Go prints it, without pointer: "[]v1alpha1.Template"
  const Type* element;                // of lists and maps
  std::span<const Field> fields;      // of structs, in Go's order
  std::span<const uint16_t> by_name;  // indices of `fields`, sorted by name
};

// The struct of that name ("Workflow", "PodSpec"), or null.
const Type* find_type(std::string_view name);
// Its field of exactly this name, or null.
const Field* find_field(const Type& type, std::string_view name);
// Its field of this name in any case, as encoding/json matches names; or null.
const Field* find_field_folded(const Type& type, std::string_view name);
// All structs, by name.
std::span<const Type* const> struct_types();

}  // namespace wf::spec
