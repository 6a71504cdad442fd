// SPDX-License-Identifier: Apache-2.0
#include "control/cron_worker.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "control/cron_rules.h"
#include "engine/submit.h"
#include "store/kinds.h"

namespace wf::control {

using json::Value;

namespace {

constexpr Duration kSyncPeriod = std::chrono::seconds(10);  // CRN-14
constexpr std::string_view kCronLabel = "workflows.argoproj.io/cron-workflow";
constexpr std::string_view kLastUsedSchedule = "cronworkflows.argoproj.io/last-used-schedule";

std::string key_text(const std::string& ns, const std::string& name) { return cat("c/", ns, "/", name); }

bool is_finished(const Value& workflow) {
  const std::string_view phase = workflow["status"]["phase"].as_string();
  return phase == "Succeeded" || phase == "Failed" || phase == "Error";
}

bool is_owned_by(const Value& workflow, std::string_view uid) {
  const auto owners = workflow["metadata"]["ownerReferences"].items();
  return std::any_of(owners.begin(), owners.end(), [&](const Value& owner) { return owner["uid"].as_string() == uid; });
}

}  // namespace

size_t CronWorker::count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<size_t>(std::count_if(armed_.begin(), armed_.end(), [](const auto& one) { return one.second.at.has_value(); }));
}

Result<void> CronWorker::take_up() {
  TRY(const store::ListPage page, store_.list({.kind = std::string(store::kCronWorkflow)}));
  for (const Value& cron : page.items) {
    queue_.add(key_text(std::string(cron["metadata"]["namespace"].as_string()),
                        std::string(cron["metadata"]["name"].as_string())));
  }
  return {};
}

void CronWorker::store_changed(const store::Event& event) { queue_.add(key_text(event.key.ns, event.key.name)); }

void CronWorker::child_changed(const Value& workflow) {
  const Value* cron = workflow["metadata"]["labels"].find(kCronLabel);
  if (cron == nullptr) return;
  queue_.add(key_text(std::string(workflow["metadata"]["namespace"].as_string()), std::string(cron->as_string())));
}

void CronWorker::forget(const std::string& queue_key) {
  const std::lock_guard lock(mutex_);
  armed_.erase(queue_key);
  queue_.cancel(queue_key);
}

void CronWorker::work(const std::string& queue_key) {
  const size_t slash = queue_key.find('/', 2);
  process({std::string(store::kCronWorkflow), queue_key.substr(2, slash - 2), queue_key.substr(slash + 1)}, queue_key);
  queue_.done(queue_key);
}

void CronWorker::process(const store::Key& key, const std::string& queue_key) {
  const auto read = store_.get(key);
  if (!read.ok()) {
    if (read.error().code() == Code::NotFound) return forget(queue_key);
    return queue_.add_at(queue_key, clock_.now() + kSyncPeriod);
  }
  const Value before = *read;
  Value cron = before;
  const Time now = clock_.now();
  const auto children = sync_children(cron);
  if (!children.ok()) {
    std::fprintf(stderr, "cron workflow %s/%s: %s\n", key.ns.c_str(), key.name.c_str(), children.error().message().c_str());
  }
  if (cron_completed(cron)) {  // CRN-18
    save(key, before, cron);
    return forget(queue_key);
  }
  const auto valid = operations_.check(cron, Check::Create);
  if (!valid.ok()) {
    set_cron_condition(cron, "SpecError", valid.error().message());
    save(key, before, cron);
    return forget(queue_key);
  }
  remove_cron_condition(cron, "SpecError");

  Armed armed;
  {
    const std::lock_guard lock(mutex_);
    armed = armed_[queue_key];
  }
  const bool same = armed.schedules == cron_schedule_text(cron);
  if (same && armed.at && *armed.at <= now) {
    run(cron, *armed.at);
  } else if (const auto missed = missed_run(cron, now); missed.ok() && *missed) {
    run(cron, **missed);
  }
  save(key, before, cron);
  if (!same || !armed.at || *armed.at <= now) arm(cron, queue_key, now);
  if (!cron["status"]["active"].empty()) queue_.add_at(queue_key, now + kSyncPeriod);
  const std::lock_guard lock(mutex_);
  if (armed_[queue_key].at) queue_.add_at(queue_key, *armed_[queue_key].at);
}

void CronWorker::arm(const Value& cron, const std::string& queue_key, Time now) {
  const auto next = next_run(cron, now);
  const std::lock_guard lock(mutex_);
  armed_[queue_key] = {cron_schedule_text(cron), next.ok() ? *next : std::nullopt};
}

