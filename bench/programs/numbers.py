# SPDX-License-Identifier: MIT
"""Integer arithmetic of all sizes: gcd, modular powers, digits, big products, bit operations."""
SIZE = 80_000


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


def modular_power(base, exponent, modulus):
    result = 1
    while exponent:
        if exponent & 1:
            result = result * base % modulus
        base = base * base % modulus
        exponent >>= 1
    return result


def digit_sum(number):
    total = 0
    while number:
        number, digit = divmod(number, 10)
        total += digit
    return total


def ones(number):
    count = 0
    while number:
        number &= number - 1
        count += 1
    return count


def main(size):
    total = 0
    product = 1
    for number in range(1, size):
        total += gcd(number * 360360, 1 << 40 | number)
        total += modular_power(number, 65537, 1_000_003)
        total ^= digit_sum(number**5)
        total += ones(number * 0x9E3779B97F4A7C15)
        if number % 50 == 0:
            product *= number
    return total, product % 1_000_000_007, product.bit_length()
