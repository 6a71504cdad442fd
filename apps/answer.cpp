// SPDX-License-Identifier: Apache-2.0
// answer TABLE: reads one row {"id","in"} a line on standard input and writes {"id","out"} or
// {"id","error"}. A bad row is answered with an error and does not end it.
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <string_view>

#include "answer/tables.h"
#include "base/text.h"
#include "json/text.h"

namespace {

using wf::Error;
using wf::Result;
using wf::json::Value;

const std::map<std::string_view, wf::answer::Answer> kTables = {
    // clang-format off
    {"names", wf::answer::names},
    {"merge", wf::answer::merge},
    {"expr-bool", wf::answer::expr_bool},
    {"template-simple", wf::answer::template_simple},
    {"template-expr", wf::answer::template_simple},
    {"yaml", wf::answer::yaml},
    {"when", wf::answer::when},
    {"duration-quantity", wf::answer::duration_quantity},
    {"with-items", wf::answer::with_items},
    {"cron", wf::answer::cron},
    {"depends", wf::answer::depends},
    {"selectors", wf::answer::selectors},
    // clang-format on
};

bool read_line(std::string& line) {
  line.clear();
  for (int c; (c = std::getchar()) != EOF;) {
    if (c == '\n') return true;
    line.push_back(static_cast<char>(c));
  }
  return !line.empty();
}

Result<Value> answered(wf::answer::Answer answer, const Value& in) {
  try {
    return answer(in);
  } catch (const std::exception& bug) {
    return Error(bug.what(), wf::Code::Internal);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto table = argc == 2 ? kTables.find(argv[1]) : kTables.end();
  if (table == kTables.end()) {
    std::fprintf(stderr, "usage: answer TABLE <rows.jsonl\ntables:");
    for (const auto& [name, unused] : kTables) std::fprintf(stderr, " %s", std::string(name).c_str());
    std::fprintf(stderr, "\n");
    return 2;
  }
  for (std::string line; read_line(line);) {
    const auto row = wf::json::parse(line);
    Value reply = Value::object();
    reply.set("id", row.ok() ? (*row)["id"] : Value());
    const auto out = row.ok() ? answered(table->second, (*row)["in"]) : Result<Value>(row.error());
    if (out.ok()) {
      reply.set("out", *out);
    } else {
      reply.set("error", out.error().message());
    }
    // U+0085 ends a line for some readers.
    const std::string text = wf::json::print(reply, wf::json::Escape::None);
    std::printf("%s\n", wf::replace_all(text, "\xc2\x85", "\\u0085").c_str());
    std::fflush(stdout);
  }
  return 0;
}
