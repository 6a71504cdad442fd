// SPDX-License-Identifier: Apache-2.0
// What the script's user does: the verbs of the CLI that act on workflows.
#include <algorithm>

#include "base/text.h"
#include "engine/operations.h"
#include "simulate/subject.h"

namespace wf::simulate {

using json::Value;

namespace {

// The CLI's words, as far as these verbs have them.
struct Words {
  std::vector<std::string> names;
  std::string node_selector, message, phase;
  std::vector<std::string> parameters, output_parameters;
  bool restart_successful = false, memoized = false;
};

Result<Words> read(const std::vector<std::string>& words, size_t from) {
  Words out;
  for (size_t i = from; i < words.size(); ++i) {
    std::string flag = words[i], value;
    bool given = false;
    if (flag.starts_with("--")) {
      if (const size_t eq = flag.find('='); eq != std::string::npos) {
        value = flag.substr(eq + 1);
        flag.resize(eq);
        given = true;
      }
    }
    const auto take = [&]() -> Result<std::string> {
      if (given) return value;
      if (i + 1 >= words.size()) return Error(cat("flag needs an argument: ", flag));
      return words[++i];
    };
    if (flag == "--node-field-selector") {
      TRY(out.node_selector, take());
    } else if (flag == "--message" || flag == "-m") {
      TRY(out.message, take());
    } else if (flag == "--phase") {
      TRY(out.phase, take());
    } else if (flag == "-p" || flag == "--parameter" || flag == "--output-parameter") {
      TRY(const std::string one, take());
      (flag == "--output-parameter" ? out.output_parameters : out.parameters).push_back(one);
    } else if (flag == "--restart-successful") {
      out.restart_successful = true;
    } else if (flag == "--memoized") {
      out.memoized = true;
    } else if (flag.starts_with("-")) {
      return Error(cat("unknown flag: ", flag));
    } else {
      out.names.push_back(flag);
    }
  }
  return out;
}

Result<engine::SetValues> set_values(const Words& words) {
  engine::SetValues values{words.node_selector, words.message, words.phase, {}};
  std::vector<std::string> outputs = words.output_parameters;
  outputs.insert(outputs.end(), words.parameters.begin(), words.parameters.end());
  for (const std::string& text : outputs) {
    const size_t at = text.find('=');
    if (at == std::string::npos) return Error(cat("expected parameter of the form: NAME=VALUE. Received: ", text));
    std::string value = text.substr(at + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    values.output_parameters.emplace_back(text.substr(0, at), value);
  }
  return values;
}

}  // namespace

void Simulation::reload(Subject& subject, Value changed) {
  auto run = engine::Run::load(changed, world_);
  CHECK(run.ok());
  subject.run = std::move(*run);
  if (on_load) on_load(*subject.run);
  subject.see_anew(pods_.present(setting_.ns, subject.name));
  subject.seen.all = true;
  notify(subject);
  subject.ended = subject.run->ended();
}

Result<std::string> Simulation::run_argo(std::vector<std::string> words) {
  const bool set = words.size() > 1 && words[0] == "node" && words[1] == "set";
  TRY(const Words given, read(words, set ? 2 : 1));
  std::string out;
  for (const std::string& name : given.names) {
    const auto at = by_name_.find(name);
    if (at == by_name_.end()) return Error(cat("workflows.argoproj.io \"", name, "\" not found"), Code::NotFound);
    Subject& subject = *at->second;
    const Value object = subject.run->object(engine::Times::Exact);
    const std::string& verb = words[0];
    if (set) {
      TRY(const engine::SetValues values, set_values(given));
      TRY(Value changed, engine::set_nodes(object, values, now_));
      reload(subject, std::move(changed));
      out += "workflow values set\n";
    } else if (verb == "resume") {
      TRY(Value changed, engine::resume(object, given.node_selector, now_));
      reload(subject, std::move(changed));
      out += cat("workflow ", name, " resumed\n");
    } else if (verb == "suspend") {
      TRY(Value changed, engine::suspend(object));
      reload(subject, std::move(changed));
      out += cat("workflow ", name, " suspended\n");
    } else if (verb == "stop") {
      TRY(Value changed, engine::stop(object, given.node_selector, given.message, now_));
      reload(subject, std::move(changed));
      out += cat("workflow ", name, " stopped\n");
    } else if (verb == "terminate") {
      TRY(Value changed, engine::terminate(object));
      reload(subject, std::move(changed));
      out += cat("workflow ", name, " terminated\n");
    } else if (verb == "retry") {
      TRY(engine::Retried retried, engine::retry(object, {given.restart_successful, given.node_selector, given.parameters}, now_));
      for (const std::string& pod : retried.pods_to_delete) pods_.remove(setting_.ns, pod);
      reload(subject, std::move(retried.workflow));
    } else if (verb == "resubmit") {
      TRY(Value fresh, engine::resubmit(object, {given.memoized, "xxxxx", given.parameters}, now_));
      Value& metadata = fresh.at("metadata");
      if (metadata["name"].as_string().empty()) metadata.set("name", cat(metadata["generateName"].as_string(), "xxxxx"));
      for (const char* field : {"uid", "creationTimestamp", "resourceVersion"}) metadata.erase(field);
      add_workflow(std::move(fresh));
    } else {
      return Error(cat("unknown command ", go_quote(verb), " for \"argo\""));
    }
  }
  return out;
}

std::string Simulation::command(const UserAction& action) {
  std::vector<std::string> words = action.argo;
  const std::string shown = join(words, " ");
  const std::string subject = action.workflow.empty() && !subjects_.empty() ? subjects_.front()->name : action.workflow;
  for (std::string& word : words) {
    if (word == "@") word = subject;
  }
  const auto output = run_argo(words);
  if (output.ok()) return cat("argo ", shown, ": <nil>: ", *output);
  return cat("argo ", shown, ": exit status 1: Error: rpc error: code = InvalidArgument desc = ", output.error().message(), "\n");
}

// The first action whose condition holds, if it is the next in order.
bool Simulation::act_for_user() {
  if (next_action_ >= outcomes_.actions.size()) return false;
  const UserAction& action = outcomes_.actions[next_action_];
  const std::string workflow = action.workflow.empty() && !subjects_.empty() ? subjects_.front()->name : action.workflow;
  if (!holds(action.when, workflow)) return false;
  ++next_action_;
  if (!action.argo.empty()) {
    commands_.push_back(command(action));
  } else if (!action.apply.is_null()) {
    world_.put(action.apply, setting_.ns);
    for (const auto& subject : subjects_) notify(*subject);
  } else if (action.remove["kind"].as_string() == "Pod") {
    for (const auto& subject : subjects_) {
      for (const engine::PodSeen& pod : pods_.present(setting_.ns, subject->name)) {
        const engine::NodeIndex node = subject->run->nodes().find_id(pod.node_id);
        if (node == engine::kNoNode || !glob_match(action.remove["node"].as_string(), subject->run->nodes()[node].name)) continue;
        pods_.remove(setting_.ns, pod.name);
        subject->seen.gone.push_back(pod.node_id);
        notify(*subject);
      }
    }
  } else {
    world_.remove(action.remove["kind"].as_string(), setting_.ns, action.remove["name"].as_string());
    for (const auto& subject : subjects_) notify(*subject);
  }
  return true;
}

}  // namespace wf::simulate
