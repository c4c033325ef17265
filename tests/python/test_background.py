# SPDX-License-Identifier: MIT
"""Optimised code is made by a thread of pyjion's own while the program goes on: with default settings, and whatever
happens to the program, the code or the process meanwhile."""
from __future__ import annotations

import os
import textwrap

import pytest

import running

# A program with hot functions of its own. `wait` ends when nothing is being compiled of a function.
START = """
    import os, sys, threading, time
    import pyjion
    pyjion.enable()

    def make(k, size=1):
        namespace = {}
        lines = "".join(f"            total = (total * {i + 3} + i) % {i + 1009}\\n" for i in range(size))
        exec(f"def f(n):\\n        total = {k}\\n        for i in range(n):\\n{lines}        return total\\n", globals(), namespace)
        return namespace["f"]

    def expected(k, n, size=1):
        with pyjion.pause():
            return make(k, size)(n)

    def wait(f):
        end = time.monotonic() + 60
        while pyjion.explain(f).under_way and time.monotonic() < end: time.sleep(0.001)

    def keep_calling(f):
        end = time.process_time() + 1
        while time.process_time() < end: f(100)

    def begin(f):
        '''Calls until optimised code is under way.'''
        for _ in range(10_000):
            f(50)
            pyjion.info(f)  # waits for its quick code
            if pyjion.explain(f).under_way: return True
        return False

    def threads():
        return sorted(open(f"/proc/self/task/{task}/comm").read().strip() for task in os.listdir("/proc/self/task"))

    def pieces(f):
        return len(pyjion.explain(f).entries)

    def in_background():
        return pyjion.statistics()["background_compiles"]
"""
# So large that RyuJIT takes some time for it.
LARGE = 120


def run(code, **options):
    options = {"compile": "background", **options}
    code = textwrap.dedent(START) + textwrap.dedent(code)
    outcome = running.run_python("-c", code, env=running.environment(**options))
    return running.succeed(outcome)


@pytest.fixture(autouse=True)
def needs_two_processors():
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one processor: nothing is compiled in the background")


HOT = """
    f = make(1)
    f(1)
    first = pyjion.info(f)["compiled"]
    keep_calling(f)
    wait(f)
    f(100)
    print(first, pyjion.explain(f).tier, in_background() > 0, "pyjion compiler" in threads(), f(100) == expected(1, 100))
"""


def test_hot_functions_are_optimised_in_the_background():
    assert run(HOT) == "True full True True True\n"


def test_sync_makes_them_in_place():
    assert run(HOT, compile="sync") == "True full False False True\n"


@pytest.mark.parametrize("options", [{"stress": "spill-all"}, {"osr": "every:1000"}], ids=["stress", "osr-every"])
def test_what_tests_ask_for_is_made_in_place(options):
    assert run(HOT, **options) == "True full False False True\n"


def test_one_processor_makes_them_in_place():
    """Now, not in general: the process may be moved."""
    code = "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})" + textwrap.dedent(HOT)
    assert run(textwrap.indent(code, "    ")) == "True full False False True\n"


def test_no_thread_before_there_is_work():
    assert run("print(threads().count('pyjion compiler'), make(1)(5) == expected(1, 5))") == "0 True\n"


def test_large_functions_are_compiled_after_their_first_run():
    """Too large to be compiled in place; whoever asks waits for it."""
    code = f"""
        f = make(3, {LARGE})
        f(1)
        print(pyjion.info(f), in_background() >= 1, pyjion.explain(f).tier, f(50) == expected(3, 50, {LARGE}))
        g = make(4, {LARGE})
        g(1)
        with pyjion.pause():
            print(pyjion.info(g)["compiled"])
        print(pyjion.info(g)["compiled"])
    """
    first, *paused = run(code).splitlines()
    assert first == "{'failed': False, 'compiled': True, 'run_count': 1} True quick True"
    assert paused == ["False", "True"]


def test_a_single_call_goes_on_in_the_code_of_its_loop():
    code = """
        f = make(2)
        right = f(3_000_000) == expected(2, 3_000_000)
        statistics = pyjion.statistics()
        print(right, statistics["compiled_loops"], statistics["background_compiles"] >= 1, statistics["internal_errors"])
    """
    assert run(code) == "True 1 True 0\n"


def test_a_frame_of_the_interpreter_is_taken_over():
    """Its loop is the only thing that runs: nobody asks for the code but the sampler."""
    code = f"""
        f = make(2, {LARGE})
        start = time.process_time()
        right = f(300_000) == expected(2, 300_000, {LARGE})
        print(right, pyjion.statistics()["takeovers"] >= 1, in_background() >= 1)
    """
    assert run(code, threshold=10**9) == "True True True\n"


