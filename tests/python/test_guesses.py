# SPDX-License-Identifier: MIT
"""Guesses that keep failing are forgotten: optimised code comes back without them. Each test is a process of its own."""
from __future__ import annotations

import json
import textwrap

import pytest

import running

# The driver gives code up at the eighth failure of one guess (driver/verdicts.cpp).
FAILURES_ALLOWED = 8

TRAINED = """
    import json, pyjion
    from pyjion import _native

    def f(a, b):
        return {expression}

    def failures():
        rows = [row for row in _native.explain(f)["exits"] if row["tier"] == "full"]
        return sum(row["count"] for row in rows if row["reason"] in ("TypeChanged", "IntTooBig"))

    pyjion.enable(strict=True)
    pyjion.config(budget=float("inf"))
    for i in range(300):
        f({trained})
    first = _native.explain(f)["tier"]
    history = []
    for turn in range(6):
        for i in range(2000):
            f({other})
        history.append((failures(), _native.explain(f)["tier"]))
    print(json.dumps([first, history]))
"""
CASES = {
    "int, then float": ("a + b", "1, 2", "1.5, 2"),
    "int, then long int": ("a * b", "3, 4", "3, 1 << 70"),
    "float, then int": ("a < b", "1.5, 2.5", "1, 2.5"),
    "float, then str": ("a + b", "1.5, 2.5", "'a', 'b'"),
    "int, then bool": ("a - b", "5, 2", "True, 2"),
    # The types stay as they were: nothing but the failures tells.
    "a product that does not fit": ("a * b", "3, 4", "1 << 31, 1 << 31"),
    "an int that no double has": ("a < b", "1, 2.5", "(1 << 53) + 1, 2.5"),
    "a quotient of such an int": ("a / b", "6, 4", "(1 << 53) + 1, 3"),
    "truth": ("1 if a else b", "1, 2", "'', 2"),
    "unary": ("-a", "1, 2", "1 << 80, 2"),
}


def test_classes_that_are_gone_are_not_looked_at():
    """The interpreter's caches keep borrowed references to methods of classes, which may have ended since."""
    code = """
        import gc, pyjion
        def of_class(thing, n):
            total = 0
            for i in range(n):
                total += thing.method(i) + thing.value
            return total
        def make():
            class Temporary:
                value = 5
                def method(self, n): return n + 1
            return Temporary
        for _ in range(20):
            of_class(make()(), 3)
        for round in range(3):
            copy = type(of_class)(of_class.__code__.replace(), globals())
            things = [make()(), make()()]
            for _ in range(70):
                for thing in things: copy(thing, 3)
            del things, thing
            gc.collect()
            junk = [bytearray(i % 300 + 40) for i in range(20000)], [lambda: 0 for _ in range(1000)]
            pyjion.enable()
            print(pyjion.compile(copy, full=True) is copy, copy(make()(), 3))
            pyjion.disable()
    """
    assert running.succeed(running.run_code(textwrap.dedent(code))) == "True 21\n" * 3


SEVERAL = """
    import pyjion
    def of_classes(things):
        total = 0
        for thing in things: total += thing.value
        return total
    def make(n):
        return type(f"C{n}", (), {"__init__": lambda self: setattr(self, "other" if n & 1 else "value", n) or setattr(self, "value", n)})
    classes = [make(n) for n in range(%s)]
    things = [cls() for cls in classes for _ in range(2)]
    pyjion.enable()
    for _ in range(4000): of_classes(things)
    def left():
        return sum(row["count"] for row in pyjion._native.explain(of_classes)["exits"] if row["reason"] == "LayoutChanged")
    before = left()
    for _ in range(1000): of_classes(things)
    explanation = pyjion.explain(of_classes)
    print(explanation.tier, left() == before, any(line["tier"] == "full" and line["what"] == "the attribute value" for line in explanation.generic))
"""


def test_a_site_of_several_classes_expects_all_of_them():
    code = textwrap.dedent(SEVERAL % 4)
    assert running.succeed(running.run_code(code, budget="inf")) == "full True False\n"


