// SPDX-License-Identifier: Apache-2.0
#include "expr/environments.h"

#include "base/text.h"
#include "expr/gotime.h"
#include "json/text.h"

namespace wf::expr {
namespace {

constexpr Field kResultFields[] = {
    {"Succeeded", &types::kBool},    {"Failed", &types::kBool},    {"Errored", &types::kBool},
    {"Skipped", &types::kBool},      {"Omitted", &types::kBool},   {"Daemoned", &types::kBool},
    {"AnySucceeded", &types::kBool}, {"AllFailed", &types::kBool},
};
constexpr std::span<const Field> kResultFieldList(kResultFields);
constexpr Type kResultsType{Kind::Struct, "controller.TaskResults", nullptr, nullptr,
                            &kResultFieldList};
constexpr Type kTimePointer{Kind::Pointer, "*time.Time"};

class ResultsStruct final : public Struct {
 public:
  explicit ResultsStruct(const TaskResults& results) : results_(results) {}
  const Type& type() const override { return kResultsType; }
  std::optional<Any> member(std::string_view name) const override {
    for (size_t i = 0; i < std::size(kResultFields); ++i) {
      if (kResultFields[i].name == name) return Any(results_.has(static_cast<TaskResult>(i)));
    }
    return std::nullopt;
  }
  std::string print() const override {
    std::string out;
    for (const Field& field : kResultFields) {
      out += cat(out.empty() ? "{" : " ", member(field.name)->as_bool() ? "true" : "false");
    }
    return out + "}";
  }
  Result<json::Value> to_json() const override {
    json::Value out = json::Value::object();
    for (const Field& field : kResultFields) out.set(field.name, member(field.name)->as_bool());
    return out;
  }

 private:
  TaskResults results_;
};

Any texts_of(const json::Value& object) {
  Map out;
  for (const json::Member& m : object.members())
    out.insert_or_assign(Any(m.key()), Any(m.value.as_string()));
  return Any::map(std::move(out), types::kStringMap);
}

Any json_bytes(json::Value object) {
  object.sort_keys();
  return Any::bytes(json::print(object));
}

Any time_of(const std::optional<Time>& time) {
  if (!time) return Any::typed_nil(kTimePointer);
  return Any(add(Moment{}, time->time_since_epoch().count()));
}

}  // namespace

Any task_results_value(const TaskResults& results) {
  return Any::structure(std::make_shared<const ResultsStruct>(results));
}

MapEnvironment depends_environment(const std::map<std::string, TaskResults>& tasks) {
  Map out;
  for (const auto& [name, results] : tasks)
    out.insert_or_assign(Any(name), task_results_value(results));
  return MapEnvironment(std::move(out));
}

namespace {
Map cron_fields(const CronFacts& facts) {
  Map fields;
  fields[Any("name")] = Any(facts.name);
  fields[Any("namespace")] = Any(facts.namespace_name);
  fields[Any("labels")] = texts_of(facts.labels);
  fields[Any("annotations")] = texts_of(facts.labels);
  fields[Any("labels.json")] = json_bytes(facts.labels);
  fields[Any("annotations.json")] = json_bytes(facts.annotations);
  fields[Any("failed")] = Any::integer(facts.failed, types::kInt64);
  fields[Any("succeeded")] = Any::integer(facts.succeeded, types::kInt64);
  fields[Any("lastScheduledTime")] = time_of(facts.last_scheduled);
  return fields;
}
}  // namespace

MapEnvironment cron_environment(const CronFacts& facts) {
  Map out;
  out[Any("cronworkflow")] = Any(cron_fields(facts));
  return MapEnvironment(std::move(out), facts.now);
}

MapScope cron_scope(const CronFacts& facts) {
  MapScope out;
  for (const auto& [name, value] : cron_fields(facts))
    out.set(cat("cronworkflow.", name.as_string()), value);
  // Beside labels.json, labels are a map only if they are variables of their own.
  for (const json::Member& m : facts.labels.members()) {
    for (const char* map : {"labels", "annotations"})
      out.set(cat("cronworkflow.", map, ".", m.key()), Any(m.value.as_string()));
  }
  return out;
}

}  // namespace wf::expr
