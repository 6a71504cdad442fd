// SPDX-License-Identifier: Apache-2.0
#include "control/janitor.h"

#include <cstdio>

#include "base/text.h"
#include "control/retention.h"
#include "store/kinds.h"

namespace wf::control {

using json::Value;

namespace {

constexpr Duration kEventsKept = std::chrono::hours(1);  // as an API server keeps them
constexpr Duration kEventRound = std::chrono::minutes(10);
constexpr Duration kRetentionPause = std::chrono::seconds(1);  // many ends, one look
constexpr std::string_view kRetentionKey = "h/retention";
constexpr std::string_view kEventsKey = "h/events";

store::Key key_of(const Value& object, std::string_view kind) {
  return {std::string(kind), std::string(object["metadata"]["namespace"].as_string()),
          std::string(object["metadata"]["name"].as_string())};
}

}  // namespace

Result<void> Janitor::begin(const std::function<void(const Value&)>& also) {
  TRY(const store::ListPage page,
      store_.list({.kind = std::string(store::kWorkflow), .completed = true, .detail = store::Detail::Header}));
  for (const Value& workflow : page.items) {
    finished(workflow);
    also(workflow);
  }
  queue_.add(std::string(kEventsKey));
  return {};
}

void Janitor::finished(const Value& workflow) {
  if (const auto at = expires_at(workflow)) {
    const store::Key key = key_of(workflow, store::kWorkflow);
    queue_.add_at(cat("t/", key.ns, "/", key.name), *at);
  }
  if (config_.retention()) queue_.add_at(std::string(kRetentionKey), clock_.now() + kRetentionPause);
}

void Janitor::work(const std::string& queue_key) {
  if (queue_key == kRetentionKey) {
    keep_retention();
  } else if (queue_key == kEventsKey) {
    drop_old_events();
    queue_.add_at(queue_key, clock_.now() + kEventRound);
  } else {
    expire(queue_key);
  }
  queue_.done(queue_key);
}

void Janitor::remove(const Value& workflow) {
  const store::Key key = key_of(workflow, store::kWorkflow);
  const auto removed = store_.remove(key, std::string(store::uid_of(workflow)));
  if (!removed.ok() && removed.error().code() != Code::NotFound) {
    std::fprintf(stderr, "removing workflow %s/%s: %s\n", key.ns.c_str(), key.name.c_str(), removed.error().message().c_str());
  }
}

// Its time has come, unless it was retried or changed meanwhile.
void Janitor::expire(const std::string& queue_key) {
  const size_t slash = queue_key.find('/', 2);
  const auto workflow = store_.get({std::string(store::kWorkflow), queue_key.substr(2, slash - 2), queue_key.substr(slash + 1)},
                                   store::Detail::Header);
  if (!workflow.ok()) return;
  const auto at = expires_at(*workflow);
  if (!at) return;
  if (*at <= clock_.now()) {
    remove(*workflow);
  } else {
    queue_.add_at(queue_key, *at);
  }
}

void Janitor::keep_retention() {
  const auto keep = config_.retention();
  if (!keep) return;
  auto page = store_.list({.kind = std::string(store::kWorkflow), .completed = true, .detail = store::Detail::Summary});
  if (!page.ok()) return;
  for (const Value& workflow : beyond_retention(std::move(page->items), *keep)) remove(workflow);
}

void Janitor::drop_old_events() {
  const std::string limit = to_rfc3339(clock_.now() - kEventsKept);
  store::ListRequest request{.kind = std::string(store::kEvent)};
  request.accept = [&](const Value& event) { return event["lastTimestamp"].as_string() < limit; };
  const auto page = store_.list(request);
  if (!page.ok()) return;
  for (const Value& event : page->items) {
    // Nobody waits for it, and another round comes.
    store_.commit(store::Transaction{{store::Remove{key_of(event, store::kEvent)}}}, nullptr);
  }
}

}  // namespace wf::control
