// SPDX-License-Identifier: Apache-2.0
#include "control/store_world.h"

#include "base/text.h"
#include "control/checks.h"
#include "engine/memo.h"
#include "io/system.h"
#include "json/text.h"
#include "store/kinds.h"

namespace wf::control {

using json::Value;

Value StoreWorld::find(std::string_view kind, std::string_view ns, std::string_view name) const {
  return objects_.find({std::string(kind), std::string(ns), std::string(name)});
}

void StoreWorld::changed(const store::Key& key) {
  if (key.kind != store::kWorkflow && key.kind != store::kEvent) objects_.forget(key);
}

// Caches lie in the controller's namespace (MEM-2).
store::Key StoreWorld::cache_key(std::string_view cache) const {
  return {std::string(store::kConfigMap), controller_.flags.ns, std::string(cache)};
}

Value StoreWorld::cache_map(const store::Key& key) {
  auto read = store_.get(key);
  return read.ok() ? std::move(*read) : Value();
}

Result<std::optional<engine::MemoEntry>> StoreWorld::load_memo(std::string_view cache, std::string_view key) {
  const std::lock_guard lock(memo_mutex_);
  Value map = cache_map(cache_key(cache));
  auto entry = engine::memo_entry(map, key);
  if (!entry.ok() || !*entry) return entry;
  // MEM-3: the time of use. A lost note harms nothing, so nobody waits for it.
  auto noted = json::parse(map["data"][key].as_string());
  if (noted.ok() && noted->is_object()) {
    noted->set("lastHitTimestamp", to_rfc3339(clock_.now()));
    map.at("data").set(key, json::print(*noted));
    store_.commit(store::Transaction{{store::Update{std::move(map)}}}, nullptr);
  }
  return entry;
}

Result<void> StoreWorld::save_memo(std::string_view cache, std::string_view key, const engine::MemoEntry& entry) {
  const std::lock_guard lock(memo_mutex_);
  for (;;) {
    const Value old = cache_map(cache_key(cache));
    TRY(Value map, engine::with_memo_entry(old, controller_.flags.ns, cache, key, entry));
    store::Transaction transaction;
    if (old.is_null()) {
      transaction.writes.emplace_back(store::Create{std::move(map)});
    } else {
      transaction.writes.emplace_back(store::Update{std::move(map)});
    }
    auto written = store_.commit(std::move(transaction));
    if (written.ok()) return {};
    const Code code = written.error().code();
    if (code != Code::Conflict && code != Code::AlreadyExists && code != Code::NotFound) return std::move(written.error());
  }
}

// By which labels workflows are made from the same thing, and where that is kept.
std::vector<std::string> StoreWorld::baseline_names(const Value& workflow) {
  std::vector<std::string> names;
  for (const char* label : {"workflows.argoproj.io/workflow-template", "workflows.argoproj.io/cluster-workflow-template",
                            "workflows.argoproj.io/cron-workflow"}) {
    const Value* value = workflow["metadata"]["labels"].find(label);
    if (value == nullptr) continue;
    names.push_back(cat(workflow["metadata"]["namespace"].as_string(), " ", label, "=", value->as_string()));
  }
  return names;
}

void StoreWorld::note_baseline(const Value& workflow) const {
  if (workflow["status"]["phase"].as_string() != "Succeeded") return;
  const auto key = store::key_of(workflow);
  if (!key.ok()) return;
  const std::string created(workflow["metadata"]["creationTimestamp"].as_string());
  for (const std::string& name : baseline_names(workflow)) {
    Baseline& known = baselines_[name];
    if (known.created_at <= created) known = {created, *key, Value()};
  }
}

void StoreWorld::finished(const Value& workflow) {
  const std::lock_guard lock(baseline_mutex_);
  if (baselines_known_) note_baseline(workflow);
}

// PRG-10: the newest one that succeeded and was made from the same template or cron workflow.
Value StoreWorld::estimate_baseline(const Value& workflow) const {
  if (io::environment("SKIP_WORKFLOW_DURATION_ESTIMATION") == "true") return {};
  const auto names = baseline_names(workflow);
  if (names.empty()) return {};
  const std::lock_guard lock(baseline_mutex_);
  if (!baselines_known_) {
    const auto page = store_.list({.kind = std::string(store::kWorkflow), .completed = true, .detail = store::Detail::Summary});
    if (!page.ok()) return {};
    for (const Value& each : page->items) note_baseline(each);
    baselines_known_ = true;
  }
  const auto at = baselines_.find(names.front());
  if (at == baselines_.end()) return {};
  if (at->second.workflow.is_null()) {
    auto read = store_.get(at->second.key);
    if (read.ok()) at->second.workflow = std::move(*read);
  }
  return at->second.workflow;
}

std::string StoreWorld::validate(const Value& workflow) {
  const auto checked = check_object(workflow, Check::Create, objects_, controller_.config);
  return checked.ok() ? "" : checked.error().message();
}

bool StoreWorld::archives(const Value&) const { return false; }  // this store has no archive

}  // namespace wf::control
