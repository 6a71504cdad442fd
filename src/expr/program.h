// SPDX-License-Identifier: Apache-2.0
// expr/program.h: expressions of expr-lang 1.17 (rules XPR-1 to XPR-12), compiled for the types of
// an environment and run with its values. Used for {{=…}} tags, retryStrategy, hooks, depends, cron
// stop strategies, valueFrom.expression and event bindings.
// Hostile expressions end with an error: their nesting, nodes, items, bytes and steps are bounded.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "expr/any.h"

namespace wf::expr {

// The values that an expression may name. Other names are errors when it is compiled.
class Environment {
 public:
  virtual ~Environment() = default;
  virtual std::optional<Any> find(std::string_view name) const = 0;
  // All of it, as the expression's `$env`.
  virtual Any whole() const = 0;
  // What now() gives; without it now() fails.
  virtual std::optional<Time> now() const { return std::nullopt; }
};

class MapEnvironment final : public Environment {
 public:
  explicit MapEnvironment(Map values, std::optional<Time> now = std::nullopt)
      : values_(std::move(values)), now_(now) {}
  std::optional<Any> find(std::string_view name) const override;
  Any whole() const override { return values_; }
  std::optional<Time> now() const override { return now_; }

 private:
  Any values_;
  std::optional<Time> now_;
};

namespace lang {
struct Tree;
}

class Program {
 public:
  // Compiled for the types of the values that `environment` has now. Errors as expr-lang's
  // compiler gives them, with line, column and the line's text.
  static Result<Program> compile(std::string_view text, const Environment& environment);
  // Compiled before for an environment with the same types; kept by each thread for some hundred
  // expressions.
  static Result<std::shared_ptr<const Program>> cached(std::string_view text,
                                                       const Environment& environment);

  // nil is a value. Errors as expr-lang's virtual machine gives them.
  Result<Any> run(const Environment& environment) const;

 private:
  friend class ProgramCache;
  // What was asked of the environment, and what it said; a program holds where that is the same.
  struct Fact {
    std::string name;
    bool known;
    const Type* type;
  };
  bool holds_for(const Environment& environment) const;

  std::shared_ptr<const lang::Tree> tree_;
  std::vector<Fact> facts_;
};

// Compiles and runs once.
Result<Any> evaluate(std::string_view text, const Environment& environment);

// util/expr/argoexpr EvalBool. Errors: those of compiling; "unable to evaluate expression '%s': …";
// "unable to cast expression result '%s' to bool".
Result<bool> eval_bool(std::string_view text, const Environment& environment);

// What an expression names, without any environment.
struct Mentions {
  // What Argo requires to exist (XPR-6), in its order: identifiers and dotted paths of members.
  std::vector<std::string> required;
  // The variables it can reach: "tasks.A.outputs.result" where all of a path is constant, else the
  // part that is.
  std::vector<std::string> paths;
  bool everything = false;  // it uses $env
};
Result<Mentions> mentions_of(std::string_view text);

}  // namespace wf::expr
