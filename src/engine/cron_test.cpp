// SPDX-License-Identifier: Apache-2.0
#include "engine/cron.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "engine/cron_backfill.h"
#include "json/text.h"
#include "json/yaml.h"

namespace wf::engine {
namespace {

using json::Value;

Value read(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.ok()) << (value.ok() ? "" : value.error().message());
  return *value;
}

Time at(std::string_view text) { return *parse_rfc3339(text); }

// A cron workflow `hello` with these fields of spec and status.
Value cron_of(std::string_view spec, std::string_view status = "{}") {
  Value out = read(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"CronWorkflow",
    "metadata":{"name":"hello","namespace":"ns","uid":"u","labels":{"team":"a"},"annotations":{"note":"b"}}})");
  Value body = read(spec);
  body.set("workflowSpec", read(R"({"entrypoint":"main"})"));
  out.set("spec", body);
  out.set("status", read(status));
  return out;
}

Value used(Value cron) {  // its schedules were in use before
  cron.at("metadata").at("annotations").set("cronworkflows.argoproj.io/last-used-schedule", cron_schedule_text(cron));
  return cron;
}

std::string text_of(const Result<std::optional<Time>>& time) {
  if (!time.ok()) return time.error().message();
  return *time ? to_rfc3339(**time) : "none";
}

std::string condition(const Value& cron, std::string_view type) {
  for (const Value& one : cron["status"]["conditions"].items()) {
    if (one["type"].as_string() == type) return std::string(one["message"].as_string());
  }
  return "none";
}

const Time kSlot = at("2021-02-19T10:00:00Z");

CronRun begin(const Value& cron, std::string_view problem = "") { return begin_cron_run(cron, kSlot, kSlot, problem); }
bool runs(const Value& cron) { return !begin(cron).workflow.is_null(); }

TEST(Cron, ScheduleText) {  // CRN-2
  EXPECT_EQ(cron_schedule_text(cron_of(R"({"schedules":["* * * * *","@daily"]})")), "* * * * *,@daily");
  EXPECT_EQ(cron_schedule_text(cron_of(R"({"schedules":["* * * * *","@daily"],"timezone":"Asia/Tokyo"})")),
            "CRON_TZ=Asia/Tokyo * * * * *,CRON_TZ=Asia/Tokyo @daily");
}

TEST(Cron, NextSlotOfAllSchedules) {  // CRN-1, CRN-2
  const auto next = [](std::string_view spec, std::string_view after) { return text_of(next_cron_slot(cron_of(spec), at(after))); };
  EXPECT_EQ(next(R"({"schedules":["0 12 * * *","30 10 * * *"]})", "2021-02-19T10:00:00Z"), "2021-02-19T10:30:00Z");
  EXPECT_EQ(next(R"({"schedules":["0 12 * * *","30 10 * * *"]})", "2021-02-19T11:00:00Z"), "2021-02-19T12:00:00Z");
  EXPECT_EQ(next(R"({"schedules":["0 12 * * *"],"timezone":"Asia/Tokyo"})", "2021-02-19T00:00:00Z"), "2021-02-19T03:00:00Z");
  EXPECT_EQ(next(R"({"schedules":["* * * *"]})", "2021-02-19T00:00:00Z"), "expected exactly 5 fields, found 4: [* * * *]");
  EXPECT_EQ(next(R"({"schedules":[]})", "2021-02-19T00:00:00Z"), "none");
}

TEST(Cron, LocalPlace) {  // CRN-2
  const auto place = expr::load_location("America/New_York");
  ASSERT_TRUE(place.ok());
  EXPECT_EQ(text_of(next_cron_slot(cron_of(R"({"schedules":["0 12 * * *"]})"), kSlot, *place)), "2021-02-19T17:00:00Z");
}

