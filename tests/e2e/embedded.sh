#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# End to end, with the process driver in a fresh $ARGO_HOME: what a user does with one machine.
#   tests/e2e/embedded.sh PATH-OF-ARGO
set -euo pipefail
argo=$1
ARGO_HOME=$(mktemp -d /tmp/wf-e2e.XXXXXX)
export ARGO_HOME ARGO_DRIVER=process NO_COLOR=1
unset ARGO_SERVER ARGO_NAMESPACE || true
work=$ARGO_HOME/work
mkdir "$work"

finish() {
  "$argo" system stop >/dev/null 2>&1 || true
  rm -rf "$ARGO_HOME"
}
trap finish EXIT

die() { echo "FAILED: $*" >&2; tail -20 "$ARGO_HOME/engine.log" >&2 || true; exit 1; }
check() { grep -qF -- "$2" <<<"$1" || die "$3: no '$2' in: $1"; }
# until DEADLINE-SECONDS COMMAND...: asks again until the command succeeds.
until_true() {
  local end=$((SECONDS + $1)); shift
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || die "in time: $*"
    read -rt 0.1 <> <(:) || true
  done
}
phase() { "$argo" list -o json | python3 -c 'import json,sys
print(next((w["status"].get("phase","") for w in json.load(sys.stdin) if w["metadata"]["name"]==sys.argv[1]),""))' "$1"; }
has_phase() { [ "$(phase "$1")" = "$2" ]; }
line_in_log() { "$argo" logs "$1" 2>/dev/null | grep -qF "$2"; }

workflow() { # NAME TEMPLATES
  printf 'apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: %s}\nspec:\n  entrypoint: main\n  templates:\n%s\n' "$1" "$2" >"$work/$1.yaml"
}
shell() { printf '  - name: main\n    container: {image: busybox, command: [sh, -c], args: ["%s"]}' "$1"; }

echo "submit --wait, list, get, logs"
workflow hello "$(shell 'echo hello from $0')"
out=$("$argo" submit --wait "$work/hello.yaml")
check "$out" "hello Succeeded at" "submit --wait"
check "$("$argo" list)" "hello   Succeeded" "list"
check "$("$argo" get @latest)" "✔ hello" "get"
check "$("$argo" logs hello)" "hello: hello from" "logs"

echo "a failure, its exit code, retry and resubmit"
workflow flaky "$(shell "test -e $work/flag")"
"$argo" submit --wait -o name "$work/flaky.yaml" >/dev/null && die "submit --wait of a failing workflow exits with 0"
has_phase flaky Failed || die "flaky is $(phase flaky)"
touch "$work/flag"
"$argo" retry --wait -o name flaky >/dev/null || die "retry"
has_phase flaky Succeeded || die "flaky after retry is $(phase flaky)"
again=$("$argo" resubmit --wait -o name flaky)
check "$again" "flaky-" "resubmit"

echo "suspend, node set, resume"
workflow gate '  - name: main
    steps:
    - - {name: approve, template: approve}
    - - {name: say, template: say, arguments: {parameters: [{name: who, value: "{{steps.approve.outputs.parameters.who}}"}]}}
  - name: approve
    suspend: {}
    outputs: {parameters: [{name: who, valueFrom: {supplied: {}}}]}
  - name: say
    inputs: {parameters: [{name: who}]}
    container: {image: busybox, command: [echo], args: ["by {{inputs.parameters.who}}"]}'
"$argo" submit -o name "$work/gate.yaml" >/dev/null
waits_for_approval() { "$argo" get gate | grep -q 'approve .*approve'; }
until_true 20 waits_for_approval
"$argo" node set gate --output-parameter who=Ann --node-field-selector displayName=approve >/dev/null
"$argo" resume gate >/dev/null
"$argo" wait gate >/dev/null || die "gate"
check "$("$argo" logs gate)" "by Ann" "supplied parameter"

echo "stop"
workflow long "$(shell 'echo begun; exec sleep 600')"
"$argo" submit -o name "$work/long.yaml" >/dev/null
until_true 20 line_in_log long begun
"$argo" stop long >/dev/null
"$argo" wait long >/dev/null && die "a stopped workflow counts as good"
check "$("$argo" get long)" "Failed" "stop"

echo "a killed engine loses nothing, and no step runs twice"
workflow survivor "$(shell "echo run >>$work/runs; echo begun; while [ ! -e $work/go ]; do sleep 0.05; done; echo done")"
"$argo" submit -o name "$work/survivor.yaml" >/dev/null
until_true 20 line_in_log survivor begun
"$argo" wait survivor >"$work/waited" &
waiter=$!
kill -9 "$(cat "$ARGO_HOME/engine.pid")"
has_phase survivor Running || die "survivor is $(phase survivor) after the kill"
touch "$work/go"
wait "$waiter" || die "wait across a killed engine"
check "$(cat "$work/waited")" "survivor Succeeded" "wait across a killed engine"
[ "$(wc -l <"$work/runs")" = 1 ] || die "the step ran $(wc -l <"$work/runs") times"

echo "templates, settings, artifacts"
"$argo" config create settings --from-literal=colour=green >/dev/null
cat >"$work/template.yaml" <<'YAML'
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: paint}
spec:
  entrypoint: main
  arguments: {parameters: [{name: what, value: wall}]}
  templates:
  - name: main
    inputs: {parameters: [{name: what, value: "{{workflow.parameters.what}}"}]}
    container:
      image: busybox
      command: [sh, -c]
      args: ["echo {{inputs.parameters.what}} $COLOUR"]
      env: [{name: COLOUR, valueFrom: {configMapKeyRef: {name: settings, key: colour}}}]
YAML
"$argo" template create "$work/template.yaml" >/dev/null
name=$("$argo" submit --from workflowtemplate/paint -p what=door --wait -o name | head -1)
check "$("$argo" logs "$name")" "door green" "submit --from"

echo "a cron workflow fires"
cat >"$work/cron.yaml" <<'YAML'
apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: tick}
spec:
  schedules: ["* * * * *"]
  workflowSpec: {workflowTemplateRef: {name: paint}}
YAML
"$argo" cron create "$work/cron.yaml" -o name >/dev/null
fired() { "$argo" list --prefix tick- -o name | grep -q tick-; }
until_true 75 fired
"$argo" cron delete tick >/dev/null

echo "backup, delete, messages"
"$argo" system backup "$work/copy.db" >/dev/null
[ -s "$work/copy.db" ] || die "backup"
"$argo" delete --completed >/dev/null
out=$("$argo" get nobody 2>&1) && die "get of what is not there exits with 0"
check "$out" 'Error: workflows.argoproj.io "nobody" not found' "get"
out=$("$argo" frobnicate 2>&1) && die "an unknown verb exits with 0"
check "$out" 'Error: unknown command "frobnicate" for "argo"' "unknown verb"
echo "all well"
