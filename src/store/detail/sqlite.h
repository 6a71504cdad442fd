// SPDX-License-Identifier: Apache-2.0
// store/detail/sqlite.h: SQLite's C interface with owners. A Database is used by one thread at a time.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace wf::store::detail {

// A prepared statement: bind from 1, step until false, read columns from 0. Texts that are bound
// must live until the next reset.
class Statement {
 public:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  Statement(Statement&& other) noexcept : statement_(other.statement_) { other.statement_ = nullptr; }
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int index, std::string_view text);
  Statement& bind(int index, int64_t number);
  Statement& bind_null(int index);
  // Whether there is a row.
  Result<bool> step();
  // For statements that give no rows; leaves it reset.
  Result<void> run();
  void reset();

  std::string_view text(int column) const;
  int64_t number(int column) const;

 private:
  sqlite3_stmt* statement_;
};

class Database {
 public:
  enum class Access { ReadWrite, ReadOnly };
  static Result<std::unique_ptr<Database>> open(const std::string& path, Access access);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<void> execute(const char* sql);
  // The statement of a literal: prepared once, given back reset. CHECKs that it is good SQL.
  Statement& query(const char* sql);
  int64_t last_row() const;
  int64_t changes() const;
  // Into a new file, while others write.
  Result<void> backup_to(const std::string& file);

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
  std::unordered_map<const char*, Statement> statements_;
};

}  // namespace wf::store::detail
