# SPDX-License-Identifier: MIT
# compiled: combine scale accumulate
# Trained on one type, called with all others: what was guessed must never show.
from observing import outcome, warm


class Integer(int):
    pass


class Loud(int):
    def __add__(self, other):
        return ("Loud.__add__", int(self), other)

    def __radd__(self, other):
        return ("Loud.__radd__", int(self), other)

    def __mul__(self, other):
        return "Loud.__mul__"


class Real(float):
    def __add__(self, other):
        return ("Real.__add__", float(self), other)


class Vector:
    def __init__(self, x):
        self.x = x

    def __add__(self, other):
        return Vector(self.x + (other.x if type(other) is Vector else other))

    def __radd__(self, other):
        return Vector(other + self.x)

    def __mul__(self, factor):
        return Vector(self.x * factor)

    def __sub__(self, other):
        return NotImplemented

    def __repr__(self):
        return f"Vector({self.x!r})"


class Refuses:
    __add__ = None


VALUES = (1, -5, 2**62, 2**70, True, False, 1.5, -0.0, "text", "", b"bytes", [1], (2, 3), None, {"k": 1}, {4}, 2 + 1j,
          Integer(3), Loud(4), Real(2.5), Vector(7), range(3), ..., int, Refuses)


def combine(a, b):
    return a + b - b


def scale(a, b):
    return a * b


def accumulate(start, item, count):
    total = start
    for i in range(count):
        total = total + item
    return total


def text(line):
    return line.replace(repr(Refuses), "Refuses")


for trained in (3, 2.5, "s", True, 2**80):
    warm(combine, 3, trained) if not isinstance(trained, str) else warm(scale, trained, 2)
    for a in VALUES:
        for b in VALUES:
            print(text(f"{a!r} {b!r} {outcome(combine, a, b)} {outcome(scale, a, b)}"))
for a in VALUES:
    for b in VALUES:
        print(text(f"{a!r} {b!r} {outcome(accumulate, a, b, 5)}"))
print(accumulate(0, 1, 5000), accumulate(0.0, 0.5, 5000), accumulate(0, 0.5, 5000), accumulate(0.5, 2**70, 10))
print(len(accumulate("", "ab", 3000)), len(accumulate((), (1, 2), 300)), accumulate(Vector(0), Vector(2), 100))
