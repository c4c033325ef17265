# SPDX-License-Identifier: MIT
# compiled: through_with through_two through_finally through_handler handled_above groups suspended
# Where a frame has ended that an exception passed: `with`, `finally` and handlers raise it again from a place of their
# own, and some set the frame back to the instruction that was running before. Its traceback entry keeps the first place.
import sys

from observing import outcome, warm


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        return False


def through_with(x):
    with Manager():
        y = x
        1 // y
    return y


def through_two(x):
    with Manager() as outer, \
            Manager() as inner:
        with Manager():
            y = x
            x.real if y else 1 // x
        return outer, inner


def through_finally(x):
    try:
        y = x
        1 // y
    finally:
        y = [x]
        x = None
    return y


def through_handler(x):
    try:
        y = x
        1 // y
    except KeyError:
        return "another"
    except OSError as error:
        return error


def handled_above(x):
    seen = []
    try:
        with Manager():
            try:
                1 // x
            finally:
                seen.append(sys.exc_info()[2].tb_frame.f_lineno)
    except ZeroDivisionError as error:
        seen.append(error.__traceback__.tb_lineno)
        seen.append(error.__traceback__.tb_lasti)
    try:
        with Manager():
            seen[x + 99]
    finally:
        seen.append(x)
    return seen


def groups(x):
    try:
        y = x
        1 // y
    except* KeyError:
        return_value = "another"
    return y


def suspended(x):
    with Manager():
        got = yield x
        1 // (got or 0)
    yield x


def through_generator(x):
    run = suspended(x)
    next(run)
    next(run)


def frames(error):
    """Of each frame: the line of the traceback entry, the line where it ended, and how far that is from the former."""
    entry, rows = error.__traceback__, []
    while entry is not None:
        frame = entry.tb_frame
        first = frame.f_code.co_firstlineno
        ended = frame.f_lineno and frame.f_lineno - first
        rows.append((frame.f_code.co_name, entry.tb_lineno - first, ended, frame.f_lasti - entry.tb_lasti))
        entry = entry.tb_next
    return rows[1:]


def show(function):
    for argument in (0, 0, "text"):
        try:
            print(function.__name__, function(argument))
        except BaseException as error:
            print(function.__name__, type(error).__name__, frames(error))


FUNCTIONS = (through_with, through_two, through_finally, through_handler, handled_above, groups, through_generator)
for function in FUNCTIONS:
    show(function)
    warm(outcome, function, 1)
    show(function)
