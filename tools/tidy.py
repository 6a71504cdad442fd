#!/usr/bin/env python3
"""House rules as a test: layers, names, what the core may not touch. Names file, line and the cure.

  tools/tidy.py          checks the whole tree; exit status 1 where a rule is broken
"""
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = {'base', 'json', 'spec', 'expr', 'validate', 'config', 'podspec', 'engine', 'print', 'simulate'}
INCLUDE = re.compile(r'^#include "([a-z_]+)/')
BANNED_IN_CORE = [
    (re.compile(r'\bstd::chrono::(system|steady)_clock::now\b|\btime\(nullptr\)'), 'the core is given the time as an argument'),
    (re.compile(r'\b(std::random_device|rand\(\)|mt19937)'), 'the core is given random bits as an argument'),
    (re.compile(r'\bgetenv\b'), 'the core reads no environment: take it as an argument'),
    (re.compile(r'\bstd::(thread|jthread|async)\b'), 'the core starts no threads'),
    (re.compile(r'\b(fopen|ifstream|ofstream)\b'), 'the core opens no files'),
]
BANNED = [
    (re.compile(r'#include <(regex|iostream)>'), 'use re2 or base/text; cstdio in programs'),
    (re.compile(r'\b(TODO|FIXME|XXX|HACK)\b'), 'finish it, refuse the input, or open an issue'),
]


def rooms():
    table = {}
    for line in (ROOT / 'cmake/rooms.cmake').read_text().splitlines():
        m = re.match(r'room\((\w+)(.*)\)', line)
        if m:
            deps = re.search(r'DEPS ([\w ]*?)(?: LIBS| TEST_LIBS|$)', m.group(2))
            table[m.group(1)] = set(deps.group(1).split()) if deps else set()
    return table


def sources():
    names = subprocess.run(['git', 'ls-files', 'src', 'apps', 'bench', 'tests'], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / n for n in names.splitlines() if n.endswith(('.cpp', '.h'))]


def main():
    table, problems = rooms(), []
    for room, deps in table.items():
        seen, open_ = set(), list(deps)
        while open_:
            d = open_.pop()
            if d == room: problems.append(f'cmake/rooms.cmake: {room} depends on itself; turn an arrow round')
            if d not in seen:
                seen.add(d)
                open_ += table.get(d, ())
        if room in CORE and (seen - CORE):
            problems.append(f'cmake/rooms.cmake: {room} is of the core and reaches {sorted(seen - CORE)}')
    for path in sources():
        rel = path.relative_to(ROOT)
        if not path.exists(): continue
        room = rel.parts[1] if rel.parts[0] == 'src' else None
        test = path.stem.endswith('_test')
        lines = path.read_text(errors='replace').splitlines()
        if lines and 'SPDX-License-Identifier' not in lines[0]:
            problems.append(f'{rel}:1: the first line is `// SPDX-License-Identifier: Apache-2.0`')
        for n, line in enumerate(lines, 1):
            if room:
                m = INCLUDE.match(line)
                if m and m.group(1) in table and m.group(1) != room and m.group(1) not in table[room] and not test:
                    problems.append(f'{rel}:{n}: {room} may not include {m.group(1)}: cmake/rooms.cmake has the arrows')
                if m and '/detail/' in line and m.group(1) != room:
                    problems.append(f'{rel}:{n}: private headers of {m.group(1)} are its own')
            code = re.sub(r'//.*|"(\\.|[^"\\])*"', '', line)
            for pattern, cure in BANNED:
                if pattern.search(line if 'include' in pattern.pattern or 'TODO' in pattern.pattern else code):
                    problems.append(f'{rel}:{n}: {cure}')
            if test and re.search(r'\bsleep_for\b|\busleep\(', code):
                problems.append(f'{rel}:{n}: no sleeps in tests: wait for a condition')
            if room in CORE and not test:
                for pattern, cure in BANNED_IN_CORE:
                    if pattern.search(code): problems.append(f'{rel}:{n}: {cure}')
    for problem in problems: print(problem)
    print(f'tidy: {len(problems)} problems')
    return 1 if problems else 0


sys.exit(main())
