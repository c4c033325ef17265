# SPDX-License-Identifier: MIT
# min() and max() of several arguments: numbers of all kinds, equal ones, NaNs, objects that compare in Python, fail to, or
# change things meanwhile, and of one argument, with names, and rebound.
# compiled: of_two of_three clamped distances running mixed of_one named
import sys

from observing import outcome, value_text, warm


def of_two(a, b):
    return min(a, b), max(a, b)


def of_three(a, b, c):
    return min(a, b, c), max(a, b, c), max(a, max(b, c)) - min(min(a, b), c)


def clamped(values, low, high):
    return [max(low, min(high, value)) for value in values]


def distances(a, b):
    before = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        now = [i]
        for j, y in enumerate(b, 1):
            now.append(min(before[j] + 1, now[j - 1] + 1, before[j - 1] + (x != y)))
        before = now
    return before[-1]


def running(values):
    least = greatest = 0
    for value in values:
        least = min(least, value)
        greatest = max(value, greatest)
    return least, greatest


def mixed(values):
    found = values[0]
    same = 0
    for value in values:
        larger = max(found, value)
        same += larger is found
        found = larger
    return found, same


def of_one(values):
    return min(values), max(values), max(iter(values))


def named(values):
    return min(*values, key=abs), max(values, default=None), max(3, 4, key=lambda value: -value)


class Number:
    def __init__(self, value, effect=None):
        self.value = value
        self.effect = effect

    def __lt__(self, other):
        return self.compare(other, "<")

    def __gt__(self, other):
        return self.compare(other, ">")

    def compare(self, other, how):
        if self.effect is not None:
            self.effect()
        value = other.value if isinstance(other, Number) else other
        return self.value < value if how == "<" else self.value > value

    def __repr__(self):
        return f"Number({self.value})"


def fail():
    raise KeyError("no order")


def main():
    nan, inf = float("nan"), float("inf")
    warm(of_two, 1, 2)
    warm(of_three, 1.5, 2.5, 0.5)
    values = [0, 1, -1, 2**29, 2**31, -(2**70), 10**30, 1.0, -0.0, 0.0, nan, inf, True, False, "a", "b", "", None, (1, 2), (1, 3)]
    for a in values:
        print([outcome(of_two, a, b) for b in values])
    print(outcome(of_three, 3, 1, 2), outcome(of_three, nan, 1.0, 2.0), outcome(of_three, 1.0, nan, 2.0), outcome(of_three, 1, 1.0, True))
    print(outcome(of_three, "x", 1, 2), outcome(of_three, 2, Number(5), 1))
    print(clamped([-5, 0, 3, 12, 2.5, nan, 10**20], 0, 10), clamped([1.5, 2.5, -1.0], 0.0, 2.0))
    print(distances("kitten on the mat", "sitting at the map"), running([3, -4, 5.5, 2**65, -7]), running([nan, 1.0]))
    print(value_text(mixed([1, 1.0, True, 2, 2.0])), value_text(mixed([300, 300, 300.0])))
    print(of_two(Number(1), Number(2)), of_two(Number(2), 2), outcome(of_two, Number(1, fail), 2), outcome(of_two, 1, Number(2, fail)))
    seen = []
    print(of_two(Number(1, lambda: seen.append(sys._getframe(2).f_code.co_name)), 3), seen)
    print(of_one([3, 1, 2]), outcome(of_one, []), outcome(of_one, 5), outcome(of_one, [1, "x"]))
    print(outcome(named, [-3, 2, 1]), outcome(named, []))
    globals()["max"] = lambda *given: "mine"
    print(of_two(1, 2), running([1, 2]))
    del globals()["max"]
    print(of_two(1, 2))
    limit = sys.getrecursionlimit()

    class Deep:
        def __gt__(self, other):
            return min(self, other) is self

    print(outcome(lambda: of_two(Deep(), 1)).split(":")[0], sys.getrecursionlimit() == limit)


main()
