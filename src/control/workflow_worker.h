// SPDX-License-Identifier: Apache-2.0
// control/workflow_worker.h: one workflow after the other through its turns: load, look, turn, save,
// act. Save first, then act: what a crash loses between the two is seen as missing by the next look.
// Works on one key at a time per workflow (WorkQueue sees to that); several threads may work.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "control/store_world.h"
#include "control/throttler.h"
#include "control/work_queue.h"
#include "engine/ports.h"
#include "engine/run.h"
#include "store/object_store.h"

namespace wf::control {

class WorkflowWorker {
 public:
  struct Ports {
    store::ObjectStore& store;
    engine::Backend& backend;  // for many threads (SerialBackend)
    StoreWorld& world;
    WorkQueue& queue;
    const Clock& clock;
    Random& random;
  };
  // `finished` is told each workflow (without nodes) that was saved as completed, or found so; `dying`
  // each that is to be deleted but is not completed.
  WorkflowWorker(Ports ports, std::function<void(const json::Value&)> finished,
                 std::function<void(const json::Value&)> dying);
  ~WorkflowWorker();

  // Keys of the queue that are this worker's: "w/<ns>/<name>".
  static std::string queue_key(const std::string& ns, const std::string& name);
  static bool owns(const std::string& queue_key) { return queue_key.starts_with("w/"); }
  // "p/<ns>/<pod>": a pod to be removed now.
  static std::string pod_removal_key(const std::string& ns, const std::string& pod);
  static bool is_pod_removal(const std::string& queue_key) { return queue_key.starts_with("p/"); }
  void remove_pod(const std::string& queue_key);

  // Works on a key that was taken from the queue; it or a later job says done().
  void work(const std::string& queue_key);
  // A workflow was written, by us or by others.
  void store_changed(const store::Event& event);
  void pod_changed(const std::string& ns, const std::string& workflow, const std::string& pod);
  // Once, before anything else is worked on: what is unfinished is taken up, and the locks and places
  // among the running that it had are its own again.
  Result<void> restore();
  // All that is in memory is looked at anew, pods included: heals what a lost notice left.
  void look_at_all();
  // Ends what still runs of a workflow that has ended: a crash may have come between the two.
  void end_pods(const std::string& ns, const std::string& name);
  // Looks at everything unfinished.
  Result<void> take_up();
  // Workflows in memory: those that are unfinished.
  size_t count() const;
  // Places among the running that are taken or waited for (PAR-8).
  size_t running() const;

 private:
  struct Slot;
  using SlotPtr = std::shared_ptr<Slot>;
  struct Mail;
  enum class Loaded { Yes, Finished, Gone, Later };

  SlotPtr slot_of(const std::string& queue_key);
  Mail take_mail(Slot& slot);
  Loaded load(Slot& slot);
  void restore_locks(const json::Value& workflow);
  void forget(const SlotPtr& slot, bool deleted);
  bool admitted(Slot& slot);
  engine::Observed observe(Slot& slot, const Mail& mail);
  void turn(const SlotPtr& slot, const Mail& mail);
  void save(const SlotPtr& slot, std::shared_ptr<engine::Turn> turn);
  void saved(const SlotPtr& slot, const engine::Turn& turn, Result<store::Written> written);
  void count_turn(Duration length);
  void count_phase(Slot& slot);
  void act(Slot& slot, const engine::Turn& turn);
  void act_on(Slot& slot, const engine::Action& action);
  void remove_later(const Slot& slot, const std::string& pod, Duration after);
  void create_pod(Slot& slot, const engine::PodRequest& request, const json::Value& config_map);
  void run_agent(Slot& slot, const json::Value& pod);
  void set_tasks(Slot& slot, const json::Value& tasks);
  void put_object(json::Value object);
  void fail(const SlotPtr& slot, const std::string& why);

  Ports ports_;
  std::function<void(const json::Value&)> finished_, dying_;
  mutable std::mutex mutex_;  // guards the slots' map, every slot's mail, and the throttler
  std::map<std::string, SlotPtr> slots_;
  Throttler throttler_;
};

}  // namespace wf::control
