# SPDX-License-Identifier: MIT
# compiled: choose negate count_true drain
# The truth of everything: numbers, containers, objects with __bool__ and __len__ that answer, lie or raise.
from observing import outcome, warm


class Bool:
    def __init__(self, answer):
        self.answer = answer

    def __bool__(self):
        if isinstance(self.answer, Exception):
            raise type(self.answer)(*self.answer.args)
        return self.answer

    def __repr__(self):
        return f"Bool({self.answer!r})"


class Length:
    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def __repr__(self):
        return f"Length({self.length!r})"


VALUES = (0, 1, -1, 2**63, 0.0, -0.0, 5e-324, float("nan"), True, False, None, "", "x", b"", (), (0,), [], [0], {}, 0j,
          Bool(True), Bool(False), Bool(1), Bool(ValueError("neither")), Length(0), Length(3), Length(-1), object, ...)


def choose(value):
    if value:
        return "yes"
    return "no"


def negate(value):
    if not value:
        return "no"
    return "yes"


def count_true(value, count):
    found = 0
    for i in range(count):
        if value:
            found = found + 1
    return found


def drain(n):
    steps = 0
    while n:
        n = n - 1
        steps = steps + 1
    return steps


for trained in (5, 0.5, True, "s", None):
    for function in (choose, negate):
        warm(function, trained)
        for value in VALUES:
            print(function.__name__, repr(value)[:30], outcome(function, value))
for value in VALUES:
    print(outcome(count_true, value, 300))
print(drain(0), drain(1), drain(5000), drain(100.0), drain(True), outcome(drain, "s"))
