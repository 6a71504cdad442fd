// SPDX-License-Identifier: Apache-2.0
// spec/selector.h: Kubernetes' label and field selectors: "app=web,tier in (a,b),!gone,n>3" and
// "phase!=Failed,name=x". Pure values, matched against whatever holds the labels or fields.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::spec {

// The text under a name, or nothing.
using LookupText = std::function<std::optional<std::string>(std::string_view name)>;

class LabelSelector {
 public:
  enum class Operator { In, NotIn, Equals, DoubleEquals, NotEquals, Exists, DoesNotExist, GreaterThan, LessThan };
  struct Requirement {
    std::string key;
    Operator op;
    std::vector<std::string> values;  // sorted, each once

    bool matches(const LookupText& lookup) const;
    std::string text() const;     // "tier in (a,b)"
    std::string in_brackets() const;  // "{tier in [a b]}", as Argo's messages show it
  };

  LabelSelector() = default;  // matches everything
  // Errors in apimachinery's words: "found ',', expected: !, identifier, or 'end of string'".
  static Result<LabelSelector> parse(std::string_view text);

  bool matches(const json::Value& labels) const;  // an object of texts, or Null
  bool matches(const LookupText& lookup) const;
  std::string text() const;
  const std::vector<Requirement>& requirements() const { return requirements_; }

 private:
  std::vector<Requirement> requirements_;  // sorted by key
};

class FieldSelector {
 public:
  FieldSelector() = default;  // matches everything
  // Values may hold `\,`, `\=` and `\\`.
  static Result<FieldSelector> parse(std::string_view text);

  // A field that `lookup` does not know counts as empty.
  bool matches(const LookupText& lookup) const;
  std::string text() const;
  bool empty() const { return terms_.empty(); }
  // The value that the selector asks a field to have, if it does.
  std::optional<std::string> required(std::string_view field) const;

 private:
  struct Term {
    std::string field;
    bool equal;
    std::string value;
  };
  std::vector<Term> terms_;
};

// Whether a node (of status.nodes) is meant by `--node-field-selector`: fields displayName,
// templateName, templateRef.name, templateRef.template, phase, name, id, inputs.parameters.X.value.
bool matches_node(const FieldSelector& selector, const json::Value& node);

}  // namespace wf::spec
