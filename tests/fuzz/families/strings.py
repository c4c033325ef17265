# SPDX-License-Identifier: MIT
"""Strings: joined, formatted, sliced, compared."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (2, "{s1} = {s}"),
    (2, "{s1} = {s}\n{s2} = f'{{{m}}}-{{{m}!r}}-{{{s1}}}'"),
    (1, "{s1} = f'{{{m}:>6}}|{{{m}:.3}}'"),
    (1, "{s1} = '%s:%r' % ({m}, {s})"),
    (1, "{s1} = ''\nfor {x1} in {s}:\n    {s1} += {x1}\n    {s1} = {s1}[:30]"),
    (1, "{s1} = {s}\nfor {i1} in range({N}):\n    {s1} += 'ab'[{i1} & 1]\n{s1} = {s1}[-9:]"),
    (1, "{s1} = {s}[{k}:{m}]"),
    (0.7, "{s1} = '-'.join([str({x1}) for {x1} in {l}])"),
    (0.7, "for {x1} in {s}:\n    ..."),
    (0.5, "{s1}, {x1} = {s}, {s}\nif {s1} == {x1}:\n    ..."),
    (0.5, "say({s}, {m})"),
    (0.4, "{i1} = int({s})"),
    (0.3, "{x1} = {s}.encode()\nfor {i1} in {x1}:\n    ..."),
    (0.3, "{s1} = Str({s}) + {s}"),
)

EXPRESSIONS = {
    "s": templates(
        (2, "({s} + {s})[:20]"),
        (1, "({s} * {k})[:9]"),
        (2, "f'{{{m}}}.{{{m}}}'"),
        (1, "f'{{{m}!s:<4}}'"),
        (1, "str({n})[:12]"),
        (1, "{s}[{k}:]"),
        (1, "{s}[::-1]"),
        (0.6, "{s}.upper()"),
        (0.6, "'{{}}/{{}}'.format({m}, {n})[:12]"),
        (0.4, "repr({m})[:12]"),
        (0.3, "chr(97 + {k})"),
    ),
    "n": templates((0.7, "len({s})"), (0.3, "ord({s}[0])"), (0.3, "{s}.find('a')")),
    "b": templates((0.5, "{s} == {s}"), (0.5, "{s} < {s}"), (0.5, "{s} in {s}"), (0.4, "{s}"), (0.3, "{s}.isalpha()")),
}

PRELUDE = {
    "Str": '''
class Str(str):
    def __add__(self, other):
        return Str(str.__add__(self, "~"))[:8]

    def __eq__(self, other):
        return len(self) == len(other)

    __hash__ = str.__hash__
''',
}
