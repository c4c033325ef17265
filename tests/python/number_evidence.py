# SPDX-License-Identifier: MIT
"""Arithmetic of optimised code against CPython's own, for thousands of values around those at which something changes.

Each operator is put into functions of a few shapes: alone, with a constant on either side, with its result used again,
in a condition, in a loop. A function is trained with operands of two types, compiled with all optimisations, and called
with others; what it returns or raises must be what the same source does that is never compiled. A guess that fails
often is given up, and the code with it: so each function gets a few values only that leave it, and then another one
with the same source takes its place.

Output: one line of JSON:
    differences   [source, arguments, CPython's result, ours], the first few
    calls         how many results were compared, by shape
    not_full      sources that did not become optimised code
    exits         how often optimised code was left, by reason
"""
import itertools
import json
import math
import os
import random
import struct

import pyjion
from pyjion import _native

SHORT = os.environ.get("TEST_SCOPE") == "short"
PAIRS = 40 if SHORT else 110
# An exit counts its failed guesses; with so many the code is given up.
EXITS_ALLOWED = 7
MOST_DIFFERENCES = 20

RANDOM = random.Random(311)

BITS = (0, 1, 15, 29, 30, 31, 32, 52, 53, 54, 60, 61, 62, 63, 64)
INTS = sorted({sign * (1 << bits) + delta for sign in (1, -1) for bits in BITS for delta in (-1, 0, 1)})
SMALL_INTS = (0, 1, -1, 2, -2, 3, -3, 7, 10, -10, 255)
FLOATS = sorted(
    {sign * value for sign in (1.0, -1.0) for value in (
        0.0, 0.5, 1.0, 1.5, 2.5, 7.0, 1e-310, 5e-324, 2.2250738585072014e-308, 1e16, 1e300, 1.7976931348623157e308, math.inf,
        2.0**30, 2.0**31, 2.0**53 - 1, 2.0**53, 2.0**53 + 2, 2.0**62, 2.0**63, 2.0**64, 0.1, 1 / 3,
    )}
) + [-0.0, math.nan]
SMALL_FLOATS = (0.0, 1.0, -1.5, 2.5, 0.25, -7.0)


class Number(int):
    """A subclass whose operators are those of int."""


class Real(float):
    """The same for float."""


class Evil(int):
    """A subclass whose operators are its own."""

    def _answer(self, *_):
        return "evil"

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _answer
    __truediv__ = __rtruediv__ = __lt__ = __le__ = __gt__ = __ge__ = __neg__ = __pos__ = __invert__ = __abs__ = _answer
    __and__ = __or__ = __xor__ = __lshift__ = __rshift__ = __rand__ = __ror__ = __rxor__ = __pow__ = __rpow__ = _answer

    def __eq__(self, other):
        return "equal"

    def __bool__(self):
        return False


STRANGERS = (True, False, Number(5), Number(2**53 + 1), Real(2.5), Evil(3), None, "text")

ARITHMETIC = ("+", "-", "*", "/", "//", "%")
COMPARISONS = ("<", "<=", "==", "!=", ">", ">=")
OTHERS = ("&", "|", "^", "<<", ">>", "**")
UNARY = ("-{}", "+{}", "~{}", "not {}", "abs({})", "float({})", "int({})", "bool({})", "-{} + 1", "1 if {} else 2")

