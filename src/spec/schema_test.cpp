// SPDX-License-Identifier: Apache-2.0
// Every field of the schema goes through decode, encode, JSON and YAML; every field of upstream's
// definitions is in the schema; the table's own order holds.
#include "spec/schema.h"

#include <gtest/gtest.h>

#include <fstream>

#include "json/text.h"
#include "json/yaml.h"
#include "spec/codec.h"
#include "spec/nearest.h"

namespace wf::spec {
namespace {

using json::Value;

// A value that is not the zero of its type.
Value sample(const Type& type, int depth) {
  switch (type.shape) {
    case Shape::String:
    case Shape::AnyString:
      return "text: {{x}}";
    case Shape::Bool:
      return true;
    case Shape::Int32:
    case Shape::Int64:
    case Shape::Uint64:
    case Shape::IntOrString:
      return 7;
    case Shape::Bytes:
      return "aGk=";
    case Shape::Time:
      return "2024-01-02T03:04:05Z";
    case Shape::MicroTime:
      return "2024-01-02T03:04:05.000006Z";
    case Shape::Quantity:
      return "500m";
    case Shape::Amount:
      return Value::number("1.5");
    case Shape::Any:
      return Value::array({1, "a", nullptr});
    case Shape::Object:
    case Shape::Plugin:
      return Value::object({{"own", Value::object({{"field", 1}})}});
    case Shape::ParallelSteps:
      return sample(*type.element, depth);
    case Shape::List:
      return Value::array({sample(*type.element, depth)});
    case Shape::Map:
      return Value::object({{"key", sample(*type.element, depth)}});
    case Shape::Struct:
      break;
  }
  Value object = Value::object();
  if (depth == 0) return object;
  for (const Field& field : type.fields) object.set(field.name, sample(*field.type, depth - 1));
  return object;
}

TEST(Schema, EveryFieldGoesRound) {
  size_t fields = 0;
  for (const Type* type : struct_types()) {
    for (const Field& field : type->fields) {
      ++fields;
      const Value document = Value::object({{field.name, sample(*field.type, 2)}});
      const Decoded decoded = decode_all(type->name, document, Strictness::Strict);
      ASSERT_FALSE(decoded.error) << type->name << "." << field.name << ": "
                                  << decoded.error->message();
      ASSERT_TRUE(decoded.unknown.empty()) << type->name << "." << field.name;
      const Value printed = encode(type->name, decoded.value);
      ASSERT_TRUE(printed.has(field.name)) << type->name << "." << field.name;
      const auto from_json = json::parse(json::print(printed));
      ASSERT_TRUE(from_json.ok());
      ASSERT_EQ(decode_all(type->name, *from_json).value, decoded.value)
          << type->name << "." << field.name;
      const auto from_yaml = json::parse_yaml(json::print_yaml(printed));
      ASSERT_TRUE(from_yaml.ok()) << json::print_yaml(printed);
      ASSERT_EQ(decode_all(type->name, from_yaml->value).value, decoded.value)
          << json::print_yaml(printed);
    }
  }
  EXPECT_GT(fields, 1200u);
}

TEST(Schema, WholeObjectsGoRound) {
  for (const Type* type : struct_types()) {
    const Decoded decoded = decode_all(type->name, sample(*type, 4), Strictness::Strict);
    ASSERT_FALSE(decoded.error) << type->name;
    const Value printed = encode(type->name, decoded.value);
    EXPECT_EQ(encode(type->name, decode_all(type->name, printed).value), printed) << type->name;
  }
}

TEST(Schema, HasEveryFieldOfTheDefinitions) {
  std::ifstream file("tests/data/crd_fields.txt");
  ASSERT_TRUE(file.good());
  size_t fields = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    ++fields;
    const size_t dot = line.rfind('.');
    const Type* type = find_type(line.substr(0, dot));
    ASSERT_NE(type, nullptr) << line;
    EXPECT_NE(find_field(*type, line.substr(dot + 1)), nullptr) << line;
  }
  EXPECT_GT(fields, 1100u);
}

TEST(Schema, IsFoundByName) {
  EXPECT_EQ(find_type("Workflow")->go, "v1alpha1.Workflow");
  EXPECT_EQ(find_type("workflow"), nullptr);
  EXPECT_EQ(find_type("v1.Event")->go, "v1.Event");
  for (const Type* type : struct_types()) {
    EXPECT_EQ(find_type(type->name), type);
    for (const Field& field : type->fields) EXPECT_EQ(find_field(*type, field.name), &field);
  }
  const Field* parameters = find_field(*find_type("Arguments"), "parameters");
  EXPECT_TRUE(parameters->merge);
  EXPECT_EQ(parameters->merge_key, "name");
}

TEST(Nearest, FindsSlips) {
  EXPECT_EQ(edit_distance("abcd", "abdc"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(nearest_field(*find_type("WorkflowSpec"), "entrypiont"), "entrypoint");
  EXPECT_EQ(nearest_field(*find_type("WorkflowSpec"), "serviceaccountname"), "serviceAccountName");
  EXPECT_EQ(nearest_field(*find_type("WorkflowSpec"), "foo"), "");
}

}  // namespace
}  // namespace wf::spec