TEST(Cron, MissedSlot) {  // CRN-10, CRN-11
  const auto missed = [](std::string_view more, std::string_view last = "2021-02-19T10:00:00Z") {
    const Value cron = cron_of(cat(R"({"schedules":["* * * * *"])", more, "}"), cat(R"({"lastScheduledTime":")", last, "\"}"));
    return text_of(missed_cron_slot(used(cron), at("2021-02-19T10:02:30Z")));
  };
  EXPECT_EQ(missed(R"(,"startingDeadlineSeconds":60)"), "2021-02-19T10:02:00Z");
  EXPECT_EQ(missed(""), "none");
  EXPECT_EQ(missed(R"(,"startingDeadlineSeconds":20)"), "none");
  EXPECT_EQ(missed(R"(,"startingDeadlineSeconds":30)"), "none");  // now < slot + deadline
  EXPECT_EQ(missed(R"(,"startingDeadlineSeconds":31)"), "2021-02-19T10:02:00Z");
  EXPECT_EQ(missed(R"(,"startingDeadlineSeconds":60)", "2021-02-19T10:02:00Z"), "none");
  const Value fresh = cron_of(R"({"schedules":["* * * * *"],"startingDeadlineSeconds":60})", R"({"lastScheduledTime":"2021-02-19T10:00:00Z"})");
  EXPECT_EQ(text_of(missed_cron_slot(fresh, at("2021-02-19T10:02:30Z"))), "none");  // a new schedule
  const Value never = used(cron_of(R"({"schedules":["* * * * *"],"startingDeadlineSeconds":60})"));
  EXPECT_EQ(text_of(missed_cron_slot(never, at("2021-02-19T10:02:30Z"))), "none");
}

TEST(Cron, MissedSlotOfAnInterval) {  // CRN-10: years of seconds cost nothing
  const auto missed = [](std::string_view every, std::string_view now) {
    const Value cron = cron_of(cat(R"({"startingDeadlineSeconds":60,"schedules":["@every )", every, "\"]}"),
                               R"({"lastScheduledTime":"2011-02-19T10:00:00Z"})");
    return text_of(missed_cron_slot(used(cron), at(now)));
  };
  EXPECT_EQ(missed("7s", "2011-02-19T10:00:15Z"), "2011-02-19T10:00:14Z");
  EXPECT_EQ(missed("7s", "2011-02-19T10:00:14Z"), "2011-02-19T10:00:07Z");
  EXPECT_EQ(missed("7s", "2011-02-19T10:00:07Z"), "none");
  EXPECT_EQ(missed("1s", "2021-02-19T10:00:15Z"), "2021-02-19T10:00:14Z");
  EXPECT_EQ(missed("1h", "2021-02-19T10:30:15Z"), "none");
}

TEST(Cron, Timer) {  // CRN-10, CRN-17, CRN-18
  CronTimer timer;
  EXPECT_EQ(timer.next(), std::nullopt);
  const Value cron = used(cron_of(R"({"schedules":["* * * * *","*/5 * * * *"],"startingDeadlineSeconds":60})",
                                  R"({"lastScheduledTime":"2021-02-19T10:00:00Z"})"));
  EXPECT_EQ(text_of(timer.changed(cron, at("2021-02-19T10:02:30Z"))), "2021-02-19T10:02:00Z");
  EXPECT_EQ(timer.next(), at("2021-02-19T10:03:00Z"));
  EXPECT_EQ(text_of(timer.changed(cron, at("2021-02-19T10:02:31Z"))), "none");  // it was given
  EXPECT_EQ(text_of(timer.take(cron, at("2021-02-19T10:02:59Z"))), "none");
  EXPECT_EQ(text_of(timer.take(cron, at("2021-02-19T10:03:02Z"))), "2021-02-19T10:03:00Z");  // the slot's time
  EXPECT_EQ(timer.next(), at("2021-02-19T10:04:00Z"));
  Value done = cron;
  done.at("metadata").at("labels").set("cronworkflows.argoproj.io/completed", "true");
  EXPECT_EQ(text_of(timer.take(done, at("2021-02-19T10:04:00Z"))), "none");
  EXPECT_EQ(timer.next(), std::nullopt);
  EXPECT_EQ(text_of(timer.changed(done, at("2021-02-19T10:04:00Z"))), "none");
  EXPECT_EQ(timer.next(), std::nullopt);
}

TEST(Cron, ChildOfARun) {  // CRN-4, CRN-5, CRN-6
  const CronRun run = begin(cron_of(R"({"schedules":["0 * * * *"]})"));
  EXPECT_EQ(run.workflow["metadata"]["name"], Value("hello-1613728800"));
  EXPECT_EQ(run.workflow["metadata"]["annotations"], read(R"({"workflows.argoproj.io/scheduled-time":"2021-02-19T10:00:00Z"})"));
  EXPECT_EQ(run.workflow["spec"], read(R"({"entrypoint":"main"})"));
  EXPECT_EQ(run.cron["metadata"]["annotations"],
            read(R"({"cronworkflows.argoproj.io/last-used-schedule":"0 * * * *","note":"b"})"));
}

