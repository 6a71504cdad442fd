// SPDX-License-Identifier: Apache-2.0
#include "store/memory_store.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "store/detail/tables.h"
#include "store/kinds.h"

namespace wf::store {
namespace {

using detail::Head;
using detail::Parts;

struct Row {
  Key key;
  json::Value object;
  std::map<std::string, json::Value> nodes;
};

class MemoryTables final : public detail::Tables {
 public:
  std::map<int64_t, Row> rows;
  std::map<Key, int64_t> by_key;
  std::map<std::string, int64_t> by_uid;
  std::map<std::string, PutAction> actions;

  Result<std::optional<Head>> find(const Key& key) override {
    const auto at = by_key.find(key);
    if (at == by_key.end()) return std::optional<Head>();
    const json::Value& object = rows.at(at->second).object;
    return std::optional(Head{at->second, std::string(uid_of(object)), revision_of(object)});
  }
  Result<json::Value> load(const Key&, int64_t row) override { return rows.at(row).object; }
  Result<int64_t> insert(const Key& key, const json::Value& object) override {
    const int64_t row = next_row_++;
    rows.emplace(row, Row{key, object, {}});
    by_key.emplace(key, row);
    by_uid.emplace(uid_of(object), row);
    add_owners(key, object);
    return row;
  }
  Result<void> replace(const Key& key, int64_t row, const json::Value& object, Parts parts) override {
    if (parts == Parts::All) {
      drop_owners(key);
      add_owners(key, object);
    }
    rows.at(row).object = object;
    return {};
  }
  Result<void> erase(const Key& key, int64_t row, const std::string& uid) override {
    rows.erase(row);
    by_key.erase(key);
    by_uid.erase(uid);
    drop_owners(key);
    std::erase_if(actions, [&](const auto& entry) { return entry.second.workflow_uid == uid; });
    return {};
  }
  Result<std::vector<Key>> owned_by(const std::string& uid) override {
    std::vector<Key> keys;
    for (auto at = owned_.lower_bound({uid, Key{}}); at != owned_.end() && at->first == uid; ++at) {
      keys.push_back(at->second);
    }
    return keys;
  }
  Result<json::Value> load_nodes(int64_t row) override {
    json::Value nodes = json::Value::object();
    for (const auto& [id, node] : rows.at(row).nodes) nodes.set(id, node);
    return nodes;
  }
  Result<void> put_node(int64_t row, const std::string& id, const json::Value& node) override {
    rows.at(row).nodes[id] = node;
    return {};
  }
  Result<void> erase_node(int64_t row, const std::string& id) override {
    rows.at(row).nodes.erase(id);
    return {};
  }
  Result<void> put_action(const PutAction& action) override {
    actions[action.id] = action;
    return {};
  }
  Result<void> drop_action(const std::string& id) override {
    actions.erase(id);
    return {};
  }

 private:
  void add_owners(const Key& key, const json::Value& object) {
    for (const json::Value& owner : object["metadata"]["ownerReferences"].items()) {
      std::string uid(owner["uid"].as_string());
      owned_.emplace(uid, key);
      owners_of_[key].insert(std::move(uid));
    }
  }
  void drop_owners(const Key& key) {
    const auto at = owners_of_.find(key);
    if (at == owners_of_.end()) return;
    for (const std::string& uid : at->second) owned_.erase({uid, key});
    owners_of_.erase(at);
  }

