// SPDX-License-Identifier: Apache-2.0
#include "local/backend.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/text.h"
#include "io/file.h"
#include "io/process.h"
#include "io/system.h"
#include "local/environment.h"
#include "local/home.h"
#include "local/notify.h"
#include "local/own_programs.h"
#include "local/pod_plan.h"
#include "local/runtime.h"
#include "local/status.h"
#include "local/supervised.h"

namespace wf::local {
namespace {

constexpr int kHeldRestMs = 3000;

using Key = std::pair<std::string, std::string>;  // namespace, pod

using Place = std::pair<Key, std::string>;  // a pod that waits to be started, and its uid

struct Pod {
  PodStatus status;
  bool finished = false;
  bool stale = false;      // the files know more
  bool held_back = false;  // waits for a ConfigMap or Secret
  std::optional<Request> held;
};

PodStatus pending_status(const Request& request) {
  PodStatus status;
  status.seen.ns = request.pod.ns;
  status.seen.name = request.pod.name;
  status.seen.uid = request.uid;
  status.seen.workflow = request.pod.workflow;
  status.seen.node_id = status.result.node_id = request.pod.node_id;
  status.seen.phase = "Pending";
  status.seen.created_at = request.created_at;
  for (const char* list : {"initContainers", "containers"}) {
    auto& out = list == std::string_view("containers") ? status.seen.containers
                                                       : status.seen.init_containers;
    for (const json::Value& container : request.pod.pod["spec"][list].items()) {
      out.push_back({});
      out.back().name = std::string(container["name"].as_string());
    }
  }
  return status;
}

}  // namespace

struct LocalBackend::State {
  Options options;
  Home home;
  io::SystemClock clock;
  io::SystemRandom random;
  io::Fd notify, wake;
  std::mutex mutex;  // guards what follows; never held during a call out
  std::map<Key, Pod> pods;
  std::map<Key, std::shared_ptr<Supervisor>> running;
  std::deque<Place> waiting;
  std::set<Key> held;        // those with held_back
  std::vector<Key> to_tell;  // changes that the watcher is to tell
  Changed changed;
  bool stop = false;
  std::thread watcher;

  explicit State(Options given) : options(std::move(given)), home(options.home) {}

  void nudge() {
    const uint64_t one = 1;
    (void)!::write(wake.get(), &one, sizeof one);
  }

  // Reads a pod's files again; outside the lock, as files are slow.
  void refresh(const Key& key) {
    const auto stored = read_status(home.pod(key.first, key.second));
    const std::lock_guard lock(mutex);
    const auto found = pods.find(key);
    if (!stored || found == pods.end() || found->second.finished) return;
    found->second.status = stored->status;
    found->second.finished = stored->finished;
  }

  void tell(const Key& key) {
    Changed call;
    std::string workflow;
    {
      const std::lock_guard lock(mutex);
      const auto found = pods.find(key);
      if (found == pods.end()) return;
      found->second.stale = true;
      workflow = found->second.status.seen.workflow;
      call = changed;
    }
    if (call) call(key.first, workflow, key.second);
  }

  // A supervisor has ended: with its result, or it was killed.
  void supervisor_ended(const Key& key) {
    const std::string dir = home.pod(key.first, key.second);
    Supervisor other = find_supervisor(dir);  // the one of an engine before was first
    if (other.life == Life::Running) {
      const std::lock_guard lock(mutex);
      running[key] = std::make_shared<Supervisor>(std::move(other));
      return;
    }
    settle_lost(dir);
    tell(key);
    (void)start_waiting();
  }

