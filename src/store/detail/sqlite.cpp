// SPDX-License-Identifier: Apache-2.0
#include "store/detail/sqlite.h"

#include <sqlite3.h>

#include "base/check.h"
#include "base/text.h"

namespace wf::store::detail {
namespace {

constexpr int kBusyMilliseconds = 10'000;

Error sqlite_error(sqlite3* handle, std::string_view what) {
  const int code = handle == nullptr ? SQLITE_NOMEM : sqlite3_errcode(handle);
  const bool later = code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_FULL;
  return Error(cat(what, ": ", handle == nullptr ? "out of memory" : sqlite3_errmsg(handle)),
               later ? Code::Unavailable : Code::Internal);
}

}  // namespace

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int index, std::string_view text) {
  CHECK(sqlite3_bind_text64(statement_, index, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC,
                            SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int index, int64_t number) {
  CHECK(sqlite3_bind_int64(statement_, index, number) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind_null(int index) {
  CHECK(sqlite3_bind_null(statement_, index) == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error error = sqlite_error(sqlite3_db_handle(statement_), "store");
  sqlite3_reset(statement_);
  return error;
}

Result<void> Statement::run() {
  auto stepped = step();
  if (!stepped.ok()) return std::move(stepped.error());
  reset();
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::string_view Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

int64_t Statement::number(int column) const { return sqlite3_column_int64(statement_, column); }

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Access access) {
  const int flags = SQLITE_OPEN_NOMUTEX | (access == Access::ReadOnly ? SQLITE_OPEN_READONLY
                                                                      : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(handle));
  if (code != SQLITE_OK) return sqlite_error(handle, cat("opening store '", path, "'"));
  sqlite3_extended_result_codes(handle, 0);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  return database;
}

Database::~Database() {
  statements_.clear();
  sqlite3_close(handle_);
}

Result<void> Database::execute(const char* sql) {
  if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return sqlite_error(handle_, "store");
  return {};
}

Statement& Database::query(const char* sql) {
  auto at = statements_.find(sql);
  if (at == statements_.end()) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) throw Bug(cat("preparing '", sql, "': ", sqlite3_errmsg(handle_)));
    at = statements_.emplace(sql, Statement(statement)).first;
  } else {
    at->second.reset();
  }
  return at->second;
}

int64_t Database::last_row() const { return sqlite3_last_insert_rowid(handle_); }
int64_t Database::changes() const { return sqlite3_changes(handle_); }

Result<void> Database::backup_to(const std::string& file) {
  TRY(const auto target, open(file, Access::ReadWrite));
  sqlite3_backup* backup = sqlite3_backup_init(target->handle_, "main", handle_, "main");
  if (backup == nullptr) return sqlite_error(target->handle_, cat("backup to '", file, "'"));
  const int code = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) return sqlite_error(target->handle_, cat("backup to '", file, "'"));
  return {};
}

}  // namespace wf::store::detail
