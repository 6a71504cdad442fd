// SPDX-License-Identifier: Apache-2.0
#include "control/controller.h"

#include <atomic>
#include <cstdio>
#include <set>
#include <thread>

#include "base/text.h"
#include "control/cron_worker.h"
#include "control/engine_operations.h"
#include "control/janitor.h"
#include "control/serial_backend.h"
#include "control/store_world.h"
#include "control/work_queue.h"
#include "control/workflow_worker.h"
#include "expr/duration.h"
#include "expr/gotime.h"
#include "io/system.h"
#include "store/kinds.h"

namespace wf::control {
namespace {
constexpr Duration kResyncPeriod = std::chrono::minutes(20);  // REC-1
constexpr std::string_view kResyncKey = "r/";

// Schedules without a time zone are read where the controller runs (CRN-2).
std::shared_ptr<const expr::Location> local_place() {
  const auto place = expr::load_location(io::local_time_zone());
  return place.ok() ? *place : nullptr;
}
}  // namespace

class Controller::Impl {
 public:
  Impl(store::ObjectStore& store, engine::Backend& backend, const Clock& clock, Random& random,
       const podspec::Controller& settings, DeleteArtifact delete_artifact)
      : store_(store), backend_(backend), clock_(clock), world_(store, clock, settings),
        janitor_(store, queue_, clock, settings.config), collector_(store, queue_, clock, random, std::move(delete_artifact)),
        workflows_({store, backend_, world_, queue_, clock, random},
                   [this](const json::Value& workflow) {
                     world_.finished(workflow);
                     janitor_.finished(workflow);
                     collector_.look_at(workflow);
                     crons_.child_changed(workflow);
                   },
                   [this](const json::Value& workflow) { collector_.look_at(workflow); }),
        operations_(store, backend_, world_, clock, random), crons_(store, operations_, queue_, clock, local_place()) {
    backend_.on_change([this](const std::string& ns, const std::string& workflow, const std::string& pod) {
      workflows_.pod_changed(ns, workflow, pod);
    });
  }
  ~Impl() {
    stop();
    backend_.on_change([](const std::string&, const std::string&, const std::string&) {});
  }

  Result<void> start();
  void run(int workers);
  void stop();
  bool step();
  std::string metrics_text();

  store::ObjectStore& store_;
  SerialBackend backend_;
  const Clock& clock_;
  WorkQueue queue_;
  StoreWorld world_;
  Janitor janitor_;
  ArtifactCollector collector_;
  WorkflowWorker workflows_;
  EngineOperations operations_;
  CronWorker crons_;

 private:
  void work(WorkQueue::Work work);
  void take_event(const store::Event& event);
  Result<bool> take_events(Duration limit);
  void watch_loop();
  void sweep_pods();

  std::unique_ptr<store::Watch> watch_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false};
};

Result<void> Controller::Impl::start() {
  // From before the first look on, so that nothing falls between.
  TRY(watch_, store_.watch({}));
  TRY_DO(workflows_.restore());
  TRY_DO(crons_.take_up());
  // What had ended may still have artifacts to be deleted.
  TRY_DO(janitor_.begin([this](const json::Value& workflow) { collector_.look_at(workflow); }));
  sweep_pods();
  queue_.add_at(std::string(kResyncKey), clock_.now() + kResyncPeriod);
  return {};
}

// Pods whose workflow was deleted or has ended while nobody looked.
void Controller::Impl::sweep_pods() {
  std::set<std::pair<std::string, std::string>> ended;
  for (const engine::PodSeen& pod : backend_.list("", "")) {
    const auto owner = store_.get({std::string(store::kWorkflow), pod.ns, pod.workflow}, store::Detail::Summary);
    if (!owner.ok() && owner.error().code() == Code::NotFound) backend_.remove(pod.ns, pod.name);
    if (owner.ok() && (*owner)["metadata"]["labels"]["workflows.argoproj.io/completed"].as_string() == "true") {
      ended.emplace(pod.ns, pod.workflow);
    }
  }
  for (const auto& [ns, workflow] : ended) workflows_.end_pods(ns, workflow);
}

void Controller::Impl::take_event(const store::Event& event) {
  world_.changed(event.key);
  if (event.key.kind == store::kWorkflow) {
    workflows_.store_changed(event);
    if (event.type == store::Event::Type::Deleted) world_.metrics().forget(std::string(store::uid_of(event.last)));
    if (event.type == store::Event::Type::Deleted) crons_.child_changed(event.last);
  } else if (event.key.kind == store::kCronWorkflow) {
    crons_.store_changed(event);
  } else if (event.key.kind == store::kConfigMap) {
    // SYN-4: the limit of a semaphore may have changed.
    const json::Value map = world_.find(store::kConfigMap, event.key.ns, event.key.name);
    for (const json::Member& item : map["data"].members()) {
      const std::string lock = cat(event.key.ns, "/ConfigMap/", event.key.name, "/", item.key());
      for (const std::string& key : world_.locks().waiting_for(lock)) queue_.add("w/" + key);
    }
  }
}