def test_it_is_said_that_it_is_under_way():
    code = f"""
        f = make(3, {LARGE})
        print(begin(f))
        explanation = pyjion.explain(f)
        print(explanation.under_way, explanation.tier, explanation.reason)
        print("  being compiled in the background: " + explanation.under_way in str(explanation).splitlines())
        wait(f)
        print(pyjion.explain(f).under_way, f(50) == expected(3, 50, {LARGE}))
    """
    first, words, printed, last = run(code, budget="inf").splitlines()
    assert first == "True" and words in ("full code quick None", "code for the loop in line 3 quick None")
    assert (printed, last) == ("True", "None True")


def test_nothing_is_installed_while_switched_off():
    code = f"""
        f = make(4, {LARGE})
        print(begin(f))
        pyjion.disable()
        time.sleep(0.5)
        before = pieces(f)
        f(50)
        print(pieces(f) - before, pyjion.explain(f).under_way is not None)
        pyjion.enable()
        f(50)
        wait(f)
        # The loop's code, and perhaps that of the whole function, which follows from it.
        print(pieces(f) - before >= 1, f(50) == expected(4, 50, {LARGE}))
    """
    assert run(code, budget="inf") == "True\n0 True\nTrue True\n"


def test_pauses():
    code = f"""
        f = make(4, {LARGE})
        print(begin(f))
        with pyjion.pause():
            before = pieces(f)
            for _ in range(200): time.sleep(0.005), f(1)
            paused = pieces(f) - before
        wait(f)
        print(paused, pieces(f) - before, f(50) == expected(4, 50, {LARGE}))
    """
    assert run(code, budget="inf") == "True\n0 1 True\n"


@pytest.mark.parametrize(
    "change", ["pyjion.suppress(f)", "pyjion.config(function_filter='nothing')", "pyjion.config(full_code=0)"]
)
def test_what_was_forbidden_meanwhile_is_not_installed(change):
    code = f"""
        f = make(5, {LARGE})
        print(begin(f))
        before = pieces(f)
        {change}
        wait(f)
        time.sleep(0.3)
        for _ in range(3): f(50)
        print(pieces(f) - before, pyjion.explain(f).under_way, f(50) == expected(5, 50, {LARGE}))
    """
    assert run(code, budget="inf") == "True\n0 None True\n"


def test_compile_does_not_wait_for_it():
    code = f"""
        f = make(6, {LARGE})
        print(begin(f), pyjion._native.compile(f, full=True))
        explanation = pyjion.explain(f)
        print(explanation.tier, explanation.under_way, f(50) == expected(6, 50, {LARGE}))
    """
    assert run(code, budget="inf") == "True True\nfull None True\n"


def test_code_that_dies_meanwhile():
    """Also with references to objects that were found in the globals, and known callees that die first."""
    code = """
        import gc, weakref
        limit = 10**6 + 7
        def once(k, limit):
            namespace = {"LIMIT": limit}
            exec(f"def g(x): return x + {k}\\n"
                 "def f(n):\\n    total = 0\\n    for i in range(n):\\n        total = (total + g(i)) % LIMIT\\n"
                 "    return total\\n", namespace)
            f = namespace["f"]
            for _ in range(60):
                f(60)
                if pyjion.explain(f).under_way: break
            begun = pyjion.explain(f).under_way is not None
            alive.append(weakref.ref(f.__code__))
            if k % 2: del namespace["g"]
            return begun
        alive = []
        count = sys.getrefcount(limit)
        begun = sum(once(k, limit) for k in range(300))
        gc.collect()
        print(begun > 200, sum(ref() is not None for ref in alive), sys.getrefcount(limit) - count)
        print(pyjion.statistics()["internal_errors"])
    """
    assert run(code, budget="inf") == "True 0 0\n0\n"


def test_a_guess_that_fails_meanwhile():
    code = """
        def add(values):
            total = 0
            for value in values:
                total = total + value
            return total
        ints, floats = [1, 2, 3] * 500, [0.5] * 1500
        right = True
        for k in range(300):
            right = right and add(ints) == 3000 and add(floats) == 750.0
            if k % 10 == 0: time.sleep(0.002)
        print(right, pyjion.statistics()["internal_errors"])
    """
    assert run(code, budget="inf") == "True 0\n"


def test_forks_while_it_is_under_way():
    """What was in flight is forgotten in the child, which asks again; the parent gets its own."""
    code = f"""
        right = True
        for k in range(12):
            f = make(k, {LARGE})
            right = right and begin(f)
            child = os.fork()
            if child == 0:
                forgotten = pyjion.explain(f).under_way is None
                for _ in range(5): f(3000)
                wait(f)
                f(50)
                good = f(50) == expected(k, 50, {LARGE}) and in_background() > 0
                os._exit(0 if forgotten and good else 1)
            status = os.waitpid(child, 0)[1]
            wait(f)
            right = right and status == 0 and f(50) == expected(k, 50, {LARGE})
        print(right, in_background() >= 12, pyjion.statistics()["internal_errors"])
    """
    assert run(code, budget="inf") == "True True 0\n"


