// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "base/text.h"
#include "io/system.h"
#include "store/detail/tables.h"
#include "store/kinds.h"

namespace wf::store::detail {
namespace {

// A write whose preconditions hold.
struct Checked {
  Key key;
  std::optional<Head> head;  // of what exists
};

constexpr int kOwnershipDepthMax = 16;

class Applier {
 public:
  explicit Applier(Scribe scribe) : scribe_(scribe) {}

  // The first pass: refuses, and writes nothing.
  Result<Checked> check(const Write& write) {
    if (const auto* create = std::get_if<Create>(&write)) return check_create(*create);
    if (const auto* update = std::get_if<Update>(&write)) return check_update(*update);
    if (const auto* turn = std::get_if<Turn>(&write)) return check_turn(*turn);
    if (const auto* remove = std::get_if<Remove>(&write)) return check_remove(*remove);
    return Checked{};
  }

  // The second pass: fails only where the rows do.
  Result<void> write(Write& write, const Checked& checked, Written& out) {
    if (auto* create = std::get_if<Create>(&write)) return do_create(*create, checked, out);
    if (auto* update = std::get_if<Update>(&write)) return do_update(*update, checked, out);
    if (auto* turn = std::get_if<Turn>(&write)) return do_turn(*turn, checked, out);
    if (std::holds_alternative<Remove>(write)) return remove(checked.key, *checked.head, 0);
    if (const auto* put = std::get_if<PutAction>(&write)) return scribe_.tables.put_action(*put);
    return scribe_.tables.drop_action(std::get<DropAction>(write).id);
  }

 private:
  Result<Checked> check_create(const Create& create) {
    TRY(Key key, key_of(create.object));
    const std::string_view prefix = create.object["metadata"]["generateName"].as_string();
    const bool generate = key.name.empty() && !prefix.empty();
    for (int tries = 0;; ++tries) {
      if (generate) key.name = generated_name(prefix, scribe_.random);
      TRY_DO(check_name(key));
      TRY(const auto head, find(key));
      if (!head && keys_.insert(key).second) return Checked{std::move(key), std::nullopt};
      if (!generate || tries == 8) return already_exists(key);
    }
  }

  Result<Checked> check_update(const Update& update) {
    TRY(Key key, key_of(update.object));
    TRY(auto head, find(key));
    if (!head) return not_found(key);
    const std::string_view uid = uid_of(update.object);
    const bool versioned = !update.object["metadata"]["resourceVersion"].as_string().empty();
    if ((!uid.empty() && uid != head->uid) || (versioned && revision_of(update.object) != head->revision)) {
      return conflict(key);
    }
    return once(std::move(key), std::move(head));
  }

  Result<Checked> check_turn(const Turn& turn) {
    TRY(Key key, key_of(turn.header));
    TRY(auto head, find(key));
    if (!head) return not_found(key);
    if (head->uid != uid_of(turn.header) || head->revision != revision_of(turn.header)) return conflict(key);
    return once(std::move(key), std::move(head));
  }

  Result<Checked> check_remove(const Remove& removal) {
    TRY(auto head, find(removal.key));
    if (!head) return not_found(removal.key);
    if (!removal.uid.empty() && removal.uid != head->uid) {
      return Error(cat("Operation cannot be fulfilled on \"", removal.key.name, "\": the UID in the precondition (",
                       removal.uid, ") does not match the UID in record (", head->uid, ")"),
                   Code::Conflict);
    }
    return once(removal.key, std::move(head));
  }

  Result<std::optional<Head>> find(const Key& key) { return scribe_.tables.find(key); }

  Result<Checked> once(Key key, std::optional<Head> head) {
    if (!keys_.insert(key).second) return Error(cat("two writes of \"", key.name, "\" in one transaction"));
    return Checked{std::move(key), std::move(head)};
  }

