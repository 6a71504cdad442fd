// SPDX-License-Identifier: Apache-2.0
#include "validate/detail/report.h"

#include "base/text.h"
#include "json/pointer.h"

namespace wf::validate::detail {
namespace {

void append_chain(std::string& out, const Chain& chain) {
  if (chain.outer != nullptr) append_chain(out, *chain.outer);
  out.append(chain.text);
}

}  // namespace

std::string At::pointer() const {
  if (up_ == nullptr) return "";
  return cat(up_->pointer(), "/", index_ >= 0 ? std::to_string(index_) : json::escaped_part(key_));
}

void Report::add(const Chain& chain, const At& at, std::string_view text, std::string hint,
                 std::string_view below) {
  std::string path = cat(at.pointer(), below);
  if (!known_.insert(cat(at.scope().text(), " ", path, " ", text)).second) {
    ++repeated_;
    return;
  }
  std::string message;
  append_chain(message, chain);
  message.append(text);
  found_.push_back({std::move(message), std::move(path), at.scope(), std::move(hint)});
}

}  // namespace wf::validate::detail
