# SPDX-License-Identifier: MIT
# compiled: less less_equal equal not_equal greater greater_equal count_less between
# All six comparisons on all pairs: not-a-number, integers beyond the precision of floats, types without an order,
# results that are no bool.
from observing import outcome, warm


class Answers:
    """Comparisons that answer with something else than a bool, or not at all."""

    def __init__(self, answer):
        self.answer = answer

    def __lt__(self, other):
        if isinstance(self.answer, Exception):
            raise type(self.answer)(*self.answer.args)
        return self.answer

    __gt__ = __le__ = __ge__ = __lt__

    def __eq__(self, other):
        return self.answer

    def __repr__(self):
        return f"Answers({self.answer!r})"


NAN = float("nan")
VALUES = (0, -0.0, 1, 1.0, True, False, -1, 2**53, 2**53 + 1, 2.0**53, 2**62, 2**63, -(2**63), 2.0**63, 10**400,
          float("inf"), -float("inf"), NAN, "a", "b", "", b"a", None, (1, 2), (1, 3), [1], Answers(0), Answers("yes"),
          Answers(ValueError("no order")), Answers(NotImplemented))


def less(a, b):
    return a < b


def less_equal(a, b):
    return a <= b


def equal(a, b):
    return a == b


def not_equal(a, b):
    return a != b


def greater(a, b):
    return a > b


def greater_equal(a, b):
    return a >= b


def count_less(limit, count):
    found = 0
    for i in range(count):
        if i < limit:
            found = found + 1
    return found


def between(a, b, c):
    if a < b:
        if b <= c:
            return "inside"
        return "above"
    return "below"


for trained in ((1, 2), (1.5, 2.5), ("a", "b")):
    for function in (less, less_equal, equal, not_equal, greater, greater_equal):
        warm(function, *trained)
        for a in VALUES:
            print(function.__name__, repr(a)[:30], [outcome(function, a, b).split(" | ")[0] for b in VALUES])
for limit in (0, 50, 50.5, True, 2**70, -(2**70), NAN, float("inf"), "x", None, Answers(1), Answers([])):
    print(outcome(count_less, limit, 400))
for a in VALUES[:18]:
    for b in VALUES[:18]:
        print(between(a, b, 2), between(0, a, b), end=" ")
    print()
