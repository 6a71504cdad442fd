// SPDX-License-Identifier: Apache-2.0
#include "spec/codec.h"

#include "base/check.h"
#include "base/text.h"
#include "spec/detail/reader.h"

namespace wf::spec {

Decoded decode_all(std::string_view type, const json::Value& document, Strictness strictness,
                   Unknown unknown) {
  const Type* found = find_type(type);
  CHECK(found);
  return Reader(strictness, unknown).read_document(*found, document);
}

Result<json::Value> decode(std::string_view type, const json::Value& document,
                           Strictness strictness) {
  Decoded decoded = decode_all(type, document, strictness);
  if (decoded.error) return std::move(*decoded.error);
  if (strictness == Strictness::Strict && !decoded.unknown.empty()) {
    return Error(strict_error(decoded.unknown));
  }
  return std::move(decoded.value);
}

std::string strict_error(const std::vector<UnknownField>& fields) {
  std::string text = "strict decoding error: ";
  for (const UnknownField& field : fields) {
    text += cat(&field == fields.data() ? "" : ", ", "unknown field \"", field.path, "\"");
  }
  return text;
}

}  // namespace wf::spec
