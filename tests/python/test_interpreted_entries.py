# SPDX-License-Identifier: MIT
"""Entries that the interpreter runs under the hook: it asks about some of them only, and nobody may notice."""
from __future__ import annotations

import subprocess
import sysconfig
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
        functions = globals()
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
        functions = globals()
        for i in range(1500):
            exec(f"def f{i}(n):\\n    return n + {i}", functions)
        pyjion.enable()
        for i in range(1500): functions[f"f{i}"](1)
        # By then each compiles what about 40 have earned: most of the last are not.
        last = [functions[f"f{i}"] for i in range(1400, 1500) if not pyjion.info(functions[f"f{i}"])["compiled"]][-1]
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


@pytest.mark.parametrize("call", ["f(1)", "f(n=1)"])
def test_compiled_on_demand_is_entered_at_once(call):
    """With names, the call takes the way through the evaluator."""
    code = f"""
        import pyjion
        def f(n):
            return n + 1
        pyjion.enable()
        for _ in range(10): {call}
        before = pyjion.statistics()["activations"]
        print(pyjion._native.compile(f))
        for _ in range(10): {call}
        print(pyjion.statistics()["activations"] - before, pyjion.info(f)["run_count"])
        pyjion.suppress(f)
        before = pyjion.statistics()["activations"]
        for _ in range(10): {call}
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


CALLS = """
    import asyncio, functools, sys, traceback
    def plain(a, b=2, c=3): return a, b, c
    def none(): return "none"
    def keyword_only(a, *, b=1): return a, b
    def variable(a, *rest, **names): return a, rest, sorted(names.items())
    def positional(a, b, /, c): return a, b, c
    def closure(k):
        def inner(a, b=k): return a + b + k
        return inner
    def cell(a, b):
        def change():
            nonlocal a
            a += b
        change()
        return a
    def unbound(a):
        if a: x = 1
        return x
    def generator(a, b=1):
        yield a
        yield b
    async def coroutine(a, b=5): return a * b
    def recursive(n, step=1): return 0 if n <= 0 else 1 + recursive(n - step)
    class C:
        def __init__(self, a, b=0): self.pair = a, b
        def method(self, a=1): return self.pair, a
        def __getitem__(self, key): return key
        @property
        def first(self): return self.pair[0]
    inner = closure(10)
    def attempt(call):
        try:
            return call()
        except Exception as error:
            return [type(error).__name__, str(error), [f.name for f in traceback.extract_tb(error.__traceback__)]]
    def reassigned(a): return "old", a
    def other(a, b=7): return "new", a, b
    def everything():
        seen = [plain(1), plain(1, 5), plain(1, 5, 6), plain(1, c=4), plain(*[1, 2]), none(), keyword_only(1),
                keyword_only(1, b=2), variable(1, 2, 3, x=4), positional(1, 2, c=3), inner(1), inner(1, 2), cell(1, 2),
                unbound(1), list(generator(3)), list(generator(3, 4)), asyncio.run(coroutine(3)), recursive(50),
                C(1).pair, C(1, 2).method(), C(3).method(4), C(5)[6], C(7).first, list(map(plain, [1, 2], [3, 4])),
                sorted([3, 1, 2], key=lambda x, y=0: -x), functools.reduce(lambda x, y: x * y, [1, 2, 3, 4])]
        for call in (lambda: plain(), lambda: plain(1, 2, 3, 4), lambda: none(1), lambda: plain(1, a=2),
                     lambda: plain(1, d=2), lambda: unbound(0), lambda: keyword_only(), lambda: keyword_only(1, 2),
                     lambda: positional(1, b=2, c=3), lambda: C(), lambda: recursive("x")):
            seen.append(attempt(call))
        return seen
    def all_of_it():
        results = [everything() for _ in range(5)]
        assert all(result == results[0] for result in results), results
        code, defaults = reassigned.__code__, plain.__defaults__
        seen = [results[0], reassigned(1), reassigned(2), attempt(lambda: reassigned(1, 2))]
        reassigned.__code__ = other.__code__
        seen += [attempt(lambda: reassigned(1)), reassigned(1, 2), reassigned(1, 2)]
        reassigned.__defaults__ = (8,)
        seen += [reassigned(1), reassigned(1)]
        reassigned.__code__, reassigned.__defaults__ = variable.__code__, None
        seen += [reassigned(1, 2, x=3), reassigned(1)]
        reassigned.__code__ = code
        plain.__defaults__ = ("b", "c")
        seen += [plain(1), plain(1)]
        del plain.__defaults__
        seen += [attempt(lambda: plain(1)), plain(1, 2, 3)]
        plain.__defaults__ = defaults
        events = []
        sys.setprofile(lambda frame, event, argument: events.append((event, frame.f_code.co_name)))
        plain(1); plain(1, 2); C(1, 2).method(); list(generator(1))
        sys.setprofile(None)
        return seen, events, [sys._getframe().f_code.co_name, attempt(lambda: 1 / plain(0)[0])]
