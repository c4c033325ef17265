# SPDX-License-Identifier: MIT
"""The programs of `make bench-slice`: three loop nests and a recursion, in ordinary Python.

usage: slice_kernels.py plain|jit KERNEL

Runs one kernel once, in a fresh process, with default settings; with `jit`, pyjion is enabled first and the time that
compiling takes is part of the measured time. An idle core's clock takes longer to rise than some sides take to finish:
every side, C too, first keeps its core busy for a moment. Prints one line of JSON: seconds, result, interpreter.
"""
import json
import sys
import time


def collatz(limit):
    """Longest Collatz sequence that starts below the limit."""
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


def mandelbrot(size):
    """Points of a square grid that stay bounded for 200 rounds."""
    inside = 0
    for row in range(size):
        cy = 2.0 * row / size - 1.0
        for column in range(size):
            cx = 3.0 * column / size - 2.0
            x = 0.0
            y = 0.0
            rounds = 0
            while x * x + y * y <= 4.0:
                if rounds >= 200:
                    inside = inside + 1
                    break
                t = x * x - y * y + cx
                y = 2.0 * x * y + cy
                x = t
                rounds = rounds + 1
    return inside


def nested_sum(n):
    """Sum of all products of two numbers below n."""
    total = 0
    for i in range(n):
        for j in range(n):
            total = total + i * j
    return total


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


KERNELS = {"collatz": (collatz, 200000), "mandelbrot": (mandelbrot, 500), "sum": (nested_sum, 6000), "fib": (fib, 35)}


BUSY_SECONDS = 0.3


def raise_clock():
    start = time.perf_counter()
    while time.perf_counter() - start < BUSY_SECONDS:
        pass


def main():
    mode, name = sys.argv[1:]
    function, argument = KERNELS[name]
    raise_clock()
    if mode == "jit":
        import pyjion

        pyjion.enable(strict=True)
    start = time.perf_counter()
    result = function(argument)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "result": result, "python": sys.version.split()[0], "path": sys.executable}))


if __name__ == "__main__":
    main()
