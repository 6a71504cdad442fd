// SPDX-License-Identifier: Apache-2.0
// api/list_options.h: the query parameters of lists (listOptions.*, nameFilter, createdAfter,
// finishedBefore) as a request to the store.
#pragma once
#include "api/call.h"

namespace wf::api {

// Of workflows: field selectors metadata.name, metadata.namespace, spec.startedAt> and <,
// ext.showRemainingItemCount; `continue` is an offset.
Result<store::ListRequest> workflow_list(const Services& services, const Call& call);
// Of other kinds: label selector, field selectors metadata.name and metadata.namespace, limit and
// continue.
Result<store::ListRequest> object_list(const Services& services, const Call& call, std::string_view kind,
                                       const std::string& ns);
// The value of metadata.name in a field selector, or "".
std::string selected_name(std::string_view field_selector);

// {"metadata": {…}, "items": […]} of a page.
json::Value list_answer(const store::ListRequest& request, const store::ListPage& page, std::string_view kind);

}  // namespace wf::api
