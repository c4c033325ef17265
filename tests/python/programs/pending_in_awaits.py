# SPDX-License-Identifier: MIT
# compiled: delegates awaits
# What waits for the eval breaker runs at the places where CPython looks at it: not where a `yield from` or an `await` is
# resumed, but in the generator that it resumes.
import ctypes
import functools
import operator
import sys

PENDING = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
add_pending_call = ctypes.pythonapi.Py_AddPendingCall
add_pending_call.argtypes = [PENDING, ctypes.c_void_p]
seen = []


@PENDING
def pending(_):
    frame = sys._getframe(1)
    seen.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
    return 0


def inner():
    while True:
        yield 1


def delegates(iterator):
    while True:
        yield from iterator


class Awaited:
    def __await__(self):
        while True:
            yield 2


async def awaits(awaited):
    while True:
        await awaited


def resumed_after_a_request(run):
    """One call of C code requests and resumes, so that nobody has looked at the eval breaker between."""
    return list(map(operator.call, (functools.partial(add_pending_call, pending, None), functools.partial(run.send, None))))


for attempt in range(300):
    for make in (lambda: delegates(inner()), lambda: awaits(Awaited())):
        run = make()
        run.send(None)
        results = resumed_after_a_request(run)
        if attempt % 100 == 0:
            print(results, seen)
        del seen[:]
