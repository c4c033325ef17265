# SPDX-License-Identifier: MIT
# compiled: same_names copies copied_floats exchanged
# `is` between numbers that locals share: one object under several names stays one object.
from observing import outcome


def same_names(n):
    same = 0
    for i in range(n):
        x = i * 1000003
        if x is x:
            same = same + 1
        y = x
        if y is x:
            same = same + 1
    return same


def copies(n):
    a = n * 1000003
    b = a
    for i in range(n):
        if a is not b:
            return i
        a = b
    return a is b


def copied_floats(n, total):
    for i in range(n):
        total = total + 1.5
        copy = total
        if not (copy is total):
            return i
    return -1


def exchanged(n):
    a = n * 7919
    b = a + 1
    for i in range(n):
        c = a
        a = b
        b = c
        if a is b or c is not b:
            return i
    return a - b


for attempt in range(5):
    print(outcome(same_names, 3000), outcome(copies, 3000), outcome(copied_floats, 3000, 2.0), outcome(exchanged, 3001))
