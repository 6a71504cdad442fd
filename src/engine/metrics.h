// SPDX-License-Identifier: Apache-2.0
// engine/metrics.h: the metrics that workflows and templates define (`metrics.prometheus`): what is to
// be recorded when a node or a workflow begins or ends (EXE-17, MSG-4, VAL-36). Decisions only: a
// Turn carries the records, a shell adds them up and shows them.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "expr/scope.h"
#include "json/value.h"

namespace wf::engine {

enum class MetricKind { Gauge, Counter, Histogram };
enum class MetricChange { Set, Add, Subtract };

// A length of time that a real-time gauge shows: up to `finished`, or to now while that is unset.
struct Span {
  Time started{};
  Time finished{};
};

struct MetricRecord {
  std::string name;  // as the user wrote it
  std::string help;
  MetricKind kind = MetricKind::Gauge;
  std::map<std::string, std::string> labels;
  MetricChange change = MetricChange::Set;
  double value = 0;             // observed by a histogram, added to a counter
  std::vector<double> buckets;  // of a histogram: upper bounds, rising
  bool realtime = false;        // a gauge that shows `span`
  Span span;
};

// Which metrics there are: a name keeps its help and kind for good. Thread-safe.
class MetricNames {
 public:
  // An error where it is already something else.
  Result<void> declare(const MetricRecord& record);

 private:
  struct Known {
    std::string help;
    MetricKind kind;
  };
  std::mutex mutex_;
  std::map<std::string, Known, std::less<>> known_;
};

struct Measured {
  std::vector<MetricRecord> records;
  std::vector<std::string> errors;  // Argo's texts, for condition MetricsError
};

struct MeasureRequest {
  std::string_view workflow{};                                   // its name, for errors
  std::map<std::string, Span, std::less<>> realtime{};           // variables that real-time gauges may show
  bool realtime_only = false;                                    // the node has begun; it has not ended
  MetricNames* names = nullptr;                                  // may be null: nothing is compared
};
// `list`: metrics.prometheus; `scope`: what its tags may refer to.
Measured measure(const json::Value& list, const expr::Scope& scope, const MeasureRequest& request);

}  // namespace wf::engine
