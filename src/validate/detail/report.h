// SPDX-License-Identifier: Apache-2.0
// validate/detail/report.h: where a check stands (in the document, and in the chain of templates
// that led there) and what it found. Both cost nothing until there is something to report.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "validate/validate.h"

namespace wf::validate::detail {

// A place in a document, as a path of places on the stack: it lives as long as the one it is made
// from. Never keep one that was made from a temporary.
class At {
 public:
  explicit At(const spec::Scope& scope) : scope_(&scope) {}
  At in(std::string_view key) const& { return closed_ ? *this : At(this, key, -1); }
  At item(size_t index) const& {
    return closed_ ? *this : At(this, {}, static_cast<int64_t>(index));
  }
  At in(std::string_view key) && = delete;
  At item(size_t index) && = delete;

  // The same place for what is made up and has no parts in the document.
  At closed() const {
    At at = *this;
    at.closed_ = true;
    return at;
  }

  std::string pointer() const;
  const spec::Scope& scope() const { return up_ == nullptr ? *scope_ : up_->scope(); }

 private:
  At(const At* up, std::string_view key, int64_t index) : up_(up), key_(key), index_(index) {}
  const At* up_ = nullptr;
  std::string_view key_;
  int64_t index_ = -1;
  const spec::Scope* scope_ = nullptr;  // of the outermost
  bool closed_ = false;
};

// What stands before a message: "templates.main.steps[0].a templates.work ".
struct Chain {
  const Chain* outer = nullptr;
  std::string text;  // with the space that follows it; "" of the outermost
};

class Report {
 public:
  // `below`: a pointer further down from `at`. A problem of one place is reported once, with the
  // first chain that led to it.
  void add(const Chain& chain, const At& at, std::string_view text, std::string hint = {},
           std::string_view below = {});
  size_t count() const { return found_.size() + repeated_; }
  std::vector<Diagnostic> take() { return std::move(found_); }

 private:
  std::vector<Diagnostic> found_;
  std::set<std::string> known_;
  size_t repeated_ = 0;
};

}  // namespace wf::validate::detail
