# SPDX-License-Identifier: MIT
# compiled: maybe late in_loop other_name
# Names without a value: the error, its text and its place.
from observing import outcome, warm


def maybe(flag):
    if flag:
        value = 1
    return value


def deleted(n):
    value = n
    if n > 10:
        del value
    return value + 1


def late(n):
    total = 0
    for i in range(n):
        if i > 200:
            total = later + total
        if i == 300:
            later = 1
    return total


def in_loop(n):
    for i in range(n):
        total = i
    return total, i


def in_loop(n):  # noqa: F811
    for i in range(n):
        total = i
    return total + i


def other_name(n):
    return n + no_such_name  # noqa: F821


warm(maybe, True)
warm(deleted, 5)
warm(in_loop, 5)
print(outcome(maybe, True), outcome(maybe, False), outcome(maybe, 0.0))
print(outcome(deleted, 5), outcome(deleted, 50))
print(outcome(late, 100), outcome(late, 400))
print(outcome(in_loop, 3), outcome(in_loop, 0))
print(outcome(other_name, 3))
no_such_name = 4
print(outcome(other_name, 3))
del no_such_name
print(outcome(other_name, 3))
