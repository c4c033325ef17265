# SPDX-License-Identifier: MIT
# compiled: over keep chain swap once_more counted_down
# An object that a local is about to lose is used after the local has another one; and an object with a finalizer lies in a
# local that held plain data while the code was trained: it dies where the store is.
import sys

from observing import outcome, warm

deaths = []


class Thing:
    def __init__(self, label):
        self.label = label

    def __del__(self):
        deaths.append((self.label, sys._getframe(1).f_lineno - sys._getframe(1).f_code.co_firstlineno))

    def __add__(self, other):
        return f"{self.label} + {other}"

    def __lt__(self, other):
        return len(deaths)

    def __bool__(self):
        return False


def over(a, b):
    c = a
    a = b
    return c


def keep(a, b):
    return (a, [a := b], a)[0]


def chain(a, b):
    x = a + (a := b + 1)
    y = b + (b := x)
    return x, y


def swap(a, b):
    a, b = b, a
    a, b = b, (a := 0)
    return b


def once_more(a, old):
    old = a + 1
    a = old + 1
    old = a + old
    a = old - a
    return a + old


def counted_down(a, old):
    total = 0
    while 0 < a < 9:
        old = a + total
        total = old + 1
        a = a - 1
    return total, old


def fresh(label):
    return Thing(label)


FUNCTIONS = (over, keep, chain, swap, once_more, counted_down)
for function in FUNCTIONS:
    for plain in (3, 2.5, "text", 1 << 70, None, True):
        for number in range(2):
            warm(function, 5, 7)
            warm(function, 5, plain, times=20) if type(plain) in (int, float, bool) or function in (once_more, counted_down) else None
            del deaths[:]
            print(function.__name__, plain, outcome(function, fresh("first"), 7)[:60].split(" at 0x")[0], deaths)
            print(function.__name__, plain, outcome(function, 5, fresh("second"))[:60].split(" at 0x")[0], deaths)
            print(function.__name__, plain, outcome(function, 2**62 - 1, fresh("third"))[:60].split(" at 0x")[0], deaths)
            # Nobody but the local holds these.
            print(outcome(function, 10**40, 10**41), outcome(function, 1.5 * 3, 2**70 + 1)[:80])
