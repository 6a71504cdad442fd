// SPDX-License-Identifier: Apache-2.0
// store/detail/schema.h: the tables, as numbered migrations. A migration that has been released is
// never edited; a change is a further one.
#pragma once
#include <string>

#include "base/result.h"
#include "store/detail/sqlite.h"

namespace wf::store::detail {

int newest_schema();
// Brings the database to `version` (the newest by default). InvalidArgument where it is newer than
// this program knows, or not a store at all.
Result<void> migrate(Database& database, const std::string& path, int version = newest_schema());

}  // namespace wf::store::detail
