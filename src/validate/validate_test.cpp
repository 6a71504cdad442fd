// SPDX-License-Identifier: Apache-2.0
#include "validate/validate.h"

#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "json/yaml.h"
#include "spec/codec.h"

namespace wf::validate {
namespace {

using json::Value;

Value decoded(std::string_view type, std::string_view yaml) {
  const auto document = json::parse_yaml(yaml);
  EXPECT_TRUE(document.ok()) << yaml;
  const auto value = spec::decode(type, document->value);
  EXPECT_TRUE(value.ok()) << (value.ok() ? "" : value.error().message());
  return value.ok() ? *value : Value();
}

class Templates final : public Lookup {
 public:
  std::map<std::string, Value, std::less<>> local, cluster;
  Result<Value> workflow_template(std::string_view name) const override { return get(local, name); }
  Result<Value> cluster_workflow_template(std::string_view name) const override {
    return get(cluster, name);
  }

 private:
  static Result<Value> get(const std::map<std::string, Value, std::less<>>& map,
                           std::string_view name) {
    const auto found = map.find(name);
    if (found == map.end()) return Error(cat(name, " not found"), Code::NotFound);
    return found->second;
  }
};

// The messages about a workflow of these templates with the entrypoint main, joined by newlines.
std::string problems(std::string_view templates, std::string_view more = "",
                     const Templates& lookup = {}, Options options = {}) {
  const std::string yaml =
      cat("metadata: {name: wf}\nspec:\n  entrypoint: main\n", more, "  templates:\n", templates);
  std::vector<std::string> messages;
  for (const Diagnostic& found : workflow(decoded("Workflow", yaml), lookup, options))
    messages.push_back(found.message);
  return join(messages, "\n");
}

constexpr std::string_view kEcho = R"(
  - name: echo
    inputs: {parameters: [{name: msg}]}
    container: {image: i, args: ["{{inputs.parameters.msg}}"]}
)";

TEST(Validate, AcceptsWhatIsWell) {
  EXPECT_EQ(problems(cat(R"(
  - name: main
    steps:
    - - {name: a, template: echo, arguments: {parameters: [{name: msg, value: "{{workflow.name}}"}]}}
    - - {name: b, template: echo, withItems: [1, 2], arguments: {parameters: [{name: msg, value: "{{item}} {{steps.a.outputs.result}}"}]}}
)",
                         kEcho)),
            "");
}

TEST(Validate, NamesTheWayToTheProblem) {  // VAL-2
  EXPECT_EQ(problems(cat(R"(
  - name: main
    steps:
    - - {name: a, template: mid}
  - name: mid
    dag: {tasks: [{name: t, template: echo}]}
)",
                         kEcho)),
            "templates.main.steps[0].a templates.mid.tasks.t templates.echo inputs.parameters.msg "
            "was not supplied");
}

TEST(Validate, TellsPlacesAndGoesOn) {
  const auto found = workflow(decoded("Workflow", R"(
metadata: {name: wf}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: ehco}
      - {name: b, template: echo, arguments: {parameters: [{name: msg, value: "{{steps.a.outputs.result}} {{workflow.nam}}"}]}}
  - name: echo
    inputs: {parameters: [{name: msg}]}
    container: {args: ["{{inputs.parameters.msg}}"]}
)"),
                              Templates());
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].message, "templates.main.steps[0].a template name 'ehco' undefined");
  EXPECT_EQ(found[0].path, "/spec/templates/0/steps/0/0/template");
  EXPECT_EQ(found[0].hint, "did you mean 'echo'?");
  EXPECT_EQ(found[1].message,
            "templates.main.steps[0].b templates.echo.container.image may not be empty");
  EXPECT_EQ(found[1].path, "/spec/templates/1/container");
  // What the unknown template gives is no problem of its own.
  EXPECT_EQ(found[2].message, "templates.main.steps failed to resolve {{workflow.nam}}");
  EXPECT_EQ(found[2].path, "/spec/templates/0/steps/0/1/arguments/parameters/0/value");
  EXPECT_EQ(found[2].hint, "did you mean {{workflow.name}}?");
}

TEST(Validate, Entrypoint) {  // VAL-7
  EXPECT_EQ(problems("  - {name: other, suspend: {}}\n"), "template name 'main' undefined");
  EXPECT_EQ(
      workflow(decoded("Workflow", "spec: {templates: [{name: a, suspend: {}}]}"), Templates())
          .at(0)
          .message,
      "spec.entrypoint is required");
  EXPECT_EQ(problems("  - {name: main}\n"), "template 'main' type is unknown");
}

