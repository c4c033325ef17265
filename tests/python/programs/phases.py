# SPDX-License-Identifier: MIT
# compiled: accumulate horner steps
# A function whose inputs change kind again and again; a loop whose numbers change kind while it runs.
from observing import outcome, value_text


def accumulate(start, step, n):
    total = start
    for i in range(n):
        total = total + step
    return total


def horner(a, b, x):
    return (a * x + b) * x - a


def steps(n):
    x = 1
    for i in range(n):
        if i == 100:
            x = x + 0.5
        if i == 200:
            x = 3
        if i == 300:
            x = x * 2**62
        if i == 400:
            x = "t"
            tail = "u"
        if i == 450:
            x = True
            tail = 0.25
        if i < 400:
            x = x + 1
        if i > 400:
            x = x + tail
    return x


KINDS = (1, 0.5, 2**40, 2**61, 2**63, True, -7, 1e300)
for turn in range(4):
    for start in KINDS:
        for step in KINDS:
            print(value_text(accumulate(start, step, 60)), value_text(horner(start, step, turn)))
for n in (50, 150, 250, 350, 410, 440, 460, 600):
    print(outcome(steps, n))
for turn in range(30):
    assert accumulate(turn, 1, 10) == turn + 10
    assert accumulate(0.5, turn, 10) == 0.5 + turn * 10
    assert accumulate("", "ab", turn) == "ab" * turn
print("steady")
