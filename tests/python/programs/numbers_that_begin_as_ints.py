# SPDX-License-Identifier: MIT
# Variables that start as an int, or as None, and are floats from the first iteration on: loops of which the first
# iteration runs by itself, left and entered in all ways, and operations whose types only other operations show.
# compiled: summed nested_sums until broken handled suspended_sum none_first product_of divided remainders greatest
# compiled: compared squared shifted restored by_callback through_cell scaled vectors observed deleted
import sys

from observing import outcome, value_text, warm


def summed(values):
    total = 0
    for value in values:
        total += value
    return total, total / (len(values) or 1)


def nested_sums(rows):
    every = 0
    sums = []
    for row in rows:
        total = 0
        for value in row:
            total += value * 0.5
        every += total
        sums.append(total)
    return every, sums


def until(values, limit):
    total = 0
    place = None
    for place, value in enumerate(values):
        total += value
        if total > limit:
            break
    else:
        return "all", place, total
    return place, total


def broken(values):
    total = 0
    count = 0
    for value in values:
        if value is None:
            continue
        total += value
        count += 1
    return total, count


def handled(values):
    total = 0
    caught = []
    for value in values:
        try:
            total += value
        except TypeError as error:
            caught.append((str(error), total))
    return total, caught


def suspended_sum(values):
    total = 0
    for value in values:
        total += value
        yield total


def none_first(values):
    best = None
    for value in values:
        if best is None or value < best:
            best = value
    last = None
    for value in values:
        last = value * 2.0
    return best, last


def product_of(values):
    product = 1
    for value in values:
        product *= value
    return product


def divided(n, start):
    total = start
    for i in range(n):
        total = total / 2 + i
    return total


def remainders(n, m):
    found = []
    for i in range(1, n):
        a, b = i, m
        while b:
            a, b = b, a % b
        found.append(a)
    return found


def greatest(rows):
    result = 0
    for row in rows:
        for value in row:
            if value > result:
                result = value
    return result


def compared(values, limit):
    below = 0
    for value in values:
        middle = value / 2 + limit
        if middle < limit + 1.0 or limit - 1.0 > middle:
            below += 1
    return below


def squared(values):
    return [value ** 2 for value in values] + [value ** 2.0 for value in values]


def shifted(values):
    total = 0
    for value in values:
        part = value - 0.5
        total += part if part < 2.5 else -part
    return total


def restored(values):
    total = 0
    for value in values:
        total += value
        if total > 20.0:
            total = 0
    return total


def by_callback(function, values):
    total = 0
    for value in values:
        total += function(value) * 0.5
    return total


def through_cell(values):
    factor = 2

    def scale(value):
        return value * factor

    def run():
        total = 0
        for value in values:
            total += scale(value)
        return total

    first = run()
    original = scale

    def scale(value):
        return original(value) + 1

    return first, run()


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    def __truediv__(self, divisor):
        return Vector(self.x / divisor, self.y / divisor)

    def __rsub__(self, other):
        return Vector(other - self.x, other - self.y)

    def __lt__(self, other):
        return self.x < other


def scaled(things):
    results = []
    for thing in things:
        results.append((thing * 0.5, thing / 4.0, 2.5 - thing, thing < 1.5))
    return results


def vectors(n):
    vector = Vector(0, 1)
    for _ in range(n):
        vector = vector * 1.5
    return vector.x, vector.y


def observed(values):
    total = 0
    seen = []
    for place, value in enumerate(values):
        total += value
        if place % 3 == 0:
            seen.append(sys._getframe().f_locals["total"])
    return seen, total


def deleted(values):
    total = 0
    for value in values:
        total += value
        if value > 6.0:
            del total
            total = 1
    return total


def shown(things):
    return [
        tuple((thing.x, thing.y) if isinstance(thing, Vector) else value_text(thing) for thing in row) for row in things
    ]


class Added:
    """Adds itself up as something that is no number."""

    def __radd__(self, other):
        return f"{other} and more"

    def __add__(self, other):
        return "more"


FLOATS = [0.5, 1.25, 3.0, 7.5, -2.0, 0.125, 4.5]
INTS = [3, 1, 4, 1, 5, 9]
MIXED = [1, 2.5, 3, 0.5, 10**20, -1.0, True]
ODD = [float("nan"), float("inf"), -0.0, 0.0, 1e308, 1e-320, -1e200]


def main():
    for values in (FLOATS, INTS, MIXED, ODD, [], [2.0], (1.5, 2.5), [FLOATS[0], 10**400]):
        for function in (summed, broken, product_of, squared, shifted, restored, deleted, observed):
            warm(function, FLOATS)
            print(function.__name__, outcome(function, values))
        print(outcome(until, values, 4.0), outcome(none_first, values), outcome(compared, values, 1))
        print(outcome(nested_sums, [values, FLOATS, values]), outcome(greatest, [values, INTS]))
        print(outcome(lambda: list(suspended_sum(values))))
    print(outcome(handled, [1.5, "x", 2.5, None, 3, Added(), 1.0]), outcome(summed, [1.5, Added(), 2.5]))
    print(outcome(broken, [None, 1.5, None, 2.5, None]))
    for start in (0, 1.0, True, 10**30, "x", None):
        print(outcome(divided, 9, start))
    print(remainders(12, 30), outcome(remainders, 4, 2.5), outcome(remainders, 3, "x"))
    for function in (abs, lambda value: value + 1, lambda value: "x", float, Vector):
        warm(by_callback, lambda value: value, FLOATS)
        print(outcome(by_callback, function, FLOATS))
    print(through_cell(FLOATS), through_cell(["a", "b"][:0]))
    warm(scaled, FLOATS)
    print(shown(scaled(FLOATS + [Vector(1, 2.5)] + INTS)))
    print(vectors(30))


main()
