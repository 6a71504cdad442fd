// SPDX-License-Identifier: Apache-2.0
#include "control/controller.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include "base/text.h"
#include "io/file.h"
#include "io/system.h"
#include "json/text.h"
#include "json/yaml.h"
#include "store/kinds.h"
#include "store/memory_store.h"
#include "store/sqlite_store.h"

namespace wf::control {
namespace {

using json::Value;

struct VirtualClock final : Clock {
  Time time{std::chrono::seconds(1'767'323'000)};  // 2026-01-02T03:03:20Z
  Time now() const override { return time; }
};

// Pods that end as told, at once or when the test says so.
class FakePods final : public engine::Backend {
 public:
  explicit FakePods(const Clock& clock) : clock_(clock) {}
  bool deaf = false;               // nobody is told of changes
  bool at_once = true;             // each succeeds as soon as it is created
  std::set<std::string> failing;   // names of nodes whose pods exit with 1
  std::map<std::string, int> created;  // by node name, how often
  std::optional<Error> refuse;     // what create answers
  Value outputs;                   // of every pod

  void on_change(Changed changed) override {
    const std::lock_guard lock(mutex_);
    changed_ = std::move(changed);
  }
  Result<void> create(const engine::PodRequest& request) override {
    if (refuse) return *refuse;
    {
      const std::lock_guard lock(mutex_);
      if (pods_.contains(request.name)) return {};
      ++created[request.node_name];
      engine::PodSeen pod;
      pod.ns = request.ns;
      pod.name = request.name;
      pod.uid = cat("uid-", ++uids_);
      pod.workflow = request.workflow;
      pod.node_id = request.node_id;
      pod.phase = "Running";
      pod.created_at = clock_.now();
      for (const char* container : {"main", "wait"}) {
        engine::ContainerSeen running;
        running.name = container;
        running.state = engine::ContainerSeen::State::Running;
        running.started_at = clock_.now();
        pod.containers.push_back(running);
      }
      pods_[request.name] = pod;
      names_[request.name] = request.node_name;
    }
    if (at_once) end(request.name);
    return {};
  }
  void end(const std::string& name) {
    Changed changed;
    engine::PodSeen pod;
    {
      const std::lock_guard lock(mutex_);
      engine::PodSeen& it = pods_.at(name);
      const bool fails = failing.contains(names_.at(name));
      it.phase = fails ? "Failed" : "Succeeded";
      it.containers.clear();
      for (const char* container : {"main", "wait"}) {
        engine::ContainerSeen seen;
        seen.name = container;
        seen.state = engine::ContainerSeen::State::Terminated;
        seen.exit_code = fails && seen.name == "main" ? 1 : 0;
        seen.reason = seen.exit_code == 0 ? "Completed" : "Error";
        seen.started_at = seen.finished_at = clock_.now();
        it.containers.push_back(seen);
      }
      pod = it;
      changed = changed_;
    }
    if (changed && !deaf) changed(pod.ns, pod.workflow, pod.name);
  }
  void end_all() {
    for (const std::string& name : running()) end(name);
  }
  std::vector<std::string> running() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, pod] : pods_) {
      if (pod.phase == "Running") names.push_back(name);
    }
    return names;
  }
  void terminate(const std::string&, const std::string& pod, Duration) override {
    {
      const std::lock_guard lock(mutex_);
      if (!pods_.contains(pod)) return;
      failing.insert(names_.at(pod));
    }
    end(pod);
  }
  void remove(const std::string&, const std::string& pod) override {
    const std::lock_guard lock(mutex_);
    pods_.erase(pod);
  }
  Result<engine::PodSeen> seen(const std::string&, const std::string& pod) override {
    const std::lock_guard lock(mutex_);
    const auto at = pods_.find(pod);
    if (at == pods_.end()) return Error("no such pod", Code::NotFound);
    return at->second;
  }
  engine::TaskResult result(const std::string&, const std::string& pod) override {
    const std::lock_guard lock(mutex_);
    const auto at = pods_.find(pod);
    engine::TaskResult result;
    if (at == pods_.end()) return result;
    result.node_id = at->second.node_id;
    result.complete = at->second.phase != "Running";
    if (result.complete) result.outputs = outputs;
    return result;
  }
  std::vector<engine::PodSeen> list(const std::string& ns, const std::string& workflow) override {
    const std::lock_guard lock(mutex_);
    std::vector<engine::PodSeen> list;
    for (const auto& [name, pod] : pods_) {
      if ((ns.empty() || pod.ns == ns) && (workflow.empty() || pod.workflow == workflow)) list.push_back(pod);
    }
    return list;
  }

