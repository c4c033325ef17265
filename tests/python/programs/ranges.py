# SPDX-License-Identifier: MIT
# compiled: total last count_to nested steps held_elsewhere
# range() in all its forms, and loops that were trained on ranges and get something else.
from observing import outcome, warm


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


def total(items):
    result = 0
    for i in items:
        result = result + i
    return result


def last(stop):
    i = "never"
    for i in range(stop):
        i = i
    return i


def count_to(stop):
    count = 0
    for i in range(stop):
        count = count + 1
        i = i * 1000
    return count


def nested(n, m):
    result = 0
    for i in range(n):
        for j in range(i, m):
            result = result + i * j
    return result


def steps(start, stop, step):
    result = 0
    count = 0
    for i in range(start, stop, step):
        result = result * 3 + i
        count = count + 1
        if count > 5000:
            return result % 1000000007
    return result % 1000000007


def held_elsewhere(stop):
    """Somebody else asks the iterator as well, which the loop's code must see."""
    iterator = iter(range(stop))
    count = skipped = 0
    for i in iterator:
        count = count + 1
        if i % 100 == 7:
            skipped = skipped + next(iterator, 0)
    return count, skipped, i


warm(total, range(10))
BIG = 2**62
for items in (range(0), range(1), range(5, 2), range(10, 0, -3), range(-5, 5), range(BIG - 2, BIG + 3),
              range(2 * BIG - 3, 2 * BIG + 3), range(-2 * BIG - 3, -2 * BIG + 3), range(2 * BIG + 3, 2 * BIG - 3, -1),
              range(10**30, 10**30 + 5), range(0, 4 * BIG, BIG), [1, 2.5, 3], (4, True), {7: 1}, iter(range(4)),
              (n for n in range(5)), "ab", 5, None, [2**62, 2**62, 2**62], map(int, "123"), range(3000)):
    print(repr(items)[:20].split(" at ")[0], outcome(total, items))
for stop in (0, 1, 300, -4, True, Index(7), Index(2**70), 3.0, "3", None):
    print(outcome(last, stop) if stop.__class__ is not Index or stop.value < 100 else "-")
    if stop.__class__ is not Index or stop.value < 100:
        print(outcome(count_to, stop))
print(nested(0, 5), nested(5, 0), nested(60, 80), nested(3, 2000))
for start, stop, step in ((0, 10, 1), (10, 0, -1), (0, 10, 3), (0, -10, -3), (0, 10, -1), (5, 5, 1), (0, 10, 0),
                          (0, 2**64, 2**60), (2**63 - 10, 2**63 + 10, 1), (-(2**63) + 3, -(2**63) - 9, -2),
                          (0, 2**63 - 1, 2**61), (2**63 - 1, 0, -(2**61)), (2**62, 2**62 + 7, 2), (0, 9, 2**63),
                          (0, 10, True), (0.0, 1, 1), (0, "x", 1), (0, 5, Index(2)), (-3, 3000, 1), (2**80, 2**81, 2**78)):
    print(start, stop, step if step.__class__ is int else "-", outcome(steps, start, stop, step))
print(held_elsewhere(5000), held_elsewhere(5), held_elsewhere(508))
