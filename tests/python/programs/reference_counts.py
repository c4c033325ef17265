# SPDX-License-Identifier: MIT
# compiled: identity add_them compare drop local_copies fails_with stores told_apart
# No reference is lost or leaked: counts before and after, on paths that succeed, fail and leave the guesses behind.
import sys

from observing import warm


class Thing:
    def __init__(self, fail=False):
        self.fail = fail

    def __add__(self, other):
        if self.fail:
            raise ValueError("add")
        return self

    def __lt__(self, other):
        if self.fail:
            raise ValueError("less")
        return self

    def __bool__(self):
        return True


def identity(x):
    return x


def add_them(a, b):
    return a + b


def compare(a, b):
    if a < b:
        return a
    return b


def drop(a):
    b = a
    c = b
    b = 1
    return 0


def local_copies(a, n):
    x = a
    for i in range(n):
        y = x
        x = y
        z = identity(y)
    return 0


def fails_with(a, b, n):
    keep = a
    for i in range(n):
        other = b
        if i == 5:
            keep = keep + missing(other)
    return keep


def missing(x):
    raise KeyError("on purpose")


def stores(a, n):
    total = 0
    for i in range(n):
        total = total + 1
        held = a
    held = None
    return total


def told_apart(a, n):
    """`is` between objects that are known to be numbers."""
    different = 0
    for i in range(n):
        b = a + 1
        if a is not b:
            different = different + 1
        if b is a:
            different = different - 1
    return different


def counts(function, *arguments, times=100):
    before = [sys.getrefcount(argument) for argument in arguments]
    for _ in range(times):
        try:
            function(*arguments)
        except (ValueError, KeyError, TypeError):
            pass
    return [sys.getrefcount(argument) - start for argument, start in zip(arguments, before)]


warm(add_them, 1, 2)
warm(compare, 1, 2)
warm(told_apart, 10**6, 5)
THINGS = (Thing(), Thing(fail=True), 10**30, 12345.678, "a string of its own"[:9], [1], 10**6)
for a in THINGS:
    for b in THINGS:
        print([counts(function, a, b) for function in (add_them, compare)])
    print(counts(identity, a), counts(drop, a), counts(local_copies, a, 20), counts(stores, a, 20))
    print(counts(fails_with, a, [1], 10))
big = 2**62 + 12345
print(counts(add_them, big, big), counts(local_copies, big, 300, times=3), counts(stores, big, 300, times=3))
print(sys.getrefcount(None) > 100, counts(drop, None), counts(drop, True), counts(identity, 5))
print([counts(told_apart, number, 300, times=3)[0] for number in (10**6, 10**9, big, 1.5 * 3, -1)])
