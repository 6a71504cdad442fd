// SPDX-License-Identifier: Apache-2.0
// argo doctor, argo image: what this machine can run.
#include <array>
#include <map>

#include "base/text.h"
#include "cli/engine_process.h"
#include "cli/flags.h"
#include "cli/terminal.h"
#include "json/text.h"
#include "local/doctor.h"
#include "local/images.h"
#include "print/columns.h"

namespace wf::cli {
namespace {

using local::Finding;

std::string sign_of(Finding::Level level, const print::Style& style) {
  switch (level) {
    case Finding::Level::Good: return style.ascii ? "ok" : print::coloured("✔", print::Colour::Green, style);
    case Finding::Level::Warning: return style.ascii ? "warning" : print::coloured("⚠", print::Colour::Yellow, style);
    case Finding::Level::Missing: return style.ascii ? "missing" : print::coloured("✖", print::Colour::Red, style);
  }
  return "";
}

std::string_view name_of(Finding::Level level) {
  return level == Finding::Level::Good ? "good" : level == Finding::Level::Warning ? "warning" : "missing";
}

json::Value as_json(const std::vector<Finding>& findings) {
  json::Value list = json::Value::array();
  for (const Finding& finding : findings) {
    list.push_back(json::Value::object({{"driver", finding.driver},
                                        {"subject", finding.subject},
                                        {"level", name_of(finding.level)},
                                        {"detail", finding.detail},
                                        {"cure", finding.cure}}));
  }
  return list;
}

}  // namespace

int doctor(Arguments arguments) {
  std::string output;
  bool no_color = false, no_utf8 = false;
  Flags flags("doctor [flags]", "tell what this machine lacks to run workflows, and what mends it");
  flags.choice("-o,--output", output, {"json"}, "Output format.");
  flags.flag("--no-color", no_color, "Disable colorized output");
  flags.flag("--no-utf8", no_utf8, "Use plain 7-bits ascii characters");
  flags.operands(0, 0);
  if (const auto done = flags.parse(arguments)) return *done;
  const std::vector<Finding> findings = local::examine(local::Home(argo_home()));
  const auto driver = chosen_driver(argo_home());
  if (!driver.ok()) return fail(driver.error());
  const bool good = local::usable(findings, name_of(*driver));
  if (output == "json") {
    print(json::print_indented(as_json(findings)) + "\n");
    return good ? 0 : 1;
  }
  const print::Style style = output_style(no_color, no_utf8);
  for (const Finding& finding : findings) {
    print(cat(sign_of(finding.level, style), " ", finding.driver, ": ", finding.subject, finding.detail.empty() ? "" : ": ", finding.detail, "\n"));
    if (!finding.cure.empty()) print(cat("    → ", finding.cure, "\n"));
  }
  print(cat("\nDriver ", name_of(*driver), good ? " can run workflows here.\n" : " cannot run workflows here"));
  if (!good) print(*driver == local::Driver::Oci ? ": mend what is missing, or use --driver process (no isolation).\n" : ".\n");
  return good ? 0 : 1;
}

namespace {

int load(Arguments arguments) {
  std::string name;
  Flags flags("image load FILE [flags]", "load an image from a docker archive, an OCI archive or the folder of an OCI layout");
  flags.example("  docker save busybox | gzip -d > busybox.tar ; argo image load busybox.tar");
  flags.text("--name", name, "the name it gets; those inside unless given");
  flags.operands(1, 1);
  if (const auto done = flags.parse(arguments)) return *done;
  const auto loaded = local::load_image_file(local::Home(argo_home()), flags.operands()[0], name);
  if (!loaded.ok()) return fail(loaded.error());
  for (const std::string& reference : *loaded) print(cat("Loaded image: ", reference, "\n"));
  return 0;
}

int pull(Arguments arguments) {
  Flags flags("image pull REFERENCE", "pull an image from its registry");
  flags.operands(1, 1);
  if (const auto done = flags.parse(arguments)) return *done;
  const auto pulled = local::pull_image_now(local::Home(argo_home()), flags.operands()[0]);
  return pulled.ok() ? 0 : fail(pulled.error());
}

int show(Arguments arguments) {
  std::string output;
  Flags flags("image list [flags]", "list the images on this machine");
  flags.choice("-o,--output", output, {"name", "wide"}, "Output format.");
  flags.operands(0, 0);
  if (const auto done = flags.parse(arguments)) return *done;
  std::string table = "REFERENCE\tDIGEST\tSOURCE\tLAYERS\n";
  const auto images = local::list_images(local::Home(argo_home()));
  for (const local::ImageRecord& image : images) {
    if (output == "name") print(image.reference + "\n");
    table += cat(image.reference, "\t", output == "wide" ? image.digest : image.digest.substr(0, 19), "\t", image.source, "\t", image.layers.size(), "\n");
  }
  if (output != "name") print(images.empty() ? "No images found\n" : print::aligned(table, 3));
  return 0;
}

int forget(Arguments arguments) {
  Flags flags("image delete REFERENCE...", "forget images; their layers go with `argo system prune`");
  flags.operands(1);
  if (const auto done = flags.parse(arguments)) return *done;
  for (const std::string& reference : flags.operands()) {
    const auto gone = local::forget_image(local::Home(argo_home()), reference);
    if (!gone.ok()) return fail(gone.error());
    print(cat("image '", reference, "' deleted\n"));
  }
  return 0;
}

constexpr std::array kVerbs = {
    VerbEntry{"delete", "forget images", forget},
    VerbEntry{"list", "list the images on this machine", show},
    VerbEntry{"load", "load an image from an archive or an OCI layout", load},
    VerbEntry{"pull", "pull an image from its registry", pull},
};

}  // namespace

std::span<const VerbEntry> image_verbs() { return kVerbs; }

}  // namespace wf::cli
