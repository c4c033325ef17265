# SPDX-License-Identifier: MIT
# compiled: combine compare loop
# Operators written in Python that raise, reflect, refuse, and change the program that uses them.
from observing import outcome, warm

log = []
switch = 1


class Left:
    def __add__(self, other):
        log.append("Left.__add__")
        return NotImplemented

    def __lt__(self, other):
        log.append("Left.__lt__")
        return NotImplemented


class Right:
    def __radd__(self, other):
        log.append("Right.__radd__")
        return 5

    def __gt__(self, other):
        log.append("Right.__gt__")
        return 0


class Derived(Left):
    def __radd__(self, other):
        log.append("Derived.__radd__")
        return 7


class Changing:
    def __add__(self, other):
        global switch, loop_item
        switch = switch + 1
        if switch == 200:
            loop_item = 2.5
        return switch


class Raising:
    def __add__(self, other):
        raise ZeroDivisionError("from __add__")

    def __lt__(self, other):
        raise RuntimeError("from __lt__")


class Index(int):
    def __floordiv__(self, other):
        return "floor"

    def __rmod__(self, other):
        return "rmod"


def combine(a, b):
    return a + b


def compare(a, b):
    if a < b:
        return "less"
    return "not less"


def loop(n):
    total = 0
    for i in range(n):
        total = total + (loop_item + i)
    return total


OBJECTS = (Left(), Right(), Derived(), Raising(), 1, 2.5, "s", Index(4))
warm(combine, 1, 2)
warm(compare, 1, 2)
for a in OBJECTS:
    for b in OBJECTS:
        print(type(a).__name__, type(b).__name__, outcome(combine, a, b), outcome(compare, a, b))
print(log)
loop_item = Changing()
print(outcome(loop, 400), switch)
loop_item = 1
print(outcome(loop, 400))
Changing.__add__ = lambda self, other: other * 2
loop_item = Changing()
print(outcome(loop, 400))
del Changing.__add__
print(outcome(loop, 400))


def remainder(a, b):
    return a % b


def quotient(a, b):
    return a // b


warm(remainder, 7, 3)
warm(quotient, 7, 3)
print(outcome(remainder, 7, Index(3)), outcome(quotient, Index(7), 2), outcome(quotient, 7, Index(2)))
print(outcome(remainder, "%d and", 5), outcome(remainder, "%s", (1,)), outcome(remainder, "%d", "x"))
