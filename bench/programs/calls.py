# SPDX-License-Identifier: MIT
"""Calls of every form: positional, keyword, default, star, closures, methods, recursion, partial application."""
SIZE = 350_000


def plain(a, b):
    return a + b


def with_defaults(a, b=2, *, c=3):
    return a * b + c


def with_stars(*args, **kwargs):
    return len(args) + len(kwargs)


def counter(step):
    total = 0

    def count(times=1):
        nonlocal total
        total += step * times
        return total

    return count


def power(base, exponent):
    if exponent == 0:
        return 1
    half = power(base, exponent // 2)
    return half * half % 1009 * (base if exponent % 2 else 1) % 1009


class Chain:
    def __init__(self):
        self.value = 0

    def add(self, amount):
        self.value += amount
        return self

    @property
    def half(self):
        return self.value // 2

    @staticmethod
    def double(value):
        return value * 2

    @classmethod
    def make(cls, value):
        return cls().add(value)


def applied(function, *first):
    return lambda *rest: function(*first, *rest)


def main(size):
    total = 0
    count = counter(3)
    add_five = applied(plain, 5)
    pair = {"b": 4, "c": 5}
    for number in range(size):
        total += plain(number, 1) + with_defaults(number) + with_defaults(number, c=1) + with_defaults(number, **pair)
        total += with_stars(number, 2, x=3) + with_stars(*(1, 2, 3))
        total += count() + count(times=2)
        total += power(number, 50)
        total += Chain.make(number).add(2).add(3).half + Chain.double(number) + add_five(number)
    return total
