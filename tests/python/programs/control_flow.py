# SPDX-License-Identifier: MIT
# compiled: search first_multiple collatz gcd spiral count_primes until
# Every way through loops and branches: break, continue, else, nesting, early returns.


def search(n, wanted):
    for i in range(n):
        if i * i == wanted:
            break
    else:
        return -1
    return i


def first_multiple(n, m):
    k = n
    while k % m != 0:
        k = k + 1
        if k > n + 100:
            return None
    else:
        return k


def collatz(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps = steps + 1
    return steps


def gcd(a, b):
    while b:
        c = a % b
        a = b
        b = c
    return a


def spiral(n):
    total = 0
    for i in range(n):
        for j in range(n):
            if j > i:
                break
            if (i + j) % 3 == 0:
                continue
            for k in range(j):
                if k == 5:
                    break
                total = total + k * j - i
            else:
                total = total + 1
    return total


def count_primes(n):
    count = 0
    for candidate in range(2, n):
        divisor = 2
        prime = True
        while divisor * divisor <= candidate:
            if candidate % divisor == 0:
                prime = False
                break
            divisor = divisor + 1
        if prime:
            count = count + 1
    return count


def until(limit):
    n = 0
    while True:
        n = n + 7
        if n % 11 == 0:
            if n > limit:
                return n
            continue
        if n > 100000:
            break
    return -n


print([search(50, k * k) for k in range(0, 60, 7)], search(0, 0), search(2000, 5))
print([first_multiple(n, m) for n in range(0, 200, 37) for m in (1, 2, 7, 96, 1000)])
print([collatz(n) for n in range(1, 120)], collatz(837799), collatz(2**61 + 1), collatz(2**64 - 1))
print([gcd(a, b) for a in (0, 12, 35, 2**40, 2**70) for b in (0, 18, 21, 2**35, 3**50)])
print(spiral(0), spiral(1), spiral(40))
print(count_primes(3000))
print([until(limit) for limit in (0, 100, 5000, 10**9)])
