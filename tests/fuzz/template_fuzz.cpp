// SPDX-License-Identifier: Apache-2.0
// Any text as a template, also as the text of a tree: replacing gives JSON or an error, and the
// tree gives what its text gives.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "expr/template.h"
#include "json/text.h"

namespace {

wf::expr::MapScope variables() {
  wf::expr::MapScope out;
  out.set("a", "value");
  out.set("a.b", "\"quoted\"\n\x01");
  out.set("item", "{{a}}");
  out.set("l", wf::expr::List{1, "x"});
  out.set_absent("tasks.t.outputs.parameters.p");
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace wf;
  static const expr::MapScope scope = variables();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const expr::Mode& mode :
       {expr::Mode::strict(), expr::Mode::lenient(), expr::Mode::strict_for_nodes()}) {
    const auto raw = expr::replace_text(text, scope, mode);
    if (raw.ok() && !json::parse(*raw).ok()) std::abort();
    if (!valid_utf8(text)) continue;  // trees hold valid texts
    const json::Value tree = json::Value::array({json::Value(text), json::Value("{{a}}")});
    const auto by_text = expr::replace_text(json::print(tree), scope, mode);
    const auto by_tree = expr::replace_tree(tree, scope, mode);
    if (by_text.ok() != by_tree.ok()) std::abort();
    if (by_text.ok() && *json::parse(*by_text) != *by_tree) std::abort();
  }
  return 0;
}
