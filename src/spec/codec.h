// SPDX-License-Identifier: Apache-2.0
// spec/codec.h: documents of the API to their normal form and back, by the schema (spec/schema.h).
//
// The normal form is what Go's typed structs hold after reading the document:
//   - fields have their exact names and stand in the order of Go's structs; map keys are sorted;
//   - null fields are gone, and so are the zero values of fields without a pointer ("" names,
//   false,
//     0, structs of nothing); what Go points to keeps its zero (parallelism: 0, container: {});
//   - empty lists and maps that were written are kept ([] and absent differ in Go, too);
//   - AnyString is a string, Quantity and Time are their canonical texts.
// So readers need no schema: an absent field reads as the zero value that Go would see.
// Pure; anybody may call; thread-safe. Names of types are Go's without package ("Workflow",
// "Template", "PodSpec"); a name that isn't in the schema is a bug of the caller (CHECK).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::spec {

// Lenient: as encoding/json reads: names match in any case, unknown fields are left out.
// Strict: as sigs.k8s.io/json reads strictly: exact names only, unknown fields are errors.
enum class Strictness { Lenient, Strict };
// What becomes of fields that the schema doesn't know. A store keeps them (at their object's end).
enum class Unknown { Drop, Keep };

struct UnknownField {
  std::string path;     // "spec.templates[0].container.imag"
  std::string nearest;  // the field probably meant, "" if none is near
};

struct Decoded {
  json::Value value;                  // all that could be read, also when there is an error
  std::optional<Error> error;         // the first wrong type or text, in Go's words
  std::vector<UnknownField> unknown;  // in the document's order
};
Decoded decode_all(std::string_view type, const json::Value& document,
                   Strictness strictness = Strictness::Lenient, Unknown unknown = Unknown::Drop);

// The normal form. InvalidArgument: a wrong type
// (`json: cannot unmarshal string into Go struct field WorkflowSpec.spec.priority of type int32`),
// or, if strict, `strict decoding error: unknown field "spec.extra"[, …]`.
Result<json::Value> decode(std::string_view type, const json::Value& document,
                           Strictness strictness = Strictness::Lenient);

// `strict decoding error: unknown field "a", unknown field "b"`; one text for each of `fields`.
std::string strict_error(const std::vector<UnknownField>& fields);

// What Go's json.Marshal of the typed struct prints: fields in order, omitempty obeyed, structs
// that are always there added (`metadata: {}`, `resources: {}`, `status: {startedAt: null …}`).
// `document` is in normal form.
json::Value encode(std::string_view type, const json::Value& document);

}  // namespace wf::spec
