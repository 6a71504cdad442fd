// SPDX-License-Identifier: Apache-2.0
#include "cli/verbs.h"

#include <array>

namespace wf::cli {
namespace {

// By name.
constexpr std::array kVerbs = {
    VerbEntry{"lint", "validate files or directories of manifests", lint},
    VerbEntry{"simulate", "run workflows against scripted outcomes under a virtual clock", simulate},
};

}  // namespace

std::span<const VerbEntry> verbs() { return kVerbs; }

const VerbEntry* find_verb(std::string_view name) {
  for (const VerbEntry& verb : kVerbs) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

}  // namespace wf::cli