// CRN-14, CRN-15: the list of active children, the counts of those that ended, and old ones removed.
Result<bool> CronWorker::sync_children(Value& cron) {
  store::ListRequest request{.kind = std::string(store::kWorkflow), .detail = store::Detail::Summary};
  request.ns = cron["metadata"]["namespace"].as_string();
  const std::string_view uid = store::uid_of(cron);
  TRY(request.labels, spec::LabelSelector::parse(cat(kCronLabel, "=", cron["metadata"]["name"].as_string())));
  TRY(store::ListPage page, store_.list(request));
  std::erase_if(page.items, [&](const Value& child) { return !is_owned_by(child, uid); });
  std::map<std::string, const Value*, std::less<>> by_uid;
  for (const Value& child : page.items) by_uid.emplace(store::uid_of(child), &child);

  const Value active = cron["status"]["active"];
  Value still = Value::array();
  for (const Value& reference : active.items()) {
    const auto child = by_uid.find(reference["uid"].as_string());
    if (child == by_uid.end()) continue;
    if (!is_finished(*child->second)) {
      still.push_back(reference);
      by_uid.erase(child);
      continue;
    }
    count_cron_end(cron, (*child->second)["status"]["phase"].as_string());
    auto stops = cron_stops(cron);
    if (!stops.ok()) {
      return std::move(stops.error())
          .wrap(cat("failed to check CronWorkflow '", cron["metadata"]["name"].as_string(), "' stopping condition"));
    }
    if (*stops) set_cron_stopped(cron);
  }
  if (!(still == active) && !(still.empty() && active.empty())) cron.at("status").set("active", std::move(still));
  for (const auto& [id, child] : by_uid) {
    if (!is_finished(*child)) add_active(cron, *child);
  }
  for (const Value& old : beyond_history(cron, std::move(page.items))) {
    TRY(const store::Key key, store::key_of(old));
    const auto removed = store_.remove(key, std::string(store::uid_of(old)));
    if (!removed.ok() && removed.error().code() != Code::NotFound) return removed.error();
  }
  return true;
}

// CRN-8.
Result<bool> CronWorker::may_run(const Value& cron) {
  if (cron["spec"]["suspend"].as_bool() || cron["status"]["phase"].as_string() == "Stopped") return false;
  TRY(const bool holds, cron_when_holds(cron, clock_.now()));
  if (!holds) return false;
  const std::string_view policy = cron["spec"]["concurrencyPolicy"].as_string();
  if (policy.empty() || policy == "Allow") return true;
  if (policy == "Forbid") return cron["status"]["active"].empty();
  if (policy != "Replace") return Error(cat("invalid ConcurrencyPolicy: ", policy));
  TRY_DO(end_active(cron));
  return true;
}

Result<void> CronWorker::end_active(const Value& cron) {
  for (const Value& reference : cron["status"]["active"].items()) {
    const store::Key key{std::string(store::kWorkflow), std::string(cron["metadata"]["namespace"].as_string()),
                         std::string(reference["name"].as_string())};
    const auto workflow = store_.get(key, store::Detail::Header);
    if (!workflow.ok() && workflow.error().code() == Code::NotFound) continue;
    if (workflow.ok() && !(*workflow)["spec"]["shutdown"].as_string().empty()) continue;
    auto ended = operations_.terminate(key);
    if (!ended.ok()) return std::move(ended.error()).wrap(cat("error stopping workflow ", key.name));
  }
  return {};
}

// CRN-6 to CRN-9, in their order; the object is saved afterwards whatever came of it.
void CronWorker::run(Value& cron, Time scheduled) {
  const std::string name(cron["metadata"]["name"].as_string());
  if (uses_new_schedule(cron)) {
    cron.at("metadata").at("annotations").set(kLastUsedSchedule, cron_schedule_text(cron));
  }
  const auto stops = cron_stops(cron);
  if (!stops.ok()) {
    return set_cron_condition(cron, "SpecError",
                              cat("failed to check CronWorkflow '", name, "' stopping condition: ", stops.error().message()));
  }
  if (*stops) set_cron_stopped(cron);
  const auto submission_error = [&](const std::string& message) {
    set_cron_condition(cron, "SubmissionError", message);
    count_cron_end(cron, "Failed");
  };
  const auto may = may_run(cron);
  if (!may.ok()) return submission_error(cat("run policy error: ", may.error().message()));
  if (!*may) return;

  Value workflow = engine::workflow_of_schedule(cron, cron_child_name(cron, scheduled), scheduled);
  workflow.at("metadata").set("namespace", cron["metadata"]["namespace"]);
  const auto created = operations_.create(std::move(workflow), DryRun::Off);
  if (!created.ok()) {
    if (created.error().code() == Code::AlreadyExists) return;  // CRN-4: this run was made before
    return submission_error(cat("Failed to submit Workflow: ", created.error().message()));
  }
  add_active(cron, *created);
  cron.at("status").set("phase", "Active");
  cron.at("status").set("lastScheduledTime", to_rfc3339(scheduled));
  remove_cron_condition(cron, "SubmissionError");
}

// Only what is the controller's; what users changed meanwhile stays.
void CronWorker::save(const store::Key& key, const Value& before, const Value& cron) {
  if (cron == before) return;
  const auto saved = store_.modify(key, [&](Value& object) -> Result<void> {
    if (store::uid_of(object) != store::uid_of(cron)) return Error("it was replaced", Code::NotFound);
    if (cron.has("status")) object.set("status", cron["status"]);
    for (const auto& [map, name] : {std::pair("annotations", kLastUsedSchedule),
                                    std::pair("labels", std::string_view("workflows.argoproj.io/cron-workflow-completed"))}) {
      const Value* value = cron["metadata"][map].find(name);
      const Value* old = before["metadata"][map].find(name);
      if (value != nullptr && (old == nullptr || !(*old == *value))) object.at("metadata").at(map).set(name, *value);
    }
    return {};
  });
  if (!saved.ok() && saved.error().code() != Code::NotFound) {
    std::fprintf(stderr, "cron workflow %s/%s: %s\n", key.ns.c_str(), key.name.c_str(), saved.error().message().c_str());
  }
}

}  // namespace wf::control
