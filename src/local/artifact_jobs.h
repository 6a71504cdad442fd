// SPDX-License-Identifier: Apache-2.0
// local/artifact_jobs.h: argoexec-io's side of a supervisor's artifact jobs (io_job.h).
#pragma once
#include "base/result.h"
#include "json/value.h"

namespace wf::local {

// {store, archiveLocation, artifacts: [{artifact, root, path}]} → {}
Result<json::Value> load_artifacts_job(const json::Value& job);
// The same with logs: [{container, file}] → {saved: [artifact …], error: "…"}
Result<json::Value> save_artifacts_job(const json::Value& job);

}  // namespace wf::local
