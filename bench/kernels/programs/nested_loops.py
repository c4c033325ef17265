# SPDX-License-Identifier: MIT
"""Pythagorean triples by trying all legs: three loops, the innermost short."""
SIZE = 130_000


def nested_loops(size):
    found = 0
    for a in range(1, size):
        for b in range(a, a + 20):
            for c in range(b + 1, b + 12):
                if a * a + b * b == c * c:
                    found += a + b + c
    return found
