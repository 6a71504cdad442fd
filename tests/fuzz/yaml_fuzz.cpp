// SPDX-License-Identifier: Apache-2.0
// Whatever parses as YAML prints as YAML that parses to the same, and every place lies in the text.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "json/text.h"
#include "json/yaml.h"

namespace {

void check_places(const wf::json::Value& value, const wf::json::Places& places) {
  CHECK(places.below.size() == value.size());
  CHECK(value.is_object() || places.value.line > 0);
  for (size_t i = 0; i < places.below.size(); ++i) {
    check_places(value.is_array() ? value[i] : value.members()[i].value, places.below[i]);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wf;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)json::split_manifests(text);
  (void)json::parse_yaml(text, json::DuplicateKeys::Refuse);
  const auto document = json::parse_yaml(text);
  if (!document.ok()) return 0;
  const bool plain =
      text.find('&') == text.npos && text.find('<') == text.npos && text.find(':') == text.npos;
  if (plain && !document->value.is_null()) check_places(document->value, document->places);
  // Numbers may change their text the first time ("1.0" is 1).
  const auto once = json::parse_yaml(json::print_yaml(document->value));
  CHECK(once.ok());
  const auto twice = json::parse_yaml(json::print_yaml(once->value));
  CHECK(twice.ok() && twice->value == once->value);
  return 0;
}
