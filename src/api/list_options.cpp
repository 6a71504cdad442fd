// SPDX-License-Identifier: Apache-2.0
#include "api/list_options.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "store/kinds.h"

namespace wf::api {
namespace {

// What the selectors and filters of a workflow list ask, beyond labels.
struct Wanted {
  std::string ns, other_than_ns;
  std::string name, name_filter;
  Time started_after{}, started_before{}, created_after{}, finished_before{};
  bool count_remaining = false;
};

bool cut(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

Result<Time> time_of(std::string_view text) {
  if (text.empty()) return Time{};
  return parse_rfc3339(text);
}

Result<void> want_namespace(Wanted& wanted, std::string_view ns) {
  if (!wanted.ns.empty() && wanted.ns != ns) {
    return Error(cat("'namespace' query param (", go_quote(wanted.ns), ") and fieldselector 'metadata.namespace' (",
                     go_quote(ns), ") are both specified and contradict each other"));
  }
  wanted.ns = ns;
  return {};
}

Result<void> read_selector(Wanted& wanted, std::string_view selector) {
  std::string_view rest = selector;
  if (cut(rest, "metadata.namespace!=")) {
    wanted.other_than_ns = rest;
    wanted.ns.clear();
  } else if (cut(rest, "metadata.namespace==") || cut(rest, "metadata.namespace=")) {
    return want_namespace(wanted, rest);
  } else if (cut(rest, "metadata.name!=")) {
    wanted.name = rest;
    wanted.name_filter = "NotEquals";
  } else if (cut(rest, "metadata.name==") || cut(rest, "metadata.name=")) {
    wanted.name = rest;
  } else if (cut(rest, "spec.startedAt>")) {
    TRY(wanted.started_after, parse_rfc3339(rest));
  } else if (cut(rest, "spec.startedAt<")) {
    TRY(wanted.started_before, parse_rfc3339(rest));
  } else if (cut(rest, "ext.showRemainingItemCount")) {
    wanted.count_remaining = rest == "=true";
  } else {
    return Error(cat("unsupported requirement ", selector));
  }
  return {};
}

bool name_fits(const Wanted& wanted, std::string_view name) {
  if (wanted.name.empty()) return true;
  if (wanted.name_filter == "Contains") return name.find(wanted.name) != name.npos;
  if (wanted.name_filter == "Prefix") return name.starts_with(wanted.name);
  return (name == wanted.name) == (wanted.name_filter != "NotEquals");
}

// Whether a time of the workflow is set and on the right side of the limit.
bool after(std::string_view text, Time limit) {
  const auto time = parse_rfc3339(text);
  return time.ok() && *time > limit;
}
bool before(std::string_view text, Time limit) {
  const auto time = parse_rfc3339(text);
  return time.ok() && *time < limit;
}

bool fits(const Wanted& wanted, const json::Value& workflow) {
  const json::Value& metadata = workflow["metadata"];
  const json::Value& status = workflow["status"];
  if (!name_fits(wanted, metadata["name"].as_string())) return false;
  if (!wanted.other_than_ns.empty() && metadata["namespace"].as_string() == wanted.other_than_ns) return false;
  if (is_set(wanted.started_after) && !after(status["startedAt"].as_string(), wanted.started_after)) return false;
  if (is_set(wanted.started_before) && !before(status["startedAt"].as_string(), wanted.started_before)) return false;
  if (is_set(wanted.created_after) && !after(metadata["creationTimestamp"].as_string(), wanted.created_after)) return false;
  return !is_set(wanted.finished_before) || before(status["finishedAt"].as_string(), wanted.finished_before);
}

bool is_plain(const Wanted& wanted) {
  return wanted.name.empty() && wanted.other_than_ns.empty() && !is_set(wanted.started_after) &&
         !is_set(wanted.started_before) && !is_set(wanted.created_after) && !is_set(wanted.finished_before);
}

Result<size_t> number_of(std::string_view text, std::string_view problem) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.empty() && (error != std::errc() || end != text.data() + text.size())) return Error(std::string(problem));
  return number;
}

Result<void> read_paging(const Call& call, store::ListRequest& request) {
  TRY(request.limit, number_of(call.query.get("listOptions.limit"), "listOptions.limit must be int"));
  const std::string_view token = call.query.get("listOptions.continue");
  if (token.starts_with('-')) return Error("listOptions.continue must >= 0");
  TRY(request.offset, number_of(token, "listOptions.continue must be int"));
  return {};
}

// Objects of other instances' servers are not seen.
Result<spec::LabelSelector> labels_of(const Services& services, const Call& call) {
  const std::string_view ours = services.config.instance_id();
  std::string text = call.text("listOptions.labelSelector");
  if (ours.empty() && text.empty()) return spec::LabelSelector();
  if (!ours.empty()) {
    text += cat(text.empty() ? "" : ",", "workflows.argoproj.io/controller-instanceid=", ours);
  }
  return spec::LabelSelector::parse(text);
}

// Newest finished first, after those that still run; as Argo sorts each page.
std::vector<const json::Value*> in_argos_order(const std::vector<json::Value>& workflows) {
  struct Place {
    std::string_view finished, created;
    const json::Value* workflow;
    bool operator<(const Place& other) const {
      if (finished.empty() && other.finished.empty()) return created > other.created;
      if (finished.empty() || other.finished.empty()) return finished.empty();
      return other.finished < finished;
    }
  };
  std::vector<Place> places;
  places.reserve(workflows.size());
  for (const json::Value& each : workflows) {
    places.push_back({each["status"]["finishedAt"].as_string(), each["metadata"]["creationTimestamp"].as_string(), &each});
  }
  std::stable_sort(places.begin(), places.end());
  std::vector<const json::Value*> order;
  order.reserve(places.size());
  for (const Place& place : places) order.push_back(place.workflow);
  return order;
}

}  // namespace

