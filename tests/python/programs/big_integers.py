# SPDX-License-Identifier: MIT
# compiled: factorial fibonacci power reverse bits isqrt
# Numbers beyond the machine's, growing and shrinking in loops.
def factorial(n):
    result = 1
    for i in range(2, n + 1):
        result = result * i
    return result


def fibonacci(n):
    a = 0
    b = 1
    for i in range(n):
        c = a + b
        a = b
        b = c
    return a


def power(base, exponent):
    result = 1
    while exponent > 0:
        if exponent % 2 == 1:
            result = result * base
        base = base * base
        exponent = exponent // 2
    return result


def reverse(n):
    result = 0
    while n > 0:
        result = result * 10 + n % 10
        n = n // 10
    return result


def bits(n):
    count = 0
    while n:
        count = count + n % 2
        n = n // 2
    return count


def isqrt(n):
    x = n
    y = (x + 1) // 2
    while y < x:
        x = y
        y = (x + n // x) // 2
    return x


print([factorial(n) for n in range(30)], factorial(300) % 1000000007)
print([fibonacci(n) for n in range(0, 200, 9)], fibonacci(3000) % 1000000007)
print(power(3, 200), power(-7, 41), power(2, 62), power(2, 63), power(1.5, 20), power(10, 0))
print(reverse(123456789012345678901234567890), reverse(factorial(25)), reverse(0))
print([bits(2**k - 1) for k in (0, 1, 62, 63, 64, 65, 200)], bits(10**50))
print([isqrt(n) for n in (1, 2, 99, 10**18, 2**62, 2**63 - 1, 2**63, 10**40)])
