# SPDX-License-Identifier: MIT
"""Fibonacci's numbers modulo a prime, one after the other, and how many of them are even."""
SIZE = 32_000_000


def fibonacci(size):
    even = 0
    a, b = 0, 1
    for _ in range(size):
        a, b = b, (a + b) % 1_000_000_007
        if a & 1 == 0:
            even += 1
    return even
