# SPDX-License-Identifier: MIT
"""Generators and coroutines that use time go on in optimised code, with default settings and whoever resumes them; where
that gains nothing, and while the JIT is off, CPython runs them."""
from __future__ import annotations

import functools

import pytest

import imported_module

MODULE = """
import gc, time, weakref
def parts(n):
    for i in range(n):
        total = 0.0
        for k in range(12):
            total += k * i * 0.5
        sent = yield total
        if sent:
            yield sent
async def waited(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total
async def waits(n):
    total = 0
    for i in range(n):
        total += await waited(i % 13)
    return total
def by_for(n):
    return sum(parts(n))
def by_next(n):
    generator = parts(n)
    return sum(next(generator) for _ in range(n))
def by_method(n):
    generator = parts(n)
    next(generator)
    return sum(generator.send(None) for _ in range(n - 1))
def by_delegation(n):
    def inner():
        result = yield from parts(n)
        return result
    return sum(inner())
def by_await(n):
    try:
        waits(n).send(None)
    except StopIteration as end:
        return end.value
def resumed(function):
    return [piece for piece in pyjion.explain(function).entries if piece["resumed"] and not piece["retired"]]
"""


run = functools.partial(imported_module.run, MODULE)


@pytest.mark.parametrize("way, place", [("by_for", "parts"), ("by_next", "parts"), ("by_method", "parts"),
                                        ("by_delegation", "parts"), ("by_await", "waited")])
def test_whoever_resumes_them(way, place):
    assert run(f"""
        expected = {way}(300)
        print(until(lambda: resumed({place}), {way}, 300), {way}(300) == expected)
    """) == "True True\n"


def test_cpython_has_its_slots_back_while_the_jit_is_off():
    assert run("""
        until(lambda: resumed(parts), by_for, 300)
        expected = by_for(300)
        generator = parts(10)
        seen = [next(generator), next(generator)]
        pyjion.disable()
        seen += [next(generator), generator.send("sent"), next(generator)]
        pyjion.enable()
        seen += [next(generator), generator.send(None)]
        with pyjion.pause():
            seen += [next(generator)]
        seen += list(generator)
        print(seen == list(map(float, [0, 33, 66])) + ["sent"] + list(map(float, [99, 132, 165, 198, 231, 264, 297])))
        print(by_for(300) == expected)
    """) == "True\nTrue\n"


def test_code_that_dies_while_its_generators_are_watched():
    assert run("""
        import gc
        def round(number):
            names = {}
            exec(f'''def made(n):
                for i in range(n):
                    total = 0
                    for k in range(9): total += k * i
                    yield total + {number}
            ''', names)
            made = names["made"]
            for _ in range(40): list(made(5))
            suspended = made(9)
            next(suspended)
            return list(suspended)[-1]
        print([round(number) - number for number in range(60)] == [288] * 60, gc.collect() >= 0)
    """, compile="sync", osr="every:1") == "True True\n"


def test_tiny_generators_that_gain_nothing_are_left_alone():
    """What is tried and is no faster is given up; the results are the same all the time."""
    assert run("""
        def empty(n):
            for i in range(n):
                yield i
        end = time.process_time() + 2
        while time.process_time() < end:
            assert sum(empty(1000)) == 499500
        print(pyjion.statistics()["internal_errors"])
    """) == "0\n"


def test_several_threads():
    assert run("""
        until(lambda: resumed(parts), by_for, 300)
        import threading
        given = []
        def go():
            given.append(by_for(3000))
        threads = [threading.Thread(target=go) for _ in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(len(given), len(set(given)))
    """) == "4 1\n"


def test_recursion_limit():
    assert run("""
        def deep(n):
            total = 0
            for k in range(9): total += k * n
            if n: yield from deep(n - 1)
            yield total
        def use(n):
            return sum(deep(n))
        until(lambda: resumed(deep), use, 60)
        def caught():
            try:
                return use(5000)
            except RecursionError as error:
                return str(error)[:32]
        print({caught() for _ in range(5)}, use(60) == sum(36 * k for k in range(61)))
    """) == "{'maximum recursion depth exceeded'} True\n"
