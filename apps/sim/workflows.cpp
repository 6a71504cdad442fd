// SPDX-License-Identifier: Apache-2.0
#include "sim/workflows.h"

#include "base/text.h"

namespace wf::sim {

using json::Value;

namespace {

Value named(const std::string& name) { return Value::object({{"name", name}}); }

Value retry_strategy(Seeded& random) {
  Value strategy = Value::object({{"limit", std::to_string(random.between(1, 3))}, {"retryPolicy", "Always"}});
  if (random.chance(50)) {
    strategy.set("backoff", Value::object({{"duration", std::to_string(random.between(1, 20))}, {"factor", "2"}}));
  }
  return strategy;
}

// Templates that run a pod or wait. Of the name depends what pods do: "flaky" ones fail now and then.
class Leaves {
 public:
  Leaves(Seeded& random, Scenario& scenario) : random_(random), scenario_(scenario) {}

  Value all() {
    Value list = Value::array();
    list.push_back(container("work"));
    list.push_back(container("flaky"));
    Value retried = container("flaky-retried");
    retried.set("retryStrategy", retry_strategy(random_));
    list.push_back(retried);
    Value say = named("say");
    say.set("script", Value::object({{"image", "busybox"}, {"command", Value::array({"sh"})}, {"source", "echo 1"}}));
    list.push_back(say);
    Value make = container("make");
    const auto from = [](const char* path) { return Value::object({{"path", path}}); };
    make.set("outputs", Value::object({{"parameters", Value::array({Value::object({{"name", "value"}, {"valueFrom", from("/v")}}),
                                                                    Value::object({{"name", "list"}, {"valueFrom", from("/l")}})})}}));
    list.push_back(make);
    list.push_back(locked("locked-a", "leaf-a", 0));
    list.push_back(locked("flaky-locked-b", "leaf-b", 0));
    list.push_back(locked("limited", "slots", 2));
    Value pause = named("pause");
    pause.set("suspend", Value::object({{"duration", std::to_string(random_.between(1, 90))}}));
    list.push_back(pause);
    Value hold = named("hold");
    hold.set("suspend", Value::object({}));
    list.push_back(hold);
    Value daemon = container("serve");
    daemon.set("daemon", true);
    list.push_back(daemon);
    return list;
  }

  std::string any(bool locks) {
    static constexpr const char* kNames[] = {"work", "work", "flaky", "flaky-retried", "flaky-retried", "say", "make",
                                             "pause", "hold", "locked-a", "flaky-locked-b", "limited"};
    return kNames[random_.below(static_cast<int>(std::size(kNames)) - (locks ? 0 : 3))];
  }

 private:
  static Value container(const std::string& name) {
    Value tmpl = named(name);
    tmpl.set("container", Value::object({{"image", "busybox"}, {"command", Value::array({"true"})}}));
    return tmpl;
  }
  // `most` 0: a mutex.
  Value locked(const std::string& name, const std::string& lock, int most) {
    Value tmpl = container(name);
    Value wanted = Value::object({});
    if (most == 0) {
      wanted.set("mutexes", Value::array({named(lock)}));
    } else {
      const Value key = Value::object({{"name", "limits"}, {"key", lock}});
      wanted.set("semaphores", Value::array({Value::object({{"configMapKeyRef", key}})}));
    }
    tmpl.set("synchronization", wanted);
    if (random_.chance(30)) tmpl.set("retryStrategy", retry_strategy(random_));
    scenario_.limits[name] = {lock, std::max(1, most)};
    return tmpl;
  }

  Seeded& random_;
  Scenario& scenario_;
};

class Builder {
 public:
  Builder(Seeded& random, Scenario& scenario) : random_(random), leaves_(random, scenario), locks_(random.chance(50)) {}
  Value build(const std::string& name);

 private:
  std::string composite(int depth);
  std::string child(int depth) {
    return depth < 3 && nodes_left_ > 0 && random_.chance(35) ? composite(depth + 1) : leaves_.any(locks_);
  }
  Value call(const std::string& name, int depth);
  void add_loop(Value& step, const std::string& list);
  Value steps(int depth);
  Value dag(int depth);

