// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

namespace wf {

std::string_view name_of(Code code) {
  switch (code) {
    case Code::InvalidArgument: return "InvalidArgument";
    case Code::NotFound: return "NotFound";
    case Code::AlreadyExists: return "AlreadyExists";
    case Code::Conflict: return "Conflict";
    case Code::Unauthenticated: return "Unauthenticated";
    case Code::Forbidden: return "Forbidden";
    case Code::Unavailable: return "Unavailable";
    case Code::Timeout: return "Timeout";
    case Code::Internal: return "Internal";
  }
  return "Internal";
}

Error Error::wrap(std::string_view context) && {
  std::string text(context);
  text.append(": ").append(message_);
  return Error(std::move(text), code_);
}

bool transient(const Error& error) {
  return error.code() == Code::Unavailable || error.code() == Code::Timeout ||
         error.code() == Code::Conflict;
}

}  // namespace wf
