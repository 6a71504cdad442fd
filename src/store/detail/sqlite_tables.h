// SPDX-License-Identifier: Apache-2.0
// store/detail/sqlite_tables.h: the rows of a SQLite store, written (SqliteTables) and read.
#pragma once
#include "store/detail/sqlite.h"
#include "store/detail/tables.h"

namespace wf::store::detail {

class SqliteTables final : public Tables {
 public:
  explicit SqliteTables(Database& database) : database_(database) {}
  Result<std::optional<Head>> find(const Key& key) override;
  Result<json::Value> load(const Key& key, int64_t row) override;
  Result<int64_t> insert(const Key& key, const json::Value& object) override;
  Result<void> replace(const Key& key, int64_t row, const json::Value& object, Parts parts) override;
  Result<void> erase(const Key& key, int64_t row, const std::string& uid) override;
  Result<std::vector<Key>> owned_by(const std::string& uid) override;
  Result<json::Value> load_nodes(int64_t row) override;
  Result<void> put_node(int64_t row, const std::string& id, const json::Value& node) override;
  Result<void> erase_node(int64_t row, const std::string& id) override;
  Result<void> put_action(const PutAction& action) override;
  Result<void> drop_action(const std::string& id) override;

 private:
  Result<void> add_owners(const Key& key, const json::Value& object);
  Result<void> drop_owners(const Key& key);
  Database& database_;
};

// Reading; each call sees one moment.
Result<json::Value> read_object(Database& database, const Key& key, Detail detail);
Result<json::Value> read_workflow_by_uid(Database& database, const std::string& uid, Detail detail);
Result<json::Value> read_node(Database& database, const Key& workflow, const std::string& id);
Result<ListPage> read_list(Database& database, const ListRequest& request);
Result<std::vector<PutAction>> read_actions(Database& database);
Result<uint64_t> read_revision(Database& database);

}  // namespace wf::store::detail
