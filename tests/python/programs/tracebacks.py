# SPDX-License-Identifier: MIT
# compiled: divide spread loop outer countdown chained
# Whole tracebacks as users see them, with the marks under the failing expression.
import sys
import traceback

from observing import warm


def divide(a, b):
    return a / b


def spread(a, b, c):
    return (
        a * 2
        + b // (
            c - c
        )
    )


def loop(n, stop):
    total = 0
    for i in range(n):
        total = total + 100 // (stop - i)
    return total


def outer(n):
    first = loop(n, n + 1)
    return first + divide(n, n - n) + 1


def countdown(n):
    if n == 0:
        return missing + 1  # noqa: F821
    return countdown(n - 1)


def chained(a, b):
    return a + b - a * b % b


def show(function, *arguments):
    try:
        print(function(*arguments))
    except Exception:
        traceback.print_exc(file=sys.stdout)


warm(divide, 6, 4)
warm(spread, 1, 2, 3, times=0)
for _ in range(3):
    show(divide, 1, 0)
    show(divide, 1.5, 0.0)
    show(divide, "a", 2)
    show(spread, 1, 2, 3)
    show(loop, 400, 500)
    show(loop, 400, 350)
    show(loop, 400, None)
    show(outer, 300)
    show(countdown, 10)
    show(chained, 2, 0)
    show(chained, [], 0)
    show(chained, 2)
print(loop(300, 301))
