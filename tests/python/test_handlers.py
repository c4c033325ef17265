# SPDX-License-Identifier: MIT
"""What handles an exception goes on in optimised code, with default settings; where exceptions take most of the time,
and while the JIT is off, the interpreter runs it."""
from __future__ import annotations

import functools

import pytest

import imported_module

MODULE = """
class Stop(Exception):
    pass
def calls(n):
    total = at = 0
    try:
        while True:
            at += 1
            if at == 60:
                raise Stop(total)
            total += at * n % 7
    except Stop as stop:
        total = stop.args[0]
    return total
def loop(n):
    total = 0
    for i in range(n):
        try:
            for k in range(300):
                total += k * i % 5
            raise Stop(total)
        except Stop as stop:
            total = stop.args[0] % 1000
    return total
def only_exceptions(n):
    total = 0
    for i in range(n):
        try:
            raise Stop
        except Stop:
            total += 1
    return total
def goes_on(n):
    for i in range(n):
        try:
            for k in range(60):
                n += k * i % 5
            raise Stop
        except Stop:
            yield n % 1000
def generator(n):
    return sum(goes_on(n))
def handlers(function):
    return [piece for piece in pyjion.explain(function).entries if piece["handler"] and not piece["retired"]]
"""


run = functools.partial(imported_module.run, MODULE)


@pytest.mark.parametrize("way, function", [("calls", "calls"), ("loop", "loop"), ("generator", "goes_on")])
def test_handlers_have_code(way, function):
    assert run(f"""
        expected = {way}(40)
        print(until(lambda: handlers({function}), {way}, 40), {way}(40) == expected)
        text = str(pyjion.explain({function}))
        print("what handles exceptions in line" in text, "too often" in text)
    """) == "True True\nTrue False\n"


def test_where_exceptions_take_the_time_there_is_none():
    """Each exception takes more time where optimised code is left for it."""
    assert run("""
        import io, logging
        told = io.StringIO()
        logging.basicConfig(level=logging.INFO, stream=told)
        pyjion.config(log=True)
        print(until(lambda: "exceptions take most" in told.getvalue(), only_exceptions, 20000), handlers(only_exceptions))
        only_exceptions(100000)
        print(handlers(only_exceptions))
    """) == "True []\n[]\n"


def test_nobody_looks_at_the_frame():
    """The frame object that a traceback has made, and nobody holds, is no reason to leave for a return."""
    assert run("""
        print(until(lambda: handlers(calls), calls, 40))
        before = sum(place["count"] for place in pyjion.explain(calls).exits if place["reason"] == "FrameObserved")
        for i in range(1000): calls(i)
        after = sum(place["count"] for place in pyjion.explain(calls).exits if place["reason"] == "FrameObserved")
        print(after - before)
    """) == "True\n0\n"


def test_disabled_in_a_handler():
    """Code is left when the JIT is switched off, and tracing sees what handlers run."""
    assert run("""
        def switching(n, switch):
            total = 0
            for i in range(n):
                try:
                    if i % 3 == 0: raise Stop(i)
                    total += i
                except Stop as stop:
                    total += stop.args[0]
                    if i == switch: pyjion.disable()
            return total
        print(switching(50, -1), handlers(switching) != [])
        print(switching(50, 30), pyjion.status()["enabled"])
        entries = pyjion.info(switching)["run_count"]
        print(switching(50, -1), pyjion.info(switching)["run_count"] == entries)
        pyjion.enable()
        lines = []
        def tracer(frame, event, argument):
            if event == "line": lines.append(frame.f_lineno - frame.f_code.co_firstlineno)
            return tracer
        sys.settrace(tracer)
        switching(4, -1)
        sys.settrace(None)
        print(lines)
    """, compile="sync", osr="every:1", threshold="1000000000") == (
        "1225 True\n1225 False\n1225 True\n"
        "[1, 2, 3, 4, 6, 7, 8, 2, 3, 4, 5, 2, 3, 4, 5, 2, 3, 4, 6, 7, 8, 2, 9]\n"
    )
