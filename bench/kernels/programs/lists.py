# SPDX-License-Identifier: MIT
"""A list that is filled, read by index, changed in place and iterated over."""
SIZE = 20_000


def lists(size):
    total = 0
    for start in range(size):
        values = []
        for number in range(1000):
            values.append(number + start)
        for index in range(1, 1000):
            values[index] += values[index - 1] % 3
        for value in values:
            total += value
    return total
