// SPDX-License-Identifier: Apache-2.0
// What a test expects, compared with what the simulation showed. Texts are compared as globs where
// the expectation has a * or ?.
#include <algorithm>

#include "base/text.h"
#include "cli/test_case.h"
#include "json/text.h"

namespace wf::cli {
namespace {

using json::Value;

std::string text_of(const Value& value) {
  if (value.is_string()) return std::string(value.as_string());
  return value.is_null() ? "" : json::print(value, json::Escape::None);
}

class Comparison {
 public:
  Comparison(const TestCase& test, const Seen& seen) : test_(test), seen_(seen) {}

  std::vector<TestFailure> run() {
    const Value& expect = test_.document.value["expect"];
    if (!expect.has("result") && seen_.result == "limit") fail("/expect", cat("the simulation did not end: ", seen_.waiting_for));
    workflow(expect, seen_.workflows.empty() ? Value() : main_workflow(), "/expect", true);
    return std::move(failures_);
  }

 private:
  // The first of the document's, by its name; else the only one.
  Value main_workflow() const {
    const auto name = test_.document.value["workflow"]["metadata"]["name"].as_string();
    for (const Value& each : seen_.workflows) {
      if (each["metadata"]["name"].as_string() == name) return each;
    }
    return seen_.workflows.front();
  }

  void fail(const std::string& pointer, std::string text) {
    failures_.push_back({test_.document.position_of(pointer).line, std::move(text)});
  }

  static std::string escaped(std::string_view part) { return replace_all(replace_all(part, "~", "~0"), "/", "~1"); }

  void same(const Value& want, std::string_view got, const std::string& pointer, const std::string& what) {
    const std::string text = text_of(want);
    const bool pattern = text.find_first_of("*?") != std::string::npos;
    if (text == got || (pattern && glob_match(text, got))) return;
    fail(pointer, cat("expected ", what, " ", go_quote(text), ", got ", go_quote(got)));
  }

  void count(const Value& want, size_t got, const std::string& pointer, const std::string& what) {
    if (want.as_int() == static_cast<int64_t>(got)) return;
    fail(pointer, cat("expected ", what, " ", text_of(want), ", got ", got));
  }

  void workflow(const Value& expect, const Value& object, const std::string& at, bool top) {
    const Value& status = object["status"];
    for (const json::Member& member : expect.members()) {
      const std::string key(member.key());
      const std::string pointer = cat(at, "/", escaped(key));
      const Value& want = member.value;
      if (key == "phase" || key == "message" || key == "progress") same(want, status[key].as_string(), pointer, cat("the workflow's ", key));
      else if (key == "nodes") nodes(want, status["nodes"], pointer);
      else if (key == "outputs") outputs(want, status["outputs"], pointer, "the workflow");
      else if (key == "conditions") conditions(want, status["conditions"], pointer);
      else if (key == "labels") texts(want, object["metadata"]["labels"], pointer, "label");
      else if (!top || !of_run(key, want, pointer)) fail(pointer, cat("unknown expectation ", go_quote(key)));
    }
  }

  // What concerns all workflows of the test.
  bool of_run(const std::string& key, const Value& want, const std::string& pointer) {
    if (key == "result") same(want, seen_.result, pointer, "the result");
    else if (key == "order") order(want, pointer);
    else if (key == "podOrder") pod_order(want, pointer);
    else if (key == "pods") pods(want, pointer);
    else if (key == "templates") templates(want, pointer);
    else if (key == "peak") count(want, seen_.peak, pointer, "at most pods at once:");
    else if (key == "peaks") peaks(want, pointer);
    else if (key == "commands") commands(want, pointer);
    else if (key == "events") events(want, pointer);
    else if (key == "workflows") workflows(want, pointer);
    else return false;
    return true;
  }

  void nodes(const Value& want, const Value& have, const std::string& at) {
    for (const json::Member& member : want.members()) {
      const std::string pattern(member.key()), pointer = cat(at, "/", escaped(member.key()));
      bool found = false;
      for (const json::Member& node : have.members()) {
        if (!glob_match(pattern, node.value["name"].as_string())) continue;
        found = true;
        if (!member.value.is_null() && text_of(member.value) != "absent") this->node(member.value, node.value, pointer);
      }
      const bool absent = member.value.is_string() && member.value.as_string() == "absent";
      if (absent && found) fail(pointer, cat("expected no node ", go_quote(pattern)));
      if (!absent && !found) fail(pointer, cat("expected a node ", go_quote(pattern), "; there are: ", names(have)));
    }
  }

  static std::string names(const Value& nodes) {
    std::string out;
    for (const json::Member& node : nodes.members()) out += cat(out.empty() ? "" : ", ", node.value["name"].as_string());
    return out;
  }

  // A phase alone, or an object of fields.
  void node(const Value& want, const Value& node, const std::string& at) {
    const std::string name(node["name"].as_string());
    if (want.is_string()) return same(want, node["phase"].as_string(), at, cat("the phase of ", name));
    for (const json::Member& member : want.members()) {
      const std::string key(member.key()), pointer = cat(at, "/", escaped(key));
      if (key == "outputs" || key == "inputs") {
        outputs(member.value, node[key], pointer, name);
      } else if (key == "phase" || key == "message" || key == "type" || key == "displayName" || key == "templateName" || key == "progress") {
        same(member.value, node[key].as_string(), pointer, cat("the ", key, " of ", name));
      } else {
        fail(pointer, cat("unknown expectation ", go_quote(key), " of a node"));
      }
    }
  }