TEST(Cron, Outcomes) {  // CRN-4, CRN-9
  const Value cron = begin(cron_of(R"({"schedules":["0 * * * *"]})")).cron;
  const Value failed = cron_not_submitted(cron, Error("no"));
  EXPECT_EQ(condition(failed, "SubmissionError"), "Failed to submit Workflow: no");
  EXPECT_EQ(failed["status"]["failed"].as_int(), 1);
  EXPECT_EQ(cron_not_submitted(cron, Error("there", Code::AlreadyExists)), cron);
  const Value created = read(R"({"metadata":{"name":"hello-1613728800","namespace":"ns","uid":"w","resourceVersion":"7"}})");
  const Value done = cron_submitted(failed, kSlot, created);
  EXPECT_EQ(condition(done, "SubmissionError"), "none");
  EXPECT_EQ(done["status"]["phase"], Value("Active"));
  EXPECT_EQ(done["status"]["lastScheduledTime"], Value("2021-02-19T10:00:00Z"));
  EXPECT_EQ(done["status"]["active"], read(R"([{"kind":"Workflow","apiVersion":"argoproj.io/v1alpha1",
    "name":"hello-1613728800","namespace":"ns","uid":"w","resourceVersion":"7"}])"));
  EXPECT_EQ(condition(cron_not_replaced(cron, "w", Error("no")), "SubmissionError"),
            "run policy error: error stopping workflow w: no");
}

TEST(Cron, InvalidSpec) {  // CRN-6
  const CronRun run = begin(cron_of(R"({"schedules":["0 * * * *"]})"), "spec is wrong");
  EXPECT_TRUE(run.workflow.is_null());
  EXPECT_EQ(condition(run.cron, "SpecError"), "spec is wrong");
  EXPECT_FALSE(run.cron["status"].has("failed"));
  EXPECT_EQ(condition(begin(run.cron).cron, "SpecError"), "none");
}

TEST(Cron, Gates) {  // CRN-8
  EXPECT_TRUE(runs(cron_of(R"({"schedules":["0 * * * *"]})")));
  EXPECT_FALSE(runs(cron_of(R"({"schedules":["0 * * * *"],"suspend":true})")));
  EXPECT_FALSE(runs(cron_of(R"({"schedules":["0 * * * *"]})", R"({"phase":"Stopped"})")));
  const std::string_view active = R"({"active":[{"name":"a"},{"name":"b"}],"lastScheduledTime":"2021-02-19T09:00:00Z"})";
  EXPECT_TRUE(runs(cron_of(R"({"schedules":["0 * * * *"],"concurrencyPolicy":"Allow"})", active)));
  EXPECT_TRUE(runs(cron_of(R"({"schedules":["0 * * * *"],"concurrencyPolicy":"Forbid"})")));
  const CronRun forbidden = begin(used(cron_of(R"({"schedules":["0 * * * *"],"concurrencyPolicy":"Forbid"})", active)));
  EXPECT_TRUE(forbidden.workflow.is_null());
  EXPECT_EQ(forbidden.cron["status"]["lastScheduledTime"], Value("2021-02-19T09:00:00Z"));
  const CronRun replaced = begin(cron_of(R"({"schedules":["0 * * * *"],"concurrencyPolicy":"Replace"})", active));
  EXPECT_FALSE(replaced.workflow.is_null());
  EXPECT_EQ(replaced.terminate, (std::vector<std::string>{"a", "b"}));
  const CronRun wrong = begin(cron_of(R"({"schedules":["0 * * * *"],"concurrencyPolicy":"Never"})"));
  EXPECT_EQ(condition(wrong.cron, "SubmissionError"), "run policy error: invalid ConcurrencyPolicy: Never");
  EXPECT_EQ(wrong.cron["status"]["failed"].as_int(), 1);
}

Value with_when(std::string_view when, std::string_view status = "{}") {
  Value cron = cron_of(R"({"schedules":["0 * * * *"]})", status);
  cron.at("spec").set("when", when);
  return cron;
}