TEST(Validate, Lengths) {  // VAL-6
  const std::string name(64, 'x');
  const Value object = Value::object({{"metadata", Value::object({{"name", name}})},
                                      {"spec", Value::object({{"entrypoint", "a"}})}});
  EXPECT_EQ(
      workflow(object, Templates()).at(0).message,
      cat("workflow name \"", name, "\" must not be more than 63 characters long (currently 64)"));
  EXPECT_EQ(cluster_workflow_template(object, Templates()).at(0).message,
            cat("cluster workflow template name \"", name,
                "\" must not be more than 63 characters long (currently 64)"));
}

TEST(Validate, Names) {  // VAL-8 to VAL-10
  EXPECT_EQ(problems("  - {name: main, suspend: {}}\n  - {name: main, suspend: {}}\n"),
            "spec.templates[1].name 'main' is not unique");
  EXPECT_EQ(
      problems("  - {name: main, suspend: {}, inputs: {parameters: [{name: a.b, default: x}]}}\n"),
      "templates.main.inputs.parameters[0].name: 'a.b' is invalid: Parameter/Artifact name must "
      "consist of alpha-numeric characters, '_' or '-' "
      "e.g. my_param_1, MY-PARAM-1");
  EXPECT_EQ(problems("  - {name: main, steps: [[{name: a, template: s}], [{name: a, template: "
                     "s}]]}\n  - {name: s, suspend: {}}\n"),
            "templates.main.steps[1].name 'a' is not unique");
}

TEST(Validate, Arguments) {  // VAL-23 to VAL-26
  constexpr std::string_view kMain = "  - {name: main, suspend: {}}\n";
  const auto with = [&](std::string_view arguments, Options options = {}) {
    return problems(kMain, cat("  arguments: {", arguments, "}\n"), {}, options);
  };
  EXPECT_EQ(with("parameters: [{name: p}]"),
            "spec.arguments.p.value or spec.arguments.p.valueFrom is required");
  EXPECT_EQ(with("parameters: [{name: p}]", {.lint = true}), "");
  EXPECT_EQ(with("parameters: [{name: p, valueFrom: {path: /x}}]"),
            "spec.arguments.p.valueFrom only allows: default, configMapKeyRef and supplied");
  EXPECT_EQ(with("parameters: [{name: p, value: c, enum: [a, b]}]"),
            "spec.arguments.p.value should be present in spec.arguments.p.enum list");
  EXPECT_EQ(with("parameters: [{name: p, value: c, enum: []}]"),
            "spec.arguments.p.enum should contain at least one value");
  EXPECT_EQ(with("artifacts: [{name: a}]"),
            "spec.arguments.a.from, artifact location, or key is required");
  EXPECT_EQ(with("artifacts: [{name: a, raw: {data: x}}]"), "");
}

TEST(Validate, Variables) {  // VAL-15 to VAL-22
  const auto leaf = [](std::string_view text, std::string_view more = "") {
    return problems(cat("  - name: main\n    container: {image: i, args: ['", text, "']}\n", more));
  };
  EXPECT_EQ(
      leaf("{{unknown}} {{=inputs.parameters.x}} {{workflow.creationTimestamp.Y}} {{pod.name}}"),
      "");
  EXPECT_EQ(leaf("{{  workflow.nothing  }}"),
            "templates.main: failed to resolve {{  workflow.nothing  }}");
  EXPECT_EQ(leaf("{{item.x}}"), "templates.main: failed to resolve {{item.x}}");
  EXPECT_EQ(leaf("{{workflow.failures}}"),
            "templates.main: failed to resolve {{workflow.failures}}");
  EXPECT_EQ(problems("  - {name: main, suspend: {}}\n  - {name: bye, container: {image: i, args: "
                     "['{{workflow.failures}}']}}\n",
                     "  onExit: bye\n"),
            "");
  EXPECT_EQ(problems(R"(
  - name: main
    dag:
      tasks:
      - {name: a, template: s}
      - {name: b, template: s, depends: a, when: "{{tasks.a.status}} == Succeeded"}
      - {name: c, template: s, when: "{{tasks.a.status}} == Succeeded"}
  - {name: s, suspend: {}}
)"),
            "templates.main.tasks.c failed to resolve {{tasks.a.status}}");
}

