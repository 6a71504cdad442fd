// SPDX-License-Identifier: Apache-2.0
#include "engine/node.h"

#include <array>
#include <charconv>

#include "base/text.h"

namespace wf::engine {
namespace {

constexpr std::array<std::string_view, 11> kTypes = {
    "Pod", "Container", "Steps", "StepGroup", "DAG", "TaskGroup", "Retry", "Skipped", "Suspend", "HTTP", "Plugin"};
constexpr std::array<std::string_view, 8> kPhases = {
    "", "Pending", "Running", "Succeeded", "Skipped", "Failed", "Error", "Omitted"};

int64_t number(std::string_view text) {
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string_view name_of(NodeType type) { return kTypes[static_cast<size_t>(type)]; }
std::string_view name_of(Phase phase) { return kPhases[static_cast<size_t>(phase)]; }

NodeType node_type_from(std::string_view name) {
  for (size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i] == name) return static_cast<NodeType>(i);
  }
  return NodeType::Pod;
}

Phase phase_from(std::string_view name) {
  for (size_t i = 0; i < kPhases.size(); ++i) {
    if (kPhases[i] == name) return static_cast<Phase>(i);
  }
  return Phase::None;
}

std::string to_text(const Progress& progress) { return cat(progress.done, "/", progress.total); }

Progress progress_from(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return {};
  return {number(text.substr(0, slash)), number(text.substr(slash + 1))};
}

}  // namespace wf::engine