SHAPES = {
    "alone": "def f(a, b):\n    return a {op} b\n",
    "used again": "def f(a, b):\n    r = a {op} b\n    return r + r - 1, r\n",
    "in a condition": "def f(a, b):\n    if a {op} b:\n        return 'yes'\n    return 'no'\n",
    "negated condition": "def f(a, b):\n    return 1 if not (a {op} b) else 2\n",
    "in a loop": "def f(a, b):\n    r = a\n    for i in range(3):\n        r = r {op} b\n    return r\n",
    "steered by": "def f(a, b):\n    n = 0\n    while a {op} b:\n        n += 1\n        if n > 2:\n            break\n    return n\n",
}
CONSTANT_SHAPES = {
    "constant right": "def f(a):\n    return a {op} {c}\n",
    "constant left": "def f(a):\n    return {c} {op} a\n",
    "constant right, used again": "def f(a):\n    r = a {op} {c}\n    return r + r - 1, r\n",
    "constant left, used again": "def f(a):\n    r = {c} {op} a\n    return r + r - 1, r\n",
}
INT_CONSTANTS = (0, 1, -1, 2, 3, -3, 5, 8, 10, 1000, 2**30, 2**31 - 1, 2**53, 2**53 + 1, 2**61, 2**62 - 1, 2**62, -(2**62), 2**64)
FLOAT_CONSTANTS = (0.0, 1.0, -1.0, 0.5, 2.5, 2.0**53, math.inf)
# The int before it is trained for the float behind it, and so on.
TYPES = (("int", "int"), ("int", "float"), ("float", "int"), ("float", "float"), ("bool", "int"), ("int", "bool"), ("bool", "bool"))
SMALL = {"int": SMALL_INTS, "float": SMALL_FLOATS, "bool": (True, False)}
EDGES = {"int": INTS, "float": FLOATS, "bool": (True, False)}


def key(value):
    if type(value) is float:
        return "nan" if value != value else struct.pack("<d", value)
    return tuple(map(key, value)) if type(value) is tuple else value


def outcome(function, arguments):
    try:
        value = function(*arguments)
    except Exception as error:
        return type(error), str(error)
    return type(value), key(value), [type(item) for item in value] if type(value) is tuple else None


def near(op, bound, a):
    """Values b for which `a op b` lies at a bound."""
    if op == "+":
        found = bound - a
    elif op == "-":
        found = a - bound
    elif op == "*" and a != 0:
        found = bound // a
    else:
        return []
    return [found - 1, found, found + 1]


