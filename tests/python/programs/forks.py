# SPDX-License-Identifier: MIT
# compiled: work step
# fork() in a callee of a running loop: parent and child both go on, each with its own numbers.
import os
import sys

sys.stdout.reconfigure(line_buffering=True)


def work(n):
    total = 0
    for i in range(n):
        total = total + step(i)
    return total


def step(i):
    return maybe_fork(i) * i


def maybe_fork(i):
    global child
    if i == 250 and child is None:
        child = os.fork()
    return 2 if child == 0 else 1


def fresh(n):
    x = 0.5
    for i in range(n):
        x = x * 0.75 + i
    return x


for attempt in range(3):
    child = None
    result = work(400)
    if child == 0:
        status = 0 if result == sum(range(250)) + 2 * sum(range(250, 400)) and fresh(500) > 0 else 1
        os._exit(status)
    print(result, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), fresh(100))