 private:
  const Clock& clock_;
  std::mutex mutex_;
  Changed changed_;
  std::map<std::string, engine::PodSeen> pods_;
  std::map<std::string, std::string> names_;
  int uids_ = 0;
};

Value object(std::string_view yaml) {
  auto parsed = json::parse_yaml(yaml);
  EXPECT_TRUE(parsed.ok()) << parsed.error().message();
  Value value = parsed->value;
  value.at("metadata").set("namespace", "argo");
  return value;
}

constexpr std::string_view kSteps = R"(
kind: Workflow
metadata: {name: w}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - [{name: a, template: work}]
    - [{name: b, template: work}, {name: c, template: work}]
  - name: work
    container: {image: busybox, command: [echo]}
)";

struct Control : testing::Test {
  VirtualClock clock;
  io::SystemRandom random;
  podspec::Controller settings;
  std::unique_ptr<store::ObjectStore> store = store::make_memory_store(clock, random);
  FakePods pods{clock};
  std::unique_ptr<Controller> controller;

  std::vector<std::string> deleted_artifacts;
  std::optional<Error> deletion_error;
  void start() {
    controller = std::make_unique<Controller>(
        *store, pods, clock, random, settings,
        [this](const Value&, const Value&, const Value& artifact) -> Result<void> {
          if (deletion_error) return *deletion_error;
          deleted_artifacts.emplace_back(artifact["name"].as_string());
          return {};
        });
    ASSERT_TRUE(controller->start().ok());
  }
  // All that is due now.
  void settle() {
    for (int i = 0; i < 100'000 && controller->step(); ++i) {}
  }
  void pass(Duration length) {
    const Time until = clock.time + length;
    settle();
    for (Time next; (next = controller->next_due()) != Time{} && next <= until;) {
      clock.time = std::max(clock.time, next);
      settle();
    }
    clock.time = until;
    settle();
  }
  Value workflow(std::string_view name = "w") {
    auto found = store->get({"Workflow", "argo", std::string(name)});
    return found.ok() ? *found : Value();
  }
  std::string phase(std::string_view name = "w") { return std::string(workflow(name)["status"]["phase"].as_string()); }
};

TEST_F(Control, RunsAWorkflowToItsEnd) {
  start();
  ASSERT_TRUE(controller->operations().create(object(kSteps), DryRun::Off).ok());
  settle();
  const Value done = workflow();
  EXPECT_EQ(done["status"]["phase"].as_string(), "Succeeded") << done["status"]["message"].as_string();
  EXPECT_EQ(done["status"]["progress"].as_string(), "3/3");
  EXPECT_EQ(done["metadata"]["labels"]["workflows.argoproj.io/completed"].as_string(), "true");
  EXPECT_EQ(done["status"]["nodes"].size(), 6u);
  EXPECT_EQ(pods.created, (std::map<std::string, int>{{"w[0].a", 1}, {"w[1].b", 1}, {"w[1].c", 1}}));
  EXPECT_TRUE(controller->idle());
  EXPECT_FALSE(store->list({.kind = "Event"})->items.empty());  // PST-6
}

TEST_F(Control, ARefusedWorkflowIsNotStored) {  // SBM-5
  start();
  Value bad = object(kSteps);
  bad.at("spec").set("entrypoint", "nowhere");
  EXPECT_FALSE(controller->operations().create(bad, DryRun::Off).ok());
  EXPECT_TRUE(workflow().is_null());
  const auto shown = controller->operations().create(object(kSteps), DryRun::Server);
  ASSERT_TRUE(shown.ok());
  EXPECT_EQ((*shown)["metadata"]["uid"].as_string().size(), 36u);
  EXPECT_TRUE(workflow().is_null());
}

TEST_F(Control, GoesOnAfterARestartAtEveryMoment) {
  pods.at_once = false;
  start();
  ASSERT_TRUE(controller->operations().create(object(kSteps), DryRun::Off).ok());
  // Stop after one, two, three … steps: a new controller over the same store and pods goes on.
  for (int i = 0; i < 400 && phase() != "Succeeded"; ++i) {
    for (int steps = 0; steps <= i % 5; ++steps) {
      if (controller->step()) continue;
      pods.end_all();
      clock.time += std::chrono::seconds(1);
    }
    controller.reset();
    start();
  }
  EXPECT_EQ(phase(), "Succeeded") << json::print(workflow()["status"]);
  EXPECT_EQ(pods.created, (std::map<std::string, int>{{"w[0].a", 1}, {"w[1].b", 1}, {"w[1].c", 1}}));
}

TEST_F(Control, UsersChangeARunningWorkflow) {  // SHD-1, SUS-10
  pods.at_once = false;
  start();
  ASSERT_TRUE(controller->operations().create(object(kSteps), DryRun::Off).ok());
  settle();
  EXPECT_EQ(phase(), "Running");
  const store::Key key{"Workflow", "argo", "w"};
  ASSERT_TRUE(controller->operations().suspend(key).ok());
  pods.end_all();
  settle();
  EXPECT_EQ(pods.created.size(), 1u);  // nothing new is started
  ASSERT_TRUE(controller->operations().resume(key, "").ok());
  settle();
  EXPECT_EQ(pods.created.size(), 3u);
  ASSERT_TRUE(controller->operations().terminate(key).ok());
  pass(std::chrono::minutes(1));
  EXPECT_EQ(phase(), "Failed");
  EXPECT_EQ(workflow()["status"]["message"].as_string(), "Stopped with strategy 'Terminate'");
}

TEST_F(Control, DeletingEndsItsPods) {
  pods.at_once = false;
  start();
  ASSERT_TRUE(controller->operations().create(object(kSteps), DryRun::Off).ok());
  settle();
  EXPECT_EQ(pods.running().size(), 1u);
  ASSERT_TRUE(store->remove({"Workflow", "argo", "w"}).ok());
  settle();
  EXPECT_TRUE(pods.running().empty());
  EXPECT_EQ(controller->unfinished(), 0u);
  // One of the same name starts from the beginning.
  ASSERT_TRUE(controller->operations().create(object(kSteps), DryRun::Off).ok());
  settle();
  EXPECT_EQ(pods.running().size(), 1u);
}

TEST_F(Control, ARetriedWorkflowIsTakenUpAgain) {  // MRT-11
  pods.failing.insert("w[1].b");
  start();
  ASSERT_TRUE(controller->operations().create(object(kSteps), DryRun::Off).ok());
  settle();
  EXPECT_EQ(phase(), "Failed");
  pods.failing.clear();
  const auto retried = controller->operations().retry({"Workflow", "argo", "w"}, {});
  ASSERT_TRUE(retried.ok()) << retried.error().message();
  pass(std::chrono::minutes(1));
  EXPECT_EQ(phase(), "Succeeded");
  EXPECT_EQ(pods.created, (std::map<std::string, int>{{"w[0].a", 1}, {"w[1].b", 2}, {"w[1].c", 1}}));
}

TEST_F(Control, APodThatCannotBeMadeFailsItsNode) {
  pods.refuse = Error("no driver runs here");
  start();
  ASSERT_TRUE(controller->operations().create(object(kSteps), DryRun::Off).ok());
  pass(std::chrono::minutes(1));
  EXPECT_EQ(phase(), "Failed");
  bool said = false;
  std::string all;
  const Value done = workflow();
  for (const json::Member& node : done["status"]["nodes"].members()) {
    all += json::print(node.value) + "\n";
    said = said || node.value["message"].as_string().find("no driver runs here") != std::string_view::npos;
  }
  EXPECT_TRUE(said) << all;
}

TEST_F(Control, APodThatCannotBeMadeYetIsTriedAgain) {
  pods.refuse = Error("busy", Code::Unavailable);
  start();
  ASSERT_TRUE(controller->operations().create(object(kSteps), DryRun::Off).ok());
  pass(std::chrono::seconds(5));
  EXPECT_EQ(phase(), "Running");
  pods.refuse.reset();
  pass(std::chrono::seconds(5));
  EXPECT_EQ(phase(), "Succeeded");
}

TEST_F(Control, ALostNoticeIsMadeUpForByTheResync) {  // REC-1
  pods.at_once = false;
  start();
  ASSERT_TRUE(controller->operations().create(object(kSteps), DryRun::Off).ok());
  settle();
  pods.deaf = true;
  pods.end_all();
  pass(std::chrono::minutes(1));
  EXPECT_EQ(pods.created.size(), 1u);
  pods.deaf = false;
  pods.at_once = true;
  pass(std::chrono::minutes(20));
  EXPECT_EQ(phase(), "Succeeded");
}

TEST_F(Control, TimeToLiveRemovesIt) {  // GCO-1
  start();
  Value mortal = object(kSteps);
  mortal.at("spec").set("ttlStrategy", Value::object({{"secondsAfterCompletion", 60}}));
  ASSERT_TRUE(controller->operations().create(mortal, DryRun::Off).ok());
  settle();
  EXPECT_EQ(phase(), "Succeeded");
  controller.reset();
  start();  // also when it had finished before
  pass(std::chrono::seconds(59));
  EXPECT_FALSE(workflow().is_null());
  pass(std::chrono::seconds(3));
  EXPECT_TRUE(workflow().is_null());
}

TEST_F(Control, FinishedPodsGoByPodGc) {  // GCO-3, GCO-4
  pods.failing.insert("w[1].b");
  start();
  for (const char* strategy : {"OnPodCompletion", "OnPodSuccess", "OnWorkflowCompletion", "OnWorkflowSuccess"}) {
    Value each = object(kSteps);
    each.at("spec").set("podGC", Value::object({{"strategy", strategy}, {"deleteDelayDuration", "10s"}}));
    ASSERT_TRUE(controller->operations().create(each, DryRun::Off).ok());
    settle();
    EXPECT_EQ(phase(), "Failed");
    EXPECT_EQ(pods.list("argo", "w").size(), 3u);
    pass(std::chrono::seconds(11));
    const size_t left = std::string_view(strategy) == "OnPodSuccess" ? 1 : std::string_view(strategy) == "OnWorkflowSuccess" ? 3 : 0;
    EXPECT_EQ(pods.list("argo", "w").size(), left) << strategy;
    ASSERT_TRUE(store->remove({"Workflow", "argo", "w"}).ok());
    settle();
    EXPECT_TRUE(pods.list("argo", "w").empty());
  }
}

constexpr std::string_view kArtifacts = R"(
kind: Workflow
metadata: {name: w}
spec:
  entrypoint: main
  artifactGC: {strategy: OnWorkflowDeletion}
  templates:
  - name: main
    container: {image: busybox, command: [echo]}
    outputs: {artifacts: [{name: kept, path: /a, artifactGC: {strategy: Never}, s3: {bucket: b, endpoint: e, key: k}}, {name: out, path: /b, s3: {bucket: b, endpoint: e, key: l}}]}
)";

