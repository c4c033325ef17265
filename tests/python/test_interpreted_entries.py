# SPDX-License-Identifier: MIT
"""Entries that the interpreter runs under the hook: it asks about some of them only, and nobody may notice."""
from __future__ import annotations

import textwrap

import pytest
import running

NOTHING = 10**9


def run(code: str, **options) -> str:
    return running.succeed(running.run_code(textwrap.dedent(code), **options))


@pytest.mark.parametrize("threshold", [0, 1, 5, 255, 256, 257, 600])
def test_compiled_at_the_entry_that_threshold_names(threshold):
    code = f"""
        import pyjion
        def f(n):
            return n + 1
        pyjion.enable()
        for _ in range({threshold}): f(1)
        before = pyjion.info(f)
        f(1)
        print(before["compiled"], before["run_count"], pyjion.info(f)["compiled"], pyjion.info(f)["run_count"])
    """
    assert run(code, threshold=threshold, budget="inf") == f"False {threshold} True {threshold + 1}\n"


@pytest.mark.parametrize(
    "before, after, reason",
    [
        ({"threshold": NOTHING}, "threshold=0", "as often as the option threshold asks for"),
        ({"function_filter": "other*"}, "function_filter=''", "the option function_filter leaves it out"),
        ({"threshold": 1000, "budget": 0}, "stress='compile-all'", "as often as the option threshold asks for"),
    ],
)
def test_options_apply_to_the_next_entry(before, after, reason):
    code = f"""
        import pyjion
        def f(n):
            return n + 1
        pyjion.enable()
        for _ in range(10): f(1)
        print(pyjion.info(f)["compiled"], pyjion.info(f)["run_count"], {reason!r} in pyjion.explain(f).reason)
        pyjion.config({after})
        f(1)
        print(pyjion.info(f)["compiled"], pyjion.info(f)["run_count"], pyjion.explain(f).reason)
    """
    assert run(code, **before) == "False 10 True\nTrue 11 None\n"


def test_a_used_up_budget_is_said_and_lifted():
    code = """
        import pyjion
        functions = {}
        for i in range(3000):
            exec(f"def f{i}(n):\\n    return n + {i}", functions)
        pyjion.enable()
        for i in range(3000): functions[f"f{i}"](1)
        for _ in range(10): functions["f2999"](1)
        last = functions["f2999"]
        print(pyjion.info(last)["compiled"], pyjion.info(last)["run_count"], "used up" in pyjion.explain(last).reason)
        pyjion.config(budget="inf")
        last(1)
        print(pyjion.info(last)["compiled"], pyjion.info(last)["run_count"])
    """
    assert run(code, budget=0) == "False 11 True\nTrue 12\n"


def test_entries_earn_what_compiling_costs():
    """Without iterations, so that it is entries that earn: those too that nobody is asked about."""
    code = """
        import pyjion
        functions = {}
        for i in range(1500):
            exec(f"def f{i}(n):\\n    return n + {i}", functions)
        pyjion.enable()
        for i in range(1500): functions[f"f{i}"](1)
        last = functions["f1499"]
        before = pyjion.info(last)["compiled"]
        list(map(last, range(1000)))
        print(before, pyjion.info(last)["compiled"])
    """
    assert run(code, budget=100) == "False True\n"
    assert run(code, budget=0) == "False False\n"


def test_nothing_is_counted_while_paused_or_disabled():
    code = """
        import pyjion
        def f(n):
            return n + 1
        pyjion.enable()
        for _ in range(10): f(1)
        with pyjion.pause():
            for _ in range(10): f(1)
        print(pyjion.info(f)["run_count"])
        for _ in range(3): f(1)
        pyjion.disable()
        for _ in range(10): f(1)
        print(pyjion.info(f)["run_count"])
        pyjion.enable()
        f(1)
        print(pyjion.info(f)["run_count"])
    """
    assert run(code, threshold=NOTHING) == "10\n13\n14\n"


def test_compiled_on_demand_is_entered_at_once():
    code = """
        import pyjion
        def f(n):
            return n + 1
        pyjion.enable()
        for _ in range(10): f(1)
        before = pyjion.statistics()["activations"]
        print(pyjion.compile(f))
        for _ in range(10): f(1)
        print(pyjion.statistics()["activations"] - before, pyjion.info(f)["run_count"])
        pyjion.suppress(f)
        before = pyjion.statistics()["activations"]
        for _ in range(10): f(1)
        print(pyjion.statistics()["activations"] - before, pyjion.info(f)["run_count"], pyjion.explain(f).reason)
    """
    expected = "True\n10 20\n0 30 pyjion.suppress() keeps it interpreted\n"
    assert run(code, threshold=NOTHING, function_filter="f") == expected


def test_generators_and_traced_entries_are_counted():
    code = """
        import pyjion, sys
        def g(n):
            for i in range(n):
                try:
                    yield i
                except KeyError:
                    yield -1
        def f(n):
            return n + 1
        pyjion.enable()
        for k in (1, 5, 300):
            list(g(k))
        print(pyjion.info(g)["run_count"])
        started = g(3)
        print(next(started), started.throw(KeyError), next(started), pyjion.info(g)["run_count"])
        f(1)
        seen = []
        sys.setprofile(lambda frame, event, argument: seen.append(event) if frame.f_code is f.__code__ else None)
        for _ in range(300): f(1)
        sys.setprofile(None)
        f(1)
        print(pyjion.info(f)["run_count"], seen.count("call"), pyjion.statistics()["activations"])
    """
    assert run(code, threshold=NOTHING) == "312\n0 -1 1 316\n302 300 0\n"


def test_a_deep_recursion_that_is_interpreted():
    code = """
        import pyjion, sys
        sys.setrecursionlimit(200_000)
        def down(n):
            return 0 if n == 0 else 1 + down(n - 1)
        pyjion.enable()
        down(10)
        print(down(100_000))
    """
    assert run(code, threshold=NOTHING) == "100000\n"
