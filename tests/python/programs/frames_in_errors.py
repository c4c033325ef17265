# SPDX-License-Identifier: MIT
# compiled: sums fails_late swap_and_fail deep
# The locals of every frame in a traceback are those of the moment.
from observing import frames_text, warm


def sums(n, limit):
    total = 0
    product = 1.0
    for i in range(n):
        total = total + i
        product = product * 1.5
        last = limit // (limit - i)
    return total


def fails_late(n):
    a = 1
    b = 2.5
    c = "text"
    for i in range(n):
        a = a + i
        if i == 350:
            b = b + c
    return b


def swap_and_fail(n):
    x = 0
    y = 1
    for i in range(n):
        z = x + y
        x = y
        y = z
        if y > 10**30:
            y = y + None
    return y


def deep(n, value):
    mine = n * 2
    if n == 0:
        return value + 1
    result = deep(n - 1, value)
    return result + mine


def show(function, *arguments):
    try:
        print(function(*arguments))
    except Exception as error:
        print(type(error).__name__, frames_text(error))


warm(sums, 5, 10)
for _ in range(2):
    show(sums, 400, 500)
    show(sums, 400, 300)
    show(sums, 400, 2.5)
    show(sums, 400, 0)
    show(fails_late, 300)
    show(fails_late, 400)
    show(swap_and_fail, 500)
    show(deep, 20, 1)
    show(deep, 20, "s")