TEST_F(Control, ArtifactsAreDeletedBeforeTheirWorkflow) {  // GCO-6, GCO-8
  pods.outputs = *json::parse(R"({"artifacts":[{"name":"kept","artifactGC":{"strategy":"Never"},"s3":{"key":"k"}},{"name":"out","s3":{"key":"l"}}]})");
  start();
  ASSERT_TRUE(controller->operations().create(object(kArtifacts), DryRun::Off).ok());
  settle();
  ASSERT_EQ(phase(), "Succeeded") << workflow()["status"]["message"].as_string();
  EXPECT_TRUE(store::has_finalizers(workflow()));
  EXPECT_TRUE(deleted_artifacts.empty());
  ASSERT_TRUE(store->remove({"Workflow", "argo", "w"}).ok());
  settle();
  EXPECT_EQ(join(deleted_artifacts, ","), "out");
  EXPECT_TRUE(workflow().is_null());
}

TEST_F(Control, ArtifactsThatCannotBeDeletedKeepTheirWorkflow) {  // GCO-8
  pods.outputs = *json::parse(R"({"artifacts":[{"name":"out","s3":{"key":"l"}}]})");
  deletion_error = Error("denied");
  start();
  ASSERT_TRUE(controller->operations().create(object(kArtifacts), DryRun::Off).ok());
  settle();
  ASSERT_TRUE(store->remove({"Workflow", "argo", "w"}).ok());
  settle();
  const Value left = workflow();
  EXPECT_TRUE(store::is_being_deleted(left));
  bool said = false;
  for (const Value& condition : left["status"]["conditions"].items()) said = said || condition["type"].as_string() == "ArtifactGCError";
  EXPECT_TRUE(said) << json::print(left["status"]["conditions"]);
  bool event = false;
  const auto events = store->list({.kind = "Event"});
  ASSERT_TRUE(events.ok());
  for (const Value& each : events->items) event = event || each["reason"].as_string() == "ArtifactGCFailed";
  EXPECT_TRUE(event);
}

