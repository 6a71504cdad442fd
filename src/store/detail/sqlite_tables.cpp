// SPDX-License-Identifier: Apache-2.0
#include "store/detail/sqlite_tables.h"

#include "json/text.h"
#include "store/detail/workflow_row.h"
#include "store/kinds.h"

namespace wf::store::detail {
namespace {

std::string text_of(const json::Value& value) { return json::print(value, json::Escape::None); }

// The row of a statement that gives at most one.
Result<json::Value> one_object(Statement& query, const Key& key) {
  TRY(const bool row, query.step());
  if (!row) return not_found(key);
  auto object = json::parse(query.text(0));
  query.reset();
  return object;
}

}  // namespace

Result<std::optional<Head>> SqliteTables::find(const Key& key) {
  const bool workflow = key.kind == kWorkflow;
  Statement& query = database_.query(workflow
                                         ? "SELECT row,uid,revision FROM workflows WHERE ns=?1 AND name=?2"
                                         : "SELECT row,uid,revision FROM objects WHERE ns=?1 AND name=?2 AND kind=?3");
  query.bind(1, key.ns).bind(2, key.name);
  if (!workflow) query.bind(3, key.kind);
  TRY(const bool row, query.step());
  std::optional<Head> head;
  if (row) head = Head{query.number(0), std::string(query.text(1)), static_cast<uint64_t>(query.number(2))};
  query.reset();
  return head;
}

Result<json::Value> SqliteTables::load(const Key& key, int64_t row) {
  if (key.kind != kWorkflow) {
    Statement& query = database_.query("SELECT body FROM objects WHERE row=?1");
    return one_object(query.bind(1, row), key);
  }
  Statement& query = database_.query("SELECT metadata,spec,status FROM workflows WHERE row=?1");
  TRY(const bool found, query.bind(1, row).step());
  if (!found) return not_found(key);
  auto header = header_from(query.text(0), query.text(1), query.text(2));
  query.reset();
  return header;
}

Result<int64_t> SqliteTables::insert(const Key& key, const json::Value& object) {
  const auto revision = static_cast<int64_t>(revision_of(object));
  if (key.kind == kWorkflow) {
    const WorkflowRow row = to_row(object, WithSpec::Yes);
    Statement& query = database_.query(
        "INSERT INTO workflows(ns,name,uid,revision,started,completed,metadata,summary,spec,status) "
        "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10)");
    query.bind(1, key.ns).bind(2, key.name).bind(3, uid_of(object)).bind(4, revision).bind(5, row.started);
    query.bind(6, row.completed ? 1 : 0).bind(7, row.metadata).bind(8, row.summary).bind(9, row.spec);
    TRY_DO(query.bind(10, row.status).run());
  } else {
    const std::string body = text_of(object);
    Statement& query =
        database_.query("INSERT INTO objects(kind,ns,name,uid,revision,body) VALUES(?1,?2,?3,?4,?5,?6)");
    query.bind(1, key.kind).bind(2, key.ns).bind(3, key.name).bind(4, uid_of(object)).bind(5, revision);
    TRY_DO(query.bind(6, body).run());
  }
  const int64_t row = database_.last_row();
  TRY_DO(add_owners(key, object));
  return row;
}

Result<void> SqliteTables::replace(const Key& key, int64_t row, const json::Value& object, Parts parts) {
  const auto revision = static_cast<int64_t>(revision_of(object));
  if (key.kind == kWorkflow) {
    const bool all = parts == Parts::All;
    const WorkflowRow texts = to_row(object, all ? WithSpec::Yes : WithSpec::No);
    Statement& query = database_.query(
        all ? "UPDATE workflows SET revision=?2,started=?3,completed=?4,metadata=?5,summary=?6,status=?7,spec=?8 "
              "WHERE row=?1"
            : "UPDATE workflows SET revision=?2,started=?3,completed=?4,metadata=?5,summary=?6,status=?7 WHERE row=?1");
    query.bind(1, row).bind(2, revision).bind(3, texts.started).bind(4, texts.completed ? 1 : 0);
    query.bind(5, texts.metadata).bind(6, texts.summary).bind(7, texts.status);
    if (all) query.bind(8, texts.spec);
    TRY_DO(query.run());
  } else {
    const std::string body = text_of(object);
    Statement& query = database_.query("UPDATE objects SET revision=?2,body=?3 WHERE row=?1");
    TRY_DO(query.bind(1, row).bind(2, revision).bind(3, body).run());
  }
  if (parts == Parts::WithoutSpec) return {};
  TRY_DO(drop_owners(key));
  return add_owners(key, object);
}

Result<void> SqliteTables::erase(const Key& key, int64_t row, const std::string& uid) {
  if (key.kind == kWorkflow) {
    TRY_DO(database_.query("DELETE FROM nodes WHERE workflow=?1").bind(1, row).run());
    TRY_DO(database_.query("DELETE FROM workflows WHERE row=?1").bind(1, row).run());
    TRY_DO(database_.query("DELETE FROM actions WHERE workflow=?1").bind(1, uid).run());
  } else {
    TRY_DO(database_.query("DELETE FROM objects WHERE row=?1").bind(1, row).run());
  }
  return drop_owners(key);
}

Result<void> SqliteTables::add_owners(const Key& key, const json::Value& object) {
  for (const json::Value& owner : object["metadata"]["ownerReferences"].items()) {
    Statement& query = database_.query("INSERT OR IGNORE INTO owners(owner,kind,ns,name) VALUES(?1,?2,?3,?4)");
    query.bind(1, owner["uid"].as_string()).bind(2, key.kind).bind(3, key.ns).bind(4, key.name);
    TRY_DO(query.run());
  }
  return {};
}

Result<void> SqliteTables::drop_owners(const Key& key) {
  Statement& query = database_.query("DELETE FROM owners WHERE kind=?1 AND ns=?2 AND name=?3");
  return query.bind(1, key.kind).bind(2, key.ns).bind(3, key.name).run();
}

Result<std::vector<Key>> SqliteTables::owned_by(const std::string& uid) {
  std::vector<Key> keys;
  Statement& query = database_.query("SELECT kind,ns,name FROM owners WHERE owner=?1");
  query.bind(1, uid);
  for (;;) {
    TRY(const bool row, query.step());
    if (!row) break;
    keys.push_back({std::string(query.text(0)), std::string(query.text(1)), std::string(query.text(2))});
  }
  query.reset();
  return keys;
}

Result<json::Value> SqliteTables::load_nodes(int64_t row) {
  json::Value nodes = json::Value::object();
  Statement& query = database_.query("SELECT id,body FROM nodes WHERE workflow=?1 ORDER BY id");
  query.bind(1, row);
  for (;;) {
    TRY(const bool more, query.step());
    if (!more) break;
    TRY(json::Value node, json::parse(query.text(1)));
    nodes.set(query.text(0), std::move(node));
  }
  query.reset();
  return nodes;
}

Result<void> SqliteTables::put_node(int64_t row, const std::string& id, const json::Value& node) {
  const std::string body = text_of(node);
  Statement& query = database_.query("INSERT OR REPLACE INTO nodes(workflow,id,body) VALUES(?1,?2,?3)");
  return query.bind(1, row).bind(2, id).bind(3, body).run();
}

Result<void> SqliteTables::erase_node(int64_t row, const std::string& id) {
  return database_.query("DELETE FROM nodes WHERE workflow=?1 AND id=?2").bind(1, row).bind(2, id).run();
}

Result<void> SqliteTables::put_action(const PutAction& action) {
  const std::string body = text_of(action.body);
  Statement& query = database_.query("INSERT OR REPLACE INTO actions(id,workflow,body) VALUES(?1,?2,?3)");
  return query.bind(1, action.id).bind(2, action.workflow_uid).bind(3, body).run();
}

Result<void> SqliteTables::drop_action(const std::string& id) {
  return database_.query("DELETE FROM actions WHERE id=?1").bind(1, id).run();
}

}  // namespace wf::store::detail
