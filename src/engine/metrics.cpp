// SPDX-License-Identifier: Apache-2.0
#include "engine/metrics.h"

#include <algorithm>

#include "base/text.h"
#include "expr/gofmt_number.h"
#include "expr/template.h"
#include "expr/when.h"
#include "json/text.h"

namespace wf::engine {
namespace {

using json::Value;

constexpr const char* kKinds[] = {"gauge", "histogram", "counter"};

bool valid_name(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string_view shown(MetricKind kind) {
  return kind == MetricKind::Gauge ? "Gauge" : kind == MetricKind::Counter ? "Counter" : "Histogram";
}

std::string lower(std::string_view text) {
  std::string out(text);
  out.front() = static_cast<char>(out.front() - 'A' + 'a');
  return out;
}

bool is_realtime(const Value& metric) { return metric["gauge"]["realtime"].as_bool(); }

// What Argo takes for the metric's body: the first of these that is there.
std::string_view kind_of(const Value& metric) {
  for (const char* kind : kKinds) {
    if (metric[kind].is_object()) return kind;
  }
  return {};
}

MetricRecord described(const Value& metric, std::string_view kind) {
  MetricRecord out;
  out.name = metric["name"].as_string();
  out.help = metric["help"].as_string();
  for (const Value& label : metric["labels"].items()) {
    out.labels[std::string(label["key"].as_string())] = std::string(label["value"].as_string());
  }
  out.kind = kind == "gauge" ? MetricKind::Gauge : kind == "counter" ? MetricKind::Counter : MetricKind::Histogram;
  if (out.kind == MetricKind::Counter) out.change = MetricChange::Add;
  const std::string_view operation = metric["gauge"]["operation"].as_string();
  if (operation == "Add") out.change = MetricChange::Add;
  if (operation == "Sub") out.change = MetricChange::Subtract;
  for (const Value& bucket : metric["histogram"]["buckets"].items()) {
    const std::string text(bucket.is_string() ? std::string(bucket.as_string()) : json::print(bucket));
    const auto bound = expr::parse_float(text);
    if (!bound.error) out.buckets.push_back(bound.value);
  }
  std::sort(out.buckets.begin(), out.buckets.end());
  return out;
}

// One metric: a record, nothing (`when`), or the text of what went wrong.
class Measurement {
 public:
  Measurement(const Value& metric, const expr::Scope& scope, const MeasureRequest& request)
      : metric_(metric), scope_(scope), request_(request), name_(metric["name"].as_string()) {}

  Result<void> into(std::vector<MetricRecord>& records) {
    if (metric_["help"].as_string().empty()) {
      return Error(cat("metric '", name_, "' must contain a help string under 'help: ' field"));
    }
    // Tags everywhere must be known, those of the value too.
    auto text = expr::replace_text(json::print(metric_), scope_, expr::Mode::strict());
    if (!text.ok()) return Error(cat("unable to substitute parameters for metric '", name_, "': ", text.error().message()));
    auto whole = json::parse(*text);
    if (!whole.ok()) {
      return Error(cat("unable to substitute parameters for metric '", name_, "' (unmarshal): ", whole.error().message()));
    }
    const auto wanted = expr::should_execute((*whole)["when"].as_string());
    if (!wanted.ok()) {
      return Error(cat("unable to compute 'when' clause for metric '", request_.workflow, "': ", wanted.error().message()));
    }
    if (!*wanted) return {};
    name_ = (*whole)["name"].as_string();
    return record(*whole, records);
  }

 private:
  Result<void> record(const Value& whole, std::vector<MetricRecord>& records) {
    const std::string_view kind = kind_of(whole);
    if (kind.empty()) return refuse("invalid metric spec");
    MetricRecord out = described(whole, kind);
    if (is_realtime(whole)) {
      std::string_view tag = metric_["gauge"]["value"].as_string();
      if (!tag.starts_with("{{") || !tag.ends_with("}}")) return Error("real time metrics can only be used with metric variables");
      tag = trim(tag.substr(2, tag.size() < 4 ? 0 : tag.size() - 4));
      const auto span = request_.realtime.find(tag);
      if (span == request_.realtime.end()) return Error(cat("'", tag, "' is not available as a real time metric"));
      out.realtime = true;
      out.span = span->second;
    }
    if (!valid_name(out.name)) return refuse("metric name is invalid: names may only contain alphanumeric characters or '_'");
    if (request_.names != nullptr) {
      if (const auto known = request_.names->declare(out); !known.ok()) return refuse(known.error().message());
    }
    if (!out.realtime) {
      const auto value = expr::parse_float(whole[kind]["value"].as_string());
      if (value.error) return refuse(value.error->message());
      out.value = value.value;
    }
    records.push_back(std::move(out));
    return {};
  }
  Error refuse(std::string_view why) const { return Error(cat("could not construct metric '", name_, "': ", why)); }

  const Value& metric_;
  const expr::Scope& scope_;
  const MeasureRequest& request_;
  std::string name_;
};

}  // namespace

Result<void> MetricNames::declare(const MetricRecord& record) {
  const std::lock_guard lock(mutex_);
  const auto [at, added] = known_.try_emplace(record.name, Known{record.help, record.kind});
  if (added) return {};
  const Known& known = at->second;
  if (known.help != record.help) {
    return Error(cat("help for metric ", record.name, " is already set to ", known.help, ", it cannot be changed"));
  }
  if (known.kind == record.kind) return {};
  return Error(cat("found existing ", lower(shown(known.kind)), " for custom metric ", record.name, " of type ", shown(record.kind)));
}

Measured measure(const Value& list, const expr::Scope& scope, const MeasureRequest& request) {
  Measured out;
  for (const Value& metric : list.items()) {
    if (request.realtime_only && !is_realtime(metric)) continue;
    const auto done = Measurement(metric, scope, request).into(out.records);
    if (!done.ok()) out.errors.push_back(done.error().message());
  }
  return out;
}

}  // namespace wf::engine
