# SPDX-License-Identifier: MIT
# compiled: doubled.<locals>.<listcomp> nested.<locals>.<listcomp> filtered.<locals>.<setcomp> shared passed summed
# Range iterators that others hold while a loop runs over them: those of comprehensions are arguments, others are in
# variables, in a caller's hands, or found in a frame. They are moved on, used up and kept from outside in the loop.
import sys

from observing import outcome, warm

log = []


def doubled(*bounds):
    return [i * 2 for i in range(*bounds)]


def nested(n):
    return [[j * i for j in range(i, -1, -1)] for i in range(n)]


def filtered(n):
    return {i % 7 for i in range(n) if i & 1}, {i: i * 0.5 for i in range(0, n, 3)}


def shared(n, skips):
    """The loop's iterator is in a variable, too."""
    numbers = iter(range(n))
    seen = []
    for i in numbers:
        seen.append(i)
        if i in skips:
            seen.append(-next(numbers, 1000))
    return seen, list(numbers)


def passed(numbers, n):
    total = 0
    for i in numbers:
        total += i
        if i == n:
            break
    return total


def summed(numbers):
    total = 0
    for i in numbers:
        total += i * i
    return total


def looked_at(n, at, action):
    return [action(i) if i == at else i for i in range(n)]


def iterator_of(depth):
    frame = sys._getframe(depth)
    while ".0" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals[".0"]


def takes_one(i):
    return next(iterator_of(2), "none")


def takes_all(i):
    return list(iterator_of(2))


def keeps(i):
    log.append(iterator_of(2))
    return i


def raises(i):
    raise ValueError(i)


def shows(i):
    return iterator_of(2).__length_hint__(), iterator_of(2).__reduce__()[2]


BOUNDS = ((0,), (1,), (5,), (3, 9), (9, 3), (9, 3, -2), (-4, 20, 7), (5, 5, 1), (1 << 29, (1 << 29) + 3),
          ((1 << 61) - 2, (1 << 61) + 2), ((1 << 62) - 2, (1 << 62) + 1), ((1 << 63) - 4, (1 << 63) - 1),
          (-(1 << 63), -(1 << 63) + 3), ((1 << 63) - 1, (1 << 63) + 2), (1 << 70, (1 << 70) + 2), (0, 1 << 70, 1 << 69))

for turn in range(6):
    for bounds in BOUNDS:
        print(turn, bounds, outcome(doubled, *bounds))
for turn in range(40):
    nested(9), filtered(30), shared(12, (3, 6)), passed(iter(range(20)), 10), summed(iter(range(9)))
print(nested(6), filtered(25))
for skips in ((), (2,), (0, 5, 10), (11,), range(12)):
    print(shared(12, skips), shared(0, skips), shared(1, skips))
numbers = iter(range(30))
for n in (3, 9, 10, 28, 100, 100):
    print(passed(numbers, n), numbers.__length_hint__())
for iterable in (range(9), iter(range(9)), [1, 2, 3], iter([4, 5]), (i for i in range(4)), iter(range(0)), range(1 << 62, (1 << 62) + 3),
                 iter(range(-(1 << 63), -(1 << 63) + 2)), {1: 2}, "ab", None):
    print(outcome(summed, iterable), outcome(passed, iterable, 2))
for action in (takes_one, takes_all, keeps, raises, shows):
    warm(looked_at, 12, 99, action, times=8)
    for at in (0, 3, 11):
        print(action.__name__, at, outcome(looked_at, 12, at, action), [list(kept) for kept in log])
        log.clear()

# Many loops in one call: the interpreter's frames are taken over in the middle, at the first value and at the last.
for length in (1, 2, 3, 64):
    print(length, sum(sum([i + k for i in range(length)]) for k in range(600)))


def held(n):
    numbers = iter(range(n))
    other = numbers
    before = sys.getrefcount(numbers)
    total = 0
    for i in numbers:
        total += i
    return total, before, sys.getrefcount(other), next(other, "used up")


for turn in range(20):
    result = held(50)
print(result)