def int_pairs(op):
    pairs = [(RANDOM.choice(INTS), RANDOM.choice(INTS)) for _ in range(PAIRS)]
    pairs += [(RANDOM.choice(INTS), RANDOM.choice(SMALL_INTS)) for _ in range(PAIRS // 2)]
    for bound, a in itertools.product((2**53, 2**62, -(2**62), 2**63, -(2**63), 2**64), (1, -3, 2**31 + 1, 2**61 - 5, -(2**61))):
        pairs += [(a, b) for b in near(op, bound, a)]
    if op in COMPARISONS:
        pairs += [(a, a + delta) for a in RANDOM.sample(INTS, 12) for delta in (-1, 0, 1)]
    return pairs


def mixed_pairs(left, right):
    pairs = [(RANDOM.choice(EDGES[left]), RANDOM.choice(EDGES[right])) for _ in range(PAIRS)]
    if {left, right} == {"int", "float"}:
        # One is the other, or as near to it as ints can be.
        for exact in (2**30, 2**52, 2**53, 2**53 + 2, 2**54, 2**62, 2**63, 2**64, -(2**53), -(2**62)):
            for delta in (-1, 0, 1):
                pair = (exact + delta, float(exact))
                pairs.append(pair if left == "int" else pair[::-1])
    return pairs


def pairs_for(op, left, right):
    if op in ("<<", ">>", "**"):
        if "float" in (left, right) and op != "**":
            return [(RANDOM.choice(EDGES[left]), RANDOM.choice(EDGES[right])) for _ in range(8)]
        counts = (0, 1, 2, 3, 29, 30, 31, 61, 62, 63, 64, 65, -1) if right == "int" else SMALL[right]
        return [(a, b) for a in RANDOM.sample(list(EDGES[left]), min(12, len(EDGES[left]))) for b in counts]
    pairs = int_pairs(op) if (left, right) == ("int", "int") else mixed_pairs(left, right)
    return pairs + [(RANDOM.choice(STRANGERS), RANDOM.choice(SMALL[right])) for _ in range(4)] + [
        (RANDOM.choice(SMALL[left]), RANDOM.choice(STRANGERS)) for _ in range(4)
    ]


class Evidence:
    def __init__(self):
        self.differences = []
        self.calls = {}
        self.not_full = []
        self.exits = {}

    def compare(self, shape, source, training, cases):
        plain = make(source)
        pyjion.suppress(plain)
        tested = None
        for arguments in cases:
            if tested is None:
                tested = self.trained(source, training)
            wanted = outcome(plain, arguments)
            got = outcome(tested, arguments)
            self.calls[shape] = self.calls.get(shape, 0) + 1
            if got != wanted and len(self.differences) < MOST_DIFFERENCES:
                self.differences.append([source, repr(arguments), repr(wanted), repr(got)])
            exits = exits_of_full_code(tested)
            if sum(exits.values()) >= EXITS_ALLOWED:
                self.count(exits)
                tested = None
        if tested is not None:
            self.count(exits_of_full_code(tested))

    def trained(self, source, training):
        function = make(source)
        pyjion.compile(function)
        for arguments in training:
            outcome(function, arguments)
        pyjion.compile(function, full=True)
        if _native.explain(function)["tier"] != "full" and source not in self.not_full:
            self.not_full.append(source)
        return function

    def count(self, exits):
        for reason, count in exits.items():
            self.exits[reason] = self.exits.get(reason, 0) + count


def exits_of_full_code(function):
    exits = {}
    for row in _native.explain(function)["exits"]:
        if row["tier"] == "full":
            exits[row["reason"]] = exits.get(row["reason"], 0) + row["count"]
    return exits


def make(source):
    namespace = {}
    exec(compile(source, "<numbers>", "exec"), namespace)
    return namespace["f"]


def training_for(op, left, right):
    pairs = [(a, b) for a in SMALL[left] for b in SMALL[right]]
    if op in ("/", "//", "%", "<<", ">>", "**"):
        pairs = [(a, b) for a, b in pairs if b > 0 and abs(b) < 64]
    return pairs[:20]


def binary(evidence):
    for op in ARITHMETIC + COMPARISONS + OTHERS:
        for left, right in TYPES:
            pairs = pairs_for(op, left, right)
            for shape, source in SHAPES.items():
                is_comparison = op in COMPARISONS
                if shape in ("in a condition", "negated condition", "steered by") and not is_comparison:
                    continue
                if shape in ("used again", "in a loop") and (is_comparison or op in ("<<", "**")):
                    continue
                cases = pairs if shape == "alone" else RANDOM.sample(pairs, min(len(pairs), PAIRS))
                evidence.compare(shape, source.format(op=op), training_for(op, left, right), cases)


def constants(evidence):
    for op in ARITHMETIC + COMPARISONS + ("&", "<<", ">>"):
        floats = () if op in ("&", "<<", ">>") else FLOAT_CONSTANTS
        for constant in INT_CONSTANTS + floats:
            if op in ("<<", ">>") and not 0 <= constant < 100:
                continue
            for shape, source in CONSTANT_SHAPES.items():
                if "again" in shape and (op in COMPARISONS or op == "<<"):
                    continue
                one_constant(evidence, shape, source, op, constant)


def one_constant(evidence, shape, source, op, constant):
    text = f"float('{constant}')" if constant in (math.inf, -math.inf) else f"({constant!r})"
    for kind in ("int", "float"):
        values = RANDOM.sample(EDGES[kind], 10 if SHORT else 22)
        if kind == "int" and type(constant) is int:
            for bound in (2**53, 2**61, 2**62, -(2**62), 2**63, -(2**63)):
                values += near(op, bound, constant)
        if op in ("<<", ">>", "&") and (kind == "float" or "left" in shape):
            values = [value for value in SMALL[kind]] + [63, 64]
        training = [(value,) for value in SMALL[kind] if value > 0]
        evidence.compare(shape, source.format(op=op, c=text), training, [(value,) for value in values])


def unary(evidence):
    for form in UNARY:
        for kind in ("int", "float", "bool"):
            source = f"def f(a):\n    return {form.format('a')}\n"
            values = list(EDGES[kind]) + list(STRANGERS)
            evidence.compare("unary", source, [(value,) for value in SMALL[kind]], [(value,) for value in values])


def main():
    evidence = Evidence()
    pyjion.enable(strict=True)
    binary(evidence)
    constants(evidence)
    unary(evidence)
    print(json.dumps(vars(evidence)))


main()