  Seeded& random_;
  Leaves leaves_;
  Value templates_ = Value::array();
  // Either locks or limits of parallelism: a node that waits for a lock has a slot, and one that waits
  // for a slot may hold the lock.
  bool locks_;
  int count_ = 0;
  int nodes_left_ = 12;
  bool serves_ = false;
};

Value Builder::call(const std::string& name, int depth) {
  --nodes_left_;
  Value step = Value::object({{"name", name}, {"template", child(depth)}});
  if (random_.chance(30)) step.set("continueOn", Value::object({{"failed", true}, {"error", true}}));
  if (random_.chance(8)) step.set("when", random_.chance(50) ? "1 == 1" : "1 == 2");
  if (random_.chance(6)) step.set("hooks", Value::object({{"exit", Value::object({{"template", "work"}})}}));
  return step;
}

void Builder::add_loop(Value& step, const std::string& list) {
  if (!random_.chance(30)) return;
  if (!list.empty() && random_.chance(50)) {
    step.set("withParam", list);
  } else if (random_.chance(50)) {
    step.set("withSequence", Value::object({{"count", std::to_string(random_.between(0, 4))}}));
  } else {
    Value items = Value::array();
    for (int i = random_.between(1, 4); i > 0; --i) items.push_back(cat("i", i));
    step.set("withItems", items);
  }
}

Value Builder::steps(int depth) {
  Value groups = Value::array();
  const bool lists = random_.chance(30);
  if (lists) groups.push_back(Value::array({Value::object({{"name", "first"}, {"template", "make"}})}));
  if (depth == 0 && random_.chance(20)) {
    groups.push_back(Value::array({Value::object({{"name", "server"}, {"template", "serve"}})}));
    serves_ = true;
  }
  for (int i = random_.between(1, 3); i > 0; --i) {
    Value group = Value::array();
    for (int k = random_.between(1, 3); k > 0; --k) {
      Value step = call(cat("s", i, "-", k), depth);
      add_loop(step, lists ? "{{steps.first.outputs.parameters.list}}" : "");
      group.push_back(step);
    }
    groups.push_back(group);
  }
  return groups;
}

Value Builder::dag(int depth) {
  Value tasks = Value::array();
  const int count = random_.between(2, 5);
  for (int i = 0; i < count; ++i) {
    Value task = call(cat("t", i), depth);
    add_loop(task, "");
    // A task's exit handler runs if a pass still comes to the task after its end, which depends on
    // when its dependents end.
    task.erase("hooks");
    std::string depends;
    for (int k = 0; k < i; ++k) {
      if (!random_.chance(40)) continue;
      if (!depends.empty()) depends += random_.chance(70) ? " && " : " || ";
      static constexpr const char* kResults[] = {"", "", ".Succeeded", ".Failed", ".Succeeded || t"};
      const int result = random_.below(5);
      depends += result == 4 ? cat("(t", k, ".Succeeded || t", k, ".Failed || t", k, ".Skipped || t", k, ".Omitted || t", k, ".Errored)")
                             : cat("t", k, kResults[result]);
    }
    if (!depends.empty()) {
      task.set("depends", depends);
      task.erase("continueOn");
    }
    tasks.push_back(task);
  }
  bool any_depends = false;
  for (const Value& task : tasks.items()) any_depends = any_depends || task.has("depends");
  if (any_depends) {
    for (size_t i = 0; i < tasks.size(); ++i) tasks.item(i).erase("continueOn");
  }
  // Which tasks had begun when another failed would depend on the time.
  return Value::object({{"failFast", false}, {"tasks", tasks}});
}

std::string Builder::composite(int depth) {
  const std::string name = cat("c", count_++);
  Value tmpl = named(name);
  if (random_.chance(50)) {
    tmpl.set("steps", steps(depth));
  } else {
    tmpl.set("dag", dag(depth));
  }
  // A daemon keeps its slot: with one slot nothing else would run.
  if (!locks_ && random_.chance(25)) tmpl.set("parallelism", random_.between(serves_ ? 2 : 1, 3));
  // One lock a depth: nobody waits for one while holding one that is deeper.
  if (locks_ && random_.chance(20)) tmpl.set("synchronization", Value::object({{"mutexes", Value::array({named(cat("level-", depth))})}}));
  if (random_.chance(12)) tmpl.set("retryStrategy", retry_strategy(random_));
  templates_.push_back(tmpl);
  return name;
}

Value Builder::build(const std::string& name) {
  Value spec = Value::object({{"entrypoint", composite(0)}});
  const Value leaves = leaves_.all();
  for (const Value& leaf : leaves.items()) templates_.push_back(leaf);
  if (random_.chance(35)) {
    templates_.push_back(Value::object({{"name", "bye"}, {"steps", Value::array({Value::array({Value::object({{"name", "end"}, {"template", "flaky"}})})})}}));
    spec.set("onExit", random_.chance(50) ? "work" : "bye");
  }
  if (!locks_ && random_.chance(35)) spec.set("parallelism", random_.between(serves_ ? 2 : 1, 4));
  if (random_.chance(15)) spec.set("synchronization", Value::object({{"mutexes", Value::array({named("whole")})}}));
  if (random_.chance(15)) spec.set("priority", random_.between(1, 3));
  if (random_.chance(30)) {
    static constexpr const char* kStrategies[] = {"OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess"};
    spec.set("podGC", Value::object({{"strategy", kStrategies[random_.below(4)]}}));
  }
  spec.set("templates", templates_);
  return Value::object({{"apiVersion", "argoproj.io/v1alpha1"},
                        {"kind", "Workflow"},
                        {"metadata", Value::object({{"name", name}, {"namespace", kNamespace}})},
                        {"spec", spec}});
}

}  // namespace

Scenario make_scenario(uint64_t seed) {
  Seeded random(seed * 2 + 1);
  Scenario scenario;
  for (int i = random.between(1, 3); i > 0; --i) {
    Value workflow = Builder(random, scenario).build(cat("w", i));
    if (random.chance(8)) {
      workflow.at("spec").set("activeDeadlineSeconds", random.between(5, 120));
      scenario.timed = true;
    }
    scenario.workflows.push_back(std::move(workflow));
  }
  scenario.config_map = Value::object({{"apiVersion", "v1"},
                                       {"kind", "ConfigMap"},
                                       {"metadata", Value::object({{"name", "limits"}, {"namespace", kNamespace}})},
                                       {"data", Value::object({{"slots", "2"}})}});
  scenario.settings = Value::object({});
  if (random.chance(20)) scenario.settings.set("parallelism", random.between(1, 2));
  return scenario;
}

}  // namespace wf::sim