def test_processes_of_multiprocessing_and_subprocess():
    code = f"""
        import multiprocessing, subprocess
        def work(k):
            f = make(k, {LARGE})
            begin(f)
            return f(50) == expected(k, 50, {LARGE})
        f = make(1, {LARGE})
        print(begin(f))
        print(subprocess.run([sys.executable, "-c", "print(5)"], capture_output=True, text=True).stdout.strip())
        with multiprocessing.get_context("fork").Pool(2) as pool:
            print(pool.map(work, range(6)) == [True] * 6)
    """
    assert run(code, budget="inf") == "True\n5\nTrue\n"


@pytest.mark.parametrize("end", ["", "sys.exit(3)", "os._exit(3)", "raise SystemExit(3)", "os.execv('/bin/true', ['true'])"])
def test_the_process_ends_while_it_is_under_way(end):
    code = START + f"""
    fs = [make(k, {LARGE}) for k in range(5)]
    print(all(begin(f) for f in fs), flush=True)
    {end}
    """
    env = running.environment(compile="background", budget="inf")
    outcome = running.run_python("-c", textwrap.dedent(code), env=env)
    status = 3 if "3" in end else 0
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (status, "True\n", "")


def test_daemon_threads_at_the_end():
    code = f"""
        def work(k):
            while True:
                f = make(k, {LARGE} // 4)
                for _ in range(20): f(200)
        for k in range(3): threading.Thread(target=work, args=(k,), daemon=True).start()
        time.sleep(0.5)
        print(in_background() > 0)
    """
    for _ in range(5):
        assert run(code, budget="inf") == "True\n"


def test_threads_that_are_not_the_main_one():
    """The main thread waits, and cannot be asked to install anything."""
    code = """
        def work(k):
            f = make(k)
            for _ in range(3000): f(100)
            end = time.monotonic() + 30  # the compiling thread may get little time
            while pyjion.explain(f).tier != "full" and time.monotonic() < end: f(100)
            answers.append(f(100) == expected(k, 100))
            tiers.append(pyjion.explain(f).tier)
        answers, tiers = [], []
        workers = [threading.Thread(target=work, args=(k,)) for k in range(4)]
        for worker in workers: worker.start()
        for worker in workers: worker.join()
        print(answers, tiers, in_background() >= 4)
    """
    assert run(code, budget="inf") == f"{[True] * 4} {['full'] * 4} True\n"


def test_subinterpreters():
    code = f"""
        import _xxsubinterpreters as interpreters
        f = make(7, {LARGE})
        print(begin(f))
        other = interpreters.create()
        interpreters.run_string(other, "def g(n):\\n    s = 0\\n    for i in range(n): s += i\\n    return s\\n"
                                       "for _ in range(300): g(1000)\\n")
        interpreters.destroy(other)
        wait(f)
        print(f(50) == expected(7, 50, {LARGE}), pyjion.statistics()["internal_errors"])
    """
    assert run(code, budget="inf") == "True\nTrue 0\n"


def test_no_room_for_machine_code():
    code = """
        functions = [make(k) for k in range(40)]
        right = True
        for k, f in enumerate(functions):
            for _ in range(300): f(100)
            right = right and f(100) == expected(k, 100)
        time.sleep(0.2)
        right = right and all(f(100) == expected(k, 100) for k, f in enumerate(functions))
        print(right, pyjion.status()["code_bytes"] <= 30_000, pyjion.statistics()["internal_errors"])
    """
    assert run(code, budget="inf", code_memory=30_000) == "True True 0\n"


def test_no_thread_can_be_had():
    """Then code is made in place."""
    code = """
        def address_space():
            return int(open("/proc/self/statm").read().split()[0]) * os.sysconf("SC_PAGESIZE")
        import resource
        f = make(1)
        f(1)
        pyjion.info(f)
        resource.setrlimit(resource.RLIMIT_AS, (address_space() + 6 * 1024 * 1024, -1))
        for _ in range(2000): f(100)
        print(pyjion.explain(f).tier, in_background(), threads().count("pyjion compiler"), f(100) == expected(1, 100))
    """
    assert run(code, osr="off") == "full 0 0 True\n"


def test_pauses_are_counted():
    code = """
        f = make(1)
        keep_calling(f)
        wait(f)
        statistics = pyjion.statistics()
        print(3 <= statistics["compile_pauses"] < 100)
        print(0 < statistics["compile_pause_p99_ms"] <= statistics["compile_pause_largest_ms"] < 1000)
    """
    assert run(code) == "True\nTrue\n"
