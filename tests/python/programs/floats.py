# SPDX-License-Identifier: MIT
# compiled: add subtract multiply divide floor_divide modulo less horner converge
# Infinities, not-a-number, signed zeros, denormals; the sign rules of // and %; messages for zero divisors.
from observing import outcome, value_text, warm

INF = float("inf")
VALUES = (0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.7, INF, -INF, INF - INF, 5e-324, -5e-324, 1.7976931348623157e308,
          2.0**53, 2.0**63, -(2.0**63), 1e16, 0.1, 2, -3, 0, 2**53 + 1, 2**63, 2**1100, True, False)


def add(a, b):
    return a + b


def subtract(a, b):
    return a - b


def multiply(a, b):
    return a * b


def divide(a, b):
    return a / b


def floor_divide(a, b):
    return a // b


def modulo(a, b):
    return a % b


def less(a, b):
    return a < b


for function in (add, subtract, multiply, divide, floor_divide, modulo, less):
    warm(function, 1.5, 2.25)
    for a in VALUES:
        print(function.__name__, value_text(a) if type(a) is float else a.bit_length(),
              [outcome(function, a, b).split(" | ")[0] for b in VALUES])


def horner(x, count):
    total = 0.0
    for i in range(count):
        total = total * x + i
    return total


def converge(x):
    guess = x
    steps = 0
    while guess * guess - x > 1e-12 * x:
        guess = (guess + x / guess) / 2.0
        steps = steps + 1
        if steps > 1000:
            return steps
    return guess


for x in (0.5, -0.5, 1.0, 1.0000001, -1.0, 2.0, -3.0, INF, -INF, INF - INF, 1e300, -0.0):
    print(outcome(horner, x, 50), outcome(horner, x, 2000))
for x in (2.0, 1e10, 1e-10, 4.0, 1e308, INF):
    print(outcome(converge, x))