  int64_t next_row_ = 1;
  std::set<std::pair<std::string, Key>> owned_;
  std::map<Key, std::set<std::string>> owners_of_;
};

json::Value at_detail(const Row& row, Detail detail) {
  if (row.key.kind != kWorkflow || detail == Detail::Header) return row.object;
  if (detail == Detail::Summary) {
    json::Value shown = json::Value::object();
    for (const char* name : {"apiVersion", "kind", "metadata"}) shown.set(name, row.object[name]);
    const json::Value summary = summary_of(row.object);
    for (const json::Member& member : summary.members()) shown.set(member.key(), member.value);
    return shown;
  }
  json::Value full = row.object;
  if (row.nodes.empty()) return full;
  json::Value nodes = json::Value::object();
  for (const auto& [id, node] : row.nodes) nodes.set(id, node);
  full.at("status").set("nodes", std::move(nodes));
  return full;
}

// When it started, or was created; both are RFC 3339 of one form, so they compare as texts.
std::string_view started_at(const Row& row) {
  const std::string_view started = row.object["status"]["startedAt"].as_string();
  return started.empty() ? row.object["metadata"]["creationTimestamp"].as_string() : started;
}

class MemoryStore final : public ObjectStore {
 public:
  MemoryStore(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  void commit(Transaction transaction, Done done) override {
    Result<Written> result = Written();
    {
      const std::lock_guard lock(mutex_);
      std::vector<Event> events;
      auto outcome = detail::apply({tables_, clock_, random_, revision_, events}, std::move(transaction));
      if (auto* failure = std::get_if<detail::Failure>(&outcome)) {
        CHECK(failure->verdict == detail::Verdict::Refused);
        result = std::move(failure->error);
      } else {
        result = std::move(std::get<Written>(outcome));
        hub_.publish(std::move(events));
      }
    }
    done(std::move(result));
  }
  using ObjectStore::commit;

  Result<json::Value> get(const Key& key, Detail detail) override {
    const std::lock_guard lock(mutex_);
    const auto at = tables_.by_key.find(key);
    if (at == tables_.by_key.end()) return not_found(key);
    return at_detail(tables_.rows.at(at->second), detail);
  }

  Result<json::Value> get_by_uid(const std::string& uid, Detail detail) override {
    const std::lock_guard lock(mutex_);
    const auto at = tables_.by_uid.find(uid);
    if (at == tables_.by_uid.end() || tables_.rows.at(at->second).key.kind != kWorkflow) {
      return not_found(Key{std::string(kWorkflow), "", uid});
    }
    return at_detail(tables_.rows.at(at->second), detail);
  }

  Result<json::Value> get_node(const Key& workflow, const std::string& id) override {
    const std::lock_guard lock(mutex_);
    const auto at = tables_.by_key.find(workflow);
    if (at == tables_.by_key.end()) return not_found(workflow);
    const auto& nodes = tables_.rows.at(at->second).nodes;
    const auto node = nodes.find(id);
    if (node == nodes.end()) return Error("node '" + id + "' not found", Code::NotFound);
    return node->second;
  }

  Result<ListPage> list(const ListRequest& request) override {
    const std::lock_guard lock(mutex_);
    std::vector<const Row*> found;
    const auto first = tables_.by_key.lower_bound(Key{request.kind, request.ns, ""});
    for (auto at = first; at != tables_.by_key.end() && at->first.kind == request.kind; ++at) {
      if (!request.ns.empty() && at->first.ns != request.ns) break;
      const Row& row = tables_.rows.at(at->second);
      if (request.completed && *request.completed != detail::is_completed(row.object["metadata"])) continue;
      if (detail::passes(request, request.accept ? at_detail(row, Detail::Summary) : row.object)) found.push_back(&row);
    }
    if (request.kind == kWorkflow) {
      std::stable_sort(found.begin(), found.end(),
                       [](const Row* a, const Row* b) { return started_at(*a) > started_at(*b); });
    }
    ListPage page;
    page.revision = revision_;
    const size_t begin = std::min(request.offset, found.size());
    const size_t end = request.limit == 0 ? found.size() : std::min(found.size(), begin + request.limit);
    for (size_t i = begin; i < end; ++i) page.items.push_back(at_detail(*found[i], request.detail));
    page.remaining = request.count_remaining ? found.size() - end : (found.size() > end ? 1 : 0);
    return page;
  }

  Result<std::vector<PutAction>> actions() override {
    const std::lock_guard lock(mutex_);
    std::vector<PutAction> list;
    for (const auto& [id, action] : tables_.actions) list.push_back(action);
    return list;
  }

  Result<std::unique_ptr<Watch>> watch(WatchRequest request) override { return hub_.watch(std::move(request)); }
  Result<void> backup(const std::string&) override { return Error("a store in memory has no backup"); }

 private:
  const Clock& clock_;
  Random& random_;
  std::mutex mutex_;  // guards what follows; events are published under it, in their order
  MemoryTables tables_;
  uint64_t revision_ = 0;
  WatchHub hub_;
};

}  // namespace

std::unique_ptr<ObjectStore> make_memory_store(const Clock& clock, Random& random) {
  return std::make_unique<MemoryStore>(clock, random);
}

}  // namespace wf::store
