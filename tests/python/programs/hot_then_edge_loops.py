# SPDX-License-Identifier: MIT
# compiled: sums products powers_of_two differences mean horner collatz remainders halves counted down strided scaled
# compiled: fill at compare_all nested mixed countdown digits harmonic alternating gcd is_prime
# Loops that are hot with small numbers, then with those at which representations change, then with small ones again. What
# goes from one iteration to the next is unboxed, so a bound that is off shows in the sum.
from observing import outcome, warm

NAN, INF = float("nan"), float("inf")


def sums(start, step, count):
    total = start
    for i in range(count):
        total = total + step
    return total


def products(start, factor, count):
    total = 1
    for i in range(count):
        start = start * factor
        total = total + start
    return total, start


def powers_of_two(start, factor, count):
    for i in range(count):
        start = start * 2 + start * 2 - factor
    return start


def differences(start, step, count):
    low = high = start
    for i in range(count):
        low = low - step
        high = -low + step
    return low, high


def mean(start, step, count):
    total = 0
    for i in range(count):
        total += start + i * step
    return total / (count or 1)


def horner(x, a, count):
    y = 0
    for i in range(count):
        y = y * x + a
    return y


def collatz(n, limit, count):
    steps = 0
    while n > 1 and steps < count:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return n, steps


def remainders(a, b, count):
    total = 0
    for i in range(count):
        total += a % b + a // b
        a = a - 1
    return total


def halves(a, b, count):
    for i in range(count):
        a = a / 2 + b
    return a


def counted(start, stop, step):
    seen = 0
    last = None
    for i in range(start, stop, step):
        seen += 1
        last = i
        if seen >= 30:
            break
    return seen, last


def down(start, stop, step):
    total = 0
    left = 30
    for i in range(stop, start, -step):
        total += i
        left -= 1
        if left == 0:
            break
    return total, left


def strided(start, step, count):
    total = 0
    for i in range(start, start + step * count, step):
        total = total + i - start
    return total


def scaled(x, factor, count):
    y = x
    for i in range(count):
        y = y * factor
        if y < 1e-300:
            y = x
    return y


def fill(start, step, count):
    cells = [0] * 8
    for i in range(count):
        cells[(start + i * step) % 8] += i
    return cells


def at(index, step, count):
    cells = [10, 20, 30, 40]
    total = 0
    for i in range(count):
        total += cells[index]
        index = (index + step) & 3
    return total


def compare_all(a, b, count):
    less = equal = 0
    for i in range(count):
        if a < b:
            less += 1
        if a == b:
            equal += 1
        if not a <= b:
            less -= 10
        a = a + 1
    return less, equal


def nested(a, b, count):
    total = 0
    for i in range(count):
        for j in range(i):
            total += a * j
        total -= b
    return total


def mixed(a, b, count):
    x = 0.5
    for i in range(count):
        x = x + a
        if x == a:
            x = x - b
    return x


def countdown(a, b, count):
    while count > 0:
        a = -a + b
        count = count - 1
    return a


def digits(a, b, count):
    total = 0
    while a > 0 and count > 0:
        total = total * 10 + a % 10
        a = a // 10
        count -= 1
    return total


def harmonic(a, b, count):
    total = 0.0
    for i in range(1, count):
        total += a / i - b / (i * i)
    return total


def alternating(a, b, count):
    sign = 1
    total = 0
    for i in range(count):
        total += sign * a
        sign = -sign
        a += b
    return total


def gcd(a, b, count):
    while b and count > 0:
        a, b = b, a % b
        count -= 1
    return a


def is_prime(n, first, count):
    divisor = first
    while divisor * divisor <= n and divisor < first + count:
        if n % divisor == 0:
            return False
        divisor += 2
    return True


FUNCTIONS = [
    sums, products, powers_of_two, differences, mean, horner, collatz, remainders, halves, counted, down, strided, scaled, fill, at,
    compare_all, nested, mixed, countdown, digits, harmonic, alternating, gcd, is_prime,
]
BITS = (30, 53, 61, 62, 63, 64)
INTS = [sign * (1 << bits) + delta for bits in BITS for sign in (1, -1) for delta in (-3, 0, 1)]
OTHERS = [0, 1.5, NAN, -0.0, INF, 2.0**53, True]

for function in FUNCTIONS:
    for number in range(2):
        warm(function, 3, 5, 12, times=90)
        for edge in INTS + OTHERS:
            print(function.__name__, outcome(function, edge, 3, 9), outcome(function, 2, edge, 9))
        if function not in (counted, down, nested):
            print(function.__name__, outcome(function, 3, 5, 3000)[:60])
    print(function.__name__, outcome(function, 2**62 - 5, 1, 12), outcome(function, -(2**62) + 5, -1, 12))
    print(function.__name__, outcome(function, 2**53 - 5, 2.0**53, 12), outcome(function, 2.0**53, 2**53 + 1, 12))

HUGE = (2**30, 2**31 - 1, 2**53, 2**62 - 1, 2**62, 2**63 - 1, 2**63, 2**64)
for bound in HUGE:
    for step in (1, 3, 2**30, 2**61, 2**62, 2**63 - 1, 2**63):
        print(bound, step, outcome(counted, bound - 5 * step, bound, step), outcome(counted, -bound, bound, step))
        print(bound, step, outcome(counted, bound, bound - 5 * step, -step), outcome(down, bound - 5 * step, bound, step))
