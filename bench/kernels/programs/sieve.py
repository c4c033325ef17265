# SPDX-License-Identifier: MIT
"""How many primes there are below 20,000, found anew again and again: a list of flags."""
SIZE = 1_900


def sieve(size):
    count = 0
    for _ in range(size):
        flags = [True] * 20_000
        for number in range(2, 20_000):
            if flags[number]:
                count += 1
                for multiple in range(number * number, 20_000, number):
                    flags[multiple] = False
    return count
