# SPDX-License-Identifier: MIT
"""Recursive calls without frames: when there are any, when they end, and what is guessed of results of calls."""
from __future__ import annotations

import textwrap

import running

PREPARED = """
import io, sys, time
import pyjion, pyjion.dis

pyjion.enable(strict=True)

def prepared(function, *arguments):
    with pyjion.pause():
        for _ in range(70):
            function(*arguments)
    pyjion.compile(function, full=True)

def listing(function, show=pyjion.dis.dis):
    text = io.StringIO()
    show(function, text)
    return text.getvalue()

def has_frameless_body(function):
    return "without a frame" in listing(function) and "without a frame" in listing(function, pyjion.dis.dis_native)

def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def grown(n, x):
    return x if n == 0 else grown(n - 1, x + x)
"""


def run(code, **options):
    return running.succeed(running.run_code(PREPARED + textwrap.dedent(code), **options))


def test_listings_show_the_body():
    out = run("""
        prepared(fib, 12)
        def other(n):
            return fib(n) + 1
        prepared(other, 5)
        print(has_frameless_body(fib), has_frameless_body(other), fib(20), pyjion.explain(fib).code_bytes > 1000)
    """)
    assert out == "True False 6765 True\n"


def test_it_can_be_switched_off():
    out = run("prepared(fib, 12)\nprint(has_frameless_body(fib), fib(20))", disable_passes="call_self")
    assert out == "False 6765\n"


def test_a_program_gets_it_without_asking():
    out = run("""
        end = time.monotonic() + 20
        while not has_frameless_body(fib) and time.monotonic() < end:
            fib(18)
        print(has_frameless_body(fib), fib(18))
    """, compile="background")
    assert out == "True 2584\n"


def test_signals_interrupt_it():
    out = run("""
        import signal
        prepared(fib, 12)
        def fail(*arguments):
            raise TimeoutError
        signal.signal(signal.SIGALRM, fail)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        start = time.monotonic()
        try:
            fib(60)
        except TimeoutError as error:
            depth, step = 0, error.__traceback__
            while step is not None:
                depth, step = depth + (step.tb_frame.f_code is fib.__code__), step.tb_next
            print(time.monotonic() - start < 20, 1 < depth <= 61)
    """)
    assert out == "True True\n"


def test_other_threads_run_meanwhile():
    out = run("""
        import threading
        prepared(fib, 12)
        turns = []
        thread = threading.Thread(target=lambda: [turns.append(i) or time.sleep(0.001) for i in range(20)])
        thread.start()
        while thread.is_alive():
            fib(22)
        print(len(turns), fib(15))
    """)
    assert out == "20 610\n"


def test_what_fails_in_it_again_and_again_is_made_without():
    """Or with what it has met: it is not left at each call for ever."""
    out = run("""
        prepared(grown, 8, 1)
        print(has_frameless_body(grown))
        for turn in range(300):
            assert grown(8, 0.5) == 128.0
        before = pyjion.statistics()["exits"]
        for turn in range(300):
            assert grown(8, 0.5) == 128.0
        after = pyjion.statistics()["exits"]
        print({reason: count - before.get(reason, 0) for reason, count in after.items() if count - before.get(reason, 0) > 30})
        print(grown(70, 1), grown(3, "ab"))
    """)
    assert out == "True\n{}\n" + f"{2**70} {'ab' * 8}\n"


def test_results_are_guessed():
    """The interpreter has added what the calls returned as ints."""
    out = run("""
        def counted(n):
            total = 0
            while n > 0:
                n = n // 2
                total += 1
            return total
        def twice(n):
            return counted(n) + counted(n + 1)
        def joined(n):
            return [counted(n), counted(n + 1)]
        prepared(twice, 10)
        prepared(joined, 10)
        print("ForInt" in listing(twice), "ForInt" in listing(joined), twice(100), joined(7))
    """)
    assert out == "True False 14 [3, 4]\n"
