// SPDX-License-Identifier: Apache-2.0
// What every ObjectStore does, run over all of them.
#include <gtest/gtest.h>

#include <functional>

#include "base/text.h"
#include "io/file.h"
#include "io/system.h"
#include "json/patch.h"
#include "json/text.h"
#include "store/kinds.h"
#include "store/memory_store.h"
#include "store/sqlite_store.h"

namespace wf::store {
namespace {

using json::Value;

// A clock that stands still until it is set.
struct FixedClock final : Clock {
  Time time{std::chrono::seconds(1'700'000'000)};
  Time now() const override { return time; }
};

struct Fixture {
  io::TempDirectory dir = std::move(*io::TempDirectory::create());
  FixedClock clock;
  io::SystemRandom random;
  std::unique_ptr<ObjectStore> store;
};

class StoreContract : public testing::TestWithParam<const char*>, public Fixture {
 protected:
  void SetUp() override {
    if (std::string_view(GetParam()) == "memory") {
      store = make_memory_store(clock, random);
    } else {
      auto opened = open_sqlite_store(dir.path() + "/db", clock, random, {.synchronous = false});
      ASSERT_TRUE(opened.ok()) << opened.error().message();
      store = std::move(*opened);
    }
  }
};

Value workflow(std::string_view name, std::string_view more = "{}") {
  Value object = *json::parse(R"({"kind":"Workflow","metadata":{"namespace":"argo"},"spec":{"entrypoint":"main"}})");
  object.at("metadata").set("name", name);
  return json::merge_patch(std::move(object), *json::parse(more));
}
Value config_map(std::string_view name) {
  Value object = *json::parse(R"({"kind":"ConfigMap","metadata":{"namespace":"argo"},"data":{"a":"1"}})");
  object.at("metadata").set("name", name);
  return object;
}
Key key(std::string_view kind, std::string_view name) { return {std::string(kind), "argo", std::string(name)}; }

TEST_P(StoreContract, CreateGivesIdentity) {
  const auto made = store->create(config_map("a"));
  ASSERT_TRUE(made.ok()) << made.error().message();
  EXPECT_EQ((*made)["apiVersion"].as_string(), "v1");
  EXPECT_EQ((*made)["metadata"]["creationTimestamp"].as_string(), "2023-11-14T22:13:20Z");
  EXPECT_EQ((*made)["metadata"]["generation"].as_int(), 1);
  EXPECT_EQ(uid_of(*made).size(), 36u);
  EXPECT_GT(revision_of(*made), 0u);
  EXPECT_EQ(*store->get(key(kConfigMap, "a")), *made);

  const auto again = store->create(config_map("a"));
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code(), Code::AlreadyExists);
  EXPECT_EQ(again.error().message(), "configmaps \"a\" already exists");
}

TEST_P(StoreContract, NamesAreCheckedOrGenerated) {
  const auto bad = store->create(workflow("Bad_Name"));
  ASSERT_FALSE(bad.ok());
  EXPECT_TRUE(bad.error().message().starts_with(
      "Workflow.argoproj.io \"Bad_Name\" is invalid: metadata.name: Invalid value: \"Bad_Name\": a lowercase RFC 1123"));
  Value unnamed = workflow("x");
  unnamed.at("metadata").erase("name");
  EXPECT_FALSE(store->create(unnamed).ok());
  unnamed.at("metadata").set("generateName", "hello-");
  const auto made = store->create(unnamed);
  ASSERT_TRUE(made.ok());
  EXPECT_TRUE((*made)["metadata"]["name"].as_string().starts_with("hello-"));
  EXPECT_EQ((*made)["metadata"]["name"].as_string().size(), 11u);
  EXPECT_FALSE(store->create(*json::parse(R"({"kind":"Nope","metadata":{"name":"a"}})")).ok());
}

TEST_P(StoreContract, UpdateRefusesWhatIsStale) {
  const Value first = *store->create(config_map("a"));
  Value changed = first;
  changed.at("data").set("a", "2");
  const auto second = store->update(changed);
  ASSERT_TRUE(second.ok());
  EXPECT_GT(revision_of(*second), revision_of(first));
  EXPECT_EQ((*second)["metadata"]["generation"].as_int(), 2);
  changed.at("data").set("a", "3");
  const auto stale = store->update(changed);
  ASSERT_FALSE(stale.ok());
  EXPECT_EQ(stale.error().code(), Code::Conflict);
  EXPECT_EQ(stale.error().message(),
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your "
            "changes to the latest version and try again");
  changed.at("metadata").erase("resourceVersion");
  EXPECT_TRUE(store->update(changed).ok());
  EXPECT_EQ(store->update(config_map("b")).error().code(), Code::NotFound);
}

TEST_P(StoreContract, AnUpdateThatChangesNothingWritesNothing) {
  const Value first = *store->create(config_map("a"));
  EXPECT_EQ(revision_of(*store->update(first)), revision_of(first));
  Value labelled = first;
  labelled.at("metadata").set("labels", Value::object({{"x", "y"}}));
  EXPECT_EQ((*store->update(labelled))["metadata"]["generation"].as_int(), 1);  // metadata only
}

TEST_P(StoreContract, ModifyRetriesOnConflict) {
  ASSERT_TRUE(store->create(config_map("a")).ok());
  bool first = true;
  const auto result = store->modify(key(kConfigMap, "a"), [&](Value& object) -> Result<void> {
    if (std::exchange(first, false)) {
      Value other = object;
      other.at("data").set("b", "by another");
      EXPECT_TRUE(store->update(other).ok());
    }
    object.at("data").set("a", "mine");
    return {};
  });
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(json::print((*result)["data"]), R"({"a":"mine","b":"by another"})");
}

TEST_P(StoreContract, NodesAreKeptApart) {
  const Value made = *store->create(workflow("w", R"({"status":{"nodes":{"w":{"id":"w","phase":"Running"}}}})"));
  EXPECT_FALSE(made["status"].has("nodes"));
  Turn turn{made, {{"w-2", Value::object({{"id", "w-2"}})}, {"w-1", Value::object({{"id", "w-1"}})}}, false};
  turn.header.at("status").set("phase", "Running");
  const auto written = store->commit(Transaction{{turn}});
  ASSERT_TRUE(written.ok()) << written.error().message();
  const Value full = *store->get(key(kWorkflow, "w"));
  EXPECT_EQ(json::print(full["status"]["nodes"]),
            R"({"w":{"id":"w","phase":"Running"},"w-1":{"id":"w-1"},"w-2":{"id":"w-2"}})");
  EXPECT_EQ(full["status"]["phase"].as_string(), "Running");
  EXPECT_FALSE((*store->get(key(kWorkflow, "w"), Detail::Header))["status"].has("nodes"));
  EXPECT_EQ((*store->get_node(key(kWorkflow, "w"), "w-1"))["id"].as_string(), "w-1");
  EXPECT_FALSE(store->get_node(key(kWorkflow, "w"), "w-9").ok());
  EXPECT_EQ(*store->get_by_uid(std::string(uid_of(made))), full);

  // The same turn again is stale; one that removes a node is not.
  EXPECT_EQ(store->commit(Transaction{{turn}}).error().code(), Code::Conflict);
  Turn next{written->front(), {{"w-2", Value()}}, false};
  EXPECT_TRUE(store->commit(Transaction{{next}}).ok());
  EXPECT_EQ((*store->get(key(kWorkflow, "w")))["status"]["nodes"].size(), 2u);
}

TEST_P(StoreContract, UpdatesOfAWorkflowKeepOrReplaceItsNodes) {
  ASSERT_TRUE(store->create(workflow("w", R"({"status":{"nodes":{"a":{"id":"a"},"b":{"id":"b"}}}})")).ok());
  ASSERT_TRUE(store->update(workflow("w", R"({"spec":{"suspend":true}})")).ok());
  EXPECT_EQ((*store->get(key(kWorkflow, "w")))["status"]["nodes"].size(), 2u);
  ASSERT_TRUE(store->update(workflow("w", R"({"status":{"nodes":{"b":{"id":"b","x":1}}}})")).ok());
  EXPECT_EQ(json::print((*store->get(key(kWorkflow, "w")))["status"]["nodes"]), R"({"b":{"id":"b","x":1}})");
  ASSERT_TRUE(store->update(workflow("w", R"({"status":{"nodes":{}}})")).ok());
  EXPECT_FALSE((*store->get(key(kWorkflow, "w")))["status"].has("nodes"));
}

TEST_P(StoreContract, StoredTemplatesSurviveTurnsThatDoNotWriteThem) {
  const Value made = *store->create(workflow("w", R"({"status":{"storedTemplates":{"t":{"name":"t"}},"phase":"Running"}})"));
  Turn turn{made, {}, false};
  turn.header.at("status").set("phase", "Succeeded");
  ASSERT_TRUE(store->commit(Transaction{{turn}}).ok());
  const Value now = *store->get(key(kWorkflow, "w"));
  EXPECT_EQ(json::print(now["status"]["storedTemplates"]), R"({"t":{"name":"t"}})");
  EXPECT_EQ(now["status"]["phase"].as_string(), "Succeeded");
  EXPECT_EQ(now["spec"]["entrypoint"].as_string(), "main");
}

TEST_P(StoreContract, TransactionsAreAllOrNothing) {
  const Value made = *store->create(workflow("w"));
  Turn stale{made, {{"n", Value::object({{"id", "n"}})}}, false};
  stale.header.at("metadata").set("resourceVersion", "1234567");
  EXPECT_FALSE(store->commit(Transaction{{Create{config_map("x")}, PutAction{"a", "u", Value(1)}, stale}}).ok());
  EXPECT_FALSE(store->get(key(kConfigMap, "x")).ok());
  EXPECT_TRUE(store->actions()->empty());
  Turn good{made, {}, false};
  const auto written =
      store->commit(Transaction{{Create{config_map("x")}, PutAction{"a", std::string(uid_of(made)), Value(1)}, good}});
  ASSERT_TRUE(written.ok());
  EXPECT_EQ(written->size(), 2u);
  EXPECT_EQ(store->actions()->size(), 1u);
}

TEST_P(StoreContract, ActionsAreDroppedOrGoWithTheirWorkflow) {
  const Value made = *store->create(workflow("w"));
  const std::string uid(uid_of(made));
  ASSERT_TRUE(store->commit(Transaction{{PutAction{"a", uid, Value("x")}, PutAction{"b", uid, Value("y")}}}).ok());
  ASSERT_TRUE(store->commit(Transaction{{DropAction{"a"}}}).ok());
  const auto left = store->actions();
  ASSERT_EQ(left->size(), 1u);
  EXPECT_EQ((*left)[0].body.as_string(), "y");
  ASSERT_TRUE(store->remove(key(kWorkflow, "w")).ok());
  EXPECT_TRUE(store->actions()->empty());
}

TEST_P(StoreContract, RemovalWaitsForFinalizers) {
  ASSERT_TRUE(store->create(workflow("w", R"({"metadata":{"finalizers":["workflows.argoproj.io/artifact-gc"]}})")).ok());
  ASSERT_TRUE(store->remove(key(kWorkflow, "w")).ok());
  Value dying = *store->get(key(kWorkflow, "w"));
  EXPECT_TRUE(is_being_deleted(dying));
  dying.at("metadata").erase("finalizers");
  const auto last = store->update(dying);
  ASSERT_TRUE(last.ok());
  EXPECT_TRUE(last->is_null());
  EXPECT_FALSE(store->get(key(kWorkflow, "w")).ok());
}

TEST_P(StoreContract, RemovalTakesWhatIsOwned) {
  const Value owner = *store->create(workflow("w"));
  Value owned = config_map("owned");
  owned.at("metadata").set("ownerReferences", Value::array({Value::object({{"uid", uid_of(owner)}})}));
  ASSERT_TRUE(store->create(owned).ok());
  ASSERT_TRUE(store->create(config_map("free")).ok());
  EXPECT_EQ(store->remove(key(kWorkflow, "w"), "another-uid").error().code(), Code::Conflict);
  ASSERT_TRUE(store->remove(key(kWorkflow, "w"), std::string(uid_of(owner))).ok());
  EXPECT_FALSE(store->get(key(kConfigMap, "owned")).ok());
  EXPECT_TRUE(store->get(key(kConfigMap, "free")).ok());
  EXPECT_EQ(store->remove(key(kWorkflow, "w")).error().message(), "workflows.argoproj.io \"w\" not found");
}

std::string names(const Result<ListPage>& page) {
  std::string out;
  if (!page.ok()) return page.error().message();
  for (const Value& item : page->items) out += cat(item["metadata"]["name"].as_string(), " ");
  return out;
}

TEST_P(StoreContract, ListsBySelectorsAndPages) {
  for (int i = 0; i < 5; ++i) {
    Value object = config_map(cat("c", i));
    object.at("metadata").set("labels", Value::object({{"odd", i % 2 == 1}, {"n", std::to_string(i)}}));
    object.at("metadata").at("labels").set("odd", i % 2 == 1 ? "yes" : "no");
    ASSERT_TRUE(store->create(object).ok());
  }
  ListRequest all{.kind = "ConfigMap", .ns = "argo"};
  EXPECT_EQ(names(store->list(all)), "c0 c1 c2 c3 c4 ");
  ListRequest odd = all;
  odd.labels = *spec::LabelSelector::parse("odd=yes");
  EXPECT_EQ(names(store->list(odd)), "c1 c3 ");
  ListRequest named = all;
  named.fields = *spec::FieldSelector::parse("metadata.name!=c0");
  named.limit = 2;
  named.offset = 1;
  named.count_remaining = true;
  const auto page = store->list(named);
  EXPECT_EQ(names(page), "c2 c3 ");
  EXPECT_EQ(page->remaining, 1u);
  EXPECT_EQ(names(store->list({.kind = "ConfigMap", .ns = "other"})), "");
  EXPECT_EQ(names(store->list({.kind = "ConfigMap"})), "c0 c1 c2 c3 c4 ");
}

TEST_P(StoreContract, WorkflowsComeNewestFirst) {
  for (int i = 0; i < 4; ++i) {
    clock.time += std::chrono::seconds(1);
    Value object = workflow(cat("w", i), R"({"spec":{"priority":3},"status":{"phase":"Running","nodes":{"a":{}}}})");
    if (i == 1) object.at("metadata").set("labels", Value::object({{"workflows.argoproj.io/completed", "true"}}));
    ASSERT_TRUE(store->create(object).ok());
  }
  ListRequest request{.kind = "Workflow", .ns = "argo", .detail = Detail::Summary};
  const auto all = store->list(request);
  EXPECT_EQ(names(all), "w3 w2 w1 w0 ");
  EXPECT_EQ(json::print(all->items[0]["spec"]), R"({"priority":3})");
  EXPECT_EQ(json::print(all->items[0]["status"]), R"({"phase":"Running"})");
  EXPECT_EQ(all->revision, 4u);
  request.limit = 2;
  request.offset = 1;
  request.count_remaining = true;
  const auto page = store->list(request);
  EXPECT_EQ(names(page), "w2 w1 ");
  EXPECT_EQ(page->remaining, 1u);
  ListRequest open{.kind = "Workflow", .completed = false, .detail = Detail::Full};
  EXPECT_EQ(names(store->list(open)), "w3 w2 w0 ");
  EXPECT_EQ(store->list(open)->items[0]["status"]["nodes"].size(), 1u);
  open.completed = true;
  EXPECT_EQ(names(store->list(open)), "w1 ");
  ListRequest chosen{.kind = "Workflow", .accept = [](const Value& w) { return w["metadata"]["name"].as_string() > "w1"; }};
  chosen.limit = 1;
  EXPECT_EQ(names(store->list(chosen)), "w3 ");
  EXPECT_EQ(store->list(chosen)->remaining, 1u);
}

TEST_P(StoreContract, WatchesTellWhatChanged) {
  const Value first = *store->create(config_map("a"));
  auto later = store->watch({.kind = "ConfigMap", .after = revision_of(first)});
  ASSERT_TRUE(later.ok());
  ASSERT_TRUE(store->create(workflow("w")).ok());
  Value changed = first;
  for (int i = 0; i < 3; ++i) {
    changed.at("data").set("a", std::to_string(i + 10));
    changed = *store->update(changed);
  }
  const auto events = (*later)->next(std::chrono::seconds(10));
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 1u);  // three changes of one object
  EXPECT_EQ((*events)[0].type, Event::Type::Modified);
  EXPECT_EQ((*events)[0].revision, revision_of(changed));
  ASSERT_TRUE(store->remove(key(kConfigMap, "a")).ok());
  ASSERT_TRUE(store->create(config_map("a")).ok());
  const auto more = (*later)->next(std::chrono::seconds(10));
  ASSERT_EQ(more->size(), 2u);
  EXPECT_EQ((*more)[0].type, Event::Type::Deleted);
  EXPECT_EQ((*more)[0].last["data"]["a"].as_string(), "12");
  EXPECT_EQ((*more)[1].type, Event::Type::Added);
  EXPECT_TRUE((*later)->next(Duration::zero())->empty());
  (*later)->cancel();
  EXPECT_FALSE((*later)->next(std::chrono::seconds(10)).ok());
}

INSTANTIATE_TEST_SUITE_P(All, StoreContract, testing::Values("memory", "sqlite"),
                         [](const auto& param) { return std::string(param.param); });

}  // namespace
}  // namespace wf::store