TEST(Validate, Dag) {  // VAL-27 to VAL-29
  const auto dag = [](std::string_view tasks) {
    return problems(
        cat("  - {name: main, dag: {tasks: [", tasks, "]}}\n  - {name: s, suspend: {}}\n", kEcho));
  };
  EXPECT_EQ(dag(""), "templates.main must have at least one task");
  EXPECT_EQ(dag("{name: a, template: s, depends: b}, {name: b, template: s, depends: a}"),
            "templates.main sorting failed: graph with cycle");
  EXPECT_EQ(dag("{name: a, template: s, dependencies: [q]}"),
            "templates.main sorting failed: invalid dependency q");
  EXPECT_EQ(dag("{name: a, template: s}, {name: b, template: s, depends: a.Done}"),
            "templates.main.tasks.b task result 'Done' for task 'a' is invalid");
  EXPECT_EQ(dag("{name: a, template: s}, {name: b, template: s, depends: a.AnySucceeded}"),
            "templates.main.tasks.a dependency 'a' uses an items-based condition such as "
            ".AnySucceeded or .AllFailed but does not contain any items");
  EXPECT_EQ(
      dag("{name: a, template: s}, {name: b, template: s, depends: a, continueOn: {failed: true}}"),
      "templates.main cannot use 'continueOn' when using 'depends'. Instead use "
      "'dep-task.Failed'/'dep-task.Errored'");
  EXPECT_EQ(dag("{name: a, template: s}, {name: b, template: echo, arguments: {parameters: [{name: "
                "msg, value: '{{tasks.a.id}}'}]}}"),
            "templates.main.tasks.b missing dependency 'a' for parameter 'msg'");
  EXPECT_EQ(dag("{name: 1a, template: s, depends: b}, {name: b, template: s}"),
            "templates.main.tasks.1a name cannot begin with a digit when using either 'depends' or "
            "'dependencies'");
}

TEST(Validate, Leaves) {  // VAL-12, VAL-31 to VAL-36
  const auto main = [](std::string_view body) {
    return problems(cat("  - {name: main, ", body, "}\n"));
  };
  EXPECT_EQ(main("container: {image: i}, script: {image: i, source: x}"),
            "templates.main multiple template types specified. choose one of: container, "
            "containerSet, steps, script, resource, dag, suspend, template, template ref");
  EXPECT_EQ(main("container: {image: i, volumeMounts: [{name: a, mountPath: /x}, {name: b, "
                 "mountPath: /x}]}"),
            "templates.main.container.volumeMounts[1].mountPath '/x' already mounted in "
            "container.volumeMounts.a");
  EXPECT_EQ(main("containerSet: {containers: [{name: a, dependencies: [b]}, {name: b, "
                 "dependencies: [a]}]}"),
            "templates.main.containerSet.containers dependency cycle detected: b->a->b");
  EXPECT_EQ(
      main("resource: {action: look, manifest: 'a: b'}"),
      "templates.main.resource.action must be one of: get, create, apply, delete, replace, patch");
  EXPECT_EQ(main("resource: {action: create, manifest: 'a: b: c'}"),
            "templates.main.resource.manifest must be a valid yaml");
  EXPECT_EQ(main("resource: {action: create, manifest: 'a: {{=1 + 1}}'}"), "");
  EXPECT_EQ(main("resource: {action: create}"),
            "either templates.main.resource.manifest or templates.main.resource.manifestFrom must "
            "be specified");
  EXPECT_EQ(
      main("container: {image: i}, activeDeadlineSeconds: x"),
      "templates.main.activeDeadlineSeconds must be a positive integer > 0 or an argo variable");
  EXPECT_EQ(main("container: {image: i}, activeDeadlineSeconds: '10'"), "");
  EXPECT_EQ(main("container: {image: i}, timeout: '10'"),
            "main has invalid duration format in timeout");
  EXPECT_EQ(
      main("container: {image: i}, outputs: {parameters: [{name: o, valueFrom: {expression: x}}]}"),
      "templates.main.outputs.parameters.o.path must be specified for Container templates");
  EXPECT_EQ(main("container: {image: i}, outputs: {artifacts: [{name: o, path: /a/../../b}]}"),
            "error in templates.main.outputs.artifacts.o: Artifact 'o' attempted to use a path "
            "containing '..'. Directory traversal is not permitted");
  EXPECT_EQ(main("container: {image: i}, metrics: {prometheus: [{name: m, help: h, gauge: {value: "
                 "'', realtime: true}}]}"),
            "templates.main metric 'm' error: missing gauge.value");
  EXPECT_EQ(problems("  - {name: main, container: {}}\n",
                     "  templateDefaults: {container: {image: i}}\n"),
            "");
}