  void tell(Event::Type type, const Key& key, std::string_view uid, json::Value last = {}) {
    scribe_.events.push_back({type, key, std::string(uid), scribe_.revision, std::move(last)});
  }

  Result<void> do_create(Create& create, const Checked& checked, Written& out) {
    json::Value& object = create.object;
    const json::Value nodes = take_nodes(checked.key, object);
    if (!object.has("apiVersion")) object.set("apiVersion", find_kind(checked.key.kind)->api_version);
    json::Value& metadata = object.at("metadata");
    metadata.set("name", checked.key.name);
    metadata.set("uid", io::new_uuid(scribe_.random));
    metadata.set("creationTimestamp", to_rfc3339(scribe_.clock.now()));
    metadata.set("generation", 1);
    for (const char* name : {"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields"}) {
      metadata.erase(name);
    }
    set_revision(object, ++scribe_.revision);
    TRY(const int64_t row, scribe_.tables.insert(checked.key, object));
    for (const json::Member& node : nodes.members()) {
      TRY_DO(scribe_.tables.put_node(row, std::string(node.key()), node.value));
    }
    tell(Event::Type::Added, checked.key, uid_of(object));
    out.push_back(std::move(object));
    return {};
  }

  Result<void> do_update(Update& update, const Checked& checked, Written& out) {
    json::Value& object = update.object;
    TRY(json::Value old, scribe_.tables.load(checked.key, checked.head->row));
    const bool nodes_given = checked.key.kind == kWorkflow && object["status"].has("nodes");
    const json::Value nodes = take_nodes(checked.key, object);
    keep_identity(old, object);
    TRY(const bool nodes_changed, nodes_given ? sync_nodes(checked.head->row, nodes) : Result<bool>(false));
    if (object == old && !nodes_changed) {
      out.push_back(std::move(old));
      return {};
    }
    if (is_being_deleted(object) && !has_finalizers(object)) {
      out.push_back(json::Value());
      return erase(checked.key, *checked.head, std::move(object), 0);
    }
    if (nodes_changed || differs_beyond_metadata(old, object)) count_generation(object);
    set_revision(object, ++scribe_.revision);
    TRY_DO(scribe_.tables.replace(checked.key, checked.head->row, object, Parts::All));
    tell(Event::Type::Modified, checked.key, checked.head->uid);
    out.push_back(std::move(object));
    return {};
  }

  Result<void> do_turn(Turn& turn, const Checked& checked, Written& out) {
    json::Value& header = turn.header;
    CHECK(!header["status"].has("nodes"));
    for (const NodeChange& change : turn.nodes) {
      TRY_DO(change.node.is_null() ? scribe_.tables.erase_node(checked.head->row, change.id)
                                   : scribe_.tables.put_node(checked.head->row, change.id, change.node));
    }
    if (is_being_deleted(header) && !has_finalizers(header)) {
      out.push_back(json::Value());
      return erase(checked.key, *checked.head, std::move(header), 0);
    }
    count_generation(header);
    set_revision(header, ++scribe_.revision);
    const Parts parts = turn.spec_changed ? Parts::All : Parts::WithoutSpec;
    TRY_DO(scribe_.tables.replace(checked.key, checked.head->row, header, parts));
    tell(Event::Type::Modified, checked.key, checked.head->uid);
    out.push_back(std::move(header));
    return {};
  }

  Result<void> remove(const Key& key, const Head& head, int depth) {
    TRY(json::Value object, scribe_.tables.load(key, head.row));
    if (!has_finalizers(object)) return erase(key, head, std::move(object), depth);
    if (is_being_deleted(object)) return {};
    object.at("metadata").set("deletionTimestamp", to_rfc3339(scribe_.clock.now()));
    count_generation(object);
    set_revision(object, ++scribe_.revision);
    TRY_DO(scribe_.tables.replace(key, head.row, object, Parts::WithoutSpec));
    tell(Event::Type::Modified, key, head.uid);
    return {};
  }

