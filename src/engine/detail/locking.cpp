// SPDX-License-Identifier: Apache-2.0
#include "engine/detail/locking.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "engine/detail/walk.h"
#include "spec/names.h"

namespace wf::engine {

using json::Value;

namespace {

std::optional<int> semaphore_limit(const World& world, std::string_view ns, const Value& ref, std::string& error) {
  const std::string_view name = ref["name"].as_string(), key = ref["key"].as_string();
  const Value map = world.find("ConfigMap", ns, name);
  if (map.is_null()) {
    error = cat("configmaps \"", name, "\" not found");
    return std::nullopt;
  }
  const Value* text = map["data"].find(key);
  if (text == nullptr) {
    error = cat("Sync configuration key '", key, "' not found in ConfigMap");
    return std::nullopt;
  }
  int limit = 0;
  const std::string_view digits = text->as_string();
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), limit);
  if (failed != std::errc() || end != digits.data() + digits.size()) {
    error = cat("strconv.Atoi: parsing ", go_quote(digits), ": invalid syntax");
    return std::nullopt;
  }
  return limit;
}

Error no_database(std::string_view kind, const spec::LockName& name) {
  const auto encoded = name.encode();
  return Error(cat("database session is not available for ", kind, " ", encoded.ok() ? *encoded : name.resource));
}

// How status.synchronization shows one kind of lock (SYN-7).
struct LockList {
  const char* kind;   // "semaphore" or "mutex"
  bool mutex;
};

Value& list_of(Value& status, const LockList& which, const char* list) {
  Value& kind = status.at("synchronization");
  if (kind.is_null()) kind = Value::object();
  Value& inner = kind.at(which.kind);
  if (inner.is_null()) inner = Value::object();
  Value& out = inner.at(list);
  if (out.is_null()) out = Value::array();
  return out;
}

int find_entry(const Value& list, const LockList& which, std::string_view lock) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i][which.kind].as_string() == lock) return static_cast<int>(i);
  }
  return -1;
}

void drop_holder(Value& list, const LockList& which, std::string_view lock, std::string_view holder) {
  const int at = find_entry(list, which, lock);
  if (at < 0) return;
  const auto index = static_cast<size_t>(at);
  if (which.mutex) {
    if (list[index]["holder"].as_string() == holder) list.erase_item(index);
    return;
  }
  Value kept = Value::array();
  for (const Value& one : list[index]["holders"].items()) {
    if (one.as_string() != holder) kept.push_back(one);
  }
  if (kept.empty()) list.erase_item(index);
  else list.item(index).set("holders", kept);
}

void note_held(Value& status, const LockWanted& lock, std::string_view holder) {
  const LockList which{lock.mutex ? "mutex" : "semaphore", lock.mutex};
  Value& holding = list_of(status, which, "holding");
  const int at = find_entry(holding, which, lock.name);
  if (lock.mutex) {
    Value entry = Value::object({{"mutex", lock.name}, {"holder", holder}});
    if (at < 0) holding.push_back(entry);
    else holding.item(static_cast<size_t>(at)) = entry;
    return;
  }
  if (at < 0) {
    holding.push_back(Value::object({{"semaphore", lock.name}, {"holders", Value::array({Value(holder)})}}));
  } else {
    Value& holders = holding.item(static_cast<size_t>(at)).at("holders");
    const auto known = holders.items();
    if (std::none_of(known.begin(), known.end(), [&](const Value& one) { return one.as_string() == holder; })) holders.push_back(holder);
  }
  drop_holder(list_of(status, which, "waiting"), which, lock.name, holder);
}

void note_waiting(Value& status, const LockWanted& lock, const std::vector<std::string>& holders) {
  const LockList which{lock.mutex ? "mutex" : "semaphore", lock.mutex};
  if (lock.mutex && holders.empty()) return;
  Value& waiting = list_of(status, which, "waiting");
  const int at = find_entry(waiting, which, lock.name);
  Value entry = Value::object({{which.kind, lock.name}});
  if (lock.mutex) {
    entry.set("holder", holders.front());
  } else {
    Value list = Value::array();
    for (const std::string& holder : holders) list.push_back(holder);
    entry.set("holders", list);
  }
  if (at < 0) waiting.push_back(entry);
  else waiting.item(static_cast<size_t>(at)) = entry;
}

}  // namespace

