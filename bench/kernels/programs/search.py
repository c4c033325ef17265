# SPDX-License-Identifier: MIT
"""Whole square roots by halving an interval: a loop that ends by break, with continue and a condition of two parts."""
SIZE = 1_600_000


def search(size):
    total = 0
    exact = 0
    for number in range(1, size):
        low, high = 0, number
        while True:
            middle = (low + high) // 2
            square = middle * middle
            if square == number:
                exact += 1
                break
            if square < number and low != middle:
                low = middle
                continue
            if square < number or high - low <= 1:
                break
            high = middle
        total += middle
    return total + exact
