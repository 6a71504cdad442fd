// SPDX-License-Identifier: Apache-2.0
#include "engine/submit.h"

#include <gtest/gtest.h>

#include "json/text.h"

namespace wf::engine {
namespace {

using json::Value;

Value read(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value.ok()) << (value.ok() ? "" : value.error().message());
  return *value;
}

const Value kWorkflow = read(R"({"metadata":{"name":"w","labels":{"b":"1"}},"spec":{"entrypoint":"main",
  "arguments":{"parameters":[{"name":"a","value":"1"},{"name":"b","value":"2"}],
    "artifacts":[{"name":"in","s3":{"bucket":"k","key":"old"}},{"name":"repo","git":{"repo":"r"}}]}}})");

std::string error_of(const SubmitOptions& options, const Value& workflow = kWorkflow) {
  auto result = with_submit_options(workflow, options);
  return result.ok() ? "" : result.error().message();
}

SubmitOptions artifacts(std::vector<std::string> list) {
  SubmitOptions options;
  options.artifacts = std::move(list);
  return options;
}

TEST(Submit, OptionsFromTheApi) {  // SBM-1
  const SubmitOptions options = submit_options_from(read(R"({"name":"n","generateName":"g-","entryPoint":"other",
    "serviceAccount":"sa","podPriorityClassName":"high","priority":0,"labels":"a=x,c=y","annotations":"note=1",
    "parameters":["b=3"],"artifacts":["in=new"],"ownerReference":{"kind":"K","name":"o"},"dryRun":true})"));
  EXPECT_TRUE(options.dry_run);
  EXPECT_FALSE(options.server_dry_run);
  auto out = with_submit_options(kWorkflow, options);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ(*out, read(R"({"metadata":{"name":"n","generateName":"g-","labels":{"a":"x","b":"1","c":"y"},
      "annotations":{"note":"1"},"ownerReferences":[{"kind":"K","name":"o"}]},
    "spec":{"entrypoint":"other","serviceAccountName":"sa","podPriorityClassName":"high","priority":0,
      "arguments":{"parameters":[{"name":"b","value":"3"},{"name":"a","value":"1"}],
        "artifacts":[{"name":"in","s3":{"bucket":"k","key":"new"}},{"name":"repo","git":{"repo":"r"}}]}}})"));
}

TEST(Submit, NothingChangesNothing) { EXPECT_EQ(*with_submit_options(kWorkflow, {}), kWorkflow); }

TEST(Submit, Parameters) {  // SBM-2
  SubmitOptions options;
  options.parameters = {"b=3", "c=4=5", "d="};
  EXPECT_EQ((*with_submit_options(kWorkflow, options))["spec"]["arguments"]["parameters"],
            read(R"([{"name":"b","value":"3"},{"name":"c","value":"4=5"},{"name":"d","value":""},{"name":"a","value":"1"}])"));
  options.parameters = {"x"};
  EXPECT_EQ(error_of(options), "expected parameter of the form: NAME=VALUE. Received: x");
}

TEST(Submit, Artifacts) {  // SBM-3
  EXPECT_EQ(error_of(artifacts({"in"})), "expected artifact of the form: NAME=KEY. Received: in");
  EXPECT_EQ(error_of(artifacts({"=k"})), "expected artifact of the form: NAME=KEY. Received: =k");
  EXPECT_EQ(error_of(artifacts({"in="})), "expected artifact of the form: NAME=KEY. Received: in=");
  EXPECT_EQ(error_of(artifacts({"z=1", "in=2", "y=3"})), "artifact override(s) matched no artifact: y, z");
  EXPECT_TRUE(error_of(artifacts({"repo=1"})).starts_with("failed to set key for artifact repo: key unsupported: "));
  Value referring = read(R"({"metadata":{},"spec":{"workflowTemplateRef":{"name":"t"}}})");
  EXPECT_EQ(error_of(artifacts({"z=1"}), referring), "");
}

TEST(Submit, ArtifactsOfATemplate) {  // SBM-3
  const Value workflow = workflow_from_template(SubmitSource::WorkflowTemplate, "t");
  const Value spec = read(R"({"arguments":{"artifacts":[{"name":"in"},{"name":"other","s3":{"key":"k"}}]}})");
  const Value repository = read(R"({"s3":{"bucket":"b","endpoint":"e","key":"default"}})");
  auto out = with_template_artifacts(workflow, spec, {"in=new"}, repository);
  ASSERT_TRUE(out.ok());
  EXPECT_EQ((*out)["spec"]["arguments"], read(R"({"artifacts":[{"name":"in","s3":{"bucket":"b","endpoint":"e","key":"new"}}]})"));
  out = with_template_artifacts(workflow, spec, {"gone=new"}, repository);
  ASSERT_FALSE(out.ok());
  EXPECT_EQ(out.error().message(), "artifact override(s) matched no artifact: gone");
}

TEST(Submit, LabelsAndAnnotations) {  // SBM-4
  SubmitOptions options;
  options.labels = "a";
  EXPECT_EQ(error_of(options),
            "expected labels of the form: NAME1=VALUE2,NAME2=VALUE2. Received: a: unexpected label spec: a");
  options.labels = "=1";
  EXPECT_EQ(error_of(options),
            "expected labels of the form: NAME1=VALUE2,NAME2=VALUE2. Received: =1: unexpected empty label key");
  options.labels = "a=1";
  options.annotations = "b=1=2";
  EXPECT_EQ(error_of(options),
            "expected Annotations of the form: NAME1=VALUE2,NAME2=VALUE2. Received: a=1: unexpected label spec: b=1=2");
}