  void outputs(const Value& want, const Value& have, const std::string& at, const std::string& whose) {
    for (const json::Member& member : want.members()) {
      const std::string key(member.key()), pointer = cat(at, "/", escaped(key));
      if (key == "result" || key == "exitCode") {
        same(member.value, have[key].as_string(), pointer, cat("the ", key, " of ", whose));
        continue;
      }
      if (key != "parameters" && key != "artifacts") {
        fail(pointer, cat("unknown expectation ", go_quote(key), " of outputs"));
        continue;
      }
      for (const json::Member& each : member.value.members()) named(each, have[key], pointer, cat(key == "parameters" ? "parameter " : "artifact ", each.key(), " of ", whose));
    }
  }

  void named(const json::Member& want, const Value& list, const std::string& at, const std::string& what) {
    const std::string pointer = cat(at, "/", escaped(want.key()));
    for (const Value& item : list.items()) {
      if (item["name"].as_string() != want.key()) continue;
      if (text_of(want.value) == "absent") fail(pointer, cat("expected no ", what));
      else if (item.has("value") || item.has("default")) same(want.value, text_of(item[item.has("value") ? "value" : "default"]), pointer, what);
      else if (text_of(want.value) != "present") same(want.value, "", pointer, what);
      return;
    }
    if (text_of(want.value) != "absent") fail(pointer, cat("expected ", what, ", which there is not"));
  }

  void texts(const Value& want, const Value& have, const std::string& at, const std::string& what) {
    for (const json::Member& each : want.members()) {
      same(each.value, have[each.key()].as_string(), cat(at, "/", escaped(each.key())), cat(what, " ", each.key()));
    }
  }

  void conditions(const Value& want, const Value& have, const std::string& at) {
    for (const json::Member& each : want.members()) {
      std::string got;
      for (const Value& condition : have.items()) {
        if (condition["type"].as_string() == each.key()) got = condition["status"].as_string();
      }
      const std::string text = each.value.is_bool() ? (each.value.as_bool() ? "True" : "False") : text_of(each.value);
      same(text, got, cat(at, "/", escaped(each.key())), cat("condition ", each.key()));
    }
  }

  // Pods of these nodes began in this order; others may lie between.
  void order(const Value& want, const std::string& at) {
    size_t from = 0;
    const auto have = seen_.pod_order.items();
    for (size_t i = 0; i < want.size(); ++i) {
      const std::string pattern = text_of(want[i]);
      const auto found = std::find_if(have.begin() + static_cast<long>(from), have.end(), [&](const Value& each) { return glob_match(pattern, each.as_string()); });
      if (found == have.end()) {
        return fail(cat(at, "/", i), cat("expected a pod of ", go_quote(pattern), i == 0 ? "" : cat(" after that of ", go_quote(text_of(want[i - 1]))),
                                         "; the order was ", text_of(seen_.pod_order)));
      }
      from = static_cast<size_t>(found - have.begin()) + 1;
    }
  }

  void pod_order(const Value& want, const std::string& at) {
    if (!(want == seen_.pod_order)) fail(at, cat("expected the pods ", text_of(want), ", got ", text_of(seen_.pod_order)));
  }

  // How often pods of nodes and of templates ran.
  void pods(const Value& want, const std::string& at) {
    for (const json::Member& each : want.members()) {
      const auto have = seen_.pod_order.items();
      const auto n = std::count_if(have.begin(), have.end(), [&](const Value& name) { return glob_match(each.key(), name.as_string()); });
      count(each.value, static_cast<size_t>(n), cat(at, "/", escaped(each.key())), cat("pods of nodes ", each.key(), ":"));
    }
  }
  void templates(const Value& want, const std::string& at) {
    for (const json::Member& each : want.members()) {
      const auto n = std::count_if(seen_.templates.begin(), seen_.templates.end(), [&](const std::string& name) { return glob_match(each.key(), name); });
      count(each.value, static_cast<size_t>(n), cat(at, "/", escaped(each.key())), cat("pods of template ", each.key(), ":"));
    }
  }
  void peaks(const Value& want, const std::string& at) {
    for (const json::Member& each : want.members()) {
      size_t got = 0;
      for (const auto& [name, peak] : seen_.template_peaks) {
        if (name == each.key()) got = peak;
      }
      count(each.value, got, cat(at, "/", escaped(each.key())), cat("pods at once of template ", each.key(), ":"));
    }
  }

  void commands(const Value& want, const std::string& at) {
    for (size_t i = 0; i < want.size(); ++i) {
      same(want[i], seen_.commands[i].as_string(), cat(at, "/", i), cat("of command ", i + 1));
    }
  }
  void events(const Value& want, const std::string& at) {
    for (size_t i = 0; i < want.size(); ++i) {
      const std::string pattern = text_of(want[i]);
      const auto have = seen_.events.items();
      if (std::none_of(have.begin(), have.end(), [&](const Value& each) { return glob_match(pattern, each.as_string()); })) {
        fail(cat(at, "/", i), cat("expected an event ", go_quote(pattern), "; there were ", text_of(seen_.events)));
      }
    }
  }

  void workflows(const Value& want, const std::string& at) {
    for (const json::Member& each : want.members()) {
      const std::string pointer = cat(at, "/", escaped(each.key()));
      const auto found = std::find_if(seen_.workflows.begin(), seen_.workflows.end(),
                                      [&](const Value& object) { return object["metadata"]["name"].as_string() == each.key(); });
      if (found == seen_.workflows.end()) fail(pointer, cat("expected a workflow ", go_quote(each.key())));
      else workflow(each.value, *found, pointer, false);
    }
  }

  const TestCase& test_;
  const Seen& seen_;
  std::vector<TestFailure> failures_;
};

}  // namespace

std::vector<TestFailure> compare(const TestCase& test, const Seen& seen) { return Comparison(test, seen).run(); }

}  // namespace wf::cli
