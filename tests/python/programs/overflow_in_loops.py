# SPDX-License-Identifier: MIT
# compiled: climb fall grow shrink powers alternate triangle
# Loops whose numbers leave the range of machine integers, and come back into it.
from observing import outcome


def climb(start, step, count):
    total = start
    for i in range(count):
        total = total + step
    return total


def fall(start, step, count):
    total = start
    for i in range(count):
        total = total - step
    return total


def grow(start, factor, count):
    product = start
    for i in range(count):
        product = product * factor
    return product


def shrink(start, divisor):
    count = 0
    while start > 0:
        start = start // divisor
        count = count + 1
    return count


def powers(count):
    total = 0
    power = 1
    for i in range(count):
        total = total + power
        power = power * 2
        if power > 1000000000000000000000000:
            power = 1
    return total


def alternate(start, step, count):
    low = start
    for i in range(count):
        if i % 2 == 0:
            low = low + step
        else:
            low = low - step - 1
    return low


def triangle(first, last):
    total = 0
    for i in range(first, last):
        total = total + i * i
    return total


for exponent in (29, 30, 31, 32, 59, 60, 61, 62, 63, 64, 65):
    for sign in (1, -1):
        edge = sign * (1 << exponent)
        for delta in (-2, -1, 0, 1, 2):
            print(exponent, sign, delta, climb(edge + delta - 200, 1, 400), fall(edge + delta + 200, 1, 400))
            print(alternate(edge + delta, 1, 50), alternate(edge + delta, edge, 9))
    print(climb(0, (1 << exponent) // 128, 300), fall(0, (1 << exponent) // 128, 300))
for factor in (2, 3, -2, -7, 10, 1 << 31, (1 << 31) - 1, 1 << 32, (1 << 62) + 1):
    print(factor, grow(1, factor, 70), grow(-3, factor, 9))
for start in (0, 1, 2**62 - 1, 2**62, 2**63 - 1, 2**63, 2**64, 10**30):
    print(shrink(start, 2), shrink(start, 10))
print(powers(1000))
print(triangle(0, 2000), triangle(3037000400, 3037000600), triangle(2**62 - 5, 2**62 + 5))
print(outcome(climb, 1.5, 1, 40), outcome(climb, 2**62, 0.5, 40), outcome(climb, "a", "b", 4))