TEST_F(Control, ArtifactsAreDeletedWhenTheirWorkflowHasEnded) {  // GCO-6, GCO-8
  pods.outputs = *json::parse(R"({"artifacts":[{"name":"kept","artifactGC":{"strategy":"Never"},"s3":{"key":"k"}},{"name":"out","s3":{"key":"l"}}]})");
  start();
  Value ended = object(kArtifacts);
  ended.at("spec").at("artifactGC").set("strategy", "OnWorkflowCompletion");
  ASSERT_TRUE(controller->operations().create(ended, DryRun::Off).ok());
  settle();
  EXPECT_EQ(join(deleted_artifacts, ","), "out");
  const Value left = workflow();
  EXPECT_FALSE(store::has_finalizers(left));
  const Value& artifacts = left["status"]["nodes"]["w"]["outputs"]["artifacts"];
  ASSERT_EQ(artifacts.size(), 2u) << json::print(left["status"]);
  EXPECT_FALSE(artifacts[size_t{0}].has("deleted"));
  EXPECT_TRUE(artifacts[1]["deleted"].as_bool());
  EXPECT_TRUE(left["status"]["artifactGCStatus"]["strategiesProcessed"]["OnWorkflowCompletion"].as_bool());
  ASSERT_TRUE(store->remove({"Workflow", "argo", "w"}).ok());
  settle();
  EXPECT_TRUE(workflow().is_null());
  EXPECT_EQ(deleted_artifacts.size(), 1u);  // once
}