// What is counted when somebody asks, and all that was counted before.
std::string Controller::Impl::metrics_text() {
  Metrics& metrics = world_.metrics();
  const auto gauge = [&](std::string_view name, std::string_view help, const std::map<std::string, int>& by_phase) {
    metrics.clear(name);
    for (const auto& [phase, count] : by_phase) metrics.set(name, help, {{"phase", phase}}, count);
  };
  std::map<std::string, int> workflows, pods;
  if (const auto all = store_.list({.kind = std::string(store::kWorkflow), .detail = store::Detail::Summary}); all.ok()) {
    for (const json::Value& each : all->items) ++workflows[std::string(each["status"]["phase"].as_string())];
  }
  for (const engine::PodSeen& pod : backend_.list("", "")) ++pods[pod.phase];
  gauge("gauge", "number of Workflows currently accessible by the controller by phase", workflows);
  gauge("pods_gauge", "Number of Pods from Workflows currently accessible by the controller by phase", pods);
  metrics.set("queue_depth_gauge", "Depth of the queue", {{"queue_name", "workflow_queue"}}, static_cast<double>(queue_.depth()));
  metrics.set("is_leader", "Emits 1 if leader, 0 otherwise. Always 1 if leader election is disabled.", {}, 1);
  const auto ttl = expr::parse_seconds_or_duration(world_.controller().config.metrics()["metricsTTL"].as_string());
  return metrics.text(clock_.now(), ttl.ok() ? *ttl : Duration::zero());
}

// Whether there were any.
Result<bool> Controller::Impl::take_events(Duration limit) {
  auto events = watch_->next(limit);
  if (!events.ok() && events.error().code() == Code::Conflict) {
    // Fallen behind: look at everything anew.
    TRY(watch_, store_.watch({}));
    world_.objects().forget_all();
    TRY_DO(workflows_.take_up());
    TRY_DO(crons_.take_up());
    return true;
  }
  if (!events.ok()) return std::move(events.error());
  for (const store::Event& event : *events) take_event(event);
  return !events->empty();
}

void Controller::Impl::work(WorkQueue::Work work) {
  if (auto* job = std::get_if<WorkQueue::Job>(&work)) return (*job)();
  const std::string& key = std::get<std::string>(work);
  if (WorkflowWorker::owns(key)) {
    workflows_.work(key);
  } else if (WorkflowWorker::is_pod_removal(key)) {
    workflows_.remove_pod(key);
  } else if (Janitor::owns(key)) {
    janitor_.work(key);
  } else if (ArtifactCollector::owns(key)) {
    collector_.work(key);
  } else if (key == kResyncKey) {
    workflows_.look_at_all();
    queue_.add_at(key, clock_.now() + kResyncPeriod);
    queue_.done(key);
  } else {
    crons_.work(key);
  }
}

bool Controller::Impl::step() {
  const auto news = take_events(Duration::zero());
  if (news.ok() && *news) return true;
  auto due = queue_.take(clock_.now());
  if (!due) return false;
  work(std::move(*due));
  return true;
}

void Controller::Impl::watch_loop() {
  while (!stopping_) {
    const auto taken = take_events(std::chrono::seconds(1));
    if (!taken.ok() && !stopping_) {
      std::fprintf(stderr, "watching the store: %s\n", taken.error().message().c_str());
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  }
}

void Controller::Impl::run(int workers) {
  threads_.emplace_back([this] { watch_loop(); });
  for (int i = 0; i < workers; ++i) {
    threads_.emplace_back([this] {
      while (auto due = queue_.wait(clock_)) {
        try {
          work(std::move(*due));
        } catch (const std::exception& bug) {
          // The key stays taken: what is broken is not tried again until the next start.
          std::fprintf(stderr, "controller: %s\n", bug.what());
        }
      }
    });
  }
}

void Controller::Impl::stop() {
  if (threads_.empty()) return;
  stopping_ = true;
  if (watch_ != nullptr) watch_->cancel();
  queue_.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

Controller::Controller(store::ObjectStore& store, engine::Backend& backend, const Clock& clock, Random& random,
                       const podspec::Controller& settings, DeleteArtifact delete_artifact)
    : impl_(std::make_unique<Impl>(store, backend, clock, random, settings, std::move(delete_artifact))) {}
Controller::~Controller() = default;

Result<void> Controller::start() { return impl_->start(); }
void Controller::run(int workers) { impl_->run(workers); }
void Controller::stop() { impl_->stop(); }
bool Controller::step() { return impl_->step(); }
Time Controller::next_due() const { return impl_->queue_.next_due(); }
size_t Controller::unfinished() const { return impl_->workflows_.count(); }
bool Controller::idle() const {
  return impl_->queue_.idle() && impl_->workflows_.count() == 0 && impl_->crons_.count() == 0;
}
bool Controller::at_rest() const {
  return impl_->workflows_.count() == 0 && impl_->workflows_.running() == 0 && impl_->world_.locks().empty();
}
Operations& Controller::operations() { return impl_->operations_; }
std::string Controller::metrics() { return impl_->metrics_text(); }

}  // namespace wf::control
