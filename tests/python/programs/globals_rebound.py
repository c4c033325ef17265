# SPDX-License-Identifier: MIT
# compiled: use_global loop_with_call use_builtin calls_missing reads_until
# Globals and builtins that change under a running loop: rebound, deleted, shadowed, restored.
import builtins

from observing import outcome, warm

factor = 3
calls = 0


def use_global(n):
    total = 0
    for i in range(n):
        total = total + factor
    return total


def nudge(i):
    global factor, calls
    calls += 1
    if i == 150:
        factor = 10
    if i == 250:
        factor = 0.5
    if i == 270:
        factor = "x"
    return i


def loop_with_call(n):
    total = 0
    for i in range(n):
        nudge(i)
        total = total + factor
    return total


warm(use_global, 20)
print(use_global(10))
factor = 4
print(use_global(10))
factor = 2**62
print(use_global(10))
factor = None
print(outcome(use_global, 10))
del factor
print(outcome(use_global, 10))
factor = 3
print(use_global(400), loop_with_call(200), factor)
factor = 3
print(outcome(loop_with_call, 265), factor)
factor = 3
print(outcome(loop_with_call, 400), factor, calls)


def use_builtin(n):
    total = 0
    for i in range(n):
        total = total + abs(i - 100)
    return total


warm(use_builtin, 20)
print(use_builtin(200))
abs = lambda value: 1  # noqa: E731
print(use_builtin(200))
del abs
print(use_builtin(200))
original = builtins.abs
builtins.abs = lambda value: 1000
print(use_builtin(200))
builtins.abs = original
print(use_builtin(200))
del builtins.abs
print(outcome(use_builtin, 200))
builtins.abs = original
print(use_builtin(200))


def swap(i):
    if i == 100:
        builtins.len = lambda value: 100
    if i == 200:
        globals()["len"] = lambda value: 10000
    if i == 300:
        del globals()["len"]
        builtins.len = original_len
    return "abc"


original_len = len


def calls_missing(n):
    total = 0
    for i in range(n):
        text = swap(i)
        total = total + len(text)
    return total


print(calls_missing(50), calls_missing(150), calls_missing(250), calls_missing(400), calls_missing(400))


def reads_until(n):
    count = 0
    while limit > 0:
        lower(count)
        count = count + 1
        if count > n:
            return -1
    return count


def lower(count):
    global limit
    if count % 10 == 9:
        limit -= 1


limit = 30
print(reads_until(10000), limit)
limit = 2.5
print(reads_until(10000), limit)
factor = 3
range_was = range
range = lambda n: [n, n, n]  # noqa: E731
print(use_global(7), use_builtin(9))
range = range_was
print(use_global(7), use_builtin(9))
