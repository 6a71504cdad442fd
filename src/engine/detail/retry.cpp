// SPDX-License-Identifier: Apache-2.0
// Templates that are tried again (rules RTY).
#include "base/text.h"
#include "engine/backoff.h"
#include "engine/detail/expressions.h"
#include "engine/detail/locking.h"
#include "engine/detail/walk.h"
#include "expr/duration.h"
#include "expr/gofmt_number.h"
#include "expr/int_or_string.h"

namespace wf::engine {

using json::Value;

namespace {

std::string seconds_text(const Node& node, Time now) {
  const Time end = is_set(node.finished_at) ? node.finished_at : now;
  const double seconds = static_cast<double>((end - node.started_at).count()) / 1e9;
  return expr::format_float(seconds);
}

std::string exit_code_or(const Node& node, std::string_view fallback) {
  const std::string_view code = node.outputs["exitCode"].as_string();
  return std::string(code.empty() ? fallback : code);
}

}  // namespace

const std::vector<NodeIndex>& Walk::attempts_of(Exec& e) const {
  if (!e.retry) e.retry = std::make_unique<RetryRun>();
  const std::vector<NodeIndex>& children = s.nodes[e.node].children;  // it only grows
  for (size_t& at = e.retry->looked; at < children.size(); ++at) {
    if (s.nodes[children[at]].flag.retried) e.retry->attempts.push_back(children[at]);
  }
  return e.retry->attempts;
}

// RTY-4, the whole sequence. Go: the Retry node may have ended, or the next attempt is due.
Walk::RetryStep Walk::decide_retry(Exec& e, const Value& strategy, std::string& error) {
  const std::vector<NodeIndex>& attempts = attempts_of(e);
  if (phase_fulfilled(s.nodes[e.node]) || attempts.empty()) return RetryStep::Go;
  const Node& last = s.nodes[attempts.back()];
  const auto failed = [&](const Error& failure) {
    error = failure.message();
    return RetryStep::Error;
  };
  if (last.daemoned) s.nodes.change(e.node, [](Node& node) { node.daemoned = true; });
  if (!phase_fulfilled(last)) {
    if (last.daemoned) mark_node(e.node, last.phase);
    return RetryStep::Go;
  }
  if (!failed_or_error(last.phase)) {
    s.nodes[e.node].outputs = last.outputs;
    mark_node(e.node, Phase::Succeeded);
    return RetryStep::Go;
  }
  const auto give_up = [&](std::string_view reason) {
    mark_node(e.node, last.phase, std::string(reason));
    return RetryStep::Go;
  };
  if (s.shutting_down()) return give_up(cat("Stopped with strategy '", s.shutdown(), "'"));
  if (s.deadline && now > *s.deadline) {
    return give_up(cat("retry exceeded workflow deadline ", replace_all(replace_all(to_rfc3339(*s.deadline), "T", " "), "Z", " +0000 UTC")));
  }
  if (strategy["backoff"].is_object()) {
    const auto backoff = next_backoff(
        strategy, {static_cast<int>(attempts.size()), s.nodes[attempts.front()].started_at, last.finished_at}, now);
    if (!backoff.ok()) return failed(backoff.error());
    if (const auto* reason = std::get_if<GiveUp>(&*backoff)) return give_up(reason->reason);
    if (const auto* wait = std::get_if<WaitUntil>(&*backoff)) {
      look_again(e.node, wait->at);
      mark_node(e.node, s.nodes[e.node].phase, cat("Backoff for ", expr::humanize(wait->length)));
      return RetryStep::Wait;
    }
    e.retry_deadline = std::get<NoWait>(*backoff).deadline;
    mark_node(e.node, s.nodes[e.node].phase, "");
  }
  const std::string_view policy = retry_policy(strategy);
  bool on_failed = false, on_error = false;
  if (policy == "Always") on_failed = on_error = true;
  else if (policy == "OnError") on_error = true;
  else if (policy == "OnFailure") on_failed = true;
  else if (policy == "OnTransientError") on_failed = on_error = looks_transient(last.message);
  else return failed(Error(cat(policy, " is not a valid RetryPolicy")));
  if ((last.phase == Phase::Failed && !on_failed) || (last.phase == Phase::Error && !on_error)) return give_up(last.message);
  if (strategy.has("limit")) {
    const auto limit = expr::int_of(strategy["limit"]);
    if (!limit.ok()) return failed(limit.error());
    if (static_cast<int64_t>(attempts.size()) > *limit) return give_up("No more retries left");
  }
  if (const std::string_view expression = strategy["expression"].as_string(); !expression.empty()) {
    expr::MapScope scope;  // RTY-12
    scope.set("retries", std::to_string(attempts.size() - 1));
    scope.set("lastRetry.exitCode", exit_code_or(last, "-1"));
    scope.set("lastRetry.status", name_of(last.phase));
    scope.set("lastRetry.duration", seconds_text(last, now));
    scope.set("lastRetry.message", last.message);
    const auto again = evaluate_bool(expression, scope);
    if (!again.ok()) return failed(again.error());
    if (!*again) return give_up("retryStrategy.expression evaluated to false");
  }
  return RetryStep::Go;
}

Outcome Walk::start_attempt(Exec& e, size_t attempts, NodeIndex last) {
  const bool running = last != kNoNode && !phase_fulfilled(s.nodes[last]);
  const size_t number = running ? attempts - 1 : attempts;
  const std::string name = running ? s.nodes[last].name : cat(e.name, "(", number, ")");
  if (!e.retry) e.retry = std::make_unique<RetryRun>();
  if (e.retry->attempt && e.retry->attempt->name != name) forget_exec(e.retry->attempt);
  if (!e.retry->attempt) {
    e.retry->attempt = std::make_unique<Exec>();
    Exec& a = *e.retry->attempt;
    a.name = name;
    a.node = s.nodes.find(name);
    a.parent = &e;
    a.is_attempt = true;
    a.kind = e.kind;
    a.holder = e.holder;
    a.scope = e.scope;
    a.arguments = e.arguments;
    a.boundary = e.boundary;
    a.on_exit = e.on_exit;
    a.flag = e.flag;
    a.flag.present = a.flag.retried = true;
    a.resolved = e.resolved;
    a.retry_deadline = e.retry_deadline;
    a.prepared = true;
    // EXE-13: a second substitution with what is known of the attempts.
    if (spec::runs_as_pod(e.resolved.compiled->type)) {
      a.locals.emplace_back("pod.name", spec::pod_name({s.name, name, e.resolved.compiled->name, s.nodes.id_of_name(name)}, pod_names()));
    }
    a.locals.emplace_back("retries", std::to_string(number));
    const Node* before = last == kNoNode ? nullptr : &s.nodes[last];
    a.locals.emplace_back("lastRetry.exitCode", before ? exit_code_or(*before, "0") : "0");
    a.locals.emplace_back("lastRetry.duration", before ? seconds_text(*before, now) : "0");
    a.locals.emplace_back("lastRetry.status", before ? name_of(before->phase) : "");
    a.locals.emplace_back("lastRetry.message", before ? before->message : "");
    auto processed = substitute(e.processed, a.locals);
    if (!processed.ok()) return errored(a, processed.error().message());
    a.processed = std::move(*processed);
  }
  Exec& a = *e.retry->attempt;
  if (a.node != kNoNode) s.set_exec(a.node, &a);
  Outcome out = dispatch(a);
  if (a.node == kNoNode) a.node = s.nodes.find(a.name);
  if (a.node != kNoNode) {
    s.set_exec(a.node, &a);
    s.nodes.add_child(e.node, a.node);
  }
  return out;
}

Outcome Walk::execute_retry(Exec& e) {
  const Value strategy = retry_strategy(e.processed);
  if (e.node == kNoNode) {
    if (e.flag.hooked) e.flag.retried = true;  // NOD-9: parent and attempts share the flag
    e.node = add_node(e, NodeType::Retry, Phase::Running, "", false);
    set_inputs(e.node, e.processed);
    s.set_exec(e.node, &e);
  }
  for (int round = 0;; ++round) {
    if (depth + round >= 100) {
      return errored(e, "Maximum recursion depth exceeded. See https://argo-workflows.readthedocs.io/en/release-4.1/scaling/#maximum-recursion-depth",
                     Outcome::Kind::MaxDepth);
    }
    std::string error;
    const RetryStep step = decide_retry(e, strategy, error);
    if (step == RetryStep::Error) {
      mark_error(e.node, error);
      return {e.node, Outcome::Kind::Failed, error};
    }
    if (step == RetryStep::Wait) return {e.node};
    const std::vector<NodeIndex>& attempts = attempts_of(e);
    const NodeIndex last = attempts.empty() ? kNoNode : attempts.back();
    const Node& parent = s.nodes[e.node];
    if (fulfilled(parent) && (children_fulfilled(e.node) || (parent.daemoned && failed_or_error(parent.phase)))) {
      if (last != kNoNode && phase_fulfilled(s.nodes[last])) {
        s.nodes[e.node].outputs = s.nodes[last].outputs;
        s.nodes.touch(e.node);
      }
      if (phase_fulfilled(parent)) release_locks(e);
      if (!parent.daemoned) return {e.node};
    }
    if (phase_fulfilled(parent)) return {e.node};
    Outcome out = start_attempt(e, attempts.size(), last);
    const NodeIndex attempt = e.retry->attempt->node;
    if (out.kind != Outcome::Kind::Done) return out;
    if (attempt == kNoNode) return {e.node};
    if (phase_fulfilled(s.nodes[attempt]) && !phase_fulfilled(s.nodes[e.node])) continue;
    if (!phase_fulfilled(s.nodes[attempt]) && s.nodes[attempt].daemoned) {
      mark_node(e.node, s.nodes[attempt].phase);
      s.nodes.change(e.node, [](Node& node) { node.daemoned = true; });
    }
    return {e.node};
  }
}

}  // namespace wf::engine
