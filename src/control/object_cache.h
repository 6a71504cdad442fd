// SPDX-License-Identifier: Apache-2.0
// control/object_cache.h: objects of the store in memory, for what a turn looks up. Read from the
// store when first asked for, forgotten when the store says that they changed. Thread-safe.
#pragma once
#include <cstdint>
#include <map>
#include <mutex>

#include "store/object_store.h"

namespace wf::control {

class ObjectCache {
 public:
  explicit ObjectCache(store::ObjectStore& store) : store_(store) {}
  // Null where there is none.
  json::Value find(const store::Key& key);
  // The object changed or is gone.
  void forget(const store::Key& key);
  void forget_all();

 private:
  store::ObjectStore& store_;
  std::mutex mutex_;
  std::map<store::Key, json::Value> objects_;  // Null: known not to be there
  uint64_t changes_ = 0;  // counts forgettings: what was read before one must not be kept after it
};

}  // namespace wf::control
