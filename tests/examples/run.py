#!/usr/bin/env python3
"""Lints, simulates and runs the examples, as tests/examples/cases.txt says.

  run.py --argo FILE simulate [NAME...]                      lint and simulate; no process is started
  run.py --argo FILE run [--driver oci|process] [NAME...]    in a temporary $ARGO_HOME, with images of this machine
"""
import argparse
import fnmatch
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / 'examples'
NOT_WORKFLOWS = {'workflow-template', 'cron'}
RUN_LIMIT = 120  # seconds, for all of them together


def read_cases():
    cases = {}
    for line in (Path(__file__).parent / 'cases.txt').read_text().splitlines():
        if not line.strip() or line.startswith('#'): continue
        if not line.startswith(' '):
            case = cases[line.strip()] = {'phase': 'Succeeded', 'uses': [], 'do': [], 'node': [], 'log': [], 'isolated': False, 'pods': None}
            continue
        key, _, value = line.strip().partition(' ')
        if key == 'node': case['node'].append(tuple(value.rsplit(' ', 1)))
        elif key == 'isolated': case['isolated'] = True
        elif key == 'phase': case['phase'] = value
        elif key == 'pods': case['pods'] = int(value)
        else: case[key].append(value)
    return cases


class Failure(Exception):
    pass


def argo(args, *arguments, check=True, env=None, timeout=60):
    done = subprocess.run([args.argo, *map(str, arguments)], cwd=EXAMPLES, capture_output=True, text=True, env=env, timeout=timeout)
    if check and done.returncode != 0:
        raise Failure(f'argo {" ".join(map(str, arguments))}: exit status {done.returncode}\n{done.stdout}{done.stderr}')
    return done.stdout


def check_end(case, workflow):
    status = workflow['status']
    if status.get('phase') != case['phase']:
        raise Failure(f'phase {status.get("phase")} instead of {case["phase"]}: {status.get("message", "")}')
    nodes = status.get('nodes', {}).values()
    for name, phase in case['node']:
        seen = [n['phase'] for n in nodes if fnmatch.fnmatchcase(n.get('displayName', n['name']), name) or n.get('displayName') == name]
        if phase not in seen: raise Failure(f'node {name}: {seen} instead of {phase}')


def simulate_one(args, name, case):
    argo(args, 'lint', '--offline', f'{name}.yaml', *case['uses'])
    outcomes = EXAMPLES / 'outcomes' / f'{name}.yaml'
    extra = ['--outcomes', outcomes] if outcomes.exists() else []
    out = json.loads(argo(args, 'simulate', f'{name}.yaml', *case['uses'], *extra, '-o', 'json'))
    check_end(case, next(iter(out['workflows'].values())) if isinstance(out['workflows'], dict) else out['workflows'][0])
    if case['pods'] is not None and len(out['pods']) != case['pods']:
        raise Failure(f'{len(out["pods"])} pods instead of {case["pods"]}')


def report(name, failure):
    print(f'{"FAIL" if failure else "ok  "} {name}' + (f': {failure}' if failure else ''), flush=True)
    return 1 if failure else 0


def simulate_all(args, cases):
    failed = 0
    files = {p.stem for p in EXAMPLES.glob('*.yaml')} - NOT_WORKFLOWS
    for name in sorted(files ^ set(read_cases())): failed += report(name, 'examples/ and tests/examples/cases.txt differ')
    for name in sorted(NOT_WORKFLOWS): argo(args, 'lint', '--offline', f'{name}.yaml')
    for name, case in cases.items():
        try:
            simulate_one(args, name, case)
            failed += report(name, None)
        except Failure as failure:
            failed += report(name, failure)
    return failed


class Machine:
    """An engine of its own in a temporary $ARGO_HOME."""

    def __init__(self, args):
        self.args = args
        self.home = tempfile.mkdtemp(prefix='argo-examples-')
        self.env = {**os.environ, 'ARGO_HOME': self.home, 'ARGO_DRIVER': args.driver}
        for variable in ('ARGO_SERVER', 'KUBECONFIG'): self.env.pop(variable, None)
        self.server = None

    def argo(self, *arguments, check=True, timeout=60):
        return argo(self.args, *arguments, check=check, env=self.env, timeout=timeout)

    def start(self):
        if self.args.driver == 'oci':
            images = ROOT / 'build/images'
            if not all((images / f'{name}.tar').exists() for name in ('busybox', 'debian', 'python', 'cowsay')):
                subprocess.run([ROOT / 'tests/images/build.sh', images], check=True, stdout=subprocess.DEVNULL)
            for archive in ('busybox', 'python', 'cowsay'): self.argo('image', 'load', images / f'{archive}.tar')
        self.argo('template', 'create', 'workflow-template.yaml')
        self.argo('config', 'create', 'settings', '--from-literal=colour=green')
        self.argo('config', 'create', 'limits', '--from-literal=licences=2')
        self.argo('secret', 'create', 'login', '--from-literal=password=swordfish')

    def get(self, workflow):
        return json.loads(self.argo('get', workflow, '-o', 'json'))

    def close(self):
        self.argo('system', 'stop', check=False)
        for claim in Path(self.home, 'pods').glob('*/*/claim'):  # supervisors outlive the engine
            try:
                os.kill(int(claim.read_text().split()[0]), signal.SIGTERM)
            except (OSError, ValueError, IndexError):
                pass
        shutil.rmtree(self.home, ignore_errors=True)


def run_one(machine, workflow, case, until):
    while True:
        seen = machine.get(workflow)
        status = seen.get('status', {})
        if status.get('phase') in ('Succeeded', 'Failed', 'Error'): break
        waits = [n for n in status.get('nodes', {}).values() if n['type'] == 'Suspend' and n['phase'] == 'Running']
        if waits and case['do']: machine.argo(*case['do'].pop(0).replace('@', workflow).split(' '))
        if time.monotonic() > until: raise Failure(f'not over in time:\n{machine.argo("get", workflow, "--no-color", check=False)}')
        time.sleep(0.1)
    check_end(case, seen)
    if case['log']:
        log = machine.argo('logs', workflow, '--no-color')
        for text in case['log']:
            if text not in log: raise Failure(f'the log has no {text!r}:\n{log}')


def run_all(args, cases):
    machine, failed = Machine(args), 0
    try:
        machine.start()
        running = {}
        for name, case in cases.items():
            if args.driver == 'process' and case['isolated']:
                print(f'skip {name}: needs containers', flush=True)
                continue
            try:
                running[name] = machine.argo('submit', f'{name}.yaml', '-o', 'name').strip().splitlines()[-1].removeprefix('workflow.argoproj.io/')
            except Failure as failure:
                failed += report(name, failure)
        until = time.monotonic() + RUN_LIMIT
        for name, workflow in running.items():
            try:
                run_one(machine, workflow, cases[name], until)
                failed += report(name, None)
            except Failure as failure:
                failed += report(name, failure)
    finally:
        machine.close()
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--argo', required=True)
    parser.add_argument('mode', choices=['simulate', 'run'])
    parser.add_argument('--driver', choices=['oci', 'process'], default='oci' if os.geteuid() == 0 and (shutil.which('crun') or shutil.which('runc')) else 'process')
    parser.add_argument('names', nargs='*')
    args = parser.parse_args()
    args.argo = os.path.abspath(args.argo)
    cases = {n: c for n, c in read_cases().items() if not args.names or n in args.names}
    failed = (simulate_all if args.mode == 'simulate' else run_all)(args, cases)
    print(f'examples: {len(cases)} cases, {failed} failed')
    return 1 if failed else 0


sys.exit(main())
