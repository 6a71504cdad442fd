// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/fields.h"
#include "api/server.h"
#include "base/text.h"
#include "io/file.h"
#include "io/http_client.h"
#include "io/http_server.h"
#include "io/system.h"
#include "json/text.h"
#include "store/kinds.h"
#include "store/memory_store.h"

namespace wf::api {
namespace {

using json::Value;

struct StillClock final : Clock {
  Time now() const override { return Time(std::chrono::seconds(1'700'000'000)); }
};

// Operations that note what they were asked, and keep to the store.
class FakeOperations final : public control::Operations {
 public:
  explicit FakeOperations(store::ObjectStore& store) : store_(store) {}
  std::vector<std::string> asked;
  std::vector<std::string> log{"one", "two"};

  Result<void> check(const Value& object, control::Check check) override {
    asked.push_back(cat("check ", object["kind"].as_string(), " ", static_cast<int>(check)));
    if (object["spec"]["entrypoint"].as_string() == "bad") return Error("spec.entrypoint: template 'bad' undefined");
    return {};
  }
  Result<Value> create(Value workflow, control::DryRun dry_run) override {
    TRY_DO(check(workflow, control::Check::Create));
    if (dry_run == control::DryRun::No) return workflow;
    return store_.create(std::move(workflow));
  }
  Result<Value> submit(const std::string& ns, const std::string& kind, const std::string& name,
                       const Value& options) override {
    asked.push_back(cat("submit ", kind, "/", name, " ", json::print(options)));
    return store_.create(Value::object({{"kind", "Workflow"}, {"metadata", Value::object({{"generateName", name + "-"}, {"namespace", ns}})}}));
  }
  Result<Value> resubmit(const store::Key& key, bool memoized, const std::vector<std::string>& parameters) override {
    return noted(cat("resubmit ", memoized ? "memoized " : "", join(parameters, ",")), key);
  }
  Result<Value> retry(const store::Key& key, const control::RetryRequest& request) override {
    return noted(cat("retry ", request.node_field_selector), key);
  }
  Result<Value> resume(const store::Key& key, const std::string& selector) override { return noted("resume " + selector, key); }
  Result<Value> suspend(const store::Key& key) override { return noted("suspend", key); }
  Result<Value> stop(const store::Key& key, const std::string& selector, const std::string& message) override {
    return noted(cat("stop ", selector, " ", message), key);
  }
  Result<Value> terminate(const store::Key& key) override { return noted("terminate", key); }
  Result<Value> set(const store::Key& key, const control::SetRequest& request) override {
    return noted(cat("set ", request.phase, " ", json::print(request.output_parameters)), key);
  }
  Result<void> receive(const control::ReceivedEvent& event) override {
    asked.push_back(cat("event ", event.discriminator, " ", json::print(event.payload), json::print(event.metadata)));
    return {};
  }
  Result<void> read_log(const std::string&, const std::string& pod, const std::string& container, const engine::LogQuery&,
                        const std::function<bool(const engine::LogLine&)>& line) override {
    if (container != "main") return Error("no log", Code::NotFound);
    int64_t second = 0;
    for (const std::string& text : log) {
      const std::string content = cat(pod, " ", text);
      if (!line({Time(std::chrono::seconds(++second)), false, true, content})) break;
    }
    return {};
  }

 private:
  Result<Value> noted(std::string what, const store::Key& key) {
    asked.push_back(std::move(what));
    return store_.get(key);
  }
  store::ObjectStore& store_;
};

// Takes a stream's bytes until told that the client has gone.
class Reader final : public io::BodyWriter {
 public:
  bool write(std::string_view piece) override {
    const std::lock_guard lock(mutex_);
    text_.append(piece);
    grown_.notify_all();
    return !gone_;
  }
  bool gone() override {
    const std::lock_guard lock(mutex_);
    return gone_;
  }
  void go() {
    const std::lock_guard lock(mutex_);
    gone_ = true;
  }
  std::string wait_for(std::string_view part) {
    std::unique_lock lock(mutex_);
    grown_.wait_for(lock, std::chrono::seconds(20), [&] { return text_.find(part) != text_.npos; });
    return text_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable grown_;
  std::string text_;
  bool gone_ = false;
};

struct Api : testing::Test {
  StillClock clock;
  io::SystemRandom random;
  std::unique_ptr<store::ObjectStore> store = store::make_memory_store(clock, random);
  FakeOperations operations{*store};
  Services services{*store, operations, clock, {}, Value::object({{"version", "v4.1.2"}}), "", {}, {}, {}};

  io::HttpResponse call(std::string method, std::string target, std::string body = {}) {
    io::HttpRequest request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.peer = "unix";
    request.headers.set("X-Test", "yes");
    return handle(services, request);
  }
  Value got(std::string method, std::string target, std::string body = {}) {
    return *json::parse(call(std::move(method), std::move(target), std::move(body)).body);
  }
  void make(std::string_view name, std::string_view status = "{}") {
    Value object = *json::parse(R"({"kind":"Workflow","metadata":{"namespace":"argo"},"spec":{"entrypoint":"main","templates":[{"name":"main"}]}})");
    object.at("metadata").set("name", name);
    object.set("status", *json::parse(status));
    ASSERT_TRUE(store->create(object).ok());
  }
};

TEST_F(Api, CreateGetListDelete) {
  const Value made = got("POST", "/api/v1/workflows/argo",
                         R"({"workflow":{"metadata":{"name":"w"},"spec":{"entrypoint":"main"}}})");
  EXPECT_EQ(made["metadata"]["namespace"].as_string(), "argo");
  EXPECT_EQ(made["metadata"]["uid"].as_string().size(), 36u);
  EXPECT_TRUE(made["status"].has("startedAt"));  // null, as Go prints it
  EXPECT_EQ(got("GET", "/api/v1/workflows/argo/w")["spec"]["entrypoint"].as_string(), "main");
  EXPECT_EQ(got("GET", "/api/v1/workflows/argo")["items"].size(), 1u);
  EXPECT_EQ(got("GET", "/api/v1/workflows/")["items"].size(), 1u);
  EXPECT_TRUE(got("GET", "/api/v1/workflows/other")["items"].is_null());
  EXPECT_EQ(call("DELETE", "/api/v1/workflows/argo/w").body, "{}");
  const auto gone = call("GET", "/api/v1/workflows/argo/w");
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.body, R"({"code":5,"message":"workflows.argoproj.io \"w\" not found"})");
}

TEST_F(Api, ErrorsCarryArgosCodes) {
  EXPECT_EQ(call("POST", "/api/v1/workflows/argo", "{}").body, R"({"code":3,"message":"workflow body not specified"})");
  const auto invalid = call("POST", "/api/v1/workflows/argo", R"({"workflow":{"metadata":{"name":"w"},"spec":{"entrypoint":"bad"}}})");
  EXPECT_EQ(invalid.status, 400);
  make("w");
  const auto twice = call("POST", "/api/v1/workflows/argo", R"({"workflow":{"metadata":{"name":"w"}}})");
  EXPECT_EQ(twice.status, 409);
  EXPECT_EQ((*json::parse(twice.body))["code"].as_int(), 6);
  EXPECT_EQ(call("GET", "/api/v1/nothing").status, 404);
  EXPECT_EQ(call("PATCH", "/api/v1/workflows/argo/w").status, 405);
  EXPECT_EQ(call("POST", "/api/v1/workflows/argo", "{").status, 400);
  EXPECT_EQ(call("PUT", "/api/v1/workflows/argo/w/set", R"({"phase":"Running"})").body,
            R"({"code":3,"message":"Running is an invalid phase to set to"})");
}

TEST_F(Api, LatestAndFields) {
  make("a");
  make("b", R"({"phase":"Running","nodes":{"b":{"id":"b","phase":"Running"}}})");
  EXPECT_EQ(got("GET", "/api/v1/workflows/argo/@latest")["metadata"]["name"].as_string(), "b");
  EXPECT_EQ(json::print(got("GET", "/api/v1/workflows/argo/b?fields=metadata.name,status.phase")),
            R"({"metadata":{"name":"b"},"status":{"phase":"Running"}})");
  EXPECT_FALSE(got("GET", "/api/v1/workflows/argo/b?fields=-status.nodes")["status"].has("nodes"));
  EXPECT_EQ(json::print(got("GET", "/api/v1/workflows/argo?fields=items.metadata.name,items.status.phase")),
            R"({"items":[{"metadata":{"name":"a"},"status":{}},{"metadata":{"name":"b"},"status":{"phase":"Running"}}]})");
}

TEST_F(Api, TimesAreWholeSeconds) {
  make("w", R"({"startedAt":"2026-01-01T00:00:00.123456Z","nodes":{"w":{"id":"w","startedAt":"2026-01-01T00:00:01.5Z"}}})");
  const Value shown = got("GET", "/api/v1/workflows/argo/w");
  EXPECT_EQ(shown["status"]["startedAt"].as_string(), "2026-01-01T00:00:00Z");
  EXPECT_EQ(shown["status"]["nodes"]["w"]["startedAt"].as_string(), "2026-01-01T00:00:01Z");
}

TEST_F(Api, ListsArePagedAndFiltered) {
  for (const char* name : {"a1", "a2", "b1"}) make(name, R"({"startedAt":"2026-01-01T00:00:00Z"})");
  const Value page = got("GET", "/api/v1/workflows/argo?listOptions.limit=2");
  EXPECT_EQ(page["items"].size(), 2u);
  EXPECT_EQ(page["metadata"]["continue"].as_string(), "2");
  EXPECT_FALSE(page["metadata"].has("remainingItemCount"));
  EXPECT_EQ(got("GET", "/api/v1/workflows/argo?listOptions.limit=2&listOptions.continue=2")["items"].size(), 1u);
  const std::string filter = "/api/v1/workflows/argo?listOptions.fieldSelector=";
  EXPECT_EQ(got("GET", filter + "metadata.name%3Da&nameFilter=Prefix")["items"].size(), 2u);
  EXPECT_EQ(got("GET", filter + "metadata.name%3D1&nameFilter=Contains")["items"].size(), 2u);
  EXPECT_EQ(got("GET", filter + "metadata.name%3Da1")["items"].size(), 1u);
  EXPECT_EQ(got("GET", filter + "metadata.name!%3Da1,ext.showRemainingItemCount%3Dtrue&listOptions.limit=1")["metadata"]["remainingItemCount"].as_int(), 1);
  EXPECT_TRUE(got("GET", filter + "spec.startedAt%3E2026-01-02T00:00:00Z")["items"].is_null());
  EXPECT_EQ(call("GET", filter + "nonsense").body, R"({"code":3,"message":"unsupported requirement nonsense"})");
  EXPECT_EQ(call("GET", "/api/v1/workflows/argo?listOptions.continue=x").body,
            R"({"code":3,"message":"listOptions.continue must be int"})");
}

TEST_F(Api, OperationsReachTheController) {
  make("w");
  const std::string path = "/api/v1/workflows/argo/w/";
  EXPECT_EQ(call("PUT", path + "stop", R"({"nodeFieldSelector":"id=x","message":"enough"})").status, 200);
  call("PUT", path + "terminate", "{}");
  call("PUT", path + "suspend", "{}");
  call("PUT", path + "resume", R"({"nodeFieldSelector":"id=y"})");
  call("PUT", path + "retry", R"({"restartSuccessful":true,"nodeFieldSelector":"id=z"})");
  call("PUT", path + "resubmit", R"({"memoized":true,"parameters":["a=1","b=2"]})");
  call("PUT", path + "set", R"({"phase":"Succeeded","outputParameters":"{\"a\":\"1\"}"})");
  call("POST", "/api/v1/workflows/argo/submit",
       R"({"resourceKind":"WorkflowTemplate","resourceName":"t","submitOptions":{"parameters":["a=1"]}})");
  call("POST", "/api/v1/events/argo/mine", R"({"x":1})");
  EXPECT_EQ(join(operations.asked, "|"),
            "stop id=x enough|terminate|suspend|resume id=y|retry id=z|resubmit memoized a=1,b=2|"
            R"(set Succeeded {"a":"1"}|submit WorkflowTemplate/t {"parameters":["a=1"]}|event mine {"x":1}{"x-test":["yes"]})");
  EXPECT_EQ(call("PUT", "/api/v1/workflows/argo/none/stop", "{}").status, 404);
}

TEST_F(Api, TemplatesOfAllKinds) {
  call("POST", "/api/v1/workflow-templates/argo", R"({"template":{"metadata":{"name":"t"},"spec":{"entrypoint":"a"}}})");
  Value made = got("GET", "/api/v1/workflow-templates/argo/t");
  EXPECT_EQ(made["kind"].as_string(), "WorkflowTemplate");
  made.at("spec").set("entrypoint", "b");
  const std::string update = json::print(Value::object({{"template", made}}));
  EXPECT_EQ(got("PUT", "/api/v1/workflow-templates/argo/t", update)["spec"]["entrypoint"].as_string(), "b");
  EXPECT_EQ(call("PUT", "/api/v1/workflow-templates/argo/t", update).status, 409);  // stale by now
  EXPECT_EQ(got("GET", "/api/v1/workflow-templates/argo?namePattern=x")["items"].size(), 0u);
  EXPECT_EQ(call("DELETE", "/api/v1/workflow-templates/argo/t").status, 200);
  EXPECT_EQ(call("POST", "/api/v1/cluster-workflow-templates", R"({"template":{"metadata":{"name":"t"}}})").status, 200);
  EXPECT_EQ(got("GET", "/api/v1/cluster-workflow-templates")["items"].size(), 1u);
  call("POST", "/api/v1/cron-workflows/argo", R"({"cronWorkflow":{"metadata":{"name":"c"},"spec":{"schedules":["* * * * *"],"workflowSpec":{}}}})");
  EXPECT_TRUE(got("PUT", "/api/v1/cron-workflows/argo/c/suspend", "{}")["spec"]["suspend"].as_bool());
  EXPECT_FALSE(got("PUT", "/api/v1/cron-workflows/argo/c/resume", "{}")["spec"]["suspend"].as_bool());
}

TEST_F(Api, SyncLimitsAndPlainObjects) {
  const std::string body = R"({"cmName":"limits","key":"k","limit":3})";
  EXPECT_EQ(call("POST", "/api/v1/sync/argo", body).body, R"({"cmName":"limits","namespace":"argo","key":"k","limit":3})");
  EXPECT_EQ(call("POST", "/api/v1/sync/argo", body).status, 409);
  EXPECT_EQ(got("GET", "/api/v1/sync/argo/k?cmName=limits")["limit"].as_int(), 3);
  EXPECT_EQ(call("PUT", "/api/v1/sync/argo/k", R"({"cmName":"limits","limit":0})").body,
            R"({"code":3,"message":"limit must be greater than zero"})");
  EXPECT_EQ(got("GET", "/api/v1/namespaces/argo/configmaps/limits")["data"]["k"].as_string(), "3");
  EXPECT_EQ(got("PATCH", "/api/v1/namespaces/argo/configmaps/limits", R"({"data":{"k":null,"l":"1"}})")["data"]["l"].as_string(), "1");
  EXPECT_EQ(got("GET", "/api/v1/namespaces/argo/configmaps")["items"].size(), 1u);
  EXPECT_EQ(call("GET", "/api/v1/namespaces/argo/nonsense").status, 404);
}

TEST_F(Api, InstanceIdsAreKeptApart) {
  Value foreign = *json::parse(R"({"kind":"Workflow","metadata":{"name":"f","namespace":"argo","labels":{"workflows.argoproj.io/controller-instanceid":"x"}}})");
  ASSERT_TRUE(store->create(foreign).ok());
  EXPECT_TRUE(got("GET", "/api/v1/workflows/argo")["items"].is_null());
  EXPECT_EQ(call("DELETE", "/api/v1/workflows/argo/f").body,
            R"({"code":3,"message":"'f' is not managed by the current Argo Server"})");
}

TEST_F(Api, WatchesSendWhatIsAndWhatChanges) {
  make("w");
  const auto response = call("GET", "/api/v1/workflow-events/argo?listOptions.fieldSelector=metadata.name%3Dw&fields=result.object.metadata.name,result.type");
  ASSERT_TRUE(response.stream);
  Reader reader;
  std::thread streaming([&] { response.stream(reader); });
  EXPECT_EQ(reader.wait_for("\n"), "{\"result\":{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"w\"}}}}\n");
  make("other");
  ASSERT_TRUE(store->modify({"Workflow", "argo", "w"}, [](Value& w) -> Result<void> {
    w.at("spec").set("suspend", true);
    return {};
  }).ok());
  EXPECT_NE(reader.wait_for("MODIFIED").find("MODIFIED"), std::string::npos);
  ASSERT_TRUE(store->remove({"Workflow", "argo", "w"}).ok());
  EXPECT_EQ(reader.wait_for("DELETED").find("other"), std::string::npos);
  reader.go();
  streaming.join();
}

TEST_F(Api, LogsAreMergedByTime) {
  make("w", R"({"phase":"Succeeded","nodes":{
    "w-1":{"id":"w-1","name":"w.a","templateName":"t","type":"Pod","phase":"Succeeded","startedAt":"2026-01-01T00:00:01Z"},
    "w-2":{"id":"w-2","name":"w.b","templateName":"t","type":"Pod","phase":"Failed","startedAt":"2026-01-01T00:00:00Z"},
    "w-3":{"id":"w-3","name":"w.c","templateName":"t","type":"Pod","phase":"Pending"}}})");
  for (const char* follow : {"", "&logOptions.follow=true"}) {
    const auto response = call("GET", cat("/api/v1/workflows/argo/w/log?logOptions.container=main&grep=one|two", follow));
    Reader reader;
    response.stream(reader);
    const std::string text = reader.wait_for("");
    EXPECT_EQ(split(text, "\n").size(), 5u) << text;
    // Lines that arrive while following are sorted only with those that arrive beside them.
    if (*follow == '\0') {
      EXPECT_LT(text.rfind("one"), text.find("two"));
    }
  }
  const auto stamped = call("GET", "/api/v1/workflows/argo/w/log?logOptions.timestamps=true&grep=two");
  Reader reader;
  stamped.stream(reader);
  EXPECT_NE(reader.wait_for("").find("1970-01-01T00:00:02.000000000Z "), std::string::npos);
  EXPECT_EQ(call("GET", "/api/v1/workflows/argo/w/log?grep=(").status, 400);
}

TEST_F(Api, ServerSentEventsHaveArgosForm) {
  make("w");
  io::HttpRequest request;
  request.target = "/api/v1/workflow-events/argo?fields=result.object.metadata.name";
  request.headers.set("Accept", "text/event-stream");
  const auto response = handle(services, request);
  EXPECT_EQ(response.headers.get("Content-Type"), "text/event-stream");
  Reader reader;
  std::thread streaming([&] { response.stream(reader); });
  EXPECT_EQ(reader.wait_for("ADDED"), ":\ndata: {\"result\":{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"w\"}}}} \n\n");
  reader.go();
  streaming.join();
}

TEST_F(Api, ArtifactsAreStreamed) {
  make("w", R"({"nodes":{"n":{"id":"n","outputs":{"artifacts":[{"name":"a"}]}}}})");
  EXPECT_EQ(call("GET", "/artifacts/argo/w/n/a").status, 404);
  services.open_artifact = [](const Value&, const std::string&, const Value&) -> Result<ArtifactBody> {
    auto left = std::make_shared<int>(2);
    return ArtifactBody{"a.txt", [left](std::span<char> into) -> Result<size_t> {
                          if ((*left)-- <= 0) return size_t{0};
                          into[0] = 'x';
                          return size_t{1};
                        }};
  };
  const auto response = call("GET", "/artifacts/argo/w/n/a");
  EXPECT_EQ(response.headers.get("Content-Disposition"), "filename=\"a.txt\"");
  Reader reader;
  response.stream(reader);
  EXPECT_EQ(reader.wait_for(""), "xx");
  EXPECT_EQ(call("GET", "/artifacts/argo/w/n/b").status, 404);
}

TEST_F(Api, OverARealSocket) {
  io::TempDirectory dir = std::move(*io::TempDirectory::create());
  io::HttpServer server([this](const io::HttpRequest& request) { return handle(services, request); });
  ASSERT_TRUE(server.listen_unix(dir.path() + "/argo.sock").ok());
  ASSERT_TRUE(server.start().ok());
  io::HttpClientOptions options;
  options.unix_socket = dir.path() + "/argo.sock";
  io::HttpClient client(options);
  io::HttpCall watch;
  watch.url = "http://argo/api/v1/workflow-events/argo?fields=result.object.metadata.name";
  auto events = client.open(watch);
  ASSERT_TRUE(events.ok());
  io::HttpCall create;
  create.method = "POST";
  create.url = "http://argo/api/v1/workflows/argo";
  create.body = R"({"workflow":{"metadata":{"name":"w"}}})";
  EXPECT_EQ(client.send(create)->status, 200);
  EXPECT_EQ(**events->read_line(), R"({"result":{"type":"ADDED","object":{"metadata":{"name":"w"}}}})");
  server.stop();
}

TEST_F(Api, RefusesWhomItDoesNotKnow) {
  services.authorize = [](const io::HttpRequest&) -> Result<void> { return Error("token not valid", Code::Unauthenticated); };
  EXPECT_EQ(call("GET", "/api/v1/info").body, R"({"code":16,"message":"token not valid"})");
}

TEST(FieldFilter, KeepsAndLeavesOut) {
  const Value value = *json::parse(R"({"a":{"b":1,"c":2},"d":[{"e":1,"f":2}]})");
  EXPECT_EQ(json::print(FieldFilter("a.b,d.e").apply(value)), R"({"a":{"b":1},"d":[{"e":1}]})");
  EXPECT_EQ(json::print(FieldFilter("-a.b,d").apply(value)), R"({"a":{"c":2}})");
  EXPECT_FALSE(FieldFilter("foo").excludes("foo.bar"));
  EXPECT_TRUE(FieldFilter("foo").excludes("bar"));
  EXPECT_FALSE(FieldFilter("foo.bar.baz").excludes("foo.bar"));
  EXPECT_TRUE(FieldFilter("-foo").excludes("foo.bar"));
  EXPECT_FALSE(FieldFilter("-foo").excludes("bar"));
}

}  // namespace
}  // namespace wf::api