  Result<void> erase(const Key& key, const Head& head, json::Value object, int depth) {
    TRY_DO(scribe_.tables.erase(key, head.row, head.uid));
    set_revision(object, ++scribe_.revision);
    tell(Event::Type::Deleted, key, head.uid, std::move(object));
    if (depth == kOwnershipDepthMax) return {};
    TRY(const auto dependents, scribe_.tables.owned_by(head.uid));
    for (const Key& dependent : dependents) {
      TRY(const auto found, find(dependent));
      if (found) TRY_DO(remove(dependent, *found, depth + 1));
    }
    return {};
  }

  static json::Value take_nodes(const Key& key, json::Value& object) {
    if (key.kind != kWorkflow) return {};
    json::Value nodes = object["status"]["nodes"];
    if (object["status"].has("nodes")) object.at("status").erase("nodes");
    return nodes;
  }

  // Makes the stored nodes those of `wanted`; whether that changed any.
  Result<bool> sync_nodes(int64_t row, const json::Value& wanted) {
    TRY(const json::Value stored, scribe_.tables.load_nodes(row));
    bool changed = false;
    for (const json::Member& node : stored.members()) {
      if (wanted.has(node.key())) continue;
      changed = true;
      TRY_DO(scribe_.tables.erase_node(row, std::string(node.key())));
    }
    for (const json::Member& node : wanted.members()) {
      const json::Value* old = stored.find(node.key());
      if (old != nullptr && *old == node.value) continue;
      changed = true;
      TRY_DO(scribe_.tables.put_node(row, std::string(node.key()), node.value));
    }
    return changed;
  }

  // The fields of metadata that only the store writes.
  static void keep_identity(const json::Value& old, json::Value& object) {
    if (!object.has("apiVersion")) object.set("apiVersion", old["apiVersion"]);
    json::Value& metadata = object.at("metadata");
    for (const char* name : {"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp"}) {
      if (const json::Value* value = old["metadata"].find(name)) {
        metadata.set(name, *value);
      } else {
        metadata.erase(name);
      }
    }
    metadata.erase("managedFields");
  }

  static bool differs_beyond_metadata(const json::Value& old, const json::Value& object) {
    json::Value a = old, b = object;
    a.erase("metadata");
    b.erase("metadata");
    return !(a == b);
  }

  static void count_generation(json::Value& object) {
    json::Value& metadata = object.at("metadata");
    metadata.set("generation", metadata["generation"].as_int().value_or(0) + 1);
  }

  Scribe scribe_;
  std::set<Key> keys_;
};

}  // namespace

std::variant<Written, Failure> apply(Scribe scribe, Transaction transaction) {
  const uint64_t revision_before = scribe.revision;
  const size_t events_before = scribe.events.size();
  Applier applier(scribe);
  std::vector<Checked> checked;
  checked.reserve(transaction.writes.size());
  for (const Write& write : transaction.writes) {
    auto verdict = applier.check(write);
    if (!verdict.ok()) return Failure{std::move(verdict.error()), Verdict::Refused};
    checked.push_back(std::move(*verdict));
  }
  Written written;
  for (size_t i = 0; i < checked.size(); ++i) {
    auto result = applier.write(transaction.writes[i], checked[i], written);
    if (result.ok()) continue;
    scribe.revision = revision_before;
    scribe.events.resize(events_before, Event{});
    return Failure{std::move(result.error()), Verdict::Broken};
  }
  return written;
}

bool is_completed(const json::Value& metadata) {
  return metadata["labels"]["workflows.argoproj.io/completed"].as_string() == "true";
}

bool passes(const ListRequest& request, const json::Value& object) {
  if (!request.labels.requirements().empty() && !request.labels.matches(object["metadata"]["labels"])) return false;
  if (!request.fields.empty() && !matches_fields(request.fields, object)) return false;
  return !request.accept || request.accept(object);
}

}  // namespace wf::store::detail
