// SPDX-License-Identifier: Apache-2.0
#include "local/pod_run.h"

#include <sys/inotify.h>

#include <algorithm>
#include <cerrno>

#include "base/text.h"
#include "io/file.h"
#include "json/text.h"
#include "local/host.h"
#include "local/notify.h"

namespace wf::local {
namespace {

using Role = ContainerPlan::Role;
using State = engine::ContainerSeen::State;

}  // namespace

PodRun::PodRun(Loop& loop, Request request, std::string pod_dir)
    : loop_(loop), request_(std::move(request)), home_(request_.home), dir_(std::move(pod_dir)) {
  status_.seen.ns = request_.pod.ns;
  status_.seen.name = request_.pod.name;
  status_.seen.uid = request_.uid;
  status_.seen.workflow = request_.pod.workflow;
  status_.seen.node_id = request_.pod.node_id;
  status_.seen.created_at = request_.created_at;
  status_.seen.phase = "Pending";
  status_.seen.host_node_name = host_name();
  status_.result.node_id = request_.pod.node_id;
}

PodRun::~PodRun() = default;

PodRun::Slot* PodRun::slot_of(std::string_view name) {
  for (auto* list : {&slots_, &init_}) {
    for (const auto& slot : *list) {
      if (slot->plan->name == name) return slot.get();
    }
  }
  return nullptr;
}

PodRun::Seen* PodRun::helper(bool init) {
  const auto& plans = init ? plan_.init : plan_.containers;
  for (size_t i = 0; i < plans.size(); ++i) {
    if (plans[i].role == Role::Helper)
      return &(init ? status_.seen.init_containers : status_.seen.containers)[i];
  }
  return nullptr;
}

void PodRun::running(Seen& seen) {
  seen.state = State::Running;
  seen.reason.clear();
  seen.message.clear();
  seen.started_at = Loop::now();
}

void PodRun::terminated(Seen& seen, int code, std::string reason, std::string message) {
  seen.state = State::Terminated;
  seen.ready = false;
  seen.exit_code = code;
  seen.reason = std::move(reason);
  seen.message = std::move(message);
  seen.finished_at = Loop::now();
  if (!is_set(seen.started_at)) seen.started_at = seen.finished_at;
}

void PodRun::save() {
  // Not synced: after a power cut the supervisor is gone as well, and the pod is lost whatever it
  // says.
  (void)io::write_file(cat(dir_, kStatusFile), json::print(to_json(status_)), 0600,
                       io::Durable::No);
  send_notice(home_, request_.pod.ns, request_.pod.name);
}

void PodRun::note(std::string_view container, const std::string& message) {
  auto log = LogWriter::open(home_.log(request_.pod.ns, request_.pod.name, container));
  if (log.ok()) log->write(Loop::now(), true, cat(message, "\n"));
}

void PodRun::begin() {
  if (auto ready = set_up(); !ready) return fail_before_start("", ready.error().message());
  look_for_stop();
  if (stage_ == Stage::Preparing) prepare_next(0);
}

Result<void> PodRun::set_up() {
  TRY(plan_, plan_pod(request_.pod.pod, request_.pod.tmpl));
  for (const bool init : {true, false}) {
    auto& seen = init ? status_.seen.init_containers : status_.seen.containers;
    for (const ContainerPlan& plan : init ? plan_.init : plan_.containers) {
      seen.push_back({});
      seen.back().name = plan.name;
      seen.back().reason = init ? "ContainerCreating" : "PodInitializing";
    }
  }
  driver_ = request_.driver == Driver::Oci ? make_oci_driver(request_, dir_, loop_)
                                           : make_process_driver(request_, dir_);
  TRY_DO(io::make_directories(home_.logs(request_.pod.ns, request_.pod.name), 0750));
  TRY_DO(driver_->prepare_pod());
  const PodFacts facts{request_.pod.pod, request_.pod.ns,   request_.uid,
                       host_name(),      driver_->pod_ip(), request_.objects};
  for (const bool init : {true, false}) {
    const auto& plans = init ? plan_.init : plan_.containers;
    auto& seen = init ? status_.seen.init_containers : status_.seen.containers;
    for (size_t i = 0; i < plans.size(); ++i) {
      if (plans[i].role == Role::Helper) continue;
      auto slot = std::make_unique<Slot>();
      slot->plan = &plans[i];
      slot->seen = &seen[i];
      TRY(slot->env, environment_of(plans[i].spec, facts));
      (init ? init_ : slots_).push_back(std::move(slot));
    }
  }
  if (plan_.active_deadline) {
    loop_.at(Loop::now() + *plan_.active_deadline, [this] {
      if (stage_ == Stage::Finished) return;
      status_.seen.phase = "Failed";
      status_.seen.reason = "DeadlineExceeded";
      status_.seen.message = "Pod was active on the node longer than the specified deadline";
      save();
      stop_all(plan_.grace);
    });
  }
  if (is_set(plan_.step_deadline))
    loop_.at(plan_.step_deadline, [this] { step_deadline_passed(); });
  return {};
}

void PodRun::say_waiting(const Waiting& init, const Waiting& others) {
  for (Seen& seen : status_.seen.init_containers) {
    seen.reason = init.reason;
    seen.message = init.message;
  }
  for (Seen& seen : status_.seen.containers) {
    seen.reason = others.reason;
    seen.message = others.message;
  }
}

void PodRun::prepare_next(size_t index) {
  if (stage_ != Stage::Preparing) return;
  if (index == init_.size() + slots_.size()) return stage_inputs();
  Slot& slot = index < init_.size() ? *init_[index] : *slots_[index - init_.size()];
  // All wait for it, and say so: the engine shows what the first of them says.
  const auto waiting = [this](const Waiting& why) {
    say_waiting(why, why);
    save();
  };
  driver_->prepare(*slot.plan, waiting, [this, index](Result<void> done) {
    if (stage_ != Stage::Preparing) return;
    if (!done) return fail_before_start("", done.error().message());
    say_waiting({"ContainerCreating", ""}, {"PodInitializing", ""});
    prepare_next(index + 1);
  });
}

// The part of Argo's init container.
void PodRun::stage_inputs() {
  stage_ = Stage::Staging;
  if (Seen* init = helper(true)) running(*init);
  if (auto script = stage_script(); !script) return staged(script.error().message());
  const json::Value job = load_job();
  if (job.is_null()) return staged("");
  save();
  job_ = IoJob::start(loop_, "load-artifacts", job, cat(dir_, "/load"),
                      [this](const IoJob::Outcome& outcome) {
                        job_.reset();
                        if (stage_ == Stage::Staging) staged(outcome.error);
                      });
}

Result<void> PodRun::stage_script() {
  const json::Value& script = request_.pod.tmpl["script"];
  if (!script["source"].is_string()) return {};
  const std::string folder = driver_->volume("argo-staging");
  if (folder.empty()) return Error("the pod has no volume argo-staging for its script");
  TRY_DO(io::make_directories(folder));
  return io::write_file(cat(folder, "/script"), script["source"].as_string(), 0755,
                        io::Durable::No);
}

json::Value PodRun::load_job() {
  json::Value list = json::Value::array();
  const auto main = std::find_if(plan_.containers.begin(), plan_.containers.end(),
                                 [](const ContainerPlan& c) { return c.role == Role::Main; });
  for (const json::Value& artifact : request_.pod.tmpl["inputs"]["artifacts"].items()) {
    const auto place = driver_->place_of_input(*main, std::string(artifact["name"].as_string()),
                                               std::string(artifact["path"].as_string()));
    list.push_back(
        json::Value::object({{"artifact", artifact}, {"root", place.root}, {"path", place.path}}));
  }
  if (list.empty()) return {};
  return json::Value::object({{"store", home_.artifacts()},
                              {"archiveLocation", request_.pod.tmpl["archiveLocation"]},
                              {"artifacts", list}});
}

void PodRun::staged(const std::string& error) {
  Seen* init = helper(true);
  if (!error.empty()) {
    if (!init) return fail_before_start("", error);
    terminated(*init, 64, "Error", error);
    note(init->name, error);
    return finish();
  }
  if (init) terminated(*init, 0, "Completed", "");
  stage_ = Stage::Init;
  run_init(0);
}

Launch PodRun::launch_of(const Slot& slot) const {
  Launch launch;
  launch.plan = slot.plan;
  launch.env = slot.env;
  for (const std::string& word : slot.plan->command)
    launch.command.push_back(expand(word, slot.env));
  for (const std::string& word : slot.plan->args) launch.args.push_back(expand(word, slot.env));
  return launch;
}

void PodRun::run_init(size_t index) {
  if (stage_ != Stage::Init) return;
  if (index == init_.size()) return start_all();
  Slot& slot = *init_[index];
  RunningContainer::Hooks hooks;
  hooks.ended = [this, &slot, index](const Ended& ended) {
    slot.running.reset();
    terminated(*slot.seen, ended.exit_code, ended.reason, ended.message);
    slot.seen->ready = ended.exit_code == 0;
    if (ended.exit_code != 0 || stopping_) return finish();
    run_init(index + 1);
  };
  auto started = RunningContainer::start(
      loop_, *driver_, launch_of(slot),
      home_.log(request_.pod.ns, request_.pod.name, slot.plan->name), hooks);
  if (!started) {
    terminated(*slot.seen, 128, "StartError", started.error().message());
    note(slot.plan->name, started.error().message());
    return finish();
  }
  slot.running = std::move(*started);
  running(*slot.seen);
  save();
}

void PodRun::start_all() {
  stage_ = Stage::Running;
  status_.seen.phase = "Running";
  status_.seen.pod_ip = driver_->pod_ip();
  if (Seen* wait = helper(false)) {
    running(*wait);
    wait->ready = true;
  }
  for (const auto& slot : slots_) running(*slot->seen);  // one that waits for another waits inside
  check_progress();
  start_ready();
  if (stage_ == Stage::Running) save();
}

bool PodRun::dependencies_met(Slot& slot) {
  for (const std::string& name : slot.plan->dependencies) {
    const Slot* other = slot_of(name);
    if (!other) continue;
    if (other->seen->state != State::Terminated) return false;
    if (other->seen->exit_code == 0) continue;
    const std::string message =
        cat("dependency ", go_quote(name), " exited with non-zero code: ", other->seen->exit_code);
    note(slot.plan->name, message);
    slot.attempts = slot.plan->attempts;
    terminated(*slot.seen, 64, "Error", message);
    return false;
  }
  return true;
}

// Starts what may start; a container that ends at once may free or fail others.
void PodRun::start_ready() {
  for (bool again = true; again;) {
    again = false;
    for (const auto& slot : slots_) {
      if (slot->attempts > 0 || slot->seen->state != State::Running) continue;
      const bool met = dependencies_met(*slot);
      if (met) start(*slot);
      again = again || slot->seen->state == State::Terminated;
    }
  }
  if (mains_done()) collect();
}

void PodRun::start(Slot& slot) {
  ++slot.attempts;
  RunningContainer::Hooks hooks;
  if (slot.plan->name == "main" && plan_.include_result) hooks.result = &result_;
  hooks.ended = [this, &slot](const Ended& ended) { container_ended(slot, ended); };
  auto started = RunningContainer::start(
      loop_, *driver_, launch_of(slot),
      home_.log(request_.pod.ns, request_.pod.name, slot.plan->name), hooks);
  if (!started) {
    note(slot.plan->name, started.error().message());
    slot.attempts = slot.plan->attempts;
    return terminated(*slot.seen, 64, "Error", started.error().message());
  }
  slot.running = std::move(*started);
  const json::Value& startup = slot.plan->spec["startupProbe"];
  if (!startup.is_object()) return start_probes(slot);
  slot.seen->ready = false;
  // Not well within its threshold: as a liveness probe; well: the others begin.
  json::Value first = startup;
  first.set("successThreshold", 1);
  slot.startup =
      std::make_unique<Probe>(loop_, *driver_, *slot.plan, first, false, [this, &slot](bool) {
        if (slot.startup_limit) loop_.cancel(*slot.startup_limit);
        slot.startup_limit.reset();
        slot.startup.reset();
        start_probes(slot);
        save();
      });
  const auto seconds = [&](const char* field, int64_t otherwise) {
    return startup[field].as_int().value_or(otherwise);
  };
  const auto limit = seconds("initialDelaySeconds", 0) +
                     seconds("periodSeconds", 10) * seconds("failureThreshold", 3);
  slot.startup_limit = loop_.at(Loop::now() + std::chrono::seconds(limit), [this, &slot] {
    slot.startup_limit.reset();
    slot.startup.reset();
    unwell(slot, "startup");
  });
}

void PodRun::start_probes(Slot& slot) {
  const json::Value& readiness = slot.plan->spec["readinessProbe"];
  const json::Value& liveness = slot.plan->spec["livenessProbe"];
  slot.seen->ready = !readiness.is_object();
  if (readiness.is_object()) {
    slot.readiness = std::make_unique<Probe>(loop_, *driver_, *slot.plan, readiness, false,
                                             [this, &slot](bool ready) {
                                               slot.seen->ready = ready;
                                               save();
                                             });
  }
  if (!liveness.is_object()) return;
  slot.liveness = std::make_unique<Probe>(loop_, *driver_, *slot.plan, liveness, true,
                                          [this, &slot](bool well) {
                                            if (!well) unwell(slot, "liveness");
                                          });
}

// What restartPolicy Never makes of it: the container ends and stays so.
void PodRun::unwell(Slot& slot, const char* probe) {
  note(slot.plan->name, cat("the container failed its ", probe, " probe and is ended"));
  slot.attempts = slot.plan->attempts;
  if (slot.running) slot.running->stop(plan_.grace);
}

void PodRun::container_ended(Slot& slot, const Ended& ended) {
  slot.running.reset();
  slot.drop_probes(loop_);
  if (ended.exit_code != 0 && slot.attempts < slot.plan->attempts && !stopping_) {
    loop_.at(Loop::now() + slot.plan->retry_rest, [this, &slot] {
      if (stopping_) {
        terminated(*slot.seen, 143, "Error", "");
      } else {
        start(slot);
      }
      start_ready();
    });
    return;
  }
  terminated(*slot.seen, ended.exit_code, ended.reason, ended.message);
  if (stage_ == Stage::Running) {
    start_ready();
    if (stage_ == Stage::Running) save();  // collect() tells its own
  }
  maybe_finish();
}

bool PodRun::mains_done() const {
  return stage_ == Stage::Running &&
         std::all_of(slots_.begin(), slots_.end(), [](const auto& slot) {
           return slot->plan->role != Role::Main || slot->seen->state == State::Terminated;
         });
}

// The executor's own deadline: its message, then the main containers end.
void PodRun::step_deadline_passed() {
  if (stage_ != Stage::Running) return;
  collect_error_ = Error("Step exceeded its deadline");
  for (const auto& slot : slots_) {
    if (slot->plan->role == Role::Main && slot->running) slot->running->stop(plan_.grace);
  }
}

void PodRun::check_progress() {
  const std::string folder = driver_->volume("var-run-argo");
  if (folder.empty() || !io::exists(folder)) return;
  progress_watch_ = io::Fd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (::inotify_add_watch(progress_watch_.get(), folder.c_str(),
                          IN_CLOSE_WRITE | IN_MOVED_TO | IN_MODIFY) < 0)
    return;
  loop_.watch(progress_watch_.get(), [this, folder] {
    char ignored[4096];
    while (::read(progress_watch_.get(), ignored, sizeof ignored) > 0) {
    }
    const auto text = io::read_file(cat(folder, "/progress"), 1 << 20);
    if (!text) return;
    const std::string progress = executor::progress_of(*text);
    if (progress.empty() || progress == status_.result.progress) return;
    status_.result.progress = progress;
    save();
  });
}

// The part of Argo's wait container: outputs are taken while the sidecars are told to end.
void PodRun::collect() {
  stage_ = Stage::Collecting;
  if (progress_watch_) loop_.unwatch(progress_watch_.get());
  for (const auto& slot : slots_) {
    if (slot->running) slot->running->stop(plan_.grace);
  }
  collect_parameters();
  const json::Value job = save_job();
  if (!job.is_null()) {
    save();
    job_ = IoJob::start(loop_, "save-artifacts", job, cat(dir_, "/save"),
                        [this](const IoJob::Outcome& outcome) {
                          job_.reset();
                          saved(outcome);
                        });
    return;
  }
  collected_ = true;
  maybe_finish();
}

void PodRun::collect_parameters() {
  const Slot* main = slot_of("main");
  json::Value outputs = json::Value::object();
  if (main) {
    auto parameters = executor::collect_parameters(
        request_.pod.tmpl, [&](const std::string& path) -> Result<std::string> {
          TRY(const io::Fd fd, driver_->open_file(*main->plan, path));
          return io::read_file(cat("/proc/self/fd/", fd.get()));
        });
    if (!parameters.list.empty()) outputs.set("parameters", parameters.list);
    if (parameters.error && !collect_error_) collect_error_ = std::move(parameters.error);
    if (plan_.include_result) outputs.set("result", result_.text());
  }
  status_.result.outputs = outputs.empty() ? json::Value() : outputs;
}

json::Value PodRun::save_job() {
  const json::Value& tmpl = request_.pod.tmpl;
  json::Value artifacts = json::Value::array(), logs = json::Value::array();
  if (const Slot* main = slot_of("main"); main && main->attempts > 0) {
    for (const json::Value& artifact : tmpl["outputs"]["artifacts"].items()) {
      if (artifact["path"].as_string().empty()) continue;
      const auto place = driver_->place_of(*main->plan, std::string(artifact["path"].as_string()));
      artifacts.push_back(json::Value::object(
          {{"artifact", artifact}, {"root", place.root}, {"path", place.path}}));
    }
  }
  if (tmpl["archiveLocation"]["archiveLogs"].as_bool()) {
    for (const auto& slot : slots_) {
      if (slot->plan->role != Role::Main || slot->attempts == 0) continue;
      logs.push_back(json::Value::object(
          {{"container", slot->plan->name},
           {"file", home_.log(request_.pod.ns, request_.pod.name, slot->plan->name)}}));
    }
  }
  if (artifacts.empty() && logs.empty()) return {};
  return json::Value::object({{"store", home_.artifacts()},
                              {"archiveLocation", tmpl["archiveLocation"]},
                              {"artifacts", artifacts},
                              {"logs", logs}});
}

void PodRun::saved(const IoJob::Outcome& outcome) {
  if (!outcome.answer["saved"].empty())
    status_.result.outputs.set("artifacts", outcome.answer["saved"]);
  const std::string wrong =
      outcome.error.empty() ? std::string(outcome.answer["error"].as_string()) : outcome.error;
  if (!wrong.empty() && !collect_error_) collect_error_ = Error(wrong);
  collected_ = true;
  maybe_finish();
}

void PodRun::maybe_finish() {
  if (stage_ != Stage::Collecting || !collected_) return;
  for (const auto& slot : slots_) {
    if (slot->running) return;
  }
  if (Seen* wait = helper(false)) {
    if (collect_error_) note(wait->name, collect_error_->message());
    terminated(*wait, collect_error_ ? 64 : 0, collect_error_ ? "Error" : "Completed",
               collect_error_ ? collect_error_->message() : "");
  } else if (collect_error_ && status_.seen.message.empty()) {
    status_.seen.message = collect_error_->message();
  }
  finish();
}

void PodRun::fail_before_start(std::string reason, std::string message) {
  status_.seen.reason = std::move(reason);
  status_.seen.message = std::move(message);
  status_.seen.phase = "Failed";
  finish();
}

void PodRun::look_for_stop() {
  const auto text = io::read_file(cat(dir_, kStopFile));
  if (!text) return;
  const auto document = json::parse(*text);
  const auto grace = document.ok() ? (*document)["graceSeconds"].as_int() : std::nullopt;
  stop_all(grace ? Duration(std::chrono::seconds(*grace)) : plan_.grace);
}

void PodRun::stop_all(Duration grace) {
  stopping_ = true;
  if (stage_ == Stage::Preparing || stage_ == Stage::Staging) {
    if (status_.seen.message.empty())
      status_.seen.message = "the pod was stopped before its containers started";
    status_.seen.phase = "Failed";
    return finish();
  }
  for (auto* list : {&init_, &slots_}) {
    for (const auto& slot : *list) {
      if (slot->running) {
        slot->running->stop(grace);
      } else if (list == &slots_ && slot->seen->state == State::Running && slot->attempts == 0) {
        slot->attempts = slot->plan->attempts;  // still waiting for another one
        terminated(*slot->seen, 143, "Error", "");
      }
    }
  }
  if (mains_done()) collect();
}

void PodRun::finish() {
  if (stage_ == Stage::Finished) return;
  stage_ = Stage::Finished;
  bool failed = status_.seen.phase == "Failed";
  for (const auto* list : {&status_.seen.init_containers, &status_.seen.containers}) {
    for (const Seen& seen : *list)
      failed = failed || (seen.state == State::Terminated && seen.exit_code != 0);
  }
  status_.seen.phase = failed ? "Failed" : "Succeeded";
  job_.reset();
  for (auto* list : {&init_, &slots_}) {
    for (const auto& slot : *list) slot->drop_probes(loop_);
  }
  status_.result.complete = true;
  // Not synced either: the engine keeps what it has read, and a result that a power cut takes
  // leaves a lost pod, not one that is started again.
  const auto written =
      io::write_file(cat(dir_, kResultFile), json::print(to_json(status_)), 0600, io::Durable::No);
  if (!written) std::fprintf(stderr, "argoexec: %s\n", written.error().message().c_str());
  send_notice(home_, request_.pod.ns, request_.pod.name);
  if (driver_) driver_->clean_up();  // what is left to do makes nobody wait
  loop_.stop();
}

}  // namespace wf::local
