# SPDX-License-Identifier: MIT
# compiled: rebind discard early replace_in_loop
# When objects die: the order of __del__ against everything else, and what it sees of the frame that let go.
import sys

from observing import locals_text

log = []


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        log.append(f"{self.name} dies in {frame.f_code.co_name}:{frame.f_lineno}")

    def __add__(self, other):
        return Noisy(f"({self.name}+{other.name if isinstance(other, Noisy) else other})")

    __radd__ = __add__

    def __lt__(self, other):
        log.append(f"{self.name} < {other.name}")
        return self.name < other.name


def note(text):
    log.append(text)
    return 0


def make(name):
    return Noisy(name)


def rebind(n):
    a = make("first")
    note("before")
    a = make("second")
    note("after")
    a = None
    note("gone")
    return n


def discard(n):
    make("temporary")
    note("next")
    make("t1") + make("t2")
    note("sum discarded")
    if make("left") < make("right"):
        note("less")
    return n


def early(n):
    held = make("held")
    if n > 5:
        return note("leaving early")
    note("staying")
    return held


def replace_in_loop(n):
    item = make("start")
    for i in range(n):
        item = make(i)
        if i % 3 == 0:
            item = item + i
    note("loop over")
    return i


def fails(n):
    held = make("held")
    other = make("other")
    return held.name + n


for attempt in range(3):
    for function, value in ((rebind, 1), (discard, 1), (early, 9), (early, 1), (replace_in_loop, 12)):
        log.append(f"-- {function.__name__}")
        result = function(value)
        log.append("returned")
        del result
        log.append("released")
    try:
        fails(1)
    except TypeError:
        log.append("caught")
print("\n".join(log))


class Peeks:
    """Looks at the locals of whoever drops it."""

    def __init__(self, n):
        self.n = n

    def __del__(self):
        frame = sys._getframe(1)
        if frame.f_code.co_name == "drops":
            peeked.append(locals_text(frame).replace("__main__.", ""))

    def __repr__(self):
        return f"Peeks({self.n})"


peeked = []


def drops(n):
    x = 0
    y = 0.5
    item = None
    for i in range(n):
        x = x + i
        y = y * 2.0
        item = peek(i)
        x = x + 1
    item = None
    return x


def peek(i):
    return Peeks(i)


print(drops(20))
print("\n".join(peeked))