TEST_F(Control, ByForceAWorkflowGoesWithoutItsArtifacts) {  // GCO-8
  pods.outputs = *json::parse(R"({"artifacts":[{"name":"out","s3":{"key":"l"}}]})");
  deletion_error = Error("denied");
  start();
  Value forced = object(kArtifacts);
  forced.at("spec").at("artifactGC").set("forceFinalizerRemoval", true);
  ASSERT_TRUE(controller->operations().create(forced, DryRun::Off).ok());
  settle();
  EXPECT_TRUE(store::has_finalizers(workflow()));
  ASSERT_TRUE(store->remove({"Workflow", "argo", "w"}).ok());
  settle();
  EXPECT_TRUE(workflow().is_null());
}

TEST_F(Control, ByForceAWorkflowWithoutArtifactsGoesToo) {
  start();
  Value forced = object(kArtifacts);
  forced.at("spec").at("artifactGC").set("forceFinalizerRemoval", true);
  ASSERT_TRUE(controller->operations().create(forced, DryRun::Off).ok());
  settle();
  ASSERT_TRUE(store->remove({"Workflow", "argo", "w"}).ok());
  settle();
  EXPECT_TRUE(workflow().is_null());
}

TEST_F(Control, MetricsOfUsersAndOfTheController) {  // EXE-17, MSG-4
  start();
  Value measured = object(kSteps);
  measured.at("spec").at("templates").item(1).set("metrics", *json::parse(R"({"prometheus":[
    {"name":"ends","help":"Ends of \"work\"","labels":[{"key":"how","value":"{{status}}"}],"counter":{"value":"1"}},
    {"name":"sizes","help":"Sizes","histogram":{"value":"2.5","buckets":[1,5]}},
    {"name":"bad","help":"Bad","gauge":{"value":"x"}}]})"));
  measured.at("spec").set("metrics", *json::parse(R"({"prometheus":[
    {"name":"lasts","help":"Lasts","gauge":{"realtime":true,"value":"{{workflow.duration}}"}}]})"));
  ASSERT_TRUE(controller->operations().create(measured, DryRun::Off).ok());
  settle();
  ASSERT_EQ(phase(), "Succeeded");
  const std::string text = controller->metrics();
  for (const char* line : {"# HELP argo_workflows_ends Ends of \"work\"\n", "# TYPE argo_workflows_ends counter\n",
                           "argo_workflows_ends{how=\"Succeeded\"} 3\n", "argo_workflows_sizes_bucket{le=\"1\"} 0\n",
                           "argo_workflows_sizes_bucket{le=\"5\"} 3\n", "argo_workflows_sizes_bucket{le=\"+Inf\"} 3\n",
                           "argo_workflows_sizes_sum 7.5\n", "argo_workflows_sizes_count 3\n", "argo_workflows_lasts ",
                           "argo_workflows_gauge{phase=\"Succeeded\"} 1\n",
                           "argo_workflows_total_count{namespace=\"argo\",phase=\"Succeeded\"} 1\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
  }
  bool said = false;
  const Value ended = workflow();
  for (const Value& condition : ended["status"]["conditions"].items()) {
    if (condition["type"].as_string() != "MetricsError") continue;
    said = condition["message"].as_string().starts_with("could not construct metric 'bad': strconv.ParseFloat: parsing \"x\": invalid syntax, ");
  }
  EXPECT_TRUE(said) << json::print(ended["status"]["conditions"]);
  ASSERT_TRUE(store->remove({"Workflow", "argo", "w"}).ok());
  settle();
  EXPECT_EQ(controller->metrics().find("argo_workflows_lasts"), std::string::npos);
}

