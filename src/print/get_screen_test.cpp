// SPDX-License-Identifier: Apache-2.0
#include "print/get_screen.h"

#include <gtest/gtest.h>

#include "json/text.h"
#include "print/artifact_text.h"
#include "print/columns.h"

namespace wf::print {
namespace {

using json::Value;

Time at(std::string_view text) { return *parse_rfc3339(text); }

Value finished_workflow() {
  return *json::parse(R"json({"metadata":{"name":"w","namespace":"n","creationTimestamp":"2024-01-01T10:00:00Z"},
    "spec":{"serviceAccountName":"sa","arguments":{"parameters":[{"name":"p","value":"v"},{"name":"q"}]}},
    "status":{"phase":"Failed","message":"child 'w-1' failed","progress":"1/2","startedAt":"2024-01-01T10:00:00Z",
      "finishedAt":"2024-01-01T10:01:05Z","resourcesDuration":{"memory":7,"cpu":3},
      "conditions":[{"type":"Completed","status":"True"},{"type":"SpecWarning","message":"odd"}],
      "outputs":{"parameters":[{"name":"o","value":"x"}]},
      "nodes":{
        "w":{"name":"w","displayName":"w","type":"Steps","phase":"Failed","templateName":"main","startedAt":"2024-01-01T10:00:00Z"},
        "w-g":{"name":"w[0]","displayName":"[0]","type":"StepGroup","phase":"Failed","boundaryID":"w","children":["w-2","w-1"],"startedAt":"2024-01-01T10:00:00Z"},
        "w-1":{"name":"w[0].a(10:y)","displayName":"a(10:y)","type":"Pod","phase":"Failed","message":"exit 1","templateName":"t","boundaryID":"w",
          "startedAt":"2024-01-01T10:00:00Z","finishedAt":"2024-01-01T10:00:09Z"},
        "w-2":{"name":"w[0].a(2:x)","displayName":"a(2:x)","type":"Skipped","phase":"Skipped","templateRef":{"name":"wt","template":"u"},"boundaryID":"w",
          "startedAt":"2024-01-01T10:00:00Z"}}}})json");
}

TEST(GetScreen, Normal) {
  EXPECT_EQ(get_screen(finished_workflow(), {}, at("2024-01-01T12:00:00Z")),
            "Name:                w\n"
            "Namespace:           n\n"
            "ServiceAccount:      sa\n"
            "Status:              Failed\n"
            "Message:             child 'w-1' failed\n"
            "Conditions:          \n"
            " Completed           True\n"
            "⚠ SpecWarning        odd\n"
            "Created:             Mon Jan 01 10:00:00 +0000 (2 hours ago)\n"
            "Started:             Mon Jan 01 10:00:00 +0000 (2 hours ago)\n"
            "Finished:            Mon Jan 01 10:01:05 +0000 (1 hour ago)\n"
            "Duration:            1 minute 5 seconds\n"
            "Progress:            1/2\n"
            "ResourcesDuration:   3s*(1 cpu),7s*(100Mi memory)\n"
            "Parameters:          \n"
            "  p:                 v\n"
            "Output Parameters:   \n"
            "  o:                 x\n"
            "\n"
            "STEP            TEMPLATE  PODNAME         DURATION  MESSAGE\n"
            " ✖ w            main                                        \n"
            " └─┬─○ a(2:x)   wt/u                                        \n"
            "   └─✖ a(10:y)  t         w-t-3664155486  9s        exit 1  \n");
}

TEST(GetScreen, OrderWithinASecondCanBeGiven) {
  const Value workflow = finished_workflow();
  StartOrder order;
  order.look("w", {"w", "w-1", "w-10"});
  order.look("w", {"w-2"});
  GetOptions options;
  options.order = &order;
  const std::string screen = get_screen(workflow, options, at("2024-01-01T12:00:00Z"));
  EXPECT_LT(screen.find("a(10:y)"), screen.find("a(2:x)"));
  EXPECT_EQ(order.of("w", "w-2"), 2);
  order.keep("w", {"w", "w-1", "w-10"});
  EXPECT_EQ(order.of("w", "w-2"), 0);
}

TEST(GetScreen, StatusSaysMore) {
  Value workflow = finished_workflow();
  EXPECT_EQ(workflow_status(workflow), "Failed");
  workflow.at("spec").set("shutdown", "Terminate");
  EXPECT_EQ(workflow_status(workflow), "Failed (Terminated)");
  workflow.at("status").set("phase", "Running");
  EXPECT_EQ(workflow_status(workflow), "Running");
  workflow.at("spec").set("suspend", true);
  EXPECT_EQ(workflow_status(workflow), "Running (Suspended)");
  workflow.at("status").set("phase", "");
  EXPECT_EQ(workflow_status(workflow), "Pending");
}

TEST(Columns, LastCellsBelongToNone) {
  EXPECT_EQ(aligned("a\tbb\tccc\nlong\tb\t\n", 2), "a     bb  ccc\nlong  b   \n");
  EXPECT_EQ(aligned("é\tx\n\nabc\tx\n", 1), "é x\n\nabc x\n");
}

TEST(ArtifactText, IsGosTextOfTheType) {
  EXPECT_EQ(artifact_text(*json::parse(R"({"name":"a","gcs":{"bucket":"b","key":"k","serviceAccountKeySecret":{"name":"s","key":"x"}}})")),
            "&GCSArtifact{GCSBucket:GCSBucket{Bucket:b,ServiceAccountKeySecret:&v1.SecretKeySelector{LocalObjectReference:"
            "LocalObjectReference{Name:s,},Key:x,Optional:nil,},},Key:k,}");
  EXPECT_EQ(artifact_text(*json::parse(R"({"raw":{"data":"d"}})")), "&RawArtifact{Data:d,}");
  EXPECT_EQ(artifact_text(*json::parse(R"({"http":{"url":"u","headers":[{"name":"h","value":"v"}]}})")),
            "&HTTPArtifact{URL:u,Headers:[]Header{Header{Name:h,Value:v,},},Auth:nil,SaveStreamViaFile:false,}");
  EXPECT_EQ(artifact_text(*json::parse(R"({"plugin":{"name":"p"}})")), "");
}

}  // namespace
}  // namespace wf::print
