# SPDX-License-Identifier: MIT
# compiled: arithmetic comparison arguments assignment branches
# The order in which operands, arguments and conditions are looked at.
import zlib

log = []


class Value:
    def __init__(self, name, number):
        self.name, self.number = name, number

    def _with(self, sign, other):
        number = getattr(other, "number", other)
        log.append(f"{self.name}{sign}{getattr(other, 'name', other)}")
        return Value(f"({self.name}{sign}{getattr(other, 'name', other)})", self.number + number)

    def __add__(self, other):
        return self._with("+", other)

    def __sub__(self, other):
        return self._with("-", other)

    def __mul__(self, other):
        return self._with("*", other)

    def __lt__(self, other):
        log.append(f"{self.name}<{getattr(other, 'name', other)}")
        return self.number < getattr(other, "number", other)


def value(name, number):
    log.append(f"make {name}")
    return Value(name, number)


def take(*arguments):
    log.append("take " + " ".join(str(getattr(a, "name", a)) for a in arguments))
    return 0


def arithmetic(n):
    return value("a", 1) + value("b", 2) * value("c", 3) - (value("d", 4) + n)


def comparison(n):
    if value("a", n) < value("b", 3):
        return 1
    return 2


def arguments(n):
    return take(value("a", 1), value("b", 2) + n, take(value("c", 3)))


def assignment(n):
    x = value("x", 1)
    x = x + value("y", 2) * n
    y = x
    x = value("z", 3)
    return take(x, y)


def branches(n):
    i = 0
    while value("i", i) < n:
        i = i + 1
        if value("odd", i % 2) < 1:
            take(i)
        else:
            take("odd")
    return i


for attempt in range(40):
    for function in (arithmetic, comparison, arguments, assignment, branches):
        log.append(function.__name__)
        function(attempt % 5)
print("\n".join(log[:100]))
print(len(log), zlib.crc32("".join(log).encode()))
