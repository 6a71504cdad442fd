// SPDX-License-Identifier: Apache-2.0
#include "control/retention.h"

#include <algorithm>

namespace wf::control {
namespace {

constexpr std::string_view kCompleted = "workflows.argoproj.io/completed";
constexpr std::string_view kArchiving = "workflows.argoproj.io/workflow-archiving-status";

}  // namespace

std::optional<Time> expires_at(const json::Value& workflow) {
  const json::Value& labels = workflow["metadata"]["labels"];
  const json::Value& status = workflow["status"];
  if (labels[kCompleted].as_string() != "true" || labels[kArchiving].as_string() == "Pending") return std::nullopt;
  if (workflow["metadata"].has("deletionTimestamp")) return std::nullopt;
  const json::Value* strategy = workflow["spec"].find("ttlStrategy");
  if (strategy == nullptr) strategy = status["storedWorkflowTemplateSpec"].find("ttlStrategy");
  if (strategy == nullptr) return std::nullopt;

  const std::string_view phase = status["phase"].as_string();
  const json::Value* seconds = nullptr;
  if (phase == "Failed") seconds = strategy->find("secondsAfterFailure");
  if (phase == "Succeeded") seconds = strategy->find("secondsAfterSuccess");
  if (seconds == nullptr) seconds = strategy->find("secondsAfterCompletion");
  if (seconds == nullptr || !seconds->as_int()) return std::nullopt;
  const auto finished = parse_rfc3339(status["finishedAt"].as_string());
  if (!finished.ok()) return std::nullopt;
  return *finished + std::chrono::seconds(*seconds->as_int() + 1);
}

std::vector<json::Value> beyond_retention(std::vector<json::Value> finished,
                                          const config::ControllerConfig::Retention& keep) {
  std::stable_sort(finished.begin(), finished.end(), [](const json::Value& a, const json::Value& b) {
    return a["metadata"]["creationTimestamp"].as_string() > b["metadata"]["creationTimestamp"].as_string();
  });
  int64_t succeeded = 0, failed = 0, errored = 0;
  std::erase_if(finished, [&](const json::Value& workflow) {
    const std::string_view phase = workflow["status"]["phase"].as_string();
    if (phase == "Succeeded") return ++succeeded <= keep.completed;
    if (phase == "Failed") return ++failed <= keep.failed;
    if (phase == "Error") return ++errored <= keep.errored;
    return true;
  });
  return finished;
}

}  // namespace wf::control
