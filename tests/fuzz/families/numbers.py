# SPDX-License-Identifier: MIT
"""Arithmetic, comparisons and truth of ints, floats, bools, huge ints and subclasses of numbers."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (6, "{i1} = {n}"),
    (6, "{V} = {n}"),
    (3, "{V} += {m}"),
    (1, "{V} -= {n}"),
    (1, "{V} = {V} * {k} % 1000003"),
    (1, "{V} *= {k}", "once"),
    (0.5, "{V} //= {m}"),
    (0.5, "{V} &= {m}"),
    (1, "{i1} = {i2} = {n}"),
    (1, "{i1}, {i2} = {n}, {n}"),
    (1, "{V}, {V} = {m}, {n}"),
    (1, "{V} = clip({n} * {n})"),
    (0.7, "{i1} = -{m}\n{V} = ~{i1} if type({i1}) is int else {i1}"),
    (0.5, "{i1} = {m} << {k}\n{i1} >>= 1", "once"),
    (0.4, "{i1}: int = {n}"),
    (0.3, "del {V}", "once"),
    (0.3, "assert {b}, {m}"),
)

EXPRESSIONS = {
    "n": templates(
        (10, "({n} {op} {n})"),
        (5, "({n} + {n})"),
        (3, "({n} - {m})"),
        (2, "({n} * {k})"),
        (1, "({n} * {n})", "once"),
        (1, "({n} * {n} % 10007)"),
        (1, "({m} // {n})"),
        (1, "({m} % {n})"),
        (1, "({m} / {n})"),
        (0.5, "({n} ** 2 % 10007)"),
        (0.3, "({m} ** -1)"),
        (0.5, "(-{n})"),
        (0.4, "(~{m})"),
        (0.4, "(+{m})"),
        (0.7, "(not {n})"),
        (0.7, "({m} << {k})", "once"),
        (0.7, "({m} >> {k})"),
        (1, "abs({n})"),
        (0.7, "max({n}, {m})"),
        (0.5, "min({m}, {n}, {m})"),
        (0.5, "int({n})"),
        (0.5, "float({m})"),
        (0.4, "divmod({m}, {m})[0]"),
        (0.4, "round({m}, 1)"),
        (0.4, "pow({m}, 3, 7)"),
        (1, "({m} if {b} else {n})"),
        (1, "({m} and {n})"),
        (1, "({m} or {n})"),
        (0.7, "({i1} := {n})"),
        (0.6, "({b})"),
        (0.3, "(Int({m}) + {m})"),
        (0.3, "(Float({m}) * {m})", "once"),
        (3, "{C}"),
        (0.3, "poke({m})"),
    ),
    "b": templates(
        (8, "{n} {cmp} {n}"),
        (2, "{m} < {n} < {m}"),
        (1, "{m} <= {m} != {n}"),
        (2, "{m}"),
        (1, "not {n}"),
        (1, "{b} and {b}"),
        (1, "{b} or {b}"),
        (0.5, "{m} == {a}"),
        (0.5, "isinstance({m}, {T})"),
        (0.5, "{m} is None"),
    ),
}

PRELUDE = {
    "clip": '''
def clip(x):
    """Keeps what grows within bounds; whatever is no number passes."""
    if type(x) is int:
        return x % 1000003 if x.bit_length() > 300 else x
    return x[:5] if isinstance(x, (str, list, tuple)) and len(x) > 40 else x
''',
    "poke": '''
def poke(k):
    """Changes the globals under the running functions."""
    global g0, g1, g2, count
    count += 1
    if count % 97 == 0:
        g0 = g1
        g1 = k if type(k) in (int, float) else 2
        g2 = 1 if type(g2) is not int else g2 * 2 % (2**65)
    return count % 5


count = 0
''',
    "Int": '''
class Int(int):
    """An int with operators of its own."""

    def __add__(self, other):
        return Int(int.__add__(self, 1)) if other == 1 else NotImplemented

    def __radd__(self, other):
        return other

    def __mul__(self, other):
        return 1.5

    def __bool__(self):
        return False

    def __eq__(self, other):
        return int(self) != other

    __hash__ = int.__hash__
''',
    "Float": '''
class Float(float):
    def __mul__(self, other):
        return Float(float(self) + 0.5)

    def __lt__(self, other):
        return [1] if other == 2 else []

    def __index__(self):
        return 1
''',
}
