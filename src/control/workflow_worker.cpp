// SPDX-License-Identifier: Apache-2.0
#include "control/workflow_worker.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "control/detail/workflow_slot.h"
#include "control/event_object.h"
#include "engine/locks.h"
#include "engine/node_json.h"
#include "engine/pod_gc.h"
#include "store/kinds.h"

namespace wf::control {

using json::Value;

namespace {

constexpr Duration kRequeue = std::chrono::seconds(10);        // REC-1
constexpr Duration kTryAgain = std::chrono::seconds(1);
constexpr std::string_view kPostponed =
    "Workflow processing has been postponed because too many workflows are already running";  // REC-4

// Large parts of a workflow that a turn seldom changes; copies of a value compare at once.
bool same_spec(const Value& a, const Value& b) {
  return a["spec"] == b["spec"] && a["status"]["storedTemplates"] == b["status"]["storedTemplates"] &&
         a["status"]["storedWorkflowTemplateSpec"] == b["status"]["storedWorkflowTemplateSpec"];
}

}  // namespace

WorkflowWorker::WorkflowWorker(Ports ports, std::function<void(const Value&)> finished,
                               std::function<void(const Value&)> dying)
    : ports_(ports), finished_(std::move(finished)), dying_(std::move(dying)),
      throttler_(ports.world.controller().config.parallelism(), ports.world.controller().config.namespace_parallelism()) {}

// Commits are reported in their order: when an empty one is, no earlier one will call back any more.
WorkflowWorker::~WorkflowWorker() { [[maybe_unused]] const auto last = ports_.store.commit(store::Transaction{}); }

std::string WorkflowWorker::queue_key(const std::string& ns, const std::string& name) { return cat("w/", ns, "/", name); }

WorkflowWorker::SlotPtr WorkflowWorker::slot_of(const std::string& queue_key) {
  const std::lock_guard lock(mutex_);
  SlotPtr& slot = slots_[queue_key];
  if (slot == nullptr) {
    slot = std::make_shared<Slot>();
    slot->queue_key = queue_key;
    const size_t slash = queue_key.find('/', 2);
    slot->ns = queue_key.substr(2, slash - 2);
    slot->name = queue_key.substr(slash + 1);
  }
  return slot;
}

size_t WorkflowWorker::count() const {
  const std::lock_guard lock(mutex_);
  return slots_.size();
}

size_t WorkflowWorker::running() const {
  const std::lock_guard lock(mutex_);
  return throttler_.size();
}

void WorkflowWorker::store_changed(const store::Event& event) {
  const SlotPtr slot = slot_of(queue_key(event.key.ns, event.key.name));
  {
    const std::lock_guard lock(mutex_);
    slot->mail.revision = std::max(slot->mail.revision, event.revision);
    if (event.type == store::Event::Type::Deleted) slot->mail.gone = true;
    // Our own commits come back as events, too.
    if (slot->busy || (event.type != store::Event::Type::Deleted && event.revision <= slot->revision)) return;
  }
  ports_.queue.add(slot->queue_key);
}

void WorkflowWorker::pod_changed(const std::string& ns, const std::string& workflow, const std::string& pod) {
  const std::string key = queue_key(ns, workflow);
  {
    const std::lock_guard lock(mutex_);
    const auto at = slots_.find(key);
    if (at == slots_.end()) return;  // finished or gone: nobody waits for its pods
    at->second->mail.pods.insert(pod);
  }
  ports_.queue.add(key);
}

void WorkflowWorker::look_at_all() {
  const std::lock_guard lock(mutex_);
  for (const auto& [key, slot] : slots_) {
    slot->mail.look_at_all = true;
    ports_.queue.add(key);
  }
}

WorkflowWorker::Mail WorkflowWorker::take_mail(Slot& slot) {
  const std::lock_guard lock(mutex_);
  return std::exchange(slot.mail, Mail{});
}

// SYN-9: what the status says is held, is held, before anybody asks for a lock.
void WorkflowWorker::restore_locks(const Value& workflow) {
  const Value& held = workflow["status"]["synchronization"];
  const Value& metadata = workflow["metadata"];
  const std::string key = cat(metadata["namespace"].as_string(), "/", metadata["name"].as_string());
  const auto restore = [&](std::string_view lock, bool mutex, std::string_view holder) {
    engine::LockHolder who;
    who.key = holder;
    who.workflow_key = key;
    // A semaphore's limit is read again at the next attempt; until then nobody else gets in.
    ports_.world.locks().restore(who, {std::string(lock), mutex, mutex ? std::optional<int>(1) : std::nullopt});
  };
  for (const Value& entry : held["mutex"]["holding"].items()) {
    restore(entry["mutex"].as_string(), true, entry["holder"].as_string());
  }
  for (const Value& entry : held["semaphore"]["holding"].items()) {
    for (const Value& holder : entry["holders"].items()) restore(entry["semaphore"].as_string(), false, holder.as_string());
  }
}

Result<void> WorkflowWorker::restore() {
  TRY(const store::ListPage page,
      ports_.store.list({.kind = std::string(store::kWorkflow), .completed = false, .detail = store::Detail::Header}));
  for (const Value& each : page.items) {
    restore_locks(each);
    if (each["status"]["phase"].as_string() != "Running") continue;
    const std::string ns(each["metadata"]["namespace"].as_string());
    const std::lock_guard lock(mutex_);
    throttler_.runs(queue_key(ns, std::string(each["metadata"]["name"].as_string())), ns);
  }
  return take_up();
}

Result<void> WorkflowWorker::take_up() {
  TRY(const store::ListPage page,
      ports_.store.list({.kind = std::string(store::kWorkflow), .completed = false, .detail = store::Detail::Summary}));
  for (const Value& each : page.items) {
    const SlotPtr slot = slot_of(queue_key(std::string(each["metadata"]["namespace"].as_string()),
                                           std::string(each["metadata"]["name"].as_string())));
    {
      const std::lock_guard lock(mutex_);
      slot->mail.revision = std::max(slot->mail.revision, store::revision_of(each));
    }
    ports_.queue.add(slot->queue_key);
  }
  return {};
}

WorkflowWorker::Loaded WorkflowWorker::load(Slot& slot) {
  slot.run.reset();
  auto workflow = ports_.store.get({std::string(store::kWorkflow), slot.ns, slot.name});
  if (!workflow.ok()) return workflow.error().code() == Code::NotFound ? Loaded::Gone : Loaded::Later;
  {
    const std::lock_guard lock(mutex_);
    slot.revision = store::revision_of(*workflow);
  }
  slot.header = *workflow;
  if (!slot.counted_phase) slot.counted_phase = std::string(slot.header["status"]["phase"].as_string());
  if (slot.header["status"].has("nodes")) slot.header.at("status").erase("nodes");
  if ((*workflow)["metadata"]["labels"]["workflows.argoproj.io/completed"].as_string() == "true") return Loaded::Finished;
  auto run = engine::Run::load(*workflow, ports_.world);
  if (!run.ok()) {
    slot.broken = run.error().message();
    return Loaded::Yes;
  }
  slot.run = std::move(*run);
  slot.look_at_all = true;
  return Loaded::Yes;
}

void WorkflowWorker::work(const std::string& queue_key) {
  const SlotPtr slot = slot_of(queue_key);
  const Mail mail = take_mail(*slot);
  if (mail.gone) {
    // One of the same name may have been made since.
    forget(slot, true);
    ports_.queue.add(queue_key);
    return ports_.queue.done(queue_key);
  }
  if (slot->run == nullptr || mail.revision > slot->revision) {
    switch (load(*slot)) {
      case Loaded::Gone:
        forget(slot, true);
        return ports_.queue.done(queue_key);
      case Loaded::Finished:
        end_pods(slot->ns, slot->name);
        finished_(slot->header);
        forget(slot, false);
        return ports_.queue.done(queue_key);
      case Loaded::Later:
        ports_.queue.add_at(queue_key, ports_.clock.now() + kTryAgain);
        return ports_.queue.done(queue_key);
      case Loaded::Yes: break;
    }
    if (store::is_being_deleted(slot->header)) dying_(slot->header);
    if (slot->run == nullptr) return fail(slot, slot->broken);
  }
  if (mail.look_at_all) slot->look_at_all = true;
  turn(slot, mail);
}

// Out of memory. What runs of a deleted workflow ends; locks and its place among the running are free.
void WorkflowWorker::forget(const SlotPtr& slot, bool deleted) {
  const std::string workflow_key = cat(slot->ns, "/", slot->name);
  std::vector<std::string> next;
  for (const std::string& key : ports_.world.locks().release_all(workflow_key)) next.push_back("w/" + key);
  {
    const std::lock_guard lock(mutex_);
    for (std::string& key : throttler_.release(slot->queue_key)) next.push_back(std::move(key));
    const auto at = slots_.find(slot->queue_key);
    if (at != slots_.end() && at->second == slot && slot->mail.revision <= slot->revision && slot->mail.pods.empty()) {
      slots_.erase(at);
    } else {
      slot->run.reset();
    }
  }
  ports_.queue.cancel(slot->queue_key);
  for (const std::string& key : next) ports_.queue.add(key);
  if (!deleted) return;
  for (const engine::PodSeen& pod : ports_.backend.list(slot->ns, slot->name)) ports_.backend.remove(slot->ns, pod.name);
}

// REC-4, PAR-8.
bool WorkflowWorker::admitted(Slot& slot) {
  const std::string& phase = slot.run->phase();
  if (phase == "Running" || slot.header["spec"]["shutdown"].as_string() == "Terminate") return true;
  const auto created = parse_rfc3339(slot.header["metadata"]["creationTimestamp"].as_string());
  std::vector<std::string> others;
  bool may = false;
  {
    const std::lock_guard lock(mutex_);
    may = throttler_.admit({slot.queue_key, slot.ns, slot.header["spec"]["priority"].as_int().value_or(0),
                            created.ok() ? *created : Time{}}, others);
  }
  for (const std::string& key : others) ports_.queue.add(key);
  return may;
}

engine::Observed WorkflowWorker::observe(Slot& slot, const Mail& mail) {
  engine::Observed observed;
  const auto take = [&](engine::PodSeen pod) {
    slot.node_of_pod[pod.name] = pod.node_id;
    slot.keeper.seen(pod);
    observed.results.push_back(ports_.backend.result(slot.ns, pod.name));
    observed.pods.push_back(std::move(pod));
  };
  if (std::exchange(slot.look_at_all, false)) {
    observed.all = true;
    // One that has not begun has no pods.
    if (!slot.run->phase().empty()) {
      for (engine::PodSeen& pod : ports_.backend.list(slot.ns, slot.name)) take(std::move(pod));
    }
  } else {
    for (const std::string& name : mail.pods) {
      auto pod = ports_.backend.seen(slot.ns, name);
      if (pod.ok()) {
        take(std::move(*pod));
      } else if (const auto node = slot.node_of_pod.find(name); node != slot.node_of_pod.end()) {
        observed.gone.push_back(node->second);
      }
    }
  }
  for (auto& [node, why] : std::exchange(slot.pods_refused, {})) {
    // As a pod that fails before it starts: the node becomes Error with the reason.
    engine::PodSeen pod;
    pod.ns = slot.ns;
    pod.workflow = slot.name;
    pod.node_id = node;
    pod.phase = "Failed";
    engine::ContainerSeen main;
    main.name = "main";
    main.reason = "CreatePodError";
    main.message = why;
    pod.containers.push_back(std::move(main));
    observed.pods.push_back(std::move(pod));
    observed.results.push_back({node, true, {}, "", "", ""});
  }
  return observed;
}

void WorkflowWorker::turn(const SlotPtr& slot, const Mail& mail) {
  for (const auto& again : std::exchange(slot->pods_to_create, {})) create_pod(*slot, again.request, again.config_map);
  auto turn = std::make_shared<engine::Turn>();
  if (!admitted(*slot)) {
    slot->run->postpone(kPostponed);
    turn->changed = slot->header["status"]["message"].as_string() != kPostponed;
  } else {
    try {
      const Time begun = ports_.clock.now();
      *turn = slot->run->turn(observe(*slot, mail), begun);
      count_turn(ports_.clock.now() - begun);
    } catch (const Bug& bug) {
      ports_.world.metrics().count("error_count", "Number of errors encountered by the controller by cause",
                                   {{"cause", "OperationPanic"}});
      slot->run.reset();
      return fail(slot, bug.what());
    }
  }
  if (turn->changed) return save(slot, std::move(turn));
  act(*slot, *turn);
  ports_.queue.done(slot->queue_key);
}

void WorkflowWorker::save(const SlotPtr& slot, std::shared_ptr<engine::Turn> turn) {
  store::Turn write;
  write.header = slot->run->header(engine::Times::Exact);
  // Versions are the store's account, not the engine's.
  Value& metadata = write.header.at("metadata");
  for (const char* name : {"resourceVersion", "generation", "uid"}) metadata.set(name, slot->header["metadata"][name]);
  write.spec_changed = !same_spec(write.header, slot->header);
  const engine::NodeTable& nodes = slot->run->nodes();
  for (const engine::NodeIndex index : slot->run->take_changed_nodes()) {
    write.nodes.push_back({nodes.id(index), engine::node_to_json(nodes, index, engine::Times::Exact)});
  }
  store::Transaction transaction;
  transaction.writes.emplace_back(std::move(write));
  for (const engine::EventNote& note : turn->events) {
    transaction.writes.emplace_back(store::Create{event_object(slot->header, note, ports_.clock.now(), ports_.random.next())});
  }
  // Claims are made in the same transaction: the status that names them and they appear together.
  for (const engine::Action& action : turn->actions) {
    if (const auto* claim = std::get_if<engine::CreateClaim>(&action)) {
      transaction.writes.emplace_back(store::Create{claim->claim});
    }
  }
  {
    const std::lock_guard lock(mutex_);
    slot->busy = true;
  }
  ports_.store.commit(std::move(transaction), [this, slot, turn = std::move(turn)](Result<store::Written> written) {
    ports_.queue.post([this, slot, turn, written = std::move(written)]() mutable {
      saved(slot, *turn, std::move(written));
    });
  });
}

void WorkflowWorker::saved(const SlotPtr& slot, const engine::Turn& turn, Result<store::Written> written) {
  bool look_again = false;
  {
    const std::lock_guard lock(mutex_);
    slot->busy = false;
    if (written.ok() && !written->front().is_null()) slot->revision = store::revision_of(written->front());
    // Somebody else has written since, or it is gone.
    look_again = !written.ok() || slot->mail.revision > slot->revision || slot->mail.gone;
  }
  if (written.ok()) {
    slot->header = std::move(written->front());
    act(*slot, turn);
  } else {
    // Nothing was done yet: as if the turn had not been (a conflict), or try it again later.
    slot->run.reset();
    const Code code = written.error().code();
    if (code == Code::AlreadyExists) ports_.world.objects().forget_all();  // a claim that was not known
    if (code != Code::Conflict && code != Code::NotFound && code != Code::AlreadyExists) {
      std::fprintf(stderr, "workflow %s/%s: %s\n", slot->ns.c_str(), slot->name.c_str(), written.error().message().c_str());
      ports_.queue.add_at(slot->queue_key, ports_.clock.now() + kTryAgain);
      return ports_.queue.done(slot->queue_key);
    }
  }
  if (look_again) {
    ports_.queue.add(slot->queue_key);
  } else if (slot->header["metadata"]["labels"]["workflows.argoproj.io/completed"].as_string() == "true") {
    finished_(slot->header);
    forget(slot, false);
  }
  ports_.queue.done(slot->queue_key);
}

void WorkflowWorker::act(Slot& slot, const engine::Turn& turn) {
  if (!turn.metrics.empty()) {
    ports_.world.metrics().record(std::string(store::uid_of(slot.header)), turn.metrics, ports_.clock.now());
  }
  count_phase(slot);
  for (const engine::Action& action : turn.actions) act_on(slot, action);
  if (slot.run != nullptr) {
    const Duration delay = ports_.world.controller().config.pod_gc_delay();
    for (const PodKeeper::Going& going : slot.keeper.decide(slot.header, *slot.run, delay)) remove_later(slot, going.pod, going.after);
  }
  for (const std::string& key : turn.wake) ports_.queue.add("w/" + key);
  const Time now = ports_.clock.now();
  if (slot.run == nullptr || slot.run->ended()) return;
  if (turn.requeue) ports_.queue.add_at(slot.queue_key, now + kRequeue);
  if (is_set(turn.wake_at)) ports_.queue.add_at(slot.queue_key, turn.wake_at);
  if (!slot.pods_refused.empty()) ports_.queue.add(slot.queue_key);
  if (!slot.pods_to_create.empty()) ports_.queue.add_at(slot.queue_key, now + kTryAgain);
}

void WorkflowWorker::end_pods(const std::string& ns, const std::string& name) {
  for (const engine::PodSeen& pod : ports_.backend.list(ns, name)) {
    if (pod.phase == "Succeeded" || pod.phase == "Failed") continue;
    ports_.backend.terminate(ns, pod.name, engine::termination_of(pod.phase, pod.spec).grace);
  }
}

// A workflow that the engine cannot go on with ends as Error.
void WorkflowWorker::fail(const SlotPtr& slot, const std::string& why) {
  std::fprintf(stderr, "workflow %s/%s: %s\n", slot->ns.c_str(), slot->name.c_str(), why.c_str());
  const Time now = ports_.clock.now();
  const auto failed = ports_.store.modify(
      {std::string(store::kWorkflow), slot->ns, slot->name}, [&](Value& workflow) -> Result<void> {
        Value& status = workflow.at("status");
        status.set("phase", "Error");
        status.set("message", why);
        if (!status.has("startedAt")) status.set("startedAt", to_rfc3339(now));
        status.set("finishedAt", to_rfc3339(now));
        Value& labels = workflow.at("metadata").at("labels");
        labels.set("workflows.argoproj.io/phase", "Error");
        labels.set("workflows.argoproj.io/completed", "true");
        return {};
      });
  end_pods(slot->ns, slot->name);
  if (failed.ok()) finished_(*failed);
  forget(slot, false);
  ports_.queue.done(slot->queue_key);
}

}  // namespace wf::control
