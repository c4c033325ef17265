# SPDX-License-Identifier: MIT
# compiled: collatz_steps mandelbrot nested_sum fib
# The loops that are measured, with small inputs and their results.
def collatz_steps(limit):
    longest = 0
    for start in range(1, limit):
        n = start
        steps = 0
        while n != 1:
            if n % 2 == 0:
                n = n // 2
            else:
                n = 3 * n + 1
            steps = steps + 1
        if steps > longest:
            longest = steps
    return longest


def mandelbrot(size, limit):
    inside = 0
    for row in range(size):
        cy = 2.0 * row / size - 1.0
        for column in range(size):
            cx = 3.0 * column / size - 2.0
            x = 0.0
            y = 0.0
            count = 0
            while x * x + y * y <= 4.0:
                if count >= limit:
                    inside = inside + 1
                    break
                t = x * x - y * y + cx
                y = 2.0 * x * y + cy
                x = t
                count = count + 1
    return inside


def nested_sum(n, m):
    total = 0
    for i in range(n):
        for j in range(m):
            total = total + i * j
    return total


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


print(collatz_steps(3000), mandelbrot(40, 60), nested_sum(300, 200), fib(17))
print(collatz_steps(10), mandelbrot(3, 5), nested_sum(0, 9), nested_sum(9, 0), fib(0))
