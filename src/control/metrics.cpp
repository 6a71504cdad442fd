// SPDX-License-Identifier: Apache-2.0
#include "control/metrics.h"

#include <algorithm>

#include "base/text.h"
#include "expr/gofmt_number.h"

namespace wf::control {
namespace {

using engine::MetricKind;

std::string number(double value) { return expr::format_float(value); }

std::string escaped(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') out += "\\\\";
    else if (c == '\n') out += "\\n";
    else if (c == '"' && quotes) out += "\\\"";
    else out.push_back(c);
  }
  return out;
}

// {a="b",le="1"}; nothing where there are none.
std::string shown(const Metrics::Labels& labels, std::string_view bound = {}) {
  std::string out;
  const auto add = [&](std::string_view key, std::string_view value) {
    out += cat(out.empty() ? "{" : ",", key, "=\"", escaped(value, true), "\"");
  };
  for (const auto& [key, value] : labels) add(key, value);
  if (!bound.empty()) add("le", bound);
  return out.empty() ? out : out + "}";
}

double seconds(const engine::Span& span, Time now) {
  if (!is_set(span.started)) return 0;
  return static_cast<double>(((is_set(span.finished) ? span.finished : now) - span.started).count()) / 1e9;
}

}  // namespace

Metrics::Family& Metrics::family(std::string_view name, std::string_view help, MetricKind kind) {
  const auto found = families_.find(name);
  if (found != families_.end()) return found->second;
  Family& made = families_[std::string(name)];
  made.help = help;
  made.kind = kind;
  return made;
}

void Metrics::observe(const Family& family, Series& series, double value) {
  series.in_bucket.resize(family.buckets.size() + 1);
  const auto bound = std::lower_bound(family.buckets.begin(), family.buckets.end(), value);
  ++series.in_bucket[static_cast<size_t>(bound - family.buckets.begin())];
  series.value += value;
}

void Metrics::record(const std::string& uid, const std::vector<engine::MetricRecord>& records, Time now) {
  const std::lock_guard lock(mutex_);
  for (const engine::MetricRecord& each : records) {
    Family& to = family(each.name, each.help, each.kind);
    if (to.kind != each.kind) continue;  // a metric of the controller's own has the name
    if (!to.custom) to.buckets = each.buckets;
    to.custom = true;
    Series& series = to.series[each.labels];
    series.updated = now;
    series.realtime = each.realtime;
    if (each.realtime) {
      series.span = each.span;
      series.owner = uid;
    } else if (each.kind == MetricKind::Histogram) {
      observe(to, series, each.value);
    } else if (each.change == engine::MetricChange::Set) {
      series.value = each.value;
    } else {
      series.value += each.change == engine::MetricChange::Add ? each.value : -each.value;
    }
  }
}

void Metrics::forget(const std::string& uid) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, each] : families_) {
    std::erase_if(each.series, [&](const auto& one) { return one.second.realtime && one.second.owner == uid; });
  }
}

void Metrics::count(std::string_view name, std::string_view help, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  family(name, help, MetricKind::Counter).series[labels].value += 1;
}

void Metrics::observe(std::string_view name, std::string_view help, const std::vector<double>& buckets, double value) {
  const std::lock_guard lock(mutex_);
  Family& to = family(name, help, MetricKind::Histogram);
  if (to.buckets.empty()) to.buckets = buckets;
  observe(to, to.series[{}], value);
}

void Metrics::set(std::string_view name, std::string_view help, const Labels& labels, double value) {
  const std::lock_guard lock(mutex_);
  family(name, help, MetricKind::Gauge).series[labels].value = value;
}

void Metrics::clear(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = families_.find(name);
  if (found != families_.end()) found->second.series.clear();
}

void Metrics::print(std::string& out, const std::string& name, const Family& family, Time now) {
  static constexpr const char* kTypes[] = {"gauge", "counter", "histogram"};
  const std::string full = cat("argo_workflows_", name);
  out += cat("# HELP ", full, " ", escaped(family.help, false), "\n# TYPE ", full, " ", kTypes[static_cast<size_t>(family.kind)], "\n");
  for (const auto& [labels, series] : family.series) {
    if (family.kind != MetricKind::Histogram) {
      out += cat(full, shown(labels), " ", number(series.realtime ? seconds(series.span, now) : series.value), "\n");
      continue;
    }
    uint64_t total = 0;
    for (size_t i = 0; i < series.in_bucket.size(); ++i) {
      total += series.in_bucket[i];
      const std::string bound = i < family.buckets.size() ? number(family.buckets[i]) : "+Inf";
      out += cat(full, "_bucket", shown(labels, bound), " ", std::to_string(total), "\n");
    }
    out += cat(full, "_sum", shown(labels), " ", number(series.value), "\n", full, "_count", shown(labels), " ", std::to_string(total), "\n");
  }
}

std::string Metrics::text(Time now, Duration ttl) {
  const std::lock_guard lock(mutex_);
  std::string out;
  for (auto& [name, each] : families_) {
    if (ttl > Duration::zero() && each.custom && each.kind != MetricKind::Histogram) {
      std::erase_if(each.series, [&](const auto& one) {
        const Series& series = one.second;
        return now - series.updated > ttl && (!series.realtime || is_set(series.span.finished));
      });
    }
    if (!each.series.empty()) print(out, name, each, now);
  }
  return out;
}

}  // namespace wf::control
