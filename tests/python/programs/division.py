# SPDX-License-Identifier: MIT
# compiled: quotient remainder both true_quotient digits
# Signs, zero divisors, the one quotient that does not fit, and the rounding of true division.
from observing import outcome, warm


def quotient(a, b):
    return a // b


def remainder(a, b):
    return a % b


def both(a, b):
    q = a // b
    r = a % b
    return q * b + r == a


def true_quotient(a, b):
    return a / b


def digits(n):
    count = 0
    while n != 0:
        n = n // 10
        count = count + 1
    return count


NUMBERS = (0, 1, -1, 2, -2, 3, -3, 7, -7, 10, 2**31, -(2**31), 2**62 - 1, 2**62, -(2**62), 2**63 - 1, -(2**63), 2**63,
           10**18, -(10**18), 10**40)
for function in (quotient, remainder, both, true_quotient):
    warm(function, 17, 5)
    for a in NUMBERS:
        for b in NUMBERS:
            print(function.__name__, a, b, outcome(function, a, b))
for a, b in ((2**53 + 1, 1), (2**53 + 1, 2), (2**62 + 1, 3), (1, 3), (2, 3), (10**18 + 1, 7), (2**1000, 2**999),
             (2**2000, 1), (1, 2**2000), (-(2**2000), 3), (0, -5), (2**60 + 1, 2**53 + 1), (9007199254740993, 3)):
    print(a.bit_length(), outcome(true_quotient, a, b))
print([digits(10**k) for k in range(40)])


def down(n):
    total = 0
    for i in range(n, -n - 1, -1):
        total = total + 100 // i
    return total


print(outcome(down, 300))


def down_modulo(n):
    total = 0
    for i in range(n, -n - 1, -1):
        total = total + 100 % i
    return total


print(outcome(down_modulo, 300))
