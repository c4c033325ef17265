# SPDX-License-Identifier: MIT
"""Points of a square that fall into a circle: a random generator in integers, the points in floats."""
SIZE = 8_400_000


def dice(size):
    state = 42
    hits = 0
    for _ in range(size):
        state = (state * 1664525 + 1013904223) % 4294967296
        x = state / 4294967296
        state = (state * 1664525 + 1013904223) % 4294967296
        y = state / 4294967296
        if x * x + y * y < 1.0:
            hits += 1
    return 4.0 * hits / size
