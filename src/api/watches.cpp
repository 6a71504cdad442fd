// SPDX-License-Identifier: Apache-2.0
// Watches of workflows and of events.
#include <charconv>

#include "api/fields.h"
#include "api/list_options.h"
#include "api/stream.h"
#include "base/text.h"
#include "store/kinds.h"

namespace wf::api {
namespace {

using store::Detail;
using store::Event;

constexpr auto kPause = std::chrono::milliseconds(500);

struct Watched {
  store::ListRequest list;  // what is shown first, and by which selectors events are chosen
  std::string kind, name;
  uint64_t after = 0;       // 0: begin with all that exists
  std::function<json::Value(std::string_view type, const json::Value& object)> message;
};

std::string_view type_name(Event::Type type) {
  switch (type) {
    case Event::Type::Added: return "ADDED";
    case Event::Type::Modified: return "MODIFIED";
    case Event::Type::Deleted: return "DELETED";
  }
  return "";
}

bool chosen(const Services& services, const Watched& watched, const json::Value& object) {
  return is_ours(services, object) && watched.list.labels.matches(object["metadata"]["labels"]) &&
         store::matches_fields(watched.list.fields, object);
}

// Sends what an event is about: as it is now, which may be newer than the event. False: client gone.
Result<bool> send_event(const Services& services, const Watched& watched, const Event& event, Messages& messages) {
  json::Value object = event.last;
  if (event.type != Event::Type::Deleted) {
    auto now = services.store.get(event.key, watched.list.detail);
    if (!now.ok() && now.error().code() == Code::NotFound) return true;  // the event of its end follows
    if (!now.ok()) return std::move(now.error());
    object = std::move(*now);
  }
  if (!chosen(services, watched, object)) return true;
  return messages.send(watched.message(type_name(event.type), object));
}

Result<void> run_watch(const Services& services, const Watched& watched, Messages& messages) {
  uint64_t after = watched.after;
  if (after == 0) {
    TRY(const store::ListPage page, services.store.list(watched.list));
    after = page.revision;
    for (const json::Value& object : page.items) {
      if (!is_ours(services, object)) continue;
      if (!messages.send(watched.message("ADDED", object))) return {};
    }
  }
  // Revision 0 would mean "from now on"; the first is 1, so nothing is missed.
  TRY(const auto watch, services.store.watch({watched.kind, watched.list.ns, watched.name, after}));
  while (messages.tick()) {
    TRY(const auto events, watch->next(kPause));
    for (const Event& event : events) {
      TRY(const bool there, send_event(services, watched, event, messages));
      if (!there) return {};
    }
  }
  return {};
}

uint64_t revision_asked(const Call& call) {
  const std::string text = call.text("listOptions.resourceVersion");
  uint64_t revision = 0;
  std::from_chars(text.data(), text.data() + text.size(), revision);
  return revision;
}

Result<Watched> watched_objects(const Services& services, const Call& call, std::string_view kind) {
  Watched watched;
  watched.kind = kind;
  TRY(watched.list, object_list(services, call, kind, call.args.empty() ? "" : call.args[0]));
  watched.list.limit = 0;
  watched.list.offset = 0;
  watched.name = selected_name(call.query.get("listOptions.fieldSelector"));
  watched.after = revision_asked(call);
  return watched;
}

Result<io::HttpResponse> watch_workflows(const Services& services, const Call& call) {
  TRY(Watched watched, watched_objects(services, call, store::kWorkflow));
  if (watched.name == "@latest") {
    TRY(const json::Value latest, get_workflow(services, call.ns(), watched.name, Detail::Summary));
    watched.name = latest["metadata"]["name"].as_string();
    TRY(watched.list.fields, spec::FieldSelector::parse(cat("metadata.name=", watched.name)));
  }
  const FieldFilter filter(call.query.get("fields"), "result.object.");
  watched.list.detail = filter.excludes("status.nodes") ? Detail::Header : Detail::Full;
  watched.message = [filter](std::string_view type, const json::Value& object) {
    return json::Value::object({{"type", type}, {"object", filter.apply(shaped(store::kWorkflow, object))}});
  };
  return streamed(call, [&services, watched](Messages& out) { return run_watch(services, watched, out); });
}

Result<io::HttpResponse> watch_events(const Services& services, const Call& call) {
  TRY(Watched watched, watched_objects(services, call, store::kEvent));
  watched.message = [](std::string_view, const json::Value& object) { return object; };
  return streamed(call, [&services, watched](Messages& out) { return run_watch(services, watched, out); });
}

Result<io::HttpResponse> no_argo_events(const Services&, const Call&) {
  return Error("event sources and sensors belong to Argo Events, which does not run here", Code::NotFound);
}

constexpr Route kRoutes[] = {
    {"GET", "/api/v1/workflow-events/{}", watch_workflows},
    {"GET", "/api/v1/workflow-events/", watch_workflows},
    {"GET", "/api/v1/stream/events/{}", watch_events},
    {"GET", "/api/v1/stream/events/", watch_events},
    {"GET", "/api/v1/event-sources/{}", no_argo_events},
    {"GET", "/api/v1/sensors/{}", no_argo_events},
    {"GET", "/api/v1/stream/event-sources/{}", no_argo_events},
    {"GET", "/api/v1/stream/sensors/{}", no_argo_events},
};

}  // namespace

std::span<const Route> watch_routes() { return kRoutes; }

}  // namespace wf::api
