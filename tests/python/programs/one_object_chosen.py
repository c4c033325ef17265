# SPDX-License-Identifier: MIT
# compiled: nearest larger turned rotated clamped chained handled
# Numbers that conditional expressions choose, and that locals hand on to each other: which of them are one object.
import sys

from observing import outcome


def which(*values):
    """For each value the place of the first one that is the same object."""
    return [next(i for i, other in enumerate(values) if other is value) for value in values]


def seen(*names):
    values = sys._getframe(1).f_locals
    return which(*(values.get(name, name) for name in names))


def nearest(start, count):
    same = 0
    x = start
    for i in range(count):
        before = x
        x = -x if x < 0 else x
        same += before is x
        x = x - 3001
    return same, x, seen("x", "start")


def larger(x, y, count):
    found = []
    for i in range(count):
        best = x if x > y else y
        kept = best if i % 2 else x
        found.append((best is x, best is y, kept is best, kept is x))
        x, y = y + i, x
    return found, seen("x", "y", "best", "kept")


def turned(a, b):
    old = a
    while b:
        old = b
        a, b = b, a % b
        assert a is old
    return a, b, seen("a", "old", "b")


def rotated(a, b, c, count):
    for i in range(count):
        first, second, third = a, b, c
        a, b = b, a + i
        assert a is second and b is not second
        b, c = c, b
        assert b is third
        c, a = a, c
    return which(a, b, c, first, second, third), seen("a", "b", "c", "first", "second", "third")


def clamped(values, low, high):
    kept = []
    for value in values:
        value = low if value < low else high if value > high else value
        kept.append(value)
    return [(value is low, value is high, value in values) for value in kept]


def chained(count):
    x = 1.5
    y = 2.5
    for i in range(count):
        x = x if i % 3 else y if i % 2 else x * 2.0
        if x is y:
            y = y + 1.0
        else:
            x, y = y, x
    return x, y, seen("x", "y")


def handled(x, y, divisor):
    chosen = None
    for i in range(6):
        try:
            chosen = x if i < 3 else y
            x, y = y, x // (divisor - i)
        except ZeroDivisionError:
            return chosen, seen("chosen", "x", "y"), i
    return chosen, seen("chosen", "x", "y")


for attempt in range(5):
    print(nearest(10**6 + attempt, 4), nearest(-7000.5 - attempt, 5), nearest(-attempt, 3))
    print(larger(1000, 2000 + attempt, 3 + attempt), larger(1.5, 1.5 + attempt, 4), larger(2**62 - 2, 2**61, attempt))
    print(turned(10**9 + attempt, 10**6 + attempt), turned(360360, 1000), turned(2**70 + attempt, 12345))
    print(rotated(1000, 2000, 3000, 3 + attempt), rotated(1.0, 2.0, 3.0, attempt or 1), rotated(2**62 - 1, 5, 2**61, 4))
    print(clamped([1.0, 2000.5, -7.0, float("nan")], 0.5, 1000.5), clamped([5, 10**5, -10**5], -1000, 1000))
    print(chained(4 + attempt), outcome(handled, 1000 + attempt, 5000, 4), outcome(handled, 10.5, 10**6, 9))
    print(outcome(larger, 1000, "text", 2), outcome(nearest, None, 2), outcome(turned, 1000.5, attempt))
for attempt in range(600):
    nearest(1000, 8), larger(1000, 2000, 5), turned(123456, 789), rotated(1000, 2000, 3000, 5)
    chained(9), handled(1000, 2000, 9), clamped([1.0, 2000.5], 0.5, 1000.5)
print(nearest(10**6, 40), larger(1000, 2000, 6), turned(123456789, 1234567), rotated(1000, 2000, 3000, 7))
print(larger(2**62 - 3, 2**62 - 9, 6), rotated(1.0, 2.0, 3.0, 6), chained(40), outcome(handled, 1000, 5000, 4))
print(outcome(larger, 1000, True, 3), outcome(nearest, 1e300, 6), outcome(turned, 2**63, 2**62 - 1))
