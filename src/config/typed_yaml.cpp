// SPDX-License-Identifier: Apache-2.0
#include "config/typed_yaml.h"

#include "base/check.h"
#include "spec/schema.h"

namespace wf::config {

using json::Value;

namespace {

Value with_texts(const spec::Type& type, const Value& value) {
  switch (type.shape) {
    case spec::Shape::String:
      return scalar_as_text(value);
    case spec::Shape::List: {
      if (!value.is_array()) return value;
      Value list = Value::array();
      for (const Value& item : value.items()) list.push_back(with_texts(*type.element, item));
      return list;
    }
    case spec::Shape::Map: {
      Value map = value;
      for (const json::Member& member : value.members()) {
        map.set(member.key(), with_texts(*type.element, member.value));
      }
      return map;
    }
    case spec::Shape::Struct: {
      Value object = value;
      for (const json::Member& member : value.members()) {
        const spec::Field* field = spec::find_field(type, member.key());
        if (field != nullptr) object.set(member.key(), with_texts(*field->type, member.value));
      }
      return object;
    }
    default:
      return value;
  }
}

}  // namespace

Value scalar_as_text(const Value& value) {
  if (value.is_number()) return Value(value.number_text());
  if (value.is_bool()) return Value(value.as_bool() ? "true" : "false");
  return value;
}

Value scalars_as_texts(std::string_view type, const Value& document) {
  const spec::Type* found = spec::find_type(type);
  CHECK(found != nullptr);
  return with_texts(*found, document);
}

}  // namespace wf::config