TEST(Cron, When) {  // CRN-12, CRN-13
  const std::string_view late = "{{= cronworkflow.lastScheduledTime == nil || (now() - cronworkflow.lastScheduledTime).Seconds() > 30 }}";
  EXPECT_TRUE(runs(with_when(late)));
  EXPECT_TRUE(runs(with_when(late, R"({"lastScheduledTime":"2021-02-19T09:59:29Z"})")));
  EXPECT_FALSE(runs(with_when(late, R"({"lastScheduledTime":"2021-02-19T09:59:30Z"})")));
  EXPECT_TRUE(runs(with_when("'{{cronworkflow.name}}' == 'hello'")));
  EXPECT_FALSE(runs(with_when("'{{cronworkflow.namespace}}' == 'other'")));
  EXPECT_TRUE(runs(with_when("{{= cronworkflow.failed + 1 == 3 }}", R"({"failed":2})")));
  EXPECT_TRUE(runs(with_when("{{= cronworkflow.labels.team == 'a' && cronworkflow.annotations.team == 'a' }}")));
  EXPECT_TRUE(runs(with_when("")));
}

TEST(Cron, WhenErrors) {  // CRN-8, CRN-12, CRN-13
  const auto error = [](std::string_view when) { return condition(begin(with_when(when)).cron, "SubmissionError"); };
  EXPECT_TRUE(error("{{cronworkflow.name}} == hello").starts_with("run policy error: ")) << error("{{cronworkflow.name}} == hello");
  EXPECT_EQ(error("{{cronworkflow.labels.json}} == 1"), "run policy error: failed to resolve {{cronworkflow.labels.json}} to string");
  EXPECT_EQ(error("{{cronworkflow.failed}} == 1"), "run policy error: failed to resolve {{cronworkflow.failed}} to string");
  EXPECT_EQ(error("{{cronworkflow.gone}} == 1"), "run policy error: failed to resolve {{cronworkflow.gone}}");
  EXPECT_NE(error("1"), "none");
}

TEST(Cron, StopStrategy) {  // CRN-7
  const std::string_view spec = R"({"schedules":["0 * * * *"],"stopStrategy":{"expression":"cronworkflow.failed >= 2"}})";
  EXPECT_TRUE(runs(cron_of(spec, R"({"failed":1})")));
  const CronRun stopped = begin(cron_of(spec, R"({"failed":2})"));
  EXPECT_TRUE(stopped.workflow.is_null());
  EXPECT_EQ(stopped.cron["status"]["phase"], Value("Stopped"));
  EXPECT_TRUE(cron_completed(stopped.cron));
  const CronRun wrong = begin(cron_of(R"({"schedules":["0 * * * *"],"stopStrategy":{"expression":"1"}})"));
  EXPECT_TRUE(wrong.workflow.is_null());
  EXPECT_TRUE(condition(wrong.cron, "SpecError").starts_with(
      "failed to check CronWorkflow 'hello' stopping condition: failed to evaluate stop expression: unable to cast"));
  EXPECT_FALSE(wrong.cron["status"].has("failed"));
}

Value child(const std::string& name, const char* phase, const char* finished = nullptr) {
  Value out = Value::object({{"metadata", Value::object({{"name", name}, {"uid", "uid-" + name},
      {"labels", Value::object({{"workflows.argoproj.io/cron-workflow", "hello"}})}})}, {"status", Value::object({{"phase", phase}})}});
  if (finished) out.at("status").set("finishedAt", finished);
  return out;
}

std::string names(const Value& active) {
  std::string out;
  for (const Value& one : active.items()) out += cat(out.empty() ? "" : " ", one["name"].as_string());
  return out;
}

TEST(Cron, SyncActive) {  // CRN-14, CRN-16
  const Value cron = cron_of(R"({"schedules":["0 * * * *"],"suspend":true})",
      R"({"active":[{"name":"a","uid":"uid-a"},{"name":"b","uid":"uid-b"},{"name":"c","uid":"uid-c"},
                    {"name":"e","uid":"uid-e"},{"name":"gone","uid":"uid-gone"}],"succeeded":4})");
  const Value children[] = {child("a", "Running"), child("b", "Succeeded"), child("c", "Failed"), child("d", "Pending"),
                            child("e", "Error"), child("f", "Succeeded")};
  const CronSync sync = sync_cron(cron, children, kSlot);
  EXPECT_TRUE(sync.changed);
  EXPECT_EQ(names(sync.cron["status"]["active"]), "a d");
  EXPECT_EQ(sync.cron["status"]["succeeded"].as_int(), 5);
  EXPECT_EQ(sync.cron["status"]["failed"].as_int(), 2);
  EXPECT_FALSE(sync_cron(sync.cron, children, kSlot).changed);
}

