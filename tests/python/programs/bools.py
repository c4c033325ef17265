# SPDX-License-Identifier: MIT
# compiled: arithmetic count flip both select
# True and False are integers, and stay themselves where they are.
from observing import value_text, warm


def arithmetic(a, b):
    return a + b * 2 - a % 2


def count(n):
    total = 0
    for i in range(n):
        total = total + (i < 10)
    return total


def flip(n):
    state = True
    for i in range(n):
        if state:
            state = False
        else:
            state = i == 8
    return state


def both(a, b):
    x = a == b
    if x:
        return x
    return a < b


def select(n):
    flag = False
    total = 0
    for i in range(n):
        flag = flag == (i % 3 == 0)
        if flag:
            total = total + True
    return total + flag


for a in (True, False, 1, 0, 1.0, 2**63):
    for b in (True, False, 1, 0, 0.5):
        warm(arithmetic, a, b, times=50)
        print(value_text(arithmetic(a, b)), value_text(both(a, b)), value_text(arithmetic(b, a)))
print(value_text(count(300)), value_text(flip(300)), value_text(flip(1)), value_text(flip(10)), value_text(select(500)))
print(flip(2) is False, flip(9) is True, both(1, 1) is True, both(2, 1) is False)
