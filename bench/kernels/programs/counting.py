# SPDX-License-Identifier: MIT
"""How often each remainder of pseudo-random numbers comes, in a dict."""
SIZE = 13_000_000


def counting(size):
    counts = {}
    number = 1
    for _ in range(size):
        number = number * 1103515245 % 2147483647
        key = number % 97
        if key in counts:
            counts[key] += 1
        else:
            counts[key] = 1
    most = 0
    for key in counts:
        if counts[key] > most:
            most = counts[key]
    return most