TEST(Cron, SyncStops) {  // CRN-7
  const Value cron = cron_of(R"({"schedules":["0 * * * *"],"stopStrategy":{"expression":"cronworkflow.failed >= 2"}})",
                             R"({"active":[{"name":"a","uid":"uid-a"}],"failed":1})");
  const Value children[] = {child("a", "Failed")};
  const CronSync sync = sync_cron(cron, children, kSlot);
  EXPECT_EQ(sync.cron["status"]["phase"], Value("Stopped"));
  EXPECT_TRUE(cron_completed(sync.cron));
}

TEST(Cron, History) {  // CRN-15
  const Value children[] = {
      child("s1", "Succeeded", "2021-01-01T00:00:01Z"), child("s5", "Succeeded", "2021-01-01T00:00:05Z"),
      child("s3", "Succeeded", "2021-01-01T00:00:03Z"), child("s4", "Succeeded", "2021-01-01T00:00:04Z"),
      child("f1", "Failed", "2021-01-01T00:00:01Z"),    child("e2", "Error", "2021-01-01T00:00:02Z"),
      child("r", "Running")};
  const auto removed = [&](std::string_view more) {
    return join(sync_cron(cron_of(cat(R"({"schedules":["0 * * * *"])", more, "}")), children, kSlot).remove, " ");
  };
  EXPECT_EQ(removed(""), "s1 f1");
  EXPECT_EQ(removed(R"(,"successfulJobsHistoryLimit":-1,"failedJobsHistoryLimit":-5)"), "s1 f1");
  EXPECT_EQ(removed(R"(,"successfulJobsHistoryLimit":2,"failedJobsHistoryLimit":2)"), "s3 s1");
  EXPECT_EQ(removed(R"(,"successfulJobsHistoryLimit":9,"failedJobsHistoryLimit":0)"), "e2 f1");
}

TEST(Cron, Backfill) {
  BackfillOptions options;
  options.name = "op";
  options.start = "Fri, 19 Feb 2021 10:00:00 UTC";
  options.end = "Fri, 19 Feb 2021 13:00:00 UTC";
  options.max_workflow_count = 2;
  const Value cron = cron_of(R"({"schedules":["0 * * * *"]})");
  auto plan = plan_backfill(cron, options, kSlot);
  ASSERT_TRUE(plan.ok()) << plan.error().message();
  EXPECT_EQ(plan->slots, 3u);
  ASSERT_EQ(plan->workflows.size(), 2u);
  const Value& first = plan->workflows[0];
  EXPECT_EQ(first["metadata"], read(R"({"generateName":"backfill-wf-","labels":{"workflows.argoproj.io/backfill":"hello"}})"));
  const Value& step = first["spec"]["templates"].items()[0]["steps"].items()[0].items()[0];
  EXPECT_EQ(step["withParam"], Value(R"(["2021-02-19 11:00:00 +0000 UTC","2021-02-19 12:00:00 +0000 UTC"])"));
  const Value& resource = first["spec"]["templates"].items()[1]["resource"];
  auto manifest = json::parse_yaml(resource["manifest"].as_string());
  ASSERT_TRUE(manifest.ok());
  EXPECT_EQ(manifest->value["metadata"]["generateName"], Value("hello-backfill-op-"));
  EXPECT_EQ(manifest->value["spec"]["priority"].as_int(), INT32_MAX);
  EXPECT_EQ(manifest->value["spec"]["synchronization"], read(R"({"mutexes":[{"name":"op"}]})"));
  EXPECT_EQ(manifest->value["spec"]["arguments"]["parameters"],
            read(R"([{"name":"cronScheduleTime","value":"{{inputs.parameters.backfillscheduletime}}"}])"));

  options.end = "Fri, 19 Feb 2021 10:30:00 UTC";
  EXPECT_TRUE(plan_backfill(cron, options, kSlot)->workflows.empty());
  options.end = "";
  EXPECT_EQ(plan_backfill(cron, options, kSlot)->end, "Fri, 19 Feb 2021 10:00:00 UTC");
  options.start = "today";
  EXPECT_FALSE(plan_backfill(cron, options, kSlot).ok());
  options.start = "";
  EXPECT_EQ(plan_backfill(cron, options, kSlot).error().message(), "start date should not be empty");
}

}  // namespace
}  // namespace wf::engine
