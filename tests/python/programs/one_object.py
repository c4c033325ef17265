# SPDX-License-Identifier: MIT
# compiled: copied_in_turn moved gcd_of remembered best_of swapped in_three_slots absolute constants_meet from_a_list counted stepped closed_over
# One number on one path is one object, wherever it goes: containers, calls, returns, exits, several locals, several
# frames. Another operation gives another object, also for an equal number.
import sys

from observing import outcome, warm

NAN = float("inf") - float("inf")


def which(*values):
    """The first place of each value's object: the same letter, the same object."""
    places = [id(value) for value in values]
    return "".join("abcdefgh"[places.index(place)] for place in places)


def names_of_caller():
    names = sys._getframe(1).f_locals
    return which(*(names.get(name) for name in ("a", "b", "c")))


def moved(a, b):
    x = a * b
    y = x
    z = a * b
    return {x: 1}.get(y), {x: 1}.get(z), [x].count(y), [x].count(z), y in (x,), which(x, y, z), x is y


def gcd_of(a, b, rounds):
    for i in range(rounds):
        if b == 0:
            break
        a, b = b, a % b
    return a, b


def remembered(n, last):
    current = last
    seen = []
    for i in range(n):
        previous = current
        current = current + 1000
        if i == n - 2:
            seen.append((which(previous, current, last), previous))
        previous = current
    return seen, which(previous, current) if n else which(current, last)


def best_of(values):
    best = values[0]
    current = values[0]
    for value in values:
        current = value * 3
        if current > best:
            best = current
    return which(best, current, values[0]), best


def swapped(a, b, n):
    c = a
    for i in range(n):
        a, b = b, a
        c = a
        if i == 3:
            return which(a, b, c), names_of_caller()
    return which(a, b, c), names_of_caller()


def in_three_slots(n):
    a = n * 1000
    b = a
    c = b
    for i in range(3):
        a = a + i
    return names_of_caller(), which(a, b, c)


def absolute(value, n):
    a = value
    for i in range(n):
        a = -a if a < 0 else a
    return which(a, value), +value is value, -(-value) is value


def constants_meet(n):
    a = b = 2.5
    c = 2.5
    for i in range(n):
        b = b * 1.0
    return which(a, b, c), names_of_caller()


def from_a_list(items):
    total = 0
    kept = items[0]
    for item in items:
        total += item
        if item > 5000:
            kept = item
    return [kept is item for item in items], total


def counted(start, stop):
    a = b = None
    for i in range(start, stop):
        a = i
        b = i
    return which(a, b, start), names_of_caller()


def given_back(value):
    for i in range(3):
        last = value + i - i
    return value


def made(value):
    return value + 1


def kept_elsewhere(value, keep):
    value = value + 1
    keep.append(value)
    return value


def stepped(value):
    keep = []
    a = given_back(value)
    b = made(value)
    c = kept_elsewhere(value, keep)
    return which(value, a, b, c), c is keep[0], a is value, names_of_caller()


def closed_over(value):
    a = value * 2
    b = a

    def inner():
        return a

    return inner() is b, which(inner(), a, b)


class Right:
    """Tells which object stood to its left."""

    def __init__(self, expected):
        self.expected = expected

    def __radd__(self, other):
        return other is self.expected

    def __rmul__(self, other):
        return other is self.expected


def left_operand(value, right):
    total = 0
    for i in range(3):
        total = total + value
    return value + right


def left_operand_of_choice(value, other, right):
    chosen = value if value < other else other
    return chosen * right


def defaults(value=1000, other=1.25):
    for i in range(2):
        other = other if i < 5 else other * 2.0
    return which(value, other, *defaults.__defaults__)


for attempt in range(4):
    for number in (7, 1000, 12345678901, 1.5, NAN, True):
        print(outcome(moved, number, 3), outcome(absolute, number, attempt), outcome(closed_over, number))
        print(outcome(remembered, attempt, number), outcome(swapped, number, number * 2, attempt * 2))
        print(outcome(best_of, [number, number, number]), outcome(in_three_slots, number), outcome(stepped, number))
        print(outcome(left_operand, number, Right(number)), outcome(left_operand_of_choice, number, 1e30, Right(number)))
        print(outcome(left_operand, number, number), outcome(left_operand_of_choice, number, 1e30, number))
    big, small = 10**9 + attempt, 10**6 + attempt
    for rounds in range(4):
        a, b = gcd_of(big, small, rounds)
        print(which(a, b, big, small), a, b)
    print(outcome(constants_meet, attempt), outcome(from_a_list, [1000, 5001, 6000, 7]), outcome(counted, 1000, 1000 + attempt))
    print(defaults())
for attempt in range(3000):
    moved(1.5, 2.0), stepped(1000 + attempt), in_three_slots(attempt), absolute(-1000.0 - attempt, 2)
    left_operand(1000 + attempt, attempt), left_operand_of_choice(2000, attempt, 3), swapped(1000.5, 7.5, 2)
for number in (NAN, 12345, -7.25):
    print(outcome(moved, number, 1), outcome(stepped, number), outcome(absolute, number, 2), outcome(in_three_slots, number))
    print(outcome(left_operand, number, Right(number)), outcome(left_operand_of_choice, number, 1e30, Right(number)))


# A copy of a local that was not made yet, beside an object of its own: reading one of them makes nothing of the other.
def copied_in_turn(a, n):
    tripled = a * 3
    held = a
    for i in range(n):
        held = held + (0.5 if i == 2 else 1)
        held = +tripled
        a = i >> 2
    return held, a, held is tripled


warm(copied_in_turn, 2, 3)
for first in (2, 1 << 40, True, 2.5):
    print(outcome(copied_in_turn, first, 2), outcome(copied_in_turn, first, 5))
