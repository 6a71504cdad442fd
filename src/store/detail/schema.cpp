// SPDX-License-Identifier: Apache-2.0
#include "store/detail/schema.h"

#include <iterator>

#include "base/text.h"

namespace wf::store::detail {
namespace {

// "ARGO" as a number: tells our files from other programs' databases.
constexpr int64_t kApplicationId = 0x4152474f;

// Migration n leads from schema n to n + 1.
constexpr const char* kMigrations[] = {
    R"sql(
CREATE TABLE counters(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO counters VALUES('revision', 0);
CREATE TABLE objects(
  row INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL,
  uid TEXT NOT NULL, revision INTEGER NOT NULL,
  body TEXT NOT NULL);
CREATE UNIQUE INDEX objects_by_key ON objects(kind, ns, name);
-- A workflow's metadata, what lists show, what seldom changes, and what each turn changes.
CREATE TABLE workflows(
  row INTEGER PRIMARY KEY,
  ns TEXT NOT NULL, name TEXT NOT NULL,
  uid TEXT NOT NULL, revision INTEGER NOT NULL,
  started TEXT NOT NULL, completed INTEGER NOT NULL,
  metadata TEXT NOT NULL, summary TEXT NOT NULL, spec TEXT NOT NULL, status TEXT NOT NULL);
CREATE UNIQUE INDEX workflows_by_key ON workflows(ns, name);
CREATE UNIQUE INDEX workflows_by_uid ON workflows(uid);
CREATE INDEX workflows_by_start ON workflows(started DESC, ns, name);
CREATE INDEX workflows_open ON workflows(completed) WHERE completed = 0;
CREATE TABLE nodes(workflow INTEGER NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY(workflow, id)) WITHOUT ROWID;
CREATE TABLE owners(owner TEXT NOT NULL, kind TEXT NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL,
  PRIMARY KEY(owner, kind, ns, name)) WITHOUT ROWID;
CREATE INDEX owners_by_key ON owners(kind, ns, name);
CREATE TABLE actions(id TEXT PRIMARY KEY, workflow TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX actions_by_workflow ON actions(workflow);
)sql",
};

Result<int64_t> pragma(Database& database, const char* sql) {
  Statement& query = database.query(sql);
  TRY(const bool row, query.step());
  const int64_t value = row ? query.number(0) : 0;
  query.reset();
  return value;
}

}  // namespace

int newest_schema() { return static_cast<int>(std::size(kMigrations)); }

Result<void> migrate(Database& database, const std::string& path, int version) {
  TRY(const int64_t application, pragma(database, "PRAGMA application_id"));
  TRY(const int64_t now, pragma(database, "PRAGMA user_version"));
  if (application != kApplicationId && (application != 0 || now != 0)) {
    return Error(cat("'", path, "' is not a store of this program"));
  }
  if (now > version) {
    return Error(cat("the store '", path, "' was written by a newer version of this program (schema ", now,
                     ", this one knows up to ", version, "): use that version, or another ARGO_HOME"));
  }
  for (int64_t at = now; at < version; ++at) {
    const std::string sql = cat("BEGIN IMMEDIATE;", kMigrations[at], "PRAGMA application_id=", kApplicationId,
                                ";PRAGMA user_version=", at + 1, ";COMMIT;");
    auto done = database.execute(sql.c_str());
    if (!done.ok()) {
      [[maybe_unused]] const auto undone = database.execute("ROLLBACK");  // fails where none is open
      return std::move(done.error()).wrap(cat("bringing the store '", path, "' to schema ", at + 1));
    }
  }
  return {};
}

}  // namespace wf::store::detail
