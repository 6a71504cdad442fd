#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes what follows from schema/*.json.

  gen_schema.py --table OUT.cpp   the constant table behind spec/schema.h (called by CMake)
  gen_schema.py --docs OUT.md     docs/fields.md
  gen_schema.py --check OUT.md    whether docs/fields.md is what --docs would write

A schema file is {"types": [...]}. A type has `name` (Go's, unique; `v1.` in front where Argo and
Kubernetes use one name twice), `package` (as Go prints it) and either `fields`, in the order of
Go's struct, or `is`, the type that it renames. A field has `name` (in JSON), `type`, `state` (acts:
the field is obeyed; accepted: it is read, kept and passed on; refused: using it is an error), and
perhaps `always` (Go has no omitempty), `omitzero`, `go` (Go's name, where it isn't
the JSON name with a capital), `patch` and `key` (strategy of Kubernetes' merge patches and
key of merged lists) and `doc`; or it is {"inline": TYPE}, whose fields stand in its place.
Types are written as in Go: *T, []T, map[K]T, a name, or one of the basic ones below.
"""
import argparse
import glob
import json
import os

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# name in the schema: (Shape, Go's name in messages)
BASIC = {
    'string': ('String', 'string'), 'bool': ('Bool', 'bool'), 'int': ('Int64', 'int'),
    'int32': ('Int32', 'int32'), 'int64': ('Int64', 'int64'), 'uint64': ('Uint64', 'uint64'),
    'bytes': ('Bytes', '[]uint8'), 'time': ('Time', 'v1.Time'),
    'microTime': ('MicroTime', 'v1.MicroTime'), 'quantity': ('Quantity', 'resource.Quantity'),
    'intOrString': ('IntOrString', 'intstr.IntOrString'),
    'anyString': ('AnyString', 'v1alpha1.AnyString'), 'amount': ('Amount', 'v1alpha1.Amount'),
    'any': ('Any', 'v1alpha1.Item'), 'object': ('Object', 'v1alpha1.Object'),
    'plugin': ('Plugin', 'v1alpha1.Plugin'),
    'parallelSteps': ('ParallelSteps', 'v1alpha1.ParallelSteps'),
}


def load():
    """All types by name, each with the name of its file."""
    types = {}
    for path in sorted(glob.glob(os.path.join(ROOT, 'schema', '*.json'))):
        with open(path, encoding='utf-8') as file:
            for one in json.load(file)['types']:
                if one['name'] in types:
                    raise SystemExit(f"{path}: type {one['name']} exists twice")
                one['file'] = os.path.splitext(os.path.basename(path))[0]
                types[one['name']] = one
    return types


def flat_fields(types, name):
    """Fields of a struct with those of its inlined structs, as Go sees them: where two have one
    name, the one that is nested less counts, at its own place."""
    found = []

    def walk(one, path):
        for field in one['fields']:
            if 'inline' in field:
                inlined = field['inline'].lstrip('*')
                walk(types[inlined], path + [inlined.split('.')[-1]])
            else:
                found.append({**field, 'path': path + [field['name']]})

    walk(types[name], [])
    least = {}
    for field in found:
        depth = len(field['path'])
        least[field['name']] = min(depth, least.get(field['name'], depth))
    return [field for field in found if len(field['path']) == least[field['name']]]


def split_map(text):
    depth = 0
    for i, c in enumerate(text):
        depth += (c == '[') - (c == ']')
        if c == ']' and depth == 0:
            return text[4:i], text[i + 1:]
    raise SystemExit(f'bad type {text}')


class Table:
    """Numbers every type expression that fields use."""

    def __init__(self, types):
        self.types = types
        self.index = {}
        self.rows = []

    def plain_name(self, name):
        return name.split('.')[-1]

    def go(self, text):
        if text.startswith('*'):
            return '*' + self.go(text[1:])
        if text.startswith('[]'):
            return '[]' + self.go(text[2:])
        if text.startswith('map['):
            key, value = split_map(text)
            return f'map[{self.go(key)}]{self.go(value)}'
        if text in BASIC:
            return BASIC[text][1]
        one = self.types[text]
        return f"{one['package']}.{self.plain_name(text)}"

    def add(self, text):
        if text in self.index:
            return self.index[text]
        number = len(self.rows)
        self.index[text] = number
        self.rows.append(None)
        bare = text[1:] if text.startswith('*') else text
        row = {'pointer': bare != text, 'go': self.go(bare), 'element': None, 'struct': None}
        resolved = bare
        while resolved in self.types and 'is' in self.types[resolved]:
            resolved = self.types[resolved]['is']
        if resolved in BASIC:
            row['shape'] = BASIC[resolved][0]
            if resolved == 'parallelSteps':
                row['element'] = self.add('[]WorkflowStep')
        elif resolved.startswith('[]'):
            row['shape'], row['element'] = 'List', self.add(resolved[2:])
        elif resolved.startswith('map['):
            row['shape'], row['element'] = 'Map', self.add(split_map(resolved)[1])
        elif resolved in self.types:
            row['shape'], row['struct'] = 'Struct', resolved
            for field in flat_fields(self.types, resolved):
                self.add(field['type'])
        else:
            raise SystemExit(f'unknown type {text}')
        self.rows[number] = row
        return number


def quoted(text):
    return json.dumps(text)


def field_row(table, field):
    patch = field.get('patch', '').split(',')
    go_name = field.get('go', field['name'][0].upper() + field['name'][1:])
    flags = [not field.get('always', False), field.get('omitzero', False),
             'merge' in patch, 'replace' in patch, 'retainKeys' in patch]
    parts = [quoted(field['name']), quoted('.'.join(field['path'])), quoted(go_name),
             f"&kTypes[{table.add(field['type'])}]"]
    parts += [str(flag).lower() for flag in flags] + [quoted(field.get('key', ''))]
    return f"    {{{', '.join(parts)}}},"


def struct_lines(table, ident, fields):
    """The fields of one struct, and their order by name."""
    lines = [f'constexpr Field kFieldsOf{ident}[] = {{']
    lines += [field_row(table, field) for field in fields]
    order = sorted(range(len(fields)), key=lambda i: fields[i]['name'].encode())
    numbers = ', '.join(map(str, order))
    return lines + ['};', f'constexpr uint16_t kByNameOf{ident}[] = {{{numbers}}};']


def type_row(row, ident):
    element = f"&kTypes[{row['element']}]" if row['element'] is not None else 'nullptr'
    span = f'kFieldsOf{ident}, kByNameOf{ident}' if ident else '{}, {}'
    return (f"    {{Shape::{row['shape']}, {str(row['pointer']).lower()}, "
            f"{quoted(row['struct'] or '')}, {quoted(row['go'])}, {element}, {span}}},")


def write_table(types, out):
    table = Table(types)
    structs = sorted(name for name, one in types.items() if 'fields' in one)
    for name in structs:
        table.add(name)
    fields_of = {name: flat_fields(types, name) for name in structs}
    idents = {name: name.replace('.', '_') for name in structs if fields_of[name]}
    lines = ['// Made from schema/*.json by tools/gen_schema.py.', '#include "spec/schema.h"', '',
             'namespace wf::spec {', 'namespace {', '',
             f'extern const Type kTypes[{len(table.rows)}];', '']
    for name, ident in idents.items():
        lines += struct_lines(table, ident, fields_of[name])
    lines += ['', 'constinit const Type kTypes[] = {']
    lines += [type_row(row, idents.get(row['struct'])) for row in table.rows]
    lines += ['};', '', 'constexpr const Type* kStructs[] = {']
    lines += [f'    &kTypes[{table.index[name]}],  // {name}' for name in structs]
    lines += ['};', '', '}  // namespace', '',
              'std::span<const Type* const> struct_types() { return kStructs; }', '',
              '}  // namespace wf::spec', '']
    write(out, '\n'.join(lines))


def alias_line(one):
    values = ', '.join(f'`{value}`' for value in one.get('values', []) if value)
    return f"**{one['name']}** is a `{one['is']}`" + (f': {values}' if values else '') + '.'


def struct_docs(one):
    lines = [f"### {one['name']}", '']
    if 'doc' in one:
        lines += [one['doc'], '']
    if not one['fields']:
        return lines + ['It has no fields.', '']
    lines += ['| field | type | state | what it is |', '|---|---|---|---|']
    for field in one['fields']:
        if 'inline' in field:
            lines.append(f"| *all of {field['inline'].lstrip('*')}* | | | |")
            continue
        doc = field.get('doc', '').replace('|', '\\|')
        cells = [f"`{field['name']}`", f"`{field['type']}`", field['state'], doc]
        lines.append(f"| {' | '.join(cells)} |")
    return lines + ['']


def docs_text(types):
    lines = ['# Fields', '',
             'Every field of every kind. Made from `schema/*.json` by `tools/gen_schema.py --docs`.',
             '*State*: **acts**, the field is obeyed; **accepted**, it is read, kept and passed on',
             'to what runs the pods; **refused**, using it is an error. A type with `*` may be absent.',
             '']
    for file in sorted({one['file'] for one in types.values()}):
        lines += [f"## {file.replace('_', ' ').capitalize()}", '']
        for one in (t for t in types.values() if t['file'] == file):
            lines += [alias_line(one), ''] if 'is' in one else struct_docs(one)
    return '\n'.join(lines)


def write(path, text):
    """Only where it changes something, so that nothing is compiled again for nothing."""
    try:
        with open(path, encoding='utf-8') as file:
            if file.read() == text:
                return
    except FileNotFoundError:
        pass
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--table')
    parser.add_argument('--docs')
    parser.add_argument('--check')
    args = parser.parse_args()
    types = load()
    if args.table:
        write_table(types, args.table)
    if args.docs:
        write(args.docs, docs_text(types))
    if args.check:
        with open(args.check, encoding='utf-8') as file:
            if file.read() != docs_text(types):
                raise SystemExit(f'{args.check} is out of date: make it again with --docs')


if __name__ == '__main__':
    main()
