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

// PRG-10: the newest one that succeeded and was made from the same template or cron workflow.
Value StoreWorld::estimate_baseline(const Value& workflow) const {
  if (io::environment("SKIP_WORKFLOW_DURATION_ESTIMATION") == "true") return {};
  for (const char* name : {"workflows.argoproj.io/workflow-template", "workflows.argoproj.io/cluster-workflow-template",
                           "workflows.argoproj.io/cron-workflow"}) {
    const Value* label = workflow["metadata"]["labels"].find(name);
    if (label == nullptr) continue;
    store::ListRequest request{.kind = std::string(store::kWorkflow)};
    request.ns = workflow["metadata"]["namespace"].as_string();
    auto selector = spec::LabelSelector::parse(cat(name, "=", label->as_string(), ",workflows.argoproj.io/phase=Succeeded"));
    if (!selector.ok()) return {};
    request.labels = std::move(*selector);
    request.limit = 1;
    auto page = store_.list(request);
    return page.ok() && !page->items.empty() ? std::move(page->items.front()) : Value();
  }
  return {};
}

std::string StoreWorld::validate(const Value& workflow) {
  const auto checked = check_object(workflow, Check::Create, objects_, controller_.config);
  return checked.ok() ? "" : checked.error().message();
}

bool StoreWorld::archives(const Value&) const { return false; }  // this store has no archive

}  // namespace wf::control
