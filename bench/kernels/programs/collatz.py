# SPDX-License-Identifier: MIT
"""The longest Collatz sequence that starts below a limit."""
SIZE = 400_000


def collatz(size):
    longest = 0
    for start in range(1, size):
        n = start
        steps = 0
        while n != 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            steps += 1
        if steps > longest:
            longest = steps
    return longest
