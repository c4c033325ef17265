# SPDX-License-Identifier: MIT
"""The operators that are no arithmetic, on numbers of all sizes and on objects that define them."""
# compiled: bits shifts powers matrices inplace_bits inplace_others loop
import operator


def bits(a, b):
    return a & b, a | b, a ^ b


def shifts(a, b):
    return a << b, a >> b


def powers(a, b):
    return a ** b


def matrices(a, b):
    return a @ b


def inplace_bits(a, b):
    c = d = e = a
    c &= b
    d |= b
    e ^= b
    return c, d, e


def inplace_others(a, b):
    c = d = e = a
    c <<= b
    d >>= b
    e **= b
    return c, d, e


def loop(n):
    total = 0
    for i in range(n):
        total ^= (i << 3) & 0xFF | i >> 1
    return total


class Wide:
    def __init__(self, log):
        self.log = log

    def __rand__(self, other):
        return ("rand", other)

    def __or__(self, other):
        return ("or", other)

    def __ixor__(self, other):
        self.log.append(other)
        return self

    def __matmul__(self, other):
        return ("matmul", other)

    def __rpow__(self, other):
        return ("rpow", other)

    def __ilshift__(self, other):
        return NotImplemented

    def __lshift__(self, other):
        return ("lshift", other)

    def __repr__(self):
        return f"Wide({self.log})"


def attempt(function, *arguments):
    try:
        print(function.__name__, arguments, function(*arguments))
    except Exception as error:
        print(function.__name__, arguments, type(error).__name__, error)


big = 1 << 100
for _ in range(2):
    for a in (0, 1, -1, 5, -7, 2 ** 30 - 1, -2 ** 30, big, -big, True, 2.5, "s", {1, 2}, None):
        for b in (0, 1, 3, -1, 31, 32, 33, 64, 100, False, 1.5, {2, 3}):
            for function in (bits, shifts, inplace_bits, inplace_others):
                attempt(function, a, b)
    for a in (0, 1, 2, -3, 2.0, -2.0, big, "s"):
        for b in (0, 1, 10, -1, 0.5, None):
            attempt(powers, a, b)
    wide = Wide([])
    for function in (bits, shifts, powers, matrices, inplace_bits, inplace_others):
        attempt(function, wide, 3)
        attempt(function, 3, wide)
    print(loop(1000))
print(operator.or_({"a": 1}, {"b": 2}), {"a": 1} | {"b": 2}, {1, 2} & {2}, {1} ^ {2})
