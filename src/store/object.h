// SPDX-License-Identifier: Apache-2.0
// store/object.h: what is common to all objects: their key and their metadata.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "json/value.h"
#include "spec/selector.h"

namespace wf::store {

// Names one object. `ns` is "" for kinds without namespaces.
struct Key {
  std::string kind, ns, name;
  auto operator<=>(const Key&) const = default;
};

// The key of an object, from its kind and metadata. InvalidArgument where the kind is unknown or a
// namespaced object names no namespace. An object that is to get its name from metadata.generateName
// has none yet.
Result<Key> key_of(const json::Value& object);

// Kubernetes' texts: `workflows.argoproj.io "x" not found`, … .
Error not_found(const Key& key);
Error already_exists(const Key& key);
Error conflict(const Key& key);

// Whether it may be an object's name: a lower case RFC 1123 subdomain. Kubernetes' text where not.
Result<void> check_name(const Key& key);
// metadata.generateName and five random letters.
std::string generated_name(std::string_view prefix, Random& random);

std::string_view uid_of(const json::Value& object);
// metadata.resourceVersion; 0 where absent or not a number.
uint64_t revision_of(const json::Value& object);
void set_revision(json::Value& object, uint64_t revision);
bool has_finalizers(const json::Value& object);
bool is_being_deleted(const json::Value& object);  // metadata.deletionTimestamp is set

// Whether the values at the selector's dotted paths are the wanted ones; an absent one is "".
bool matches_fields(const spec::FieldSelector& selector, const json::Value& object);

// What lists need to know of a workflow's spec and status: {"spec": {suspend, priority, arguments},
// "status": {phase, startedAt, finishedAt, progress, message, estimatedDuration, resourcesDuration}}.
json::Value summary_of(const json::Value& workflow);

}  // namespace wf::store
