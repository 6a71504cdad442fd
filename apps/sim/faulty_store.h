// SPDX-License-Identifier: Apache-2.0
// sim/faulty_store.h: a store whose writes are refused, overtaken by others' or the controller's last.
// Every commit is carried out, and answered, before the call returns, whatever store is below.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "sim/faults.h"
#include "store/object_store.h"

namespace wf::sim {

class FaultyStore final : public store::ObjectStore {
 public:
  using store::ObjectStore::commit;
  FaultyStore(const Faults& faults, uint64_t seed) : faults_(faults), random_(seed) {}

  // The store below: another one after a crash of what is in a file.
  void set_inner(std::unique_ptr<store::ObjectStore> inner) { inner_ = std::move(inner); }
  store::ObjectStore& inner() { return *inner_; }

  void commit(store::Transaction transaction, store::Done done) override;
  Result<json::Value> get(const store::Key& key, store::Detail detail) override { return inner_->get(key, detail); }
  Result<json::Value> get_by_uid(const std::string& uid, store::Detail detail) override {
    return inner_->get_by_uid(uid, detail);
  }
  Result<store::ListPage> list(const store::ListRequest& request) override { return inner_->list(request); }
  Result<json::Value> get_node(const store::Key& workflow, const std::string& id) override {
    return inner_->get_node(workflow, id);
  }
  Result<std::vector<store::PutAction>> actions() override { return inner_->actions(); }
  Result<std::unique_ptr<store::Watch>> watch(store::WatchRequest request) override { return inner_->watch(std::move(request)); }
  Result<void> backup(const std::string& file) override { return inner_->backup(file); }

  // Somebody else's harmless write.
  void touch(const store::Key& workflow);

 private:
  void crash();

  const Faults& faults_;
  Seeded random_;
  std::unique_ptr<store::ObjectStore> inner_;
  int touches_ = 0;
};

}  // namespace wf::sim
