// SPDX-License-Identifier: Apache-2.0
// cli/submit_flags.h: what `argo submit` and `argo cron create` lay over the objects they are given.
#pragma once
#include <string>
#include <vector>

#include "cli/flags.h"
#include "engine/submit.h"

namespace wf::cli {

struct SubmitFlags {
  engine::SubmitOptions options;
  std::string parameter_file;

  void declare(Flags& flags, bool with_dry_run);
  // After parsing: reads --parameter-file; a parameter of -p wins.
  Result<void> complete();
  json::Value to_json() const;  // Argo's SubmitOpts
};

// The text of a file, of standard input ("-") or of what a URL gives.
struct Given {
  std::string name, text;
};
// Folders give their manifests.
Result<std::vector<Given>> read_given(const std::vector<std::string>& paths);
// The objects of one kind; an error in one of them names its file. Others are left out.
Result<std::vector<json::Value>> objects_of_kind(const std::vector<Given>& files, std::string_view kind, bool strict);

}  // namespace wf::cli
