// SPDX-License-Identifier: Apache-2.0
#include "sim/faulty_store.h"

namespace wf::sim {

void FaultyStore::crash() {
  if (random_.per_mille(faults_.crash_at_save)) throw Crash{};
}

void FaultyStore::touch(const store::Key& workflow) {
  const std::string count = std::to_string(++touches_);
  [[maybe_unused]] const auto changed = inner_->modify(workflow, [&](json::Value& object) -> Result<void> {
    object.at("metadata").at("annotations").set("sim/touched", count);
    return {};
  });
}

void FaultyStore::commit(store::Transaction transaction, store::Done done) {
  if (transaction.writes.empty()) {
    auto written = inner_->commit(std::move(transaction));
    if (done) done(std::move(written));
    return;
  }
  crash();
  if (const auto* turn = std::get_if<store::Turn>(&transaction.writes.front())) {
    if (random_.per_mille(faults_.conflict)) {
      const auto key = store::key_of(turn->header);
      if (key.ok()) touch(*key);
    }
  }
  const bool refused = random_.per_mille(faults_.refused_save);
  Result<store::Written> written = Error("the store is not ready", Code::Unavailable);
  if (!refused || random_.chance(50)) written = inner_->commit(std::move(transaction));
  if (refused) written = Error("the store's answer was lost", Code::Unavailable);
  crash();
  if (done) done(std::move(written));
}

}  // namespace wf::sim
