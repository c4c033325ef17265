# SPDX-License-Identifier: MIT
# compiled: branch negated loop chained asserted conditional
"""Comparisons whose result only a jump looks at: plain bools, and objects whose truth is computed, raises, or switches
tracing on. Everybody who looks meanwhile sees the jump running, not the comparison.
"""
import sys


class Answer:
    def __init__(self, log, answer):
        self.log = log
        self.answer = answer

    def __bool__(self):
        frame = sys._getframe(1)
        self.log.append(("bool", frame.f_lineno - frame.f_code.co_firstlineno, frame.f_lasti))
        if isinstance(self.answer, BaseException):
            raise self.answer
        if self.answer == "trace":
            sys.settrace(lambda *_: None)
            return True
        return self.answer

    def __del__(self):
        self.log.append("answer gone")


class Operand:
    def __init__(self, answer):
        self.log = []
        self.answer = answer

    def compare(self, other):
        frame = sys._getframe(1)
        self.log.append(("compared", frame.f_lineno - frame.f_code.co_firstlineno, frame.f_lasti))
        return self.answer if isinstance(self.answer, bool) else Answer(self.log, self.answer)

    __lt__ = __eq__ = __ge__ = compare


def branch(a, b):
    if a < b:
        return "less"
    return "not less"


def negated(a, b):
    if not a == b:
        return "different"
    return "equal"


def loop(a, b):
    rounds = 0
    while (
        a
        >= b
    ):
        rounds += 1
        if rounds == 3:
            break
    return rounds


def chained(a, b, c):
    if a < b < c:
        return "ascending"
    return "not ascending"


def asserted(a, b):
    assert a < b, "asserted"
    return "passed"


def conditional(a, b):
    return ("yes" if a == b else "no") + str([x for x in range(3) if a < b])


FUNCTIONS = (branch, negated, loop, asserted, conditional)
for _ in range(4):
    for function in (branch, negated, loop, conditional):
        print(function.__name__, function(1, 2), function(2.5, 1), function("a", "a"), function((1,), (2,)))
    print("chained", chained(1, 2, 3), chained(3, 2, 1), chained("a", "b", "c"))

for answer in (True, False, 0, [], [1], KeyError("truth"), "trace"):
    for function in FUNCTIONS:
        left = Operand(answer)
        try:
            result = function(left, 5)
        except (KeyError, AssertionError) as error:
            result = repr(error)
            lasti = []
            step = error.__traceback__
            while step is not None:
                lasti.append((step.tb_frame.f_code.co_name, step.tb_lasti, step.tb_lineno))
                step = step.tb_next
            result += f" {lasti}"
            error = None
        sys.settrace(None)
        print(function.__name__, repr(answer), result, left.log)
    left = Operand(answer)
    try:
        print("chained", repr(answer), chained(1, left, 3), chained(left, 3, 4), left.log)
    except KeyError as error:
        print("chained", repr(error), error.__traceback__.tb_next.tb_lasti)
    sys.settrace(None)
