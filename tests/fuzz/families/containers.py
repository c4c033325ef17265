# SPDX-License-Identifier: MIT
"""Lists, tuples, dictionaries and sets: made, unpacked, sliced, changed while they are iterated, searched for NaN."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (3, "{l1} = [{n}, {m}, {n}]"),
    (1, "{l1} = ({n}, {m})"),
    (1, "{l1} = [{m}] * {k}"),
    (2, "{d1} = {{1: {n}, 'a': {m}, {m}: {m}}}"),
    (1, "{x1} = {{{m}, {m}, 1}}\n{i1} = len({x1})"),
    (1, "{i1}, {i2} = {l}"),
    (1, "{i1}, *{l1} = {l}"),
    (0.5, "*{l1}, {i1} = {l}"),
    (0.5, "({i1}, {i2}), {i3} = ({m}, {m}), {n}"),
    (1, "{l1} = [*{l}, {m}]"),
    (1, "{d1} = {{**{d}, {q}: {m}}}"),
    (1, """
{l1} = [{m}, {m}]
{l1}.append({n})
{l1}[0] = {n}
"""),
    (1, """
{l1} = [{m}, {n}, {m}]
{l1}[{m}] += {n}
"""),
    (1, """
{l1} = [{m}, {n}, {m}, {m}]
{l1}[{k}:] = {l}
del {l1}[:1]
"""),
    (1.5, """
{l1} = [{m}, {m}]
for {i1} in {l1}:
    if len({l1}) < 8:
        {l1}.append({i1})
    ...
"""),
    (1, """
{l1} = [{m}, {m}, {n}, 1, 2]
for {i1} in {l1}:
    {l1}.pop()
    ...
"""),
    (1, """
{d1} = {{1: {m}, 2: {m}}}
for {i1} in {d1}:
    {d1}[{n}] = {i1}
    if len({d1}) > 6:
        break
"""),
    (1, """
{d1} = {{0: {m}, 1: {n}}}
for {x1}, {i1} in {d1}.items():
    {d1}[{x1}] = {i1}
    ...
"""),
    (0.7, """
{x1} = {{{m}, {k}}}
for {i1} in {x1}:
    {x1}.add({n})
    if len({x1}) > 6:
        break
"""),
    (1, "{l1} = [{n} for {x1} in range({N})]"),
    (1, "{l1} = [({n}, {x1}) for {x1} in {l} if {b}]"),
    (0.7, "{d1} = {{{x1}: {n} for {x1} in range({k})}}"),
    (0.7, "{i1} = sum({x1} for {x1} in {l})"),
    (0.7, "{l1} = [{x1} + {x2} for {x1} in range({k}) for {x2} in {l}]"),
    (0.5, "{l1} = list(map(lambda p1: {n}, {l}))"),
    (0.5, "{l1} = sorted({l})"),
    (0.3, "{l1} = sorted({l}, key=lambda p1: -p1)"),
    (0.5, "for {i1}, {i2} in zip({l}, {l}):\n    ..."),
    (0.5, "for {i1}, {i2} in enumerate({l}):\n    ..."),
    (0.5, "for {i1} in reversed({l}):\n    ..."),
    (0.5, """
{x1} = iter({l})
{i1} = next({x1}, {m})
for {i2} in {x1}:
    ...
"""),
    (0.3, "del {d}[{m}]"),
    (0.5, "{d1} = {d}.copy()\n{d1}[{n}] = {n}\n{d1}[1] += 1"),
    (0.3, "{d1} = Missing({m})\n{i1} = {d1}[{q}] + {d1}[{k}]"),
    (0.5, "{l1} = List([{m}, {n}])\nfor {i1} in {l1}:\n    ...\n{V} = {l1}[0] + len({l1})"),
    (0.7, "say({l}, {d}, {m})"),
)

EXPRESSIONS = {
    "n": templates(
        (1, "len({l})"),
        (1, "{l}[0]"),
        (1, "{l}[-1]"),
        (0.2, "{l}[{k}]"),
        (0.3, "{l}[{m}]"),
        (0.5, "{d}[1]"),
        (0.5, "{d}.get({m}, {m})"),
        (0.5, "len({d})"),
        (0.5, "sum({l})"),
        (0.5, "({m}, {n})[{m} == {m}]"),
        (0.3, "{l}.count({m})"),
        (0.2, "[{n}, {m}].index({m})"),
        (0.3, "any({x1} == {m} for {x1} in {l})"),
    ),
    "l": templates(
        (3, "[{n}, {m}]"),
        (2, "({n}, {n}, {m})"),
        (1, "{l}[1:]"),
        (1, "{l}[::-1]"),
        (1, "{l}[{k}:{m}]"),
        (1, "[*{l}, {n}]"),
        (0.5, "({l} + {l})", "once"),
        (0.5, "list({d})"),
        (0.5, "list(range({k}))"),
        (0.5, "[{x1} for {x1} in {l}]"),
        (0.3, "(*{l}, *{l})", "once"),
    ),
    "d": templates(
        (2, "{{{m}: {n}, 1: {m}}}"),
        (1, "{{**{d}, 'b': {m}}}"),
        (0.5, "dict(a={m}, b={n})"),
        (0.5, "({d} | {d})"),
    ),
    "b": templates(
        (1, "{m} in {l}"),
        (0.5, "{m} not in {d}"),
        (0.5, "{l} == {l}"),
        (0.4, "{l} < {l}"),
        (0.4, "{l}"),
        (0.3, "{m} in {{1, 2, 0.5}}"),
    ),
}

PRELUDE = {
    "Missing": '''
class Missing(dict):
    """A dictionary that has everything, for a while."""

    def __init__(self, value):
        self.value = value

    def __missing__(self, key):
        if len(self) > 5:
            raise KeyError(key)
        self[len(self)] = self.value
        return self.value
''',
    "List": '''
class List(list):
    """A list that is iterated otherwise than its items are."""

    def __iter__(self):
        for k in range(3):
            yield k + 10

    def __getitem__(self, k):
        return list.__getitem__(self, k) if k else 7

    def __len__(self):
        return 2
''',
}