Result<std::vector<LockWanted>> wanted_locks(const Value& block, std::string_view ns, const World& world) {
  std::vector<LockWanted> wanted;
  const auto invalid = [](const Error& error) { return Error(cat("requested configuration is invalid: ", error.message())); };
  const auto add = [&](const spec::LockName& name, LockWanted lock) -> Result<void> {
    TRY(lock.name, name.encode());
    for (const LockWanted& known : wanted) {
      if (known.name == lock.name) return Error(cat("duplicate synchronization item found: ", lock.name));
    }
    wanted.push_back(std::move(lock));
    return {};
  };
  std::vector<Value> semaphores, mutexes;
  if (block["semaphore"].is_object()) semaphores.push_back(block["semaphore"]);
  for (const Value& one : block["semaphores"].items()) semaphores.push_back(one);
  if (block["mutex"].is_object()) mutexes.push_back(block["mutex"]);
  for (const Value& one : block["mutexes"].items()) mutexes.push_back(one);
  for (const Value& semaphore : semaphores) {
    const auto name = spec::semaphore_lock(semaphore, ns);
    if (!name.ok()) return invalid(name.error());
    if (name->kind == spec::LockName::Kind::Database) return no_database("semaphore", *name);
    LockWanted lock;
    std::string why;
    lock.limit = semaphore_limit(world, name->ns, semaphore["configMapKeyRef"], why);
    if (auto added = add(*name, lock); !added.ok()) return invalid(added.error());
    if (!lock.limit) return Error(cat("failed to initialize semaphore ", wanted.back().name, " with limit"));
  }
  for (const Value& mutex : mutexes) {
    const spec::LockName name = spec::mutex_lock(mutex, ns);
    if (name.kind == spec::LockName::Kind::Database) return no_database("mutex", name);
    if (auto added = add(name, LockWanted{{}, true, 1}); !added.ok()) return invalid(added.error());
  }
  return wanted;
}

Result<std::string> config_map_parameter(const World& world, std::string_view ns, std::string_view name, std::string_view key) {
  constexpr std::string_view kLabel = "workflows.argoproj.io/configmap-type";
  const Value map = world.find("ConfigMap", ns, name);
  if (map.is_null() || !map["metadata"]["labels"].has(kLabel)) {  // only labelled ones are looked at
    return Error(cat("ConfigMap '", name, "' does not exist. Please make sure it has the label ", kLabel,
                     ": Parameter to be detectable by the controller"), Code::NotFound);
  }
  if (map["metadata"]["labels"][kLabel].as_string() != "Parameter") {
    return Error(cat("ConfigMap '", name, "' needs to have the label ", kLabel, ": Parameter to load parameters"));
  }
  const Value* value = map["data"].find(key);
  if (value == nullptr) return Error(cat("ConfigMap '", name, "' does not have the key '", key, "'"), Code::NotFound);
  return std::string(value->as_string());
}

std::string_view retry_policy(const Value& strategy) {
  const std::string_view given = strategy["retryPolicy"].as_string();
  if (!given.empty()) return given;
  return strategy["expression"].as_string().empty() ? "OnFailure" : "Always";
}

bool looks_transient(std::string_view message) {
  for (const std::string_view sign : {"connection reset by peer", "connection refused", "i/o timeout", "TLS handshake timeout",
                                      "exceeded quota", "too many requests", "etcdserver: leader changed", "net/http: request canceled",
                                      "http2: client connection lost", "Client.Timeout exceeded", "connection timed out"}) {
    if (message.find(sign) != std::string_view::npos) return true;
  }
  return false;
}

// SYN-3, SYN-7, SYN-11.
bool Walk::acquire_locks(Exec& e, Outcome& outcome) {
  const auto wanted = wanted_locks(e.processed["synchronization"], s.ns, s.world);
  if (!wanted.ok()) {
    outcome = errored(e, wanted.error().message());
    return false;
  }
  const LockHolder holder{cat(s.key(), "/", s.nodes.id_of_name(e.name)), s.key(), priority(), s.created_at};
  const LockAttempt attempt = s.world.locks().try_acquire(holder, *wanted);
  for (const LockWanted& lock : *wanted) {
    if (attempt.acquired) note_held(s.status, lock, holder.key);
    // Nodes that wait on are not asked again, but wait for this holder now.
    const bool others_wait = attempt.newly && s.world.locks().waits(lock.name, s.key());
    if (!attempt.acquired || others_wait) note_waiting(s.status, lock, s.world.locks().holders(lock.name));
  }
  s.header_changed = true;
  if (attempt.acquired) {
    if (attempt.newly) e.memo_looked_up = false;
    if (e.node != kNoNode && s.nodes[e.node].extra && s.nodes[e.node].extra->waiting) {
      s.nodes.change(e.node, [](Node& node) {
        node.extra->waiting = false;
        node.extra->waiting_lock.clear();
        node.message.clear();
      });
    }
    return true;
  }
  if (e.node == kNoNode) {
    const auto type = node_type_of(e);
    e.node = add_node(e, type, Phase::Pending, attempt.message, true);
    set_inputs(e.node, e.processed);
    s.set_exec(e.node, &e);
  }
  const Node& node = s.nodes[e.node];
  if (!node.waits_for_lock() || node.extra->waiting_lock != attempt.failed || node.message != attempt.message) {
    s.nodes.change(e.node, [&](Node& waiting) {
      waiting.more().waiting = true;
      waiting.extra->waiting_lock = attempt.failed;
      waiting.message = attempt.message;
    });
  }
  outcome = {e.node};
  return false;
}