TEST_F(Control, ParallelismPostpones) {  // REC-4, PAR-8
  settings.config = *config::ControllerConfig::from_settings(Value::object({{"parallelism", 1}}));
  pods.at_once = false;
  start();
  for (const char* name : {"w", "x"}) {
    Value each = object(kSteps);
    each.at("metadata").set("name", name);
    ASSERT_TRUE(controller->operations().create(each, DryRun::Off).ok());
    settle();
  }
  EXPECT_EQ(phase("w"), "Running");
  EXPECT_EQ(phase("x"), "Pending");
  EXPECT_EQ(workflow("x")["status"]["message"].as_string(),
            "Workflow processing has been postponed because too many workflows are already running");
  pods.at_once = true;
  pods.end_all();
  settle();
  EXPECT_EQ(phase("w"), "Succeeded");
  EXPECT_EQ(phase("x"), "Succeeded");
}

TEST_F(Control, MutexesPassFromOneWorkflowToTheNext) {  // SYN-8, SYN-9
  pods.at_once = false;
  start();
  for (const char* name : {"w", "x"}) {
    Value each = object(kSteps);
    each.at("metadata").set("name", name);
    each.at("spec").set("synchronization", json::parse_yaml("{mutexes: [{name: m}]}")->value);
    ASSERT_TRUE(controller->operations().create(each, DryRun::Off).ok());
    settle();
  }
  EXPECT_EQ(workflow("x")["status"]["message"].as_string(), "Waiting for argo/Mutex/m lock. Lock status: 0/1");
  controller.reset();
  start();  // the holder holds it still
  settle();
  EXPECT_EQ(phase("x"), "Pending");
  pods.at_once = true;
  pods.end_all();
  pass(std::chrono::seconds(30));
  EXPECT_EQ(phase("w"), "Succeeded");
  EXPECT_EQ(phase("x"), "Succeeded");
}

