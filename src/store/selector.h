// SPDX-License-Identifier: Apache-2.0
// store/selector.h: label and field selectors in Kubernetes' syntax.
//   label:  a=b, a==b, a!=b, a in (x,y), a notin (x,y), a, !a, a>1, a<1   (comma: and)
//   field:  metadata.name=x, metadata.namespace!=y                        (comma: and)
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace wf::store {

class LabelSelector {
 public:
  LabelSelector() = default;  // matches everything
  static Result<LabelSelector> parse(std::string_view text);
  // A metav1.LabelSelector: {"matchLabels": {…}, "matchExpressions": [{key, operator, values}]}.
  static Result<LabelSelector> from_object(const json::Value& selector);
  // `labels` is metadata.labels: an object, or Null.
  bool matches(const json::Value& labels) const;
  bool empty() const { return requirements_.empty(); }

 private:
  enum class Operator { In, NotIn, Exists, DoesNotExist, GreaterThan, LessThan };
  struct Requirement {
    std::string key;
    Operator op;
    std::vector<std::string> values;
  };
  static bool holds(const Requirement& requirement, const json::Value* label);
  std::vector<Requirement> requirements_;
};

class FieldSelector {
 public:
  struct Term {
    std::string path, value;
    bool equal;
  };
  FieldSelector() = default;
  // `a=b`, `a==b`, `a!=b`; a backslash escapes a comma, an equals sign and itself in values.
  static Result<FieldSelector> parse(std::string_view text);
  // Values at the dotted paths, read as text; an absent one is "".
  bool matches(const json::Value& object) const;
  bool empty() const { return terms_.empty(); }
  const std::vector<Term>& terms() const { return terms_; }

 private:
  std::vector<Term> terms_;
};

// The value at a dotted path ("metadata.name"), or Null.
const json::Value& at_path(const json::Value& object, std::string_view path);

}  // namespace wf::store