void Walk::release_locks(Exec& e) {
  if (!e.has_locks || e.node == kNoNode) return;
  e.has_locks = false;
  const auto wanted = wanted_locks(e.processed["synchronization"], s.ns, s.world);
  if (!wanted.ok()) return;
  const std::string key = cat(s.key(), "/", s.nodes.id(e.node));
  std::vector<std::string> names;
  for (const LockWanted& lock : *wanted) {
    names.push_back(lock.name);
    const LockList which{lock.mutex ? "mutex" : "semaphore", lock.mutex};
    drop_holder(list_of(s.status, which, "holding"), which, lock.name, key);
    drop_holder(list_of(s.status, which, "waiting"), which, lock.name, key);
  }
  s.header_changed = true;
  for (std::string& workflow : s.world.locks().release(key, names)) {
    if (workflow != s.key()) turn.wake.push_back(std::move(workflow));
    else mark_lock_waiters();
  }
}

// Of a workflow that was just loaded: nodes that ended meanwhile are not executed again, so nobody
// else would release what they hold (SYN-9).
void Walk::release_locks_of_ended() {
  const std::string own = s.key() + "/";
  const auto release = [&](const LockList& which, std::string_view lock, std::string_view holder) {
    if (!holder.starts_with(own)) return;
    const NodeIndex node = s.nodes.find_id(holder.substr(own.size()));
    if (node != kNoNode && !fulfilled(s.nodes[node])) return;
    drop_holder(list_of(s.status, which, "holding"), which, lock, holder);
    s.header_changed = true;
    for (std::string& workflow : s.world.locks().release(std::string(holder), {std::string(lock)})) {
      if (workflow != s.key()) turn.wake.push_back(std::move(workflow));
    }
  };
  const Value held = s.status["synchronization"];
  for (const Value& entry : held["mutex"]["holding"].items()) {
    release({"mutex", true}, entry["mutex"].as_string(), entry["holder"].as_string());
  }
  for (const Value& entry : held["semaphore"]["holding"].items()) {
    for (const Value& holder : entry["holders"].items()) {
      release({"semaphore", false}, entry["semaphore"].as_string(), holder.as_string());
    }
  }
}

// Nodes of this workflow whose turn it may be now.
void Walk::mark_lock_waiters() {
  for (const std::string& holder : s.world.locks().ready_holders(s.key())) {
    const NodeIndex node = s.nodes.find_id(std::string_view(holder).substr(holder.rfind('/') + 1));
    if (node != kNoNode) mark(s, s.exec(node));
  }
}

int Walk::priority() const { return static_cast<int>(s.spec["priority"].as_int().value_or(0)); }

// SYN-10, SHD-7.
bool Walk::take_workflow_lock() {
  const Value& block = s.effective["synchronization"];
  if (!block.is_object()) return true;
  const auto wanted = wanted_locks(block, s.ns, s.world);
  if (!wanted.ok()) {
    mark_workflow("Failed", cat("Failed to acquire the synchronization lock. ", wanted.error().message()));
    return false;
  }
  const LockHolder holder{s.key(), s.key(), priority(), s.created_at};
  const LockAttempt attempt = s.world.locks().try_acquire(holder, *wanted);
  for (const LockWanted& lock : *wanted) {
    if (attempt.acquired) {
      if (attempt.newly) note_held(s.status, lock, holder.key);
    } else {
      note_waiting(s.status, lock, s.world.locks().holders(lock.name));
    }
  }
  if (attempt.newly) s.header_changed = true;
  if (attempt.acquired) return true;
  if (s.shutdown() == "Terminate" && s.phase == "Pending") {
    mark_workflow("Failed", cat("Stopped with strategy '", s.shutdown(), "'"));
    return false;
  }
  mark_workflow(s.phase.empty() ? "Pending" : s.phase, attempt.message);
  return false;
}

}  // namespace wf::engine
