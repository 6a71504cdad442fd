// SPDX-License-Identifier: Apache-2.0
#include "expr/argo_functions.h"

#include "base/text.h"
#include "expr/functions.h"
#include "expr/jsonpath/jsonpath.h"
#include "expr/lang/builtins.h"
#include "expr/sprig/sprig.h"
#include "json/text.h"

namespace wf::expr {
namespace {

using namespace types;

Result<Any> to_json(Arguments arguments) {
  TRY(const json::Value value, arguments[0].to_json());
  return Any(json::print(value));
}

// The document is parsed with encoding/json's rules: numbers are float64.
Result<Any> jsonpath(Arguments arguments) {
  TRY(const json::Value document, json::parse(arguments[0].as_string()));
  return jsonpath_query(arguments[1].as_string(), Any::from_json(document));
}

const Map& own_functions() {
  static const Map all = [] {
    FunctionTable table;
    table.push_back(
        {"asInt", {&kAny}, false, &kAny, [](Arguments a) { return lang::int_of(a[0]); }});
    table.push_back(
        {"asFloat", {&kAny}, false, &kAny, [](Arguments a) { return lang::float_of(a[0]); }});
    table.push_back({"jsonpath", {&kString, &kString}, false, &kAny, jsonpath});
    table.push_back({"toJson", {&kAny}, false, &kString, to_json});
    return to_map(std::move(table));
  }();
  return all;
}

// Made once for each thread and pair of sources, as there are some two hundred functions.
Any sprig(SprigSources sources) {
  struct Made {
    SprigSources sources;
    Any functions;
  };
  thread_local Made made;
  const bool same = made.sources.clock == sources.clock && made.sources.random == sources.random;
  if (made.functions.is_nil() || !same) made = {sources, Any(to_map(sprig_functions(sources)))};
  return made.functions;
}

}  // namespace

Map argo_functions(SprigSources sources) {
  Map out = own_functions();
  out.insert({Any("sprig"), sprig(sources)});
  return out;
}

std::optional<Any> argo_function(std::string_view name, SprigSources sources) {
  if (name == "sprig") return sprig(sources);
  const Map& all = own_functions();
  const auto it = all.find(name);
  return it == all.end() ? std::nullopt : std::optional<Any>(it->second);
}

}  // namespace wf::expr
