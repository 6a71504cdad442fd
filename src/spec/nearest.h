// SPDX-License-Identifier: Apache-2.0
// spec/nearest.h: which name was probably meant. Pure; anybody may call.
#pragma once
#include <span>
#include <string_view>

#include "spec/schema.h"

namespace wf::spec {

// How many letters must be added, taken away, changed or swapped to make one of the other.
size_t edit_distance(std::string_view a, std::string_view b);
// The field of the struct whose name is nearest, or "" where none is near enough to be meant.
std::string_view nearest_field(const Type& type, std::string_view name);
// Likewise of a list of names.
std::string_view nearest_name(std::span<const std::string_view> names, std::string_view name);

}  // namespace wf::spec
