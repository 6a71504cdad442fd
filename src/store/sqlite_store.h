// SPDX-License-Identifier: Apache-2.0
// store/sqlite_store.h: an ObjectStore in one SQLite file (WAL, synchronous=FULL).
// One thread writes: it takes all commits that wait, carries them out in one transaction of the
// database and so with one fsync, then reports them done. Readers have connections of their own and
// never wait for it. One process at a time may have a store open; its caller holds a lock for that.
#pragma once
#include <memory>
#include <string>

#include "store/object_store.h"

namespace wf::store {

struct SqliteStoreOptions {
  // False: a crash of the machine (not of the process) may lose the newest commits. For tests.
  bool synchronous = true;
  size_t events_max = 32768;  // that watches can look back on
};

// Opens or creates it, readable by this user only. `clock` and `random` outlive it and are used by
// its writing thread only.
Result<std::unique_ptr<ObjectStore>> open_sqlite_store(const std::string& path, const Clock& clock, Random& random,
                                                       SqliteStoreOptions options = {});

}  // namespace wf::store
