// SPDX-License-Identifier: Apache-2.0
// control/metrics.h: what the controller measures, as Prometheus reads it: the metrics that users
// define (engine/metrics.h), added up, and the controller's own. Names are Argo's, all beginning with
// argo_workflows_. Thread-safe.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "engine/metrics.h"

namespace wf::control {

class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;

  engine::MetricNames& names() { return names_; }

  // A user's records; real-time ones go with their workflow (`uid`).
  void record(const std::string& uid, const std::vector<engine::MetricRecord>& records, Time now);
  // The workflow was deleted.
  void forget(const std::string& uid);

  // The controller's own.
  void count(std::string_view name, std::string_view help, const Labels& labels);
  void observe(std::string_view name, std::string_view help, const std::vector<double>& buckets, double value);
  void set(std::string_view name, std::string_view help, const Labels& labels, double value);
  // Drops all values of a gauge, before they are set anew.
  void clear(std::string_view name);

  // Text exposition format 0.0.4. Values that did not change for `ttl` are dropped first, but for
  // histograms; no ttl: never.
  std::string text(Time now, Duration ttl);

 private:
  struct Series {
    double value = 0;                 // or the sum of what a histogram observed
    std::vector<uint64_t> in_bucket;  // one more than there are bounds
    bool realtime = false;
    engine::Span span;
    std::string owner;                // uid of a real-time one
    Time updated{};
  };
  struct Family {
    std::string help;
    engine::MetricKind kind = engine::MetricKind::Gauge;
    std::vector<double> buckets;
    bool custom = false;
    std::map<Labels, Series> series;
  };
  Family& family(std::string_view name, std::string_view help, engine::MetricKind kind);
  static void observe(const Family& family, Series& series, double value);
  static void print(std::string& out, const std::string& name, const Family& family, Time now);

  engine::MetricNames names_;
  std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace wf::control
