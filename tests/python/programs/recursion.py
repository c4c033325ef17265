# SPDX-License-Identifier: MIT
# compiled: fib ackermann tak even odd depth sum_to hanoi
# Functions that call themselves and each other.
from observing import outcome


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def tak(x, y, z):
    if y < x:
        return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))
    return z


def even(n):
    if n == 0:
        return True
    return odd(n - 1)


def odd(n):
    if n == 0:
        return False
    return even(n - 1)


def depth(n):
    if n > 0:
        return 1 + depth(n - 1)
    return 0


def sum_to(n):
    if n <= 0:
        return 0
    total = 0
    for i in range(3):
        total = total + n
    return total + sum_to(n - 1)


def hanoi(n, a, b, c):
    if n == 0:
        return 0
    return hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)


print([fib(n) for n in range(20)], fib(18.0), fib(10.5), fib(True))
print(ackermann(2, 6), ackermann(1, 50), tak(9, 5, 2), even(501), odd(300))
print(depth(900), depth(50.5), sum_to(300), sum_to(20.0), hanoi(9, 1, 2, 3))
print(outcome(fib, "x"), outcome(fib, None), outcome(depth, "x"))