  void watch() {
    while (true) {
      std::vector<pollfd> fds{{wake.get(), POLLIN, 0}, {notify.get(), POLLIN, 0}};
      std::vector<std::pair<Key, std::shared_ptr<Supervisor>>> watched;
      std::vector<Key> news;
      bool any_held = false;
      {
        const std::lock_guard lock(mutex);
        if (stop) return;
        news.swap(to_tell);
        any_held = !held.empty();
        for (const auto& one : running) {
          if (one.second) watched.push_back(one);
        }
      }
      for (const auto& [key, supervisor] : watched)
        fds.push_back({supervisor->pidfd.get(), POLLIN, 0});
      for (const Key& key : news) tell(key);
      const int ready = ::poll(fds.data(), fds.size(), any_held ? kHeldRestMs : -1);
      if (ready < 0) continue;
      if (ready == 0) {  // what was missing may have come: whoever looks finds out
        const std::lock_guard lock(mutex);
        to_tell.assign(held.begin(), held.end());
      }
      if (fds[0].revents) {
        uint64_t count;
        (void)!::read(wake.get(), &count, sizeof count);
      }
      if (fds[1].revents) {
        while (const auto notice = read_notice(notify.get())) tell(*notice);
      }
      for (size_t i = 0; i < watched.size(); ++i) {
        if (!fds[i + 2].revents) continue;
        reap(*watched[i].second);
        {
          const std::lock_guard lock(mutex);
          const auto found = running.find(watched[i].first);
          if (found == running.end() || found->second != watched[i].second) continue;
          running.erase(found);
        }
        supervisor_ended(watched[i].first);
      }
    }
  }

  // The objects that the pod refers to, or which one is missing.
  Result<json::Value> resolve(const Request& request) {
    json::Value objects = json::Value::object();
    for (const ObjectReference& reference : references_of(request.pod.pod)) {
      json::Value object = options.lookup
                               ? options.lookup(reference.kind, request.pod.ns, reference.name)
                               : json::Value();
      if (!object.is_null()) {
        objects.set(cat(reference.kind, "/", reference.name), std::move(object));
      } else if (!reference.optional) {
        return Error(cat(reference.kind == "Secret" ? "secret " : "configmap ",
                         go_quote(reference.name), " not found"),
                     Code::NotFound);
      }
    }
    return objects;
  }

  // Kubernetes leaves such a pod waiting; it goes on when the object appears (asked again by
  // `seen`).
  void hold_back(const Key& key, Request request, const std::string& why) {
    Pod pod;
    pod.status = pending_status(request);
    for (auto& container : pod.status.seen.containers) {
      container.reason = "CreateContainerConfigError";
      container.message = why;
    }
    pod.held_back = true;
    pod.held = std::move(request);
    {
      const std::lock_guard lock(mutex);
      pods[key] = std::move(pod);
      held.insert(key);
      to_tell.push_back(key);
    }
    nudge();
  }

  Result<void> launch(const Key& key, const Request& request) {
    TRY_DO(write_request(request));
    return take_up(key, request);
  }

  // Finds the supervisor of a pod whose folder is there; starts it where it never had one, or as
  // soon as there is a place for it.
  Result<void> take_up(const Key& key, const Request& request) {
    const std::string dir = home.pod(key.first, key.second);
    Supervisor supervisor = find_supervisor(dir);
    if (supervisor.life == Life::Ended) settle_lost(dir);
    Pod pod;
    pod.status = pending_status(request);
    pod.stale = true;
    {
      const std::lock_guard lock(mutex);
      if (supervisor.life == Life::Running) {
        running[key] = std::make_shared<Supervisor>(std::move(supervisor));
      } else if (supervisor.life == Life::Unstarted) {
        pod.status.seen.unschedulable = "0/1 nodes are available: 1 Too many pods.";
        waiting.emplace_back(key, request.uid);
        if (running.size() >= options.pods_max) to_tell.push_back(key);
      }
      pods[key] = std::move(pod);
    }
    nudge();
    return start_waiting(&key);
  }

  // The error is that of `wanted`, if it could not be started; whoever cannot is forgotten.
  Result<void> start_waiting(const Key* wanted = nullptr) {
    Result<void> out;
    while (true) {
      Place next;
      {
        const std::lock_guard lock(mutex);
        if (waiting.empty() || running.size() >= options.pods_max) return out;
        next = std::move(waiting.front());
        waiting.pop_front();
        running[next.first] = nullptr;  // its place
      }
      auto started = start_one(next);
      if (!started && wanted && *wanted == next.first) out = std::move(started);
    }
  }

