# SPDX-License-Identifier: MIT
# compiled: down down_loop ping pong
# RecursionError comes at the same depth, with the same text, and everything works afterwards.
import sys

from observing import outcome

deepest = 0


def down(n):
    note(n)
    return down(n + 1)


def note(n):
    global deepest
    deepest = n


def down_loop(n):
    for i in range(1):
        note(n)
        down_loop(n + 1)


def ping(n):
    note(n)
    return pong(n + 1) + 1


def pong(n):
    return ping(n + 1) + 1


def at_depth(level, function):
    if level:
        return at_depth(level - 1, function)
    try:
        function(0)
    except RecursionError as error:
        return str(error), deepest
    return "no error"


def count(error):
    step, frames = error.__traceback__, 0
    while step is not None:
        step, frames = step.tb_next, frames + 1
    return frames


for limit in (200, 1000, 3000):
    sys.setrecursionlimit(limit)
    for function in (down, down_loop, ping):
        for attempt in range(3):
            print(limit, function.__name__, [at_depth(level, function) for level in (0, 1, 7, 100)])
    try:
        down(0)
    except RecursionError as error:
        print(count(error))
    # Python code that runs in the room that is left after the error was caught.
    print(outcome(abs, -1))
