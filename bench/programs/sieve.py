# SPDX-License-Identifier: MIT
"""Prime numbers: slices of a bytearray, then a search by trial division."""
SIZE = 350


def sieve(limit):
    flags = bytearray([1]) * (limit + 1)
    flags[0:2] = b"\0\0"
    for number in range(2, int(limit**0.5) + 1):
        if flags[number]:
            flags[number * number :: number] = bytes(len(range(number * number, limit + 1, number)))
    return [number for number, flag in enumerate(flags) if flag]


def smallest_factor(number, primes):
    for prime in primes:
        if prime * prime > number:
            break
        if number % prime == 0:
            return prime
    return number


def main(size):
    primes = sieve(20_000)
    total = 0
    for round_ in range(size):
        for number in range(100_000 + round_, 160_000 + round_, 17):
            total += smallest_factor(number, primes)
    return len(primes), total
