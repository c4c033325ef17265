# SPDX-License-Identifier: MIT
# compiled: add subtract multiply floor_divide modulo divide
# Every operator on integers around the sizes at which representations change, after training on small ones.
from observing import outcome, warm

EDGES = sorted({
    sign * (1 << bits) + delta
    for sign in (1, -1)
    for bits in (0, 15, 30, 31, 32, 59, 60, 61, 62, 63, 64, 100)
    for delta in (-1, 0, 1)
})


def add(a, b):
    return a + b


def subtract(a, b):
    return a - b


def multiply(a, b):
    return a * b


def floor_divide(a, b):
    return a // b


def modulo(a, b):
    return a % b


def divide(a, b):
    return a / b


for function in (add, subtract, multiply, floor_divide, modulo, divide):
    warm(function, 7, 3)
    for a in EDGES:
        print(function.__name__, a, [outcome(function, a, b).split(" | ")[0] for b in EDGES])
