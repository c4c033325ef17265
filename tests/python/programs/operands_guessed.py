# SPDX-License-Identifier: MIT
# compiled: remainders quotients bits texts rebound in_branches fractions_in_between
# Operators that the interpreter does not specialise, in running loops: what their operands will be is guessed by the
# types of locals and constants, which may change in the middle of the loop.
from fractions import Fraction


class Odd(int):
    def __mod__(self, other):
        return "odd"

    def __floordiv__(self, other):
        return self


def remainders(count, later):
    n, found = 7, []
    for i in range(count):
        if i == count // 2:
            n = later
        rest = n % 5
        if i > count - 3 or i % 50 == 0:
            found.append(rest)
    return found


def quotients(count, later):
    total, n = 0, 1 << 20
    for i in range(count):
        if i == count - 4:
            n = later
        part = n // 3 if i % 2 else n / 4
        total = total + part
    return total


def bits(count, later):
    n, found = 0x0F0F, []
    for i in range(count):
        if i == count - 2:
            n = later
        found.append((n & 0xFF, n | 1, n ^ 3, n >> 2))
    return found[-3:]


def texts(count):
    text, found = "%d of", []
    for i in range(count):
        found.append(text % i)
        if i == count // 2:
            text = 100
    return found[:2] + found[-2:]


def rebound(count):
    a, b = 360360, 1001
    for i in range(count):
        a, b = b, a % b
        if b == 0:
            a, b = (float(a), 7.5) if i > count // 2 else (360360 + i, 1001 - i % 7)
    return a, b


def in_branches(count, pick):
    total = 0
    for i in range(count):
        if i > count - 3:
            total += pick(i) // 2 % 3
        else:
            total += i * 3 // 2 % 3
    return total


def shifted(count, width):
    n = 1
    for i in range(count):
        n = (n << width) % 1000003 if i < count - 2 else n << (width * 40)
    return n


def fractions_in_between(count):
    value = 3
    for i in range(count):
        value = value * 7 // 2 % 1009
        if i == count // 2:
            value = Fraction(value, 2)
    return value


def caught(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return type(error).__name__, str(error)


for later in (9, 2.5, True, Odd(12), Fraction(7, 2), 10**30, "text %s", None):
    print(caught(remainders, 300, later), caught(quotients, 300, later), caught(bits, 300, later))
print(caught(texts, 300), caught(rebound, 400))
for pick in (int, float, Odd, str, lambda i: 0):
    print(caught(in_branches, 300, pick))
print(caught(shifted, 300, 3), caught(shifted, 300, -1), caught(fractions_in_between, 200))
zero = 1
try:
    for i in range(400):
        if i == 390:
            zero = 0
        i % zero
except ZeroDivisionError as error:
    print(i, error)
