// SPDX-License-Identifier: Apache-2.0
#include "engine/testing.h"

#include <algorithm>

#include "base/text.h"
#include "engine/memo.h"
#include "json/text.h"
#include "json/yaml.h"
#include "spec/codec.h"

namespace wf::engine {

using json::Value;

namespace {
constexpr Duration kSecond = std::chrono::seconds(1);
constexpr int kTurnsMax = 2'000;
const Time kStart = *parse_rfc3339("2026-01-02T03:00:00Z");

ContainerSeen container(std::string_view name, ContainerSeen::State state, Time started, Time finished, int code) {
  ContainerSeen c;
  c.name = std::string(name);
  c.state = state;
  c.ready = state == ContainerSeen::State::Running;
  c.started_at = started;
  if (state != ContainerSeen::State::Terminated) return c;
  c.finished_at = finished;
  c.exit_code = code;
  c.reason = code == 0 ? "Completed" : "Error";
  return c;
}
}  // namespace

Value yaml(std::string_view text) {
  auto document = json::parse_yaml(text);
  EXPECT_TRUE(document.ok()) << (document.ok() ? "" : document.error().message());
  return document.ok() ? document->value : Value();
}

Value read_json(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? *value : Value();
}

TestWorld::TestWorld() {
  controller_.config = config::ControllerConfig::from_settings(Value::object()).value();
  controller_.flags.ns = "argo";
  controller_.lookups.image = [](std::string_view) -> Result<podspec::ImageCommand> { return podspec::ImageCommand{{"run"}, {}}; };
}

void TestWorld::put(Value object) {
  const std::string key = cat(object["kind"].as_string(), "/", object["metadata"]["name"].as_string());
  objects_[key] = std::move(object);
}

Value TestWorld::find(std::string_view kind, std::string_view, std::string_view name) const {
  const auto at = objects_.find(cat(kind, "/", name));
  return at == objects_.end() ? Value() : at->second;
}

Result<std::optional<MemoEntry>> TestWorld::load_memo(std::string_view cache, std::string_view key) {
  return memo_entry(find("ConfigMap", "argo", cache), key);
}

Result<void> TestWorld::save_memo(std::string_view cache, std::string_view key, const MemoEntry& entry) {
  TRY(Value map, with_memo_entry(find("ConfigMap", "argo", cache), "argo", cache, key, entry));
  put(std::move(map));
  return {};
}

Stage::Stage(std::string_view spec, TestWorld* world, std::string name) : world_(world), name_(std::move(name)), now_(kStart) {
  if (world_ == nullptr) {
    own_world_ = std::make_unique<TestWorld>();
    world_ = own_world_.get();
  }
  Value workflow = Value::object({{"apiVersion", "argoproj.io/v1alpha1"}, {"kind", "Workflow"}});
  workflow.set("metadata", Value::object({{"name", name_}, {"namespace", "ns"}, {"uid", cat("uid-of-", name_)},
                                          {"creationTimestamp", to_rfc3339(kStart)}}));
  workflow.set("spec", yaml(spec));
  auto decoded = spec::decode("Workflow", workflow, spec::Strictness::Strict);
  EXPECT_TRUE(decoded.ok()) << (decoded.ok() ? "" : decoded.error().message());
  run_ = std::move(*Run::load(decoded.ok() ? *decoded : workflow, *world_));
}

Stage& Stage::pods(std::string glob, std::vector<End> ends) {
  scripts_.push_back({std::move(glob), std::move(ends)});
  return *this;
}

End Stage::end_of(const PodRequest& request) {
  for (Script& script : scripts_) {
    if (!glob_match(script.glob, request.node_name)) continue;
    const size_t at = std::min(script.used++, script.ends.size() - 1);
    return script.ends[at];
  }
  End end;
  end.stays = request.tmpl["daemon"].as_bool();
  return end;
}

Turn Stage::turn() {
  now_ += kSecond;
  if (forgetful) {
    run_->forget();
    seen_.pods.clear();
    for (const Pod& pod : pods_) {
      if (pod.running) seen_.pods.push_back(seen(pod, false));
    }
    seen_.pods.insert(seen_.pods.end(), over_.begin(), over_.end());
  }
  Turn done = run_->turn(std::exchange(seen_, {}), now_);
  run_->take_changed_nodes();
  act(done);
  wake_at_ = done.wake_at;
  return done;
}

void Stage::act(const Turn& done) {
  const auto of = [this](std::string_view name) {
    return std::find_if(pods_.begin(), pods_.end(), [&](const Pod& pod) { return pod.request.name == name; });
  };
  for (const Action& action : done.actions) {
    if (const auto* create = std::get_if<CreatePod>(&action)) {
      if (of(create->request.name) != pods_.end()) continue;
      created_.push_back(create->request.node_name);
      pods_.push_back({create->request, end_of(create->request), false, now_});
    } else if (const auto* terminate = std::get_if<TerminatePod>(&action)) {
      if (const auto pod = of(terminate->pod); pod != pods_.end()) pods_.erase(pod);
    } else if (const auto* remove = std::get_if<DeletePod>(&action)) {
      if (const auto pod = of(remove->pod); pod != pods_.end()) pods_.erase(pod);
    }
  }
}

void Stage::settle() {
  for (int i = 0; i < kTurnsMax && !run_->ended(); ++i) {
    const Turn done = turn();
    if (!done.changed) return;
  }
}

void Stage::play() {
  for (int i = 0; i < kTurnsMax; ++i) {
    settle();
    if (run_->ended()) return;
    if (step()) continue;
    if (!is_set(wake_at_)) return;
    now_ = std::max(now_, wake_at_);
  }
  ADD_FAILURE() << "it goes on for ever";
}

size_t Stage::may_step() const {
  return static_cast<size_t>(std::count_if(pods_.begin(), pods_.end(), [](const Pod& pod) { return !pod.running || !pod.end.stays; }));
}

bool Stage::step(size_t which) {
  const size_t able = may_step();
  if (able == 0) return false;
  which %= able;
  auto pod = pods_.begin();
  for (;; ++pod) {
    if (pod->running && pod->end.stays) continue;
    if (which-- == 0) break;
  }
  if (!pod->running) {
    pod->running = true;
    pod->started_at = now_;
    seen_.pods.push_back(seen(*pod, false));
    TaskResult announced;
    announced.node_id = pod->request.node_id;
    seen_.results.push_back(announced);
    return true;
  }
  std::erase_if(seen_.pods, [&](const PodSeen& one) { return one.name == pod->request.name; });
  if (pod->end.vanishes) {
    seen_.gone.push_back(pod->request.node_id);
  } else {
    seen_.results.push_back(result_of(*pod));
    over_.push_back(seen(*pod, true));
    seen_.pods.push_back(over_.back());
  }
  pods_.erase(pod);
  return true;
}

void Stage::finish(std::string_view node) {
  for (const bool end : {false, true}) {
    size_t able = 0;
    for (const Pod& pod : pods_) {
      if (pod.running && pod.end.stays) continue;
      if (pod.request.node_name == node) {
        if (pod.running == end) step(able);
        break;
      }
      ++able;
    }
    settle();
  }
}

void Stage::reload(const Value& workflow) {
  auto loaded = Run::load(workflow, *world_);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message();
  run_ = std::move(*loaded);
  seen_ = {};
  seen_.all = true;
  for (const Pod& pod : pods_) seen_.pods.push_back(seen(pod, false));
  seen_.pods.insert(seen_.pods.end(), over_.begin(), over_.end());
}

PodSeen Stage::seen(const Pod& pod, bool ended) const {
  PodSeen out;
  out.ns = pod.request.ns;
  out.name = pod.request.name;
  out.uid = cat(pod.request.name, "-uid");
  out.workflow = pod.request.workflow;
  out.node_id = pod.request.node_id;
  out.created_at = pod.started_at;
  out.spec = pod.request.pod["spec"];
  if (!pod.running) {
    out.phase = "Pending";
    return out;
  }
  out.host_node_name = "host";
  out.pod_ip = "10.0.0.1";
  const bool failed = pod.end.exit_code != 0 || pod.end.wait_exit_code != 0;
  out.phase = !ended ? "Running" : failed ? "Failed" : "Succeeded";
  const auto state = ended ? ContainerSeen::State::Terminated : ContainerSeen::State::Running;
  for (const std::string_view name : {"wait", "main"}) {
    out.containers.push_back(container(name, state, pod.started_at, now_, name == "main" ? pod.end.exit_code : pod.end.wait_exit_code));
    if (ended && pod.end.exit_code != 0 && name == "main") out.containers.back().message = pod.end.message;
  }
  return out;
}

TaskResult Stage::result_of(const Pod& pod) const {
  TaskResult out;
  out.node_id = pod.request.node_id;
  out.complete = true;
  Value outputs = Value::object();
  for (const auto& [name, value] : pod.end.parameters) {
    outputs.at("parameters").push_back(Value::object({{"name", name}, {"value", value}}));
  }
  if (pod.end.result) outputs.set("result", *pod.end.result);
  if (!outputs.empty()) out.outputs = outputs;
  return out;
}

std::string Stage::message() const { return std::string(run_->header()["status"]["message"].as_string()); }

std::string Stage::nodes() const {
  std::string out;
  for (NodeIndex i = 0; i < run_->nodes().size(); ++i) {
    const Node& node = run_->nodes()[i];
    const std::string_view rest = std::string_view(node.name).substr(name_.size());
    out += cat(rest.empty() ? std::string_view(name_) : rest, " ", name_of(node.type), " ", name_of(node.phase));
    if (!node.message.empty()) out += cat(": ", node.message);
    out += "\n";
  }
  return out;
}

const Node& Stage::node(std::string_view name) const {
  static const Node kNone;
  const NodeIndex at = run_->nodes().find(name);
  if (at == kNoNode) ADD_FAILURE() << "there is no node " << name << " in\n" << nodes();
  return at == kNoNode ? kNone : run_->nodes()[at];
}

std::string Stage::state(std::string_view name) const {
  if (run_->nodes().find(name) == kNoNode) return "none";
  const Node& found = node(name);
  return found.message.empty() ? std::string(name_of(found.phase)) : cat(name_of(found.phase), ": ", found.message);
}

std::string Stage::names(const std::vector<NodeIndex>& list) const {
  std::string out;
  for (const NodeIndex at : list) out += cat(out.empty() ? "" : " ", run_->nodes()[at].name);
  return out;
}

std::string Stage::children(std::string_view name) const { return names(node(name).children); }
std::string Stage::outbound(std::string_view name) const { return names(node(name).outbound); }

std::string Stage::output(std::string_view name, std::string_view parameter) const {
  const Value& outputs = node(name).outputs;
  if (parameter == "result") return std::string(outputs["result"].as_string());
  for (const Value& one : outputs["parameters"].items()) {
    if (one["name"].as_string() == parameter) return std::string(one["value"].as_string());
  }
  return "none";
}

}  // namespace wf::engine
