// SPDX-License-Identifier: Apache-2.0
#include "store/object_store.h"

#include <future>

namespace wf::store {
namespace {

Result<json::Value> only(Result<Written> written) {
  if (!written.ok()) return std::move(written.error());
  return std::move(written->front());
}

}  // namespace

Result<Written> ObjectStore::commit(Transaction transaction) {
  std::promise<Result<Written>> promise;
  auto result = promise.get_future();
  commit(std::move(transaction), [&](Result<Written> written) { promise.set_value(std::move(written)); });
  return result.get();
}

Result<json::Value> ObjectStore::create(json::Value object) {
  return only(commit(Transaction{{Create{std::move(object)}}}));
}

Result<json::Value> ObjectStore::update(json::Value object) {
  return only(commit(Transaction{{Update{std::move(object)}}}));
}

Result<void> ObjectStore::remove(const Key& key, const std::string& uid) {
  auto written = commit(Transaction{{Remove{key, uid}}});
  if (!written.ok()) return std::move(written.error());
  return {};
}

Result<json::Value> ObjectStore::modify(const Key& key, const std::function<Result<void>(json::Value&)>& change) {
  for (;;) {
    TRY(json::Value object, get(key, Detail::Header));
    TRY_DO(change(object));
    auto written = update(std::move(object));
    if (written.ok() || written.error().code() != Code::Conflict) return written;
  }
}

}  // namespace wf::store