  Result<void> start_one(const Place& place) {
    const std::string dir = home.pod(place.first.first, place.first.second);
    auto started = start_supervisor(options.executor, dir, place.second);
    bool removed = false;
    {
      const std::lock_guard lock(mutex);
      const auto pod = pods.find(place.first);
      removed = pod == pods.end();
      if (started && !removed) {
        running[place.first] = std::make_shared<Supervisor>(std::move(*started));
        pod->second.status.seen.unschedulable.clear();
      } else {
        running.erase(place.first);
        if (!removed) pods.erase(pod);
      }
    }
    nudge();
    if (started && !removed) return {};
    if (started) kill_pod(dir, place.second, &*started);  // it was removed meanwhile
    (void)io::remove_tree(dir);
    return started.ok() ? Result<void>() : Result<void>(std::move(started.error()));
  }

  void recover() {
    const auto namespaces = io::list_directory(home.pods());
    if (!namespaces) return;
    for (const std::string& ns : *namespaces) {
      const auto names = io::list_directory(cat(home.pods(), "/", ns));
      if (!names) continue;
      for (const std::string& name : *names) {
        const std::string dir = home.pod(ns, name);
        auto request =
            name.starts_with(".") ? Result<Request>(Error("unfinished")) : read_request(dir);
        if (!request) {  // made up to a crash, or half removed
          (void)io::remove_tree(dir);
          continue;
        }
        (void)take_up({ns, name}, *request);
      }
    }
  }

  void start_held(const Key& key) {
    Request request;
    {
      const std::lock_guard lock(mutex);
      request = *pods[key].held;
    }
    auto objects = resolve(request);
    if (!objects) return;
    request.objects = *objects;
    {
      const std::lock_guard lock(mutex);
      held.erase(key);
    }
    if (auto started = launch(key, request); !started) {
      hold_back(key, request, started.error().message());
    }
  }
};

LocalBackend::LocalBackend(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<LocalBackend>> LocalBackend::open(Options options) {
  if (options.executor.empty()) options.executor = own_program("argoexec");
  if (options.driver == Driver::Oci && options.runtime.empty()) {
    TRY(options.runtime, find_runtime());
  }
  auto state = std::make_unique<State>(std::move(options));
  TRY_DO(io::make_directories(state->home.root(), 0700));
  TRY_DO(io::make_directories(state->home.pods(), 0700));
  (void)io::remove_tree(state->home.trash());
  TRY(state->notify, open_notify_socket(state->home));
  state->wake = io::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  state->recover();
  State* raw = state.get();
  state->watcher = std::thread([raw] { raw->watch(); });
  return std::unique_ptr<LocalBackend>(new LocalBackend(std::move(state)));
}

LocalBackend::~LocalBackend() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->nudge();
  if (state_->watcher.joinable()) state_->watcher.join();
}

void LocalBackend::on_change(Changed changed) {
  const std::lock_guard lock(state_->mutex);
  state_->changed = std::move(changed);
}

Result<void> LocalBackend::create(const engine::PodRequest& asked) {
  const Key key{asked.ns, asked.name};
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->pods.contains(key)) return {};
  }
  Request request;
  request.pod = asked;
  request.uid = io::new_uuid(state_->random);
  request.created_at = state_->clock.now();
  request.driver = state_->options.driver;
  request.network = state_->options.network;
  request.runtime = state_->options.runtime;
  request.home = state_->home.root();
  if (auto plan = plan_pod(asked.pod, asked.tmpl); !plan) return std::move(plan.error());
  (void)io::remove_tree(state_->home.logs(asked.ns, asked.name));  // of an earlier pod of the name
  auto objects = state_->resolve(request);
  if (!objects) {
    state_->hold_back(key, std::move(request), objects.error().message());
    return {};
  }
  request.objects = *objects;
  return state_->launch(key, request);
}

void LocalBackend::terminate(const std::string& ns, const std::string& pod, Duration grace) {
  std::optional<Place> unstarted;
  {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->pods.find({ns, pod});
    if (found == state_->pods.end() || found->second.finished) return;
    if (found->second.held_back) {
      Pod& one = found->second;
      one.held_back = false;
      one.finished = true;
      one.status.seen.phase = "Failed";
      one.status.seen.message = "the pod was stopped before its containers started";
      one.status.result.complete = true;
      state_->held.erase({ns, pod});
      state_->to_tell.emplace_back(ns, pod);
      state_->nudge();
      return;
    }
    auto& waiting = state_->waiting;
    const auto place = std::find_if(waiting.begin(), waiting.end(),
                                    [&](const Place& one) { return one.first == Key(ns, pod); });
    if (place != waiting.end()) {  // it needs no place to be told
      unstarted = std::move(*place);
      waiting.erase(place);
      state_->running[unstarted->first] = nullptr;
    }
  }
  ask_to_stop(state_->home.pod(ns, pod), grace);
  if (unstarted) (void)state_->start_one(*unstarted);
}

