# SPDX-License-Identifier: MIT
"""The sum of greatest common divisors, by Euclid's algorithm."""
SIZE = 7_000_000


def gcd(size):
    total = 0
    for n in range(1, size):
        a = n
        b = 360360
        while b:
            a, b = b, a % b
        total += a
    return total
