# SPDX-License-Identifier: MIT
# compiled: f
# Functions that come and go: exec'd by the hundred, replaced, deleted while they run.
from observing import outcome


def f(n):
    total = 0
    for i in range(n):
        total = total + i
    return total


made = []
for k in range(200):
    namespace = {}
    exec(f"def g(n):\n    x = {k}\n    for i in range(n):\n        x = x + i * {k % 5}\n    return x\n", namespace)
    made.append(namespace["g"](k % 40))
print(made, f(100))
print(eval("f(10) + 1"), eval(compile("f(20)", "<text>", "eval")), outcome(eval, "f('x')"))


def suicide(n):
    global suicide
    del suicide
    total = 0
    for i in range(n):
        total = total + i
    return total


print(suicide(300), outcome(lambda: suicide(1)))


def replaced(n):
    total = 0
    for i in range(n):
        total = total + change(i)
    return total


def change(i):
    if i == 100:
        replaced.__code__ = f.__code__
    return 1


print(replaced(300), replaced(300))


def swapping(n):
    return n + 1


def other(n):
    return n * 100


for turn in range(100):
    swapping.__code__, other.__code__ = other.__code__, swapping.__code__
    assert swapping(3) == (300 if turn % 2 == 0 else 4)
print(swapping(3), other(3))
