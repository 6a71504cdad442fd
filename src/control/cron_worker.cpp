// SPDX-License-Identifier: Apache-2.0
#include "control/cron_worker.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "engine/submit.h"
#include "store/kinds.h"

namespace wf::control {

using json::Value;

namespace {

constexpr Duration kSyncPeriod = std::chrono::seconds(10);  // CRN-14
constexpr std::string_view kCronLabel = "workflows.argoproj.io/cron-workflow";

std::string key_text(const std::string& ns, const std::string& name) { return cat("c/", ns, "/", name); }

bool is_owned_by(const Value& workflow, std::string_view uid) {
  const auto owners = workflow["metadata"]["ownerReferences"].items();
  return std::any_of(owners.begin(), owners.end(), [&](const Value& owner) { return owner["uid"].as_string() == uid; });
}

}  // namespace

size_t CronWorker::count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<size_t>(std::count_if(armed_.begin(), armed_.end(), [](const auto& one) { return one.second.timer.next().has_value(); }));
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
  const auto complain = [&](const Error& error) {
    std::fprintf(stderr, "cron workflow %s/%s: %s\n", key.ns.c_str(), key.name.c_str(), error.message().c_str());
  };
  auto synced = sync_children(cron);
  if (!synced.ok()) complain(synced.error());
  if (engine::cron_completed(cron)) {  // CRN-18
    save(key, before, cron);
    return forget(queue_key);
  }
  auto valid = operations_.check(cron, Check::Create);
  if (!valid.ok()) {
    save(key, before, engine::begin_cron_run(cron, now, now, valid.error().message()).cron);
    return forget(queue_key);
  }
  const auto slot = due_slot(cron, queue_key, now);
  if (!slot.ok()) complain(slot.error());
  if (slot.ok() && *slot) run(cron, **slot);
  save(key, before, cron);
  if (!cron["status"]["active"].empty()) queue_.add_at(queue_key, now + kSyncPeriod);
  const std::lock_guard lock(mutex_);
  if (const auto next = armed_.at(queue_key).timer.next()) queue_.add_at(queue_key, *next);
}

// The slot whose time has come, or one that was missed (CRN-10); the timer is set for the next one.
Result<std::optional<Time>> CronWorker::due_slot(const Value& cron, const std::string& queue_key, Time now) {
  const std::lock_guard lock(mutex_);
  Armed& armed = armed_.try_emplace(queue_key, Armed{"", engine::CronTimer(place_)}).first->second;
  const std::string schedules = engine::cron_schedule_text(cron);
  const bool same = armed.schedules == schedules;
  armed.schedules = schedules;
  if (same && armed.timer.next() && *armed.timer.next() <= now) return armed.timer.take(cron, now);
  return armed.timer.changed(cron, now);
}

// CRN-14, CRN-15: the list of active children, the counts of those that ended, and old ones removed.
Result<void> CronWorker::sync_children(Value& cron) {
  store::ListRequest request{.kind = std::string(store::kWorkflow), .detail = store::Detail::Summary};
  request.ns = cron["metadata"]["namespace"].as_string();
  const std::string_view uid = store::uid_of(cron);
  TRY(request.labels, spec::LabelSelector::parse(cat(kCronLabel, "=", cron["metadata"]["name"].as_string())));
  TRY(store::ListPage page, store_.list(request));
  std::erase_if(page.items, [&](const Value& child) { return !is_owned_by(child, uid); });
  engine::CronSync sync = engine::sync_cron(cron, page.items, clock_.now());
  cron = std::move(sync.cron);
  for (const Value& child : page.items) {
    TRY(const store::Key key, store::key_of(child));
    if (std::find(sync.remove.begin(), sync.remove.end(), key.name) == sync.remove.end()) continue;
    const auto removed = store_.remove(key, std::string(store::uid_of(child)));
    if (!removed.ok() && removed.error().code() != Code::NotFound) return removed.error();
  }
  return {};
}

Result<void> CronWorker::end_active(const store::Key& key) {
  const auto workflow = store_.get(key, store::Detail::Header);
  if (!workflow.ok() && workflow.error().code() == Code::NotFound) return {};
  if (workflow.ok() && !(*workflow)["spec"]["shutdown"].as_string().empty()) return {};
  auto ended = operations_.terminate(key);
  if (!ended.ok()) return std::move(ended.error());
  return {};
}

// The object is saved afterwards whatever came of it.
void CronWorker::run(Value& cron, Time slot) {
  const std::string ns(cron["metadata"]["namespace"].as_string());
  engine::CronRun begun = engine::begin_cron_run(cron, slot, clock_.now(), "");
  cron = std::move(begun.cron);
  for (const std::string& active : begun.terminate) {
    auto ended = end_active({std::string(store::kWorkflow), ns, active});
    if (!ended.ok()) {
      cron = engine::cron_not_replaced(cron, active, ended.error());
      return;
    }
  }
  if (begun.workflow.is_null()) return;
  const auto created = operations_.create(std::move(begun.workflow), DryRun::Off);
  cron = created.ok() ? engine::cron_submitted(cron, slot, *created) : engine::cron_not_submitted(cron, created.error());
}

// Only what is the controller's; what users changed meanwhile stays.
void CronWorker::save(const store::Key& key, const Value& before, const Value& cron) {
  if (cron == before) return;
  const auto saved = store_.modify(key, [&](Value& object) -> Result<void> {
    if (store::uid_of(object) != store::uid_of(cron)) return Error("it was replaced", Code::NotFound);
    if (cron.has("status")) object.set("status", cron["status"]);
    for (const auto& [map, name] : {std::pair("annotations", engine::kCronScheduleAnnotation),
                                    std::pair("labels", engine::kCronCompletedLabel)}) {
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
