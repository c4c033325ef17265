# SPDX-License-Identifier: MIT
# compiled: loop_globals holder release_twice
# Finalizers and weak references that change what the running function is working with.
import gc
import weakref

from observing import outcome

value = 1
log = []


class Changes:
    """Rebinds a global when it dies."""

    def __init__(self, new):
        self.new = new

    def __del__(self):
        global value
        value = self.new


def make(i):
    return Changes(i * 0.5 if i % 3 == 0 else i)


def loop_globals(n):
    total = 0
    for i in range(n):
        make(i)
        total = total + value
    return total


def holder(n):
    item = make(1)
    total = 0
    for i in range(n):
        item = make(i)
        total = total + value
        item = None
        total = total + value
    return total


class Raises:
    def __del__(self):
        raise ValueError("never seen by the program")


def release_twice(n):
    for i in range(n):
        a = make_raising(i)
        a = i
    return a


def make_raising(i):
    return Raises() if i % 50 == 0 else i


import sys  # noqa: E402

sys.unraisablehook = lambda unraisable: log.append(repr(unraisable.exc_value))
print(loop_globals(400), value)
value = 1
print(holder(400), value)
print(release_twice(300), log)


class Node:
    pass


def ring(i):
    first, second = Node(), Node()
    first.other, second.other = second, first
    first.weak = weakref.ref(first, lambda reference: log.append("collected"))
    keep.append(first.weak)
    return i


keep = []


def collects(n):
    total = 0
    for i in range(n):
        total = total + ring(i)
    return total


gc.set_threshold(3, 2, 2)
print(outcome(collects, 300))
gc.collect()
print(sum(reference() is None for reference in keep))
gc.set_threshold(700, 10, 10)