"""


@pytest.mark.parametrize("options", [{"threshold": NOTHING}, {}, {"stress": "compile-all"}])
def test_calls_of_every_kind_end_as_in_cpython(options):
    """Before and after pyjion.disable() too: functions keep what calls them faster."""
    rounds = "for _ in range(3): print(all_of_it())\n"
    definitions = textwrap.dedent(CALLS)
    expected = run(definitions + rounds + rounds)
    assert expected.count("\n") == 6
    with_jit = "import pyjion\n" + definitions + "pyjion.enable()\n" + rounds + "pyjion.disable()\n" + rounds
    assert run(with_jit, **options) == expected


@pytest.fixture(scope="module")
def counting_evaluator(tmp_path_factory):
    """The folder of a module that can put another frame evaluator into force."""
    folder = tmp_path_factory.mktemp("evaluator")
    source = running.HERE.parents[1] / "bench" / "pass_through.c"
    include = f"-I{sysconfig.get_path('include')}"
    subprocess.run(["gcc", "-shared", "-fPIC", include, "-o", folder / "pass_through.so", source], check=True)
    return folder


OTHER_EVALUATOR = """
    import sys
    sys.path.insert(0, {folder!r})
    import pass_through, pyjion
    def f(n, m=1):
        return n + m
    def entries(count):
        before = pass_through.counted()
        for _ in range(count): f(1)
        list(map(f, range(count)))
        return pass_through.counted() - before
"""


def test_an_evaluator_put_over_ours_sees_every_call(counting_evaluator):
    code = OTHER_EVALUATOR.format(folder=str(counting_evaluator)) + """
    pyjion.enable()
    for _ in range(10): f(1)
    pass_through.install(True)
    print(entries(100), pyjion.info(f)["run_count"])
    """
    assert run(code, threshold=NOTHING) == "200 10\n"


def test_an_evaluator_put_there_where_there_is_none_of_ours_stays(counting_evaluator):
    code = OTHER_EVALUATOR.format(folder=str(counting_evaluator)) + """
    import time
    def number(n): return (n * 7 + 3) % 1000 + n * n % 11 + (n + 1) * (n + 2) % 13
    pyjion.enable()
    pyjion.compile(number, full=True)
    before = pyjion.statistics()["activations"]
    pass_through.install(True)
    end = time.process_time() + 0.5
    while time.process_time() < end: sum(map(number, range(1000)))
    print(entries(100), pyjion.statistics()["activations"] - before >= 1000)
    pyjion.disable()
    print(entries(100))
    """
    assert run(code, compile="background") == "200 True\n200\n"


def test_an_evaluator_that_was_there_before_runs_what_is_interpreted(counting_evaluator):
    code = OTHER_EVALUATOR.format(folder=str(counting_evaluator)) + """
    pass_through.install(True)
    pyjion.enable()
    print(entries(100), pyjion.info(f)["run_count"])
    pyjion.disable()
    print(entries(100), pyjion.info(f)["run_count"])
    """
    assert run(code, threshold=NOTHING) == "200 200\n200 200\n"
