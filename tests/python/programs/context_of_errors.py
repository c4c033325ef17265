# SPDX-License-Identifier: MIT
# compiled: fails calls_fails loops
# sys.exception state: chained errors, errors while another is handled, errors that pass through compiled frames.
import sys

from observing import describe, outcome


def fails(n):
    return 1 // n


def calls_fails(n):
    return fails(n) + 1


def loops(n):
    total = 0
    for i in range(n, -n, -1):
        total = total + calls_fails(i)
    return total


def handled(n):
    try:
        loops(n)
    except ZeroDivisionError:
        return outcome(loops, "text"), sys.exc_info()[0].__name__, outcome(fails, 0)


def reraised(n):
    try:
        loops(n)
    except ZeroDivisionError as error:
        raise KeyError("outer") from error


def finally_calls(n):
    try:
        return loops(n)
    finally:
        print("in finally", sys.exc_info()[0], calls_fails(1))


print(handled(300))
print(sys.exc_info())
try:
    reraised(300)
except KeyError as error:
    print(describe(error))
try:
    finally_calls(300)
except ZeroDivisionError as error:
    print(describe(error))


def during(function):
    """Runs a compiled function while an exception is being handled: it must not disturb it."""
    try:
        raise ValueError("first")
    except ValueError as error:
        before = sys.exc_info()[1]
        result = outcome(function, 3)
        return result, before is sys.exc_info()[1] is error


print(during(fails), during(abs), during(calls_fails), outcome(loops, -1))