TEST(Validate, ReferencesToTemplates) {  // VAL-7
  Templates lookup;
  lookup.local.emplace("lib", decoded("WorkflowTemplate", R"(
metadata: {name: lib}
spec:
  templates:
  - {name: outer, steps: [[{name: x, template: inner}]]}
  - {name: inner, container: {image: i, args: ["{{pod.nme}}"]}}
)"));
  const auto call = [&](std::string_view ref) {
    return problems(cat("  - {name: main, steps: [[{name: a, ", ref, "}]]}\n"), "", lookup);
  };
  EXPECT_EQ(call("templateRef: {name: lib, template: none}"),
            "templates.main.steps[0].a template reference lib.none not found");
  EXPECT_EQ(call("templateRef: {name: gone, template: none}"),
            "templates.main.steps[0].a template reference gone.none not found");
  EXPECT_EQ(call("templateRef: {name: lib, template: inner}, template: main"),
            "templates.main.steps[0].a template name cannot be specified with templateRef");
  EXPECT_EQ(call("templateRef: {name: lib, template: '{{item}}'}"), "");
  const auto found =
      workflow(decoded("Workflow",
                       "spec: {entrypoint: main, templates: [{name: main, steps: [[{name: a, "
                       "templateRef: {name: lib, template: outer}}]]}]}"),
               lookup);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].message,
            "templates.main.steps[0].a templates.outer.steps[0].x templates.inner: failed to "
            "resolve {{pod.nme}}");
  EXPECT_EQ(found[0].where, (spec::Scope{spec::Scope::Kind::Namespaced, "lib"}));
  EXPECT_EQ(found[0].path, "/spec/templates/1/container/args/0");
}

TEST(Validate, WorkflowTemplateRef) {
  Templates lookup;
  lookup.local.emplace("lib", decoded("WorkflowTemplate", R"(
metadata: {name: lib}
spec:
  entrypoint: main
  arguments: {parameters: [{name: p, value: v}]}
  templates: [{name: main, container: {image: i, args: ["{{workflow.parameters.p}}"]}}]
)"));
  EXPECT_TRUE(
      workflow(decoded("Workflow", "spec: {workflowTemplateRef: {name: lib}}"), lookup).empty());
  EXPECT_EQ(workflow(decoded("Workflow", "spec: {workflowTemplateRef: {name: gone}}"), lookup)
                .at(0)
                .message,
            "gone not found");
  EXPECT_EQ(
      workflow(
          decoded("Workflow",
                  "spec: {workflowTemplateRef: {name: lib}, templates: [{name: x, suspend: {}}]}"),
          lookup)
          .at(0)
          .message,
      "Templates is invalid field in spec if workflow referred WorkflowTemplate reference");
}

TEST(Validate, TemplatesMayLackWhatTheirUsersGive) {  // VAL-5
  const std::string_view yaml = R"(
metadata: {name: t}
spec:
  arguments: {parameters: [{name: p}]}
  templates: [{name: a, inputs: {parameters: [{name: q}]}, container: {image: i, args: ["{{workflow.parameters.other}}"]}}]
)";
  EXPECT_TRUE(workflow_template(decoded("WorkflowTemplate", yaml), Templates()).empty());
  EXPECT_EQ(workflow_template(decoded("WorkflowTemplate", yaml), Templates(), {.submit = true})
                .at(0)
                .message,
            "spec.arguments.p.value or spec.arguments.p.valueFrom is required");
}

TEST(Validate, Cron) {  // VAL-38
  const auto first = [](std::string_view spec) {
    const auto found = cron_workflow(
        decoded("CronWorkflow",
                cat("metadata: {name: c}\nspec:\n", spec,
                    "  workflowSpec: {entrypoint: a, templates: [{name: a, suspend: {}}]}\n")),
        Templates());
    return found.empty() ? "" : found[0].message;
  };
  EXPECT_EQ(first("  schedules: ['* * * * *']\n"), "");
  EXPECT_EQ(first(""), "cron workflow must have at least one schedule");
  EXPECT_EQ(first("  schedules: ['* * * *']\n").substr(0, 42),
            "cron schedule * * * * is malformed: expect");
  EXPECT_EQ(first("  schedules: ['* * * * *']\n  concurrencyPolicy: Wait\n"),
            "'Wait' is not a valid concurrencyPolicy");
  const auto found = cron_workflow(decoded("CronWorkflow",
                                           "spec: {schedules: ['@daily'], workflowSpec: "
                                           "{entrypoint: b, templates: [{name: a, suspend: {}}]}}"),
                                   Templates());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].message, "cannot validate Workflow: template name 'b' undefined");
  EXPECT_EQ(found[0].path, "/spec/workflowSpec/entrypoint");
}

}  // namespace
}  // namespace wf::validate
