// SPDX-License-Identifier: Apache-2.0
#include "control/object_cache.h"

namespace wf::control {

json::Value ObjectCache::find(const store::Key& key) {
  uint64_t changes = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto at = objects_.find(key);
    if (at != objects_.end()) return at->second;
    changes = changes_;
  }
  auto read = store_.get(key);
  json::Value object = read.ok() ? std::move(*read) : json::Value();
  const bool known = read.ok() || read.error().code() == Code::NotFound;
  const std::lock_guard lock(mutex_);
  if (known && changes == changes_) objects_.emplace(key, object);
  return object;
}

void ObjectCache::forget(const store::Key& key) {
  const std::lock_guard lock(mutex_);
  objects_.erase(key);
  ++changes_;
}

void ObjectCache::forget_all() {
  const std::lock_guard lock(mutex_);
  objects_.clear();
  ++changes_;
}

}  // namespace wf::control