TEST(Submit, ParameterFile) {  // SBM-10
  EXPECT_EQ(*parameters_of_file("a: text\nb: 1.50\nc: true\nd: {z: 1, x: <}\ne: ~\nf: '5'\n"),
            (std::vector<std::string>{"a=text", "b=1.5", "c=true", R"(d={"x":"\u003c","z":1})", "e=null", "f=5"}));
  EXPECT_TRUE(parameters_of_file("").value().empty());
  EXPECT_FALSE(parameters_of_file("- a").ok());
}

TEST(Submit, Sources) {  // SBM-7
  EXPECT_EQ(*submit_source_from("cronwf"), SubmitSource::CronWorkflow);
  EXPECT_EQ(*submit_source_from("workflowtemplates"), SubmitSource::WorkflowTemplate);
  EXPECT_EQ(*submit_source_from("ClusterWorkflowTemplate"), SubmitSource::ClusterWorkflowTemplate);
  EXPECT_EQ(submit_source_from("pod").error().message(), "Resource kind 'pod' is not supported for submitting");
}

TEST(Submit, FromTemplates) {  // SBM-7
  EXPECT_EQ(workflow_from_template(SubmitSource::WorkflowTemplate, "t"), read(R"({"apiVersion":"argoproj.io/v1alpha1",
    "kind":"Workflow","metadata":{"generateName":"t-","labels":{"workflows.argoproj.io/workflow-template":"t"}},
    "spec":{"workflowTemplateRef":{"name":"t"}}})"));
  EXPECT_EQ(workflow_from_template(SubmitSource::ClusterWorkflowTemplate, "t"), read(R"({"apiVersion":"argoproj.io/v1alpha1",
    "kind":"Workflow","metadata":{"generateName":"t-","labels":{"workflows.argoproj.io/cluster-workflow-template":"t"}},
    "spec":{"workflowTemplateRef":{"name":"t","clusterScope":true}}})"));
}

const Value kCron = read(R"({"metadata":{"name":"c","namespace":"ns","uid":"u","labels":{"own":"1",
    "workflows.argoproj.io/controller-instanceid":"i","workflows.argoproj.io/creator":"ann"}},
  "spec":{"schedules":["* * * * *"],"workflowSpec":{"entrypoint":"main"},
    "workflowMetadata":{"labels":{"l":"2"},"annotations":{"n":"3"},"finalizers":["f"]}}})");

TEST(Submit, FromCron) {  // SBM-7
  EXPECT_EQ(workflow_from_cron(kCron, *parse_rfc3339("2026-01-02T03:04:05Z")), read(R"({"apiVersion":"argoproj.io/v1alpha1",
    "kind":"Workflow","metadata":{"generateName":"c-","namespace":"ns","labels":{"l":"2",
      "workflows.argoproj.io/controller-instanceid":"i","workflows.argoproj.io/cron-workflow":"c"},
      "annotations":{"n":"3","workflows.argoproj.io/scheduled-time":"2026-01-02T03:04:05Z"},"finalizers":["f"],
      "ownerReferences":[{"apiVersion":"argoproj.io/v1alpha1","kind":"CronWorkflow","name":"c","uid":"u",
        "controller":true,"blockOwnerDeletion":true}]},
    "spec":{"entrypoint":"main"}})"));
}

TEST(Submit, ScheduledRun) {  // CRN-5
  const Value out = workflow_of_schedule(kCron, "c-5", *parse_rfc3339("2026-01-02T03:04:00Z"));
  EXPECT_EQ(out["metadata"]["name"], Value("c-5"));
  EXPECT_FALSE(out["metadata"].has("generateName"));
  EXPECT_EQ(out["metadata"]["labels"]["workflows.argoproj.io/creator"], Value("ann"));
}

TEST(Submit, LabelsOfUsers) {  // SBM-8, SBM-9
  Value object = kWorkflow;
  label_creator(object, User{"system:serviceaccount:ns:ann", "ann@example.com", ""});
  EXPECT_EQ(object["metadata"]["labels"], read(R"({"b":"1","workflows.argoproj.io/creator":"system-serviceaccount-ns-ann",
    "workflows.argoproj.io/creator-email":"ann.at.example.com"})"));
  label_actor(object, User{"bob", "", "Bob B."}, "Retry");
  EXPECT_EQ(object["metadata"]["labels"]["workflows.argoproj.io/actor-preferred-username"], Value("Bob-B"));
  EXPECT_EQ(object["metadata"]["labels"]["workflows.argoproj.io/action"], Value("Retry"));
  label_actor(object, std::nullopt, "Stop");
  label_creator(object, std::nullopt);
  EXPECT_EQ(object["metadata"]["labels"], read(R"({"b":"1"})"));
}

TEST(Submit, LabelValues) {  // SBM-8
  EXPECT_EQ(as_label_value(std::string(63, 'x') + "y"), std::string(62, 'x') + "y");
  EXPECT_EQ(as_label_value("--a b\xC3\xA9!c.."), "a-b--c");
  EXPECT_EQ(as_label_value("!!"), "");
}

}  // namespace
}  // namespace wf::engine
