// SPDX-License-Identifier: Apache-2.0
// store/memory_store.h: an ObjectStore in memory, for simulation and tests. A commit is carried out,
// and `done` called, before it returns. `backup` is refused.
#pragma once
#include <memory>

#include "store/object_store.h"

namespace wf::store {

// `clock` and `random` outlive it and are used by one thread at a time.
std::unique_ptr<ObjectStore> make_memory_store(const Clock& clock, Random& random);

}  // namespace wf::store