TEST_F(Control, PodsGoByPodGc) {  // GCO-3, GCO-4
  pods.failing.insert("w[1].b");
  start();
  Value workflow = object(kSteps);
  workflow.at("spec").set("podGC", Value::object({{"strategy", "OnPodSuccess"}}));
  ASSERT_TRUE(store->create(workflow).ok());
  pass(std::chrono::seconds(2));
  EXPECT_EQ(pods.list("argo", "w").size(), 3u);
  pass(std::chrono::seconds(10));
  EXPECT_EQ(pods.list("argo", "w").size(), 1u);

  workflow.at("metadata").set("name", "selected");
  workflow.at("spec").set("podGC", object(R"({metadata: {}, strategy: OnWorkflowCompletion, deleteDelayDuration: 0s,
    labelSelector: {matchLabels: {short-lived: "yes"}}})"));
  workflow.at("spec").at("podGC").erase("metadata");
  ASSERT_TRUE(store->create(workflow).ok());
  workflow.at("metadata").set("name", "labelled");
  workflow.at("spec").set("podMetadata", Value::object({{"labels", Value::object({{"short-lived", "yes"}})}}));
  ASSERT_TRUE(store->create(workflow).ok());
  pass(std::chrono::seconds(2));
  EXPECT_EQ(pods.list("argo", "selected").size(), 3u);
  EXPECT_TRUE(pods.list("argo", "labelled").empty());
}

constexpr std::string_view kCron = R"(
kind: CronWorkflow
metadata: {name: c}
spec:
  schedules: ["* * * * *"]
  workflowSpec:
    entrypoint: main
    templates:
    - name: main
      container: {image: busybox, command: [echo]}
)";

std::string names_of(const Result<store::ListPage>& page) {
  std::set<std::string> names;
  for (const Value& item : page->items) names.emplace(item["metadata"]["name"].as_string());
  std::string out;
  for (const std::string& name : names) out += name + " ";
  return out;
}

TEST_F(Control, CronWorkflowsFire) {  // CRN-4, CRN-5, CRN-9, CRN-14, CRN-15
  start();
  ASSERT_TRUE(store->create(object(kCron)).ok());
  settle();
  EXPECT_FALSE(controller->idle());
  pass(std::chrono::seconds(45));  // 03:04:05
  EXPECT_EQ(names_of(store->list({.kind = "Workflow"})), "c-1767323040 ");
  const Value child = workflow("c-1767323040");
  EXPECT_EQ(child["metadata"]["labels"]["workflows.argoproj.io/cron-workflow"].as_string(), "c");
  EXPECT_EQ(child["metadata"]["annotations"]["workflows.argoproj.io/scheduled-time"].as_string(), "2026-01-02T03:04:00Z");
  Value cron = *store->get({"CronWorkflow", "argo", "c"});
  EXPECT_EQ(cron["status"]["lastScheduledTime"].as_string(), "2026-01-02T03:04:00Z");
  EXPECT_EQ(cron["status"]["phase"].as_string(), "Active");
  EXPECT_EQ(cron["status"]["succeeded"].as_int(), 1);
  EXPECT_TRUE(cron["status"]["active"].empty());
  pass(std::chrono::minutes(5));
  cron = *store->get({"CronWorkflow", "argo", "c"});
  EXPECT_EQ(cron["status"]["succeeded"].as_int(), 6);
  EXPECT_EQ(names_of(store->list({.kind = "Workflow"})), "c-1767323220 c-1767323280 c-1767323340 ");
}

TEST_F(Control, CronPolicies) {  // CRN-7, CRN-8
  pods.at_once = false;
  start();
  for (const char* policy : {"Allow", "Forbid", "Replace"}) {
    Value cron = object(kCron);
    std::string name(policy);
    name[0] = static_cast<char>(name[0] - 'A' + 'a');
    cron.at("metadata").set("name", name);
    cron.at("spec").set("concurrencyPolicy", policy);
    ASSERT_TRUE(store->create(cron).ok());
  }
  pass(std::chrono::seconds(150));
  const auto count = [&](const char* name) {
    return store->get({"CronWorkflow", "argo", name})->operator[]("status")["active"].size();
  };
  EXPECT_EQ(count("allow"), 2u);
  EXPECT_EQ(count("forbid"), 1u);
  EXPECT_EQ(count("replace"), 1u);
  EXPECT_EQ(store->get({"CronWorkflow", "argo", "replace"})->operator[]("status")["failed"].as_int(), 1);
}

