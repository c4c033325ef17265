# SPDX-License-Identifier: MIT
"""Loops in threads that are not the main one: entered with default settings, whatever the threads do meanwhile."""
from __future__ import annotations

import textwrap

import running

# Nobody compiles these when they are called: they look like functions of an imported module.
START = '''
import ctypes, os, sys, threading, time, types
module = types.ModuleType("imported")
exec("""
def spin(n):
    total = 0
    for i in range(n):
        total += i * 3 % 7
    return total

def catch(kind, wanted, caught):
    total = 0
    while len(caught) < wanted:
        try:
            while True:
                for i in range(1000):
                    total += i & 1
        except kind as error:
            caught.append(error)
""", module.__dict__)

def in_threads(count, *functions):
    results = []
    threads = [threading.Thread(target=lambda f=function: results.append(f())) for function in functions * count]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return results

import pyjion
pyjion.enable()
'''
SPUN = sum(i * 3 % 7 for i in range(300_000))


def run(text, **options):
    return running.succeed(running.run_code(START + textwrap.dedent(text), **options))


def test_exceptions_from_other_threads_arrive():
    """All of them, in a loop that is entered, left for each of them, and entered again."""
    assert run("""
        class Sent(Exception):
            pass
        caught = []
        receiver = threading.Thread(target=module.catch, args=(Sent, 100, caught))
        receiver.start()
        while len(caught) < 100:
            before = len(caught)
            time.sleep(0.006)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(receiver.ident), ctypes.py_object(Sent))
            while len(caught) == before:
                time.sleep(0.0001)
        receiver.join()
        print(len(caught), {type(error) for error in caught} == {Sent}, {error.__context__ for error in caught})
        print(pyjion.statistics()["takeovers"] > 0)
    """) == "100 True {None}\nTrue\n"


def test_an_exception_that_is_taken_back_does_not_arrive():
    assert run("""
        class Sent(Exception):
            pass
        caught, over = [], []
        def receive():
            try:
                while not over:
                    module.spin(1000)
            except Sent as error:
                caught.append(error)
        receiver = threading.Thread(target=receive)
        receiver.start()
        identifiers = [ctypes.c_ulong(receiver.ident)] * 2
        end = time.time() + 0.5
        while time.time() < end:
            # In one call of C code: no other thread runs between the two.
            list(map(ctypes.pythonapi.PyThreadState_SetAsyncExc, identifiers, [ctypes.py_object(Sent), None]))
            time.sleep(0.0001)
        over.append(True)
        receiver.join()
        print(caught)
    """) == "[]\n"


def test_threads_come_and_go():
    """Many of short life, some on the smallest of stacks, that end while they are asked for a sample."""
    assert run("""
        results = []
        sys.setswitchinterval(1e-4)
        for stack in (0, 64 * 1024):
            threading.stack_size(stack)
            for k in range(20):
                results += in_threads(8, lambda: module.spin(3000))
        results += in_threads(4, lambda: module.spin(300_000))
        print(set(results[:-4]), set(results[-4:]), pyjion.statistics()["takeovers"] > 0)
    """) == f"{{{sum(i * 3 % 7 for i in range(3000))}}} {{{SPUN}}} True\n"


def test_every_back_edge_of_every_thread():
    """Stress: threads that the main thread does not run with, from their first back-edge on."""
    assert run("""
        sys.setswitchinterval(1e-4)
        results = in_threads(3, lambda: module.spin(300))
        print(set(results), pyjion.statistics()["takeovers"] > 400)
    """, osr="every:1", threshold=10**9, stress="exit-random=3") == f"{{{sum(i * 3 % 7 for i in range(300))}}} True\n"


def test_a_thread_that_forks_goes_on_in_the_child():
    """There it is the main thread, and its loops are entered; so are those of the threads that it starts."""
    assert run("""
        def fork():
            child = os.fork()
            if child == 0:
                counts = [pyjion.statistics()["takeovers"]]
                def spin():
                    for k in range(3):
                        names = {}
                        exec("def spin(n):\\n    total = 0\\n    for i in range(n): total += i * 3 % 7\\n    return total", names)
                        module.__dict__.update(names)
                        module.spin(5_000_000)
                    counts.append(pyjion.statistics()["takeovers"])
                spin()
                in_threads(1, spin)
                os._exit(0 if counts == sorted(set(counts)) else 1)
            return os.waitpid(child, 0)[1]
        print(in_threads(1, lambda: module.spin(500_000), fork).count(0))
    """) == "1\n"


def test_tracing_switched_on_in_a_thread():
    """A trace function that comes and goes sees what it sees without the JIT."""
    text = """
        def traced():
            events = []
            def trace(frame, event, argument):
                events.append((event, frame.f_code.co_name, frame.f_lineno))
                return trace
            for k in range(5):
                module.spin(200_000)
                sys.settrace(trace)
                module.spin(50)
                sys.settrace(None)
            return events
        print([len(events) for events in in_threads(2, traced)], len({repr(e) for e in in_threads(2, traced)}))
    """
    assert run(text) == run(text, enable=0)