def test_a_site_of_many_classes_is_left_to_its_helper():
    code = textwrap.dedent(SEVERAL % 7)
    assert running.succeed(running.run_code(code, budget="inf")) == "full True True\n"


IN_PLACE = """
    import math, pyjion
    class Vector:
        def __init__(self, x, y):
            self.x = x
            self.y = y
        def __sub__(self, other):
            return Vector(self.x - other.x, self.y - other.y)
        def __getitem__(self, place):
            return self.x if place else self.y
    def differences(a, b, n):
        total = 0.0
        for i in range(n):
            difference = a - b
            total += difference[i & 1] * b[0] + math.sqrt(a.x)
            a, b = b, a
        return total
    def scaled(factor):
        return factor * 0.5 - 1
    pyjion.enable(strict=True)
    pyjion.config(budget=float("inf"))
    for i in range(60): differences(Vector(1.5, 2), Vector(4, 0.25), 200)
    for turn in range(4):
        for i in range(2000): scaled(2.5 if turn % 2 == 0 else 3)
    for function in (differences, scaled):
        explanation = pyjion.explain(function)
        generic = [line["what"] for line in explanation.generic if line["tier"] == "full" and not line["what"].startswith("the global ")]
        print(explanation.tier, generic)
"""


def test_operators_of_classes_ints_among_floats_and_math_are_in_place():
    assert running.succeed(running.run_code(textwrap.dedent(IN_PLACE))) == "full []\nfull []\n"


ENTERED = """
    import pyjion
    def weighted(items, weight=None):
        total = 0
        for item in items:
            total += item if weight is None else item * weight
        return total
    pyjion.enable(strict=True)
    pyjion.config(budget=float("inf"))
    items = list(range(40))
    for i in range(3000): weighted(items, 5)
    for turn in range(12):
        for i in range(200): weighted(items), weighted(items, 7)
    explanation = pyjion.explain(weighted)
    failed = sum(row["count"] for row in pyjion._native.explain(weighted)["exits"] if row["reason"] == "TypeChanged")
    print(explanation.tier, pyjion.statistics()["compiled_full"], failed < 20)
"""


def test_an_argument_of_several_types_is_not_guessed_where_code_is_entered():
    assert running.succeed(running.run_code(textwrap.dedent(ENTERED))) == "full 2 True\n"


REBOUND = """
    import pyjion
    count = 0
    def step(n):
        global count
        count += n
    def read(n):
        return count - n
    def again(n):
        return count + n
    pyjion.enable(strict=True)
    pyjion.config(budget=float("inf"))
    for i in range(200): read(i), again(i)
    for i in range(3000): step(1), read(i), again(i)
    made = pyjion.statistics()["compiled_full"]
    for i in range(3000): step(1), read(i), again(i)
    failed = sum(row["count"] for f in (read, again) for row in pyjion._native.explain(f)["exits"] if row["reason"] == "GlobalChanged")
    print(pyjion.explain(read).tier, pyjion.explain(again).tier, pyjion.statistics()["compiled_full"] == made, failed < 20)
"""


def test_a_global_name_that_counts_is_no_constant():
    assert running.succeed(running.run_code(textwrap.dedent(REBOUND))) == "full full True True\n"


@pytest.mark.parametrize("name", CASES)
def test_a_guess_that_keeps_failing_is_forgotten(name):
    expression, trained, other = CASES[name]
    code = textwrap.dedent(TRAINED).format(expression=expression, trained=trained, other=other)
    first, history = json.loads(running.succeed(running.run_code(code)))
    assert first == "full"
    # Each operand's guess fails as often as is allowed, and never again; the code is optimised again.
    counts = [count for count, _ in history]
    assert FAILURES_ALLOWED <= counts[0] <= 2 * FAILURES_ALLOWED
    assert counts[-1] == counts[0]
    assert history[-1][1] == "full"
