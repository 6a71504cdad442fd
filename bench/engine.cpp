// SPDX-License-Identifier: Apache-2.0
// bench/engine.cpp: what a node costs the engine under the simulator, by shape and size: CPU time of
// the whole simulation (engine, pod builder, scripted pods) and memory at its end, over nodes.
//   bench_engine [LARGEST]   sizes from 1,000 by tens up to LARGEST (100,000 unless given)
#include <sys/resource.h>
#include <malloc.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "base/text.h"
#include "json/text.h"
#include "simulate/simulation.h"

namespace {

using wf::cat;

constexpr const char* kLeaf = R"({"name":"p","container":{"image":"x","command":["true"]}})";

std::string workflow(const std::string& extra, const std::string& templates) {
  return cat(R"({"apiVersion":"argoproj.io/v1alpha1","kind":"Workflow","metadata":{"name":"w"},"spec":{"entrypoint":"main",)", extra,
             R"("templates":[)", templates, ",", kLeaf, "]}}");
}

std::string loop_of(size_t n, const char* tmpl) {
  return cat(R"({"name":"main","steps":[[{"name":"a","template":")", tmpl, R"(","withSequence":{"count":")", n, R"("}}]]})");
}

std::string tasks(size_t n, size_t width) {
  std::string out = R"({"name":"main","dag":{"tasks":[)";
  for (size_t i = 0; i < n; ++i) {
    const size_t layer = i / width;
    std::string depends;
    for (size_t j = layer == 0 ? 0 : (layer - 1) * width; layer > 0 && j < layer * width; ++j) depends += cat(depends.empty() ? "" : " && ", "t", j);
    out += cat(i == 0 ? "" : ",", R"({"name":"t)", i, R"(","template":"p")", depends.empty() ? "" : cat(R"(,"depends":")", depends, "\""), "}");
  }
  return out + "]}}";
}

std::string shape(const std::string& name, size_t n) {
  if (name == "loop") return workflow("", loop_of(n, "p"));
  if (name == "chain") return workflow("", tasks(n, 1));
  if (name == "layers") return workflow("", tasks(n, 50));
  if (name == "nested") {
    return workflow("", cat(loop_of(n / 5, "g"), R"(,{"name":"g","steps":[[{"name":"x","template":"p"}],[{"name":"y","template":"p"}]]})"));
  }
  if (name == "retries") {
    return workflow("", cat(R"({"name":"main","retryStrategy":{"limit":")", n, R"("},"container":{"image":"x","command":["false"]}})"));
  }
  if (name == "mutex") {
    return workflow("", cat(loop_of(n, "m"), R"(,{"name":"m","synchronization":{"mutexes":[{"name":"x"}]},"container":{"image":"x","command":["true"]}})"));
  }
  return workflow(R"("parallelism":5,)", loop_of(n, "p"));
}

double cpu_seconds() {
  timespec at{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
  return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) / 1e9;
}

size_t heap_bytes() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void measure(const std::string& name, size_t n) {
  auto object = wf::json::parse(shape(name, n));
  if (!object.ok()) std::abort();
  wf::simulate::Outcomes outcomes;
  if (name == "retries") {
    wf::simulate::PodRule fails;
    fails.exit_code = 1;
    outcomes.pods.push_back(fails);
  }
  wf::simulate::Setting setting;
  setting.keep_pods = false;
  setting.time_max = std::chrono::hours(24 * 3650);
  size_t nodes = 0, kept = 0;
  const size_t before = heap_bytes();
  const double start = cpu_seconds();
  wf::simulate::Simulation simulation({std::move(*object)}, std::move(outcomes), setting);
  simulation.on_change = [&](const wf::engine::Run& run, const std::vector<wf::engine::NodeIndex>&, wf::Time) { nodes = run.nodes().size(); };
  const auto ending = simulation.run();
  const double cpu = cpu_seconds() - start;
  kept = heap_bytes() - before;
  std::printf("%-12s %9zu %8.1f us/node %8.0f bytes/node%s\n", name.c_str(), nodes, cpu * 1e6 / static_cast<double>(nodes),
              static_cast<double>(kept) / static_cast<double>(nodes), ending == wf::simulate::Ending::Finished ? "" : "  (did not finish)");
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const size_t largest = argc > 1 ? static_cast<size_t>(std::atoll(argv[1])) : 100'000;
  for (const char* name : {"loop", "chain", "layers", "nested", "retries", "mutex", "parallelism"}) {
    for (size_t n = 1000; n <= largest; n *= 10) measure(name, n);
  }
}
