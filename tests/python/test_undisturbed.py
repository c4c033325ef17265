# SPDX-License-Identifier: MIT
"""Compiling runs no Python code and changes nothing that the program can see."""
from __future__ import annotations

import textwrap

import pytest

import running

HOSTILE = """
    import ctypes, gc, random, sys, pyjion
    pyjion.enable()
    ran = []
    class Key(str):
        __hash__ = str.__hash__
        def __eq__(self, other):
            ran.append(("eq", other))
            return str.__eq__(self, other)
    class Builtins(dict):
        def __getitem__(self, key):
            ran.append(("getitem", key))
            return dict.__getitem__(self, key)
    class Cycle:
        def __init__(self): self.me = self
        def __del__(self): ran.append("del")
    def make(globals_key, builtins):
        space = {"__builtins__": builtins}
        exec("def f(n):\\n    total = helper(0)\\n    for i in range(n):\\n"
             "        total = total + len(data) * i\\n    return total\\ndef helper(x):\\n    return x\\ndata = [1, 2]\\n", space)
        for name in ("helper", "data", "unrelated"):
            space[globals_key(name)] = space.pop(name, None)
        return space["f"]
    plain = dict(vars(__builtins__))
    hostile = dict(plain); hostile[Key("range")] = hostile.pop("range"); hostile[Key("x")] = 1
    functions = [make(Key, plain), make(str, hostile), make(Key, hostile), make(str, Builtins(plain)), make(str, plain)]
    for f in functions:
        with pyjion.pause():
            for _ in range(20): f(10)
"""


@pytest.mark.parametrize("full", [False, True])
def test_hostile_namespaces_and_finalizers(full):
    text = f"""
    gc.collect(); gc.set_threshold(1, 1, 1); Cycle(); cycles = [Cycle() for _ in range(50)]
    del cycles[:]
    gc.disable(); gc.callbacks.append(lambda *arguments: ran.append("gc")); gc.enable()
    ran.clear()
    for f in functions:
        pyjion._native.compile(f, full={full})
    seen = [entry for entry in ran if isinstance(entry, tuple)]  # the collector may run around a call of compile()
    gc.disable(); gc.callbacks.clear()
    print(seen, [f(10) for f in functions], [pyjion.info(f)["compiled"] for f in functions])
    print(pyjion.statistics()["internal_errors"])
    """
    outcome = running.run_code(textwrap.dedent(HOSTILE) + textwrap.dedent(text), verify="1", budget="0")
    assert running.succeed(outcome) == f"[] {[90] * 5} {[True] * 5}\n0\n"


def test_the_state_that_the_program_sees():
    """errno, floating-point environment, counters of the collector, references, sizes, signal masks, random state."""
    text = """
    libc, libm = ctypes.CDLL(None, use_errno=False), ctypes.CDLL("libm.so.6")
    errno = ctypes.cast(ctypes.CDLL(None).__errno_location, ctypes.c_void_p)
    import locale, signal
    f = functions[-1]
    name = "n\\u00e9"
    f.__code__ = f.__code__.replace(co_qualname=name, co_name=name)
    with pyjion.pause(): f(10)
    def state():
        # What is counted must not count itself.
        return (libm.fetestexcept(0x3d), libm.fegetround(), gc.get_count()[1:], gc.isenabled(), sys.exc_info(),
                signal.pthread_sigmask(signal.SIG_BLOCK, []), [signal.getsignal(n) for n in (2, 10, 11)],
                locale.setlocale(locale.LC_ALL), random.getstate(), list(f.__globals__), sys.getsizeof(name),
                sys.getsizeof(f.__code__.co_name), [sys.getrefcount(x) for x in (f, f.__code__, f.__globals__, name)])
    libm.feclearexcept(0x3d); libm.fesetround(0x800)
    state()
    before = state()
    compiled = pyjion._native.compile(f, full=True)
    after = state()
    libm.fesetround(0)
    print(compiled, [index for index, (old, new) in enumerate(zip(before, after)) if old != new])
    """
    outcome = running.run_code(textwrap.dedent(HOSTILE) + textwrap.dedent(text), budget="0")
    assert running.succeed(outcome) == "True []\n"