TEST_F(Control, CronStopsWhenToldBySuccesses) {  // CRN-7, CRN-18
  start();
  Value cron = object(kCron);
  cron.at("spec").set("stopStrategy", Value::object({{"expression", "cronworkflow.succeeded >= 2"}}));
  ASSERT_TRUE(store->create(cron).ok());
  pass(std::chrono::minutes(10));
  const Value now = *store->get({"CronWorkflow", "argo", "c"});
  EXPECT_EQ(now["status"]["phase"].as_string(), "Stopped");
  EXPECT_EQ(now["status"]["succeeded"].as_int(), 2);
  EXPECT_EQ(now["metadata"]["labels"]["cronworkflows.argoproj.io/completed"].as_string(), "true");
  EXPECT_TRUE(controller->idle());
}

TEST_F(Control, AMissedRunIsMadeUpForWithinItsDeadline) {  // CRN-10
  start();
  Value cron = object(kCron);
  cron.at("spec").set("startingDeadlineSeconds", 50);
  ASSERT_TRUE(store->create(cron).ok());
  pass(std::chrono::seconds(45));
  controller.reset();
  clock.time += std::chrono::seconds(150);  // 03:06:35
  start();
  settle();
  EXPECT_EQ(names_of(store->list({.kind = "Workflow"})), "c-1767323040 c-1767323160 ");
}

TEST_F(Control, EventsStartWorkflows) {
  start();
  ASSERT_TRUE(store->create(object(R"(
kind: WorkflowTemplate
metadata: {name: t}
spec:
  entrypoint: main
  arguments: {parameters: [{name: who, value: nobody}]}
  templates:
  - name: main
    container: {image: busybox, command: [echo]}
)")).ok());
  ASSERT_TRUE(store->create(object(R"(
kind: WorkflowEventBinding
metadata: {name: b}
spec:
  event: {selector: 'payload.who != "" && discriminator == "d"'}
  submit:
    workflowTemplateRef: {name: t}
    arguments: {parameters: [{name: who, valueFrom: {event: payload.who}}]}
)")).ok());
  const auto received = controller->operations().receive({"argo", "d", Value::object({{"who", "me"}}), Value::object()});
  ASSERT_TRUE(received.ok()) << received.error().message();
  EXPECT_TRUE(controller->operations().receive({"argo", "other", Value::object({{"who", "me"}}), Value::object()}).ok());
  settle();
  const auto page = store->list({.kind = "Workflow"});
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items[0]["metadata"]["labels"]["workflows.argoproj.io/workflow-event-binding"].as_string(), "b");
  EXPECT_EQ(page->items[0]["status"]["phase"].as_string(), "Succeeded");
}

// Threads, the real clock and SQLite: what the embedded engine is made of.
TEST(ControlThreads, ManyWorkflowsAtOnce) {
  io::TempDirectory dir = std::move(*io::TempDirectory::create());
  io::SystemClock clock;
  io::SystemRandom random;
  podspec::Controller settings;
  auto store = store::open_sqlite_store(dir.path() + "/db", clock, random, {.synchronous = false});
  ASSERT_TRUE(store.ok());
  FakePods pods(clock);
  Controller controller(**store, pods, clock, random, settings);
  ASSERT_TRUE(controller.start().ok());
  controller.run(3);
  auto watch = (*store)->watch({.kind = "Workflow"});
  constexpr size_t kCount = 40;
  for (size_t i = 0; i < kCount; ++i) {
    Value each = object(kSteps);
    each.at("metadata").set("name", cat("w", i));
    ASSERT_TRUE(controller.operations().create(each, DryRun::Off).ok());
  }
  const auto finished = [&] { return (*store)->list({.kind = "Workflow", .completed = true})->items.size(); };
  while (finished() < kCount) {
    const auto events = (*watch)->next(std::chrono::seconds(60));
    ASSERT_TRUE(events.ok() && !events->empty());
  }
  controller.stop();
  const auto page = (*store)->list({.kind = "Workflow"});
  for (const Value& each : page->items) EXPECT_EQ(each["status"]["phase"].as_string(), "Succeeded");
  for (const auto& [node, times] : pods.created) EXPECT_EQ(times, 1) << node;
}

}  // namespace
}  // namespace wf::control
