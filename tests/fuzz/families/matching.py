# SPDX-License-Identifier: MIT
"""`match`: literals, sequences, mappings, classes, captures and guards."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (3, """
match {a}:
    case 0 | 1:
        ...
    case int({i1}) if {i1} > {m}:
        ...
    case str({s1}):
        {V} = len({s1})
    case [{i2}, *{l1}]:
        ...
    case {{'a': {i3}, **{d1}}}:
        ...
    case _:
        {V} = {n}
"""),
    (2, """
match {l}:
    case []:
        {V} = {n}
    case [{i1}]:
        ...
    case [{i1}, {i2}] if {b}:
        ...
    case [0, *_, {i3}] | [{i3}, *_]:
        ...
"""),
    (2, """
match {o}:
    case Point({i1}, v={i2}):
        ...
    case Base(v={i3}):
        ...
    case None | True:
        ...
"""),
    (1, """
match Point({n}, {m}):
    case Point(0, {i1}):
        ...
    case Point({i1}, {i2}) if {i1} == {i2}:
        ...
    case Point(v=2.5) as {x1}:
        {V} = {x1}.w
"""),
    (1, """
match {d}:
    case {{1: {i1}, 'b': {i2}}}:
        ...
    case {{1: [{i1}, _]}} | {{1: {i1}}}:
        ...
"""),
    (1, """
match ({m}, {n}):
    case ({i1}, 0) | (0, {i1}):
        ...
    case (int() | float(), {i2}):
        ...
    case _:
        raise {R}
"""),
    (1, """
for {i1} in range({N}):
    match {i1}:
        case 3:
            continue
        case {x1} if {b}:
            break
        case _:
            ...
"""),
)

PRELUDE = {
    "Point": '''
class Point:
    __match_args__ = ("v", "w")

    def __init__(self, v, w=2):
        self.v = v
        self.w = w
''',
}
