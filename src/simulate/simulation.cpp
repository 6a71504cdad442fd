// SPDX-License-Identifier: Apache-2.0
#include "simulate/simulation.h"

#include <algorithm>
#include <cstdio>

#include "base/text.h"
#include "json/text.h"
#include "simulate/subject.h"

namespace wf::simulate {

using json::Value;

namespace {

constexpr Duration kRequeue = std::chrono::seconds(1);
const Time kStart = std::chrono::sys_days(std::chrono::year(2026) / 1 / 2) + std::chrono::hours(3) + std::chrono::milliseconds(250);

}  // namespace

Simulation::Simulation(std::vector<Value> objects, Outcomes outcomes, Setting setting)
    : setting_(std::move(setting)), outcomes_(std::move(outcomes)), world_(setting_.config), pods_(outcomes_.pods, setting_.keep_pods) {
  if (setting_.any_image) world_.accept_any_image();
  start_ = now_ = is_set(setting_.at) ? setting_.at : kStart;
  for (Value& object : objects) {
    if (object["kind"].as_string() == "Workflow") add_workflow(std::move(object));
    else world_.put(std::move(object), setting_.ns);
  }
}

Simulation::~Simulation() = default;

void Simulation::add_workflow(Value object) {
  Value& metadata = object.at("metadata");
  std::string name(metadata["name"].as_string());
  if (name.empty()) {
    name = std::string(metadata["generateName"].as_string());
    while (name.ends_with("-")) name.pop_back();
    while (by_name_.contains(name)) name += "-x";
    metadata.set("name", name);
    metadata.erase("generateName");
  }
  if (metadata["namespace"].as_string().empty()) metadata.set("namespace", setting_.ns);
  if (metadata["uid"].as_string().empty()) {
    char uid[40];
    std::snprintf(uid, sizeof uid, "00000000-0000-4000-9000-%012zx", ++created_);
    metadata.set("uid", uid);
  }
  if (!metadata.has("creationTimestamp")) metadata.set("creationTimestamp", to_rfc3339(now_));
  auto subject = std::make_unique<Subject>();
  subject->name = name;
  auto run = engine::Run::load(object, world_);
  CHECK(run.ok());
  subject->run = std::move(*run);
  by_name_[name] = subject.get();
  subjects_.push_back(std::move(subject));
  notify(*subjects_.back());
}

// The controller's queue: what happens to a workflow is looked at a requeue time later, and whatever
// else happens meanwhile is looked at with it.
void Simulation::notify(Subject& subject) { wake(subject.name, now_ + kRequeue); }

void Simulation::wake(const std::string& name, Time at) {
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return;
  Subject& subject = *found->second;
  if (is_set(subject.wake_at) && subject.wake_at <= at) return;
  if (is_set(subject.wake_at)) wakes_.erase({subject.wake_at, subject.wake_sequence, {}});
  subject.wake_at = at;
  subject.wake_sequence = ++sequence_;
  wakes_.insert({at, subject.wake_sequence, name});
}

// PAR-8.
bool Simulation::admitted(const Subject& subject) const {
  const int64_t limit = world_.controller().config.parallelism();
  const int64_t in_namespace = world_.controller().config.namespace_parallelism();
  const int64_t least = limit > 0 && in_namespace > 0 ? std::min(limit, in_namespace) : std::max(limit, in_namespace);
  if (least <= 0 || subject.started) return true;
  int64_t running = 0;
  std::vector<const Subject*> waiting;
  for (const auto& one : subjects_) {
    if (one->started && !one->ended) ++running;
    if (!one->started && !one->ended) waiting.push_back(one.get());
  }
  const auto priority = [](const Subject* one) { return one->run->header()["spec"]["priority"].as_int().value_or(0); };
  std::stable_sort(waiting.begin(), waiting.end(), [&](const Subject* a, const Subject* b) { return priority(a) > priority(b); });
  for (const Subject* one : waiting) {
    if (running >= least) return false;
    if (one == &subject) return true;
    ++running;
  }
  return false;
}

void Simulation::turn(Subject& subject) {
  if (!admitted(subject)) {
    if (!subject.postponed) {
      subject.run->postpone("Workflow processing has been postponed because too many workflows are already running");
      subject.postponed = true;
    }
    return;
  }
  subject.started = true;
  ++turns_;
  if (setting_.full_walks) {
    subject.run->forget();
    subject.see_anew(pods_.present(setting_.ns, subject.name));
  }
  world_.now = now_;
  const engine::Observed seen = subject.take_seen();
  const engine::Turn turn = subject.run->turn(seen, now_);
  const std::vector<engine::NodeIndex> changed = subject.run->take_changed_nodes();
  act(subject, turn);
  if (subject.run->ended() && !subject.ended) {
    subject.ended = true;
    for (const auto& other : subjects_) {
      if (!other->started) notify(*other);
    }
  }
  if (turn.changed && on_change) on_change(*subject.run, changed, now_);
}

void Simulation::act(Subject& subject, const engine::Turn& turn) {
  for (const engine::Action& action : turn.actions) {
    if (const auto* create = std::get_if<engine::CreatePod>(&action)) {
      if (!create->config_map.is_null()) world_.put(create->config_map, setting_.ns);
      pods_.create(create->request, now_);
    } else if (const auto* terminate = std::get_if<engine::TerminatePod>(&action)) {
      pods_.terminate(setting_.ns, terminate->pod, now_);
    } else if (const auto* remove = std::get_if<engine::DeletePod>(&action)) {
      pods_.remove(setting_.ns, remove->pod);
    } else if (const auto* claim = std::get_if<engine::CreateClaim>(&action)) {
      world_.put(claim->claim, setting_.ns);
    } else if (const auto* gone = std::get_if<engine::DeleteClaim>(&action)) {
      world_.remove("PersistentVolumeClaim", setting_.ns, gone->name);
    }
  }
  for (const engine::EventNote& event : turn.events) events_.add(subject.name, event);
  for (const std::string& key : turn.wake) wake(key.substr(key.find('/') + 1), now_ + kRequeue);
  if (subject.run->ended()) return;
  if (turn.changed || turn.requeue) notify(subject);
  if (is_set(turn.wake_at)) wake(subject.name, std::max(turn.wake_at, now_));
}

bool Simulation::holds(const Condition& condition, const std::string& workflow) const {
  if (condition.after && condition.phase.empty()) return now_ >= start_ + *condition.after;
  const auto at = by_name_.find(workflow);
  if (at == by_name_.end()) return false;
  const engine::Run& run = *at->second->run;
  if (condition.node.empty()) return run.phase() == condition.phase;
  for (engine::NodeIndex i = 0; i < run.nodes().size(); ++i) {
    const engine::Node& node = run.nodes()[i];
    if (engine::name_of(node.phase) == condition.phase && glob_match(condition.node, node.name)) return true;
  }
  return false;
}

bool Simulation::deliver_pods() {
  auto event = pods_.step(now_);
  if (!event) return false;
  const auto at = by_name_.find(event->workflow);
  if (at == by_name_.end()) return true;
  Subject& subject = *at->second;
  if (event->has_result) subject.seen.results.push_back(event->result);
  if (event->gone) subject.see_gone(event->node_id);
  else subject.see(std::move(event->seen));
  notify(subject);
  return true;
}

bool Simulation::all_ended() const {
  return std::all_of(subjects_.begin(), subjects_.end(), [](const auto& subject) { return subject->ended; });
}

std::optional<Time> Simulation::next_due() const {
  std::optional<Time> next = pods_.next();
  if (!wakes_.empty() && (!next || wakes_.begin()->at < *next)) next = wakes_.begin()->at;
  if (next_action_ < outcomes_.actions.size()) {
    const Condition& when = outcomes_.actions[next_action_].when;
    if (when.after && when.phase.empty() && start_ + *when.after > now_ && (!next || start_ + *when.after < *next)) next = start_ + *when.after;
  }
  if (end_since_ && outcomes_.end) {
    const Time end = *end_since_ + outcomes_.end->after.value_or(Duration{});
    if (!next || end < *next) next = end;
  }
  return next;
}

Ending Simulation::run() {
  const Time limit = start_ + setting_.time_max;
  while (true) {
    bool again = true;
    while (again) {  // everything of this moment
      again = false;
      if (deliver_pods()) {
        again = true;
        continue;
      }
      while (!wakes_.empty() && wakes_.begin()->at <= now_) {
        Subject& subject = *by_name_.at(wakes_.begin()->name);
        wakes_.erase(wakes_.begin());
        subject.wake_at = {};
        if (subject.ended) continue;
        turn(subject);
        again = true;
      }
      if (!again && act_for_user()) again = true;
      for (const auto& subject : subjects_) {
        if (subject->run->nodes().size() > setting_.nodes_max) return Ending::Limit;
      }
    }
    if (outcomes_.end && !subjects_.empty()) {
      const bool holding = subjects_.front()->run->phase() == outcomes_.end->phase;
      if (!holding) end_since_.reset();
      else if (!end_since_) end_since_ = now_;
      if (end_since_ && now_ >= *end_since_ + outcomes_.end->after.value_or(Duration{})) return Ending::Ended;
    }
    const auto next = next_due();
    if (all_ended() && next_action_ >= outcomes_.actions.size() && (!next || (wakes_.empty() && !pods_.next()))) return Ending::Finished;
    if (!next) {
      if (all_ended()) return Ending::Finished;
      return Ending::Limit;
    }
    if (*next > limit) return Ending::Limit;
    now_ = std::max(now_, *next);
  }
}

std::vector<Value> Simulation::workflows() const {
  std::vector<Value> out;
  for (const auto& [name, subject] : by_name_) out.push_back(subject->run->object());
  return out;
}

std::string Simulation::waiting_for() const {
  std::string out;
  for (const auto& subject : subjects_) {
    if (subject->ended) continue;
    out += cat("workflow ", subject->name, " is ", subject->run->phase().empty() ? "not started" : subject->run->phase(), ":");
    for (engine::NodeIndex i = 0; i < subject->run->nodes().size(); ++i) {
      const engine::Node& node = subject->run->nodes()[i];
      if (engine::fulfilled(node) || !node.children.empty()) continue;
      out += cat(" ", node.name, " ", engine::name_of(node.phase), node.message.empty() ? "" : ": ", node.message, ";");
    }
    out += "\n";
  }
  return out;
}

Value Simulation::report(Ending ending) const {
  Value out = Value::object();
  const bool ended = ending == Ending::Ended;
  out.set("result", ended ? "ended" : ending == Ending::Finished ? "finished" : "limit");
  Value list = Value::array();
  for (Value& workflow : workflows()) list.push_back(std::move(workflow));
  out.set("workflows", list);
  Value pods = Value::array();
  for (Value pod : pods_.created()) {
    pod.erase("apiVersion");
    pod.erase("kind");
    // ARGO_TEMPLATE's value as an object.
    for (const char* kind : {"containers", "initContainers"}) {
      for (size_t c = 0; c < pod["spec"][kind].size(); ++c) {
        for (size_t e = 0; e < pod["spec"][kind][c]["env"].size(); ++e) {
          const Value& env = pod["spec"][kind][c]["env"][e];
          if (env["name"].as_string() != "ARGO_TEMPLATE" || !env["value"].is_string()) continue;
          const auto parsed = json::parse(env["value"].as_string());
          if (parsed.ok()) pod.at("spec").at(kind).item(c).at("env").item(e).set("value", *parsed);
        }
      }
    }
    pods.push_back(std::move(pod));
  }
  out.set("pods", pods);
  Value order = Value::array();
  for (const std::string& name : pods_.order()) order.push_back(name);
  out.set("podOrder", order);
  Value event_list = Value::array();
  for (const std::string& event : events_.texts()) event_list.push_back(event);
  out.set("events", event_list);
  Value commands = Value::array();
  for (const std::string& one : commands_) commands.push_back(one);
  const size_t left = outcomes_.actions.size() - next_action_;
  if (left > 0) commands.push_back(cat(left, " actions left undone"));
  out.set("commands", commands);
  return out;
}

}  // namespace wf::simulate