Result<store::ListRequest> workflow_list(const Services& services, const Call& call) {
  store::ListRequest request{.kind = std::string(store::kWorkflow)};
  TRY_DO(read_paging(call, request));
  TRY(request.labels, labels_of(services, call));
  Wanted wanted;
  wanted.ns = call.args.empty() ? "" : call.args[0];
  wanted.name_filter = call.text("nameFilter");
  TRY(wanted.created_after, time_of(call.query.get("createdAfter")));
  TRY(wanted.finished_before, time_of(call.query.get("finishedBefore")));
  const std::string fields = call.text("listOptions.fieldSelector");
  for (const std::string_view selector : split(fields, ",")) {
    if (!selector.empty()) TRY_DO(read_selector(wanted, selector));
  }
  request.ns = wanted.ns;
  request.count_remaining = wanted.count_remaining;
  if (!is_plain(wanted)) {
    request.accept = [wanted](const json::Value& workflow) { return fits(wanted, workflow); };
  }
  return request;
}

Result<store::ListRequest> object_list(const Services& services, const Call& call, std::string_view kind,
                                       const std::string& ns) {
  store::ListRequest request{.kind = std::string(kind), .ns = ns};
  TRY_DO(read_paging(call, request));
  TRY(request.labels, labels_of(services, call));
  TRY(request.fields, spec::FieldSelector::parse(call.query.get("listOptions.fieldSelector")));
  return request;
}

std::string selected_name(std::string_view field_selector) {
  for (const std::string_view part : split(field_selector, ",")) {
    std::string_view rest = part;
    if (cut(rest, "metadata.name==") || cut(rest, "metadata.name=")) return std::string(rest);
  }
  return "";
}

json::Value list_answer(const store::ListRequest& request, const store::ListPage& page, std::string_view kind) {
  json::Value metadata = json::Value::object({{"resourceVersion", std::to_string(page.revision)}});
  if (page.remaining > 0) metadata.set("continue", std::to_string(request.offset + page.items.size()));
  if (request.count_remaining) metadata.set("remainingItemCount", page.remaining);
  json::Value items;  // null for none, as a nil slice prints
  if (kind == store::kWorkflow) {
    // What was read as summaries is shown as it is: zero values would be left out again anyhow.
    const bool summaries = request.detail == store::Detail::Summary;
    for (const json::Value* item : in_argos_order(page.items)) {
      items.push_back(summaries ? with_whole_seconds(*item) : shaped(kind, *item));
    }
  } else {
    for (const json::Value& item : page.items) items.push_back(shaped(kind, item));
  }
  return json::Value::object({{"metadata", std::move(metadata)}, {"items", std::move(items)}});
}

}  // namespace wf::api
