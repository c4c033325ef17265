# SPDX-License-Identifier: MIT
"""The sum of a range, number by number."""
SIZE = 90_000_000


def range_sum(size):
    total = 0
    for number in range(size):
        total += number
    return total
