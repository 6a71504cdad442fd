// SPDX-License-Identifier: Apache-2.0
#include "expr/program.h"

#include <algorithm>
#include <list>

#include "base/text.h"
#include "expr/gofmt.h"
#include "expr/lang/check.h"
#include "expr/lang/evaluate.h"
#include "expr/lang/fold.h"
#include "expr/lang/parser.h"

namespace wf::expr {
namespace {

lang::Nature nature_of(const Any& value) {
  if (value.is_nil()) return {.nil = true};
  return {.type = value.type(), .function = value.as_function()};
}

}  // namespace

std::optional<Any> MapEnvironment::find(std::string_view name) const {
  const Any* found = values_.find(name);
  return found ? std::optional<Any>(*found) : std::nullopt;
}

Result<Program> Program::compile(std::string_view text, const Environment& environment) {
  Program out;
  // Answers the checker and remembers what was asked. Values stay alive until it is done, as
  // natures of functions point into them.
  class Recorder final : public lang::Names {
   public:
    Recorder(const Environment& environment, std::vector<Fact>& facts)
        : environment_(environment), facts_(facts) {}
    std::optional<lang::Nature> nature(std::string_view name) const override {
      std::optional<Any> value = environment_.find(name);
      facts_.push_back({std::string(name), value.has_value(), value ? value->type() : nullptr});
      if (!value) return std::nullopt;
      values_.push_back(std::move(*value));
      return nature_of(values_.back());
    }

   private:
    const Environment& environment_;
    std::vector<Fact>& facts_;
    mutable std::list<Any> values_;
  } recorder(environment, out.facts_);

  const auto overridden = [&](std::string_view name) { return recorder.nature(name).has_value(); };
  TRY(lang::Tree tree, lang::parse(text, overridden));
  TRY_DO(lang::check(tree, recorder));
  TRY_DO(lang::resolve(tree));
  TRY_DO(lang::fold(tree));
  out.tree_ = std::make_shared<const lang::Tree>(std::move(tree));
  return out;
}

bool Program::holds_for(const Environment& environment) const {
  return std::all_of(facts_.begin(), facts_.end(), [&](const Fact& fact) {
    const std::optional<Any> value = environment.find(fact.name);
    return value.has_value() == fact.known && (!value || value->type() == fact.type);
  });
}

// The programs that a thread used last.
class ProgramCache {
 public:
  Result<std::shared_ptr<const Program>> get(std::string_view text,
                                             const Environment& environment) {
    for (auto it = entries_.begin(); it != entries_.end(); ++it) {
      if (it->text != text || !it->program->holds_for(environment)) continue;
      entries_.splice(entries_.begin(), entries_, it);
      return entries_.front().program;
    }
    TRY(Program compiled, Program::compile(text, environment));
    auto program = std::make_shared<const Program>(std::move(compiled));
    entries_.push_front({std::string(text), program});
    if (entries_.size() > kEntriesMax) entries_.pop_back();
    return program;
  }

 private:
  static constexpr size_t kEntriesMax = 256;
  struct Entry {
    std::string text;
    std::shared_ptr<const Program> program;
  };
  std::list<Entry> entries_;  // last used first
};

Result<std::shared_ptr<const Program>> Program::cached(std::string_view text,
                                                       const Environment& environment) {
  thread_local ProgramCache cache;
  return cache.get(text, environment);
}

Result<Any> Program::run(const Environment& environment) const {
  return lang::Evaluator(*tree_, environment).run();
}

Result<Any> evaluate(std::string_view text, const Environment& environment) {
  TRY(const auto program, Program::cached(text, environment));
  return program->run(environment);
}

Result<bool> eval_bool(std::string_view text, const Environment& environment) {
  TRY(const auto program, Program::cached(text, environment));
  auto result = program->run(environment);
  if (!result.ok())
    return Error(cat("unable to evaluate expression '", text, "': ", result.error().message()));
  if (result->is_bool()) return result->as_bool();
  return Error(
      sprintf("unable to cast expression result '%s' to bool", std::span<const Any>(&*result, 1)));
}

}  // namespace wf::expr
