// SPDX-License-Identifier: Apache-2.0
// Rows of table yaml of the kind parseObjects.
#include "answer/tables.h"
#include "spec/parse.h"
#include "spec/schema.h"

namespace wf::answer {

Result<json::Value> parse_objects(const json::Value& in) {
  const auto strictness =
      in["strict"].as_bool() ? spec::Strictness::Strict : spec::Strictness::Lenient;
  json::Value list = json::Value::array();
  for (const spec::Parsed& parsed : spec::parse_objects(in["yaml"].as_string(), strictness)) {
    json::Value row = json::Value::object();
    if (parsed.error) row.set("error", parsed.error->message());
    row.set("object", spec::encode(parsed.type, parsed.object));
    row.set("type", spec::find_type(parsed.type)->go);
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace wf::answer