void LocalBackend::remove(const std::string& ns, const std::string& pod) {
  std::string uid;
  std::shared_ptr<Supervisor> supervisor;
  {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->pods.find({ns, pod});
    if (found == state_->pods.end()) return;
    uid = found->second.status.seen.uid;
    if (const auto one = state_->running.find({ns, pod}); one != state_->running.end()) {
      supervisor = one->second;
      state_->running.erase(one);
    }
    std::erase_if(state_->waiting, [&](const auto& item) { return item.first == Key(ns, pod); });
    state_->held.erase({ns, pod});
    state_->pods.erase(found);
  }
  state_->nudge();
  const std::string dir = state_->home.pod(ns, pod);
  if (!io::exists(dir)) return;
  kill_pod(dir, uid, supervisor.get());
  // Out of the way in one step, then piece by piece; what a crash leaves in the trash goes at the
  // start.
  (void)io::make_directories(state_->home.trash(), 0700);
  const std::string trash = cat(state_->home.trash(), "/", uid);
  if (::rename(dir.c_str(), trash.c_str()) == 0) (void)io::remove_tree(trash);
}

Result<engine::PodSeen> LocalBackend::seen(const std::string& ns, const std::string& pod) {
  const Key key{ns, pod};
  bool stale = false, held = false;
  {
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->pods.find(key);
    if (found == state_->pods.end())
      return Error(cat("pods ", go_quote(pod), " not found"), Code::NotFound);
    stale = std::exchange(found->second.stale, false);
    held = found->second.held_back;
  }
  if (held) state_->start_held(key);
  if (stale) state_->refresh(key);
  const std::lock_guard lock(state_->mutex);
  return state_->pods[key].status.seen;
}

engine::TaskResult LocalBackend::result(const std::string& ns, const std::string& pod) {
  (void)seen(ns, pod);
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->pods.find({ns, pod});
  return found == state_->pods.end() ? engine::TaskResult{} : found->second.status.result;
}

std::vector<engine::PodSeen> LocalBackend::list(const std::string& ns,
                                                const std::string& workflow) {
  std::vector<Key> keys;
  {
    const std::lock_guard lock(state_->mutex);
    for (const auto& [key, pod] : state_->pods) {
      if ((ns.empty() || key.first == ns) &&
          (workflow.empty() || pod.status.seen.workflow == workflow))
        keys.push_back(key);
    }
  }
  std::vector<engine::PodSeen> out;
  for (const Key& key : keys) {
    if (auto one = seen(key.first, key.second); one.ok()) out.push_back(std::move(*one));
  }
  return out;
}

Result<void> LocalBackend::read_log(const std::string& ns, const std::string& pod,
                                    const std::string& container, const LogQuery& query,
                                    const std::function<bool(const LogLine&)>& line) {
  const std::string dir = state_->home.pod(ns, pod);
  const auto finished = [&] {
    const auto stored = read_status(dir);
    if (!stored) return !io::exists(dir);
    if (stored->finished) return true;
    for (const auto* list :
         {&stored->status.seen.init_containers, &stored->status.seen.containers}) {
      for (const auto& seen : *list) {
        if (seen.name == container) return seen.state == engine::ContainerSeen::State::Terminated;
      }
    }
    return false;
  };
  return local::read_log(state_->home.log(ns, pod, container), query, {finished, dir}, line);
}

void LocalBackend::remove_logs(const std::string& ns, const std::string& pod) {
  (void)io::remove_tree(state_->home.logs(ns, pod));
}

Result<void> LocalBackend::remove_claim(const std::string& ns, const std::string& claim) {
  return io::remove_tree(state_->home.claim(ns, claim));
}

}  // namespace wf::local
