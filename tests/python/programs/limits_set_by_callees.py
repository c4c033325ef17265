# SPDX-License-Identifier: MIT
# compiled: probe set_limit work by_keyword Setter.method limits in_loop
# A recursion limit that a callee sets is in force when it has returned, whichever way it was called.
import sys


def probe(n=0):
    try:
        return probe(n + 1)
    except RecursionError:
        return n


def set_limit(n):
    sys.setrecursionlimit(n)
    return n


def float_limit(n):
    sys.setrecursionlimit(n)
    return 1.5


class Setter:
    def method(self, n):
        sys.setrecursionlimit(n)
        return self

    def __add__(self, n):
        return self.method(n)

    @property
    def low(self):
        return self.method(150)


def work(n):
    set_limit(n)
    return probe()


def by_keyword(n):
    set_limit(n=n)
    return probe()


def by_method(n):
    Setter().method(n)
    return probe()


def by_operator(n):
    Setter() + n
    return probe()


def by_key(n):
    sorted([n], key=set_limit)
    return probe()


def by_float(n):
    float_limit(n)
    return probe()


def limits(n):
    yield set_limit(n)
    yield probe()
    yield set_limit(n + 100)
    yield probe()


def in_loop(n):
    depths = []
    for i in range(3):
        set_limit(n + 50 * i)
        depths.append(probe())
    return depths


def nested(n, level):
    """The limit changes deep inside, and is in force on the way back."""
    if level == 0:
        return [set_limit(n)]
    depths = nested(n, level - 1)
    if level % 10 == 0:
        depths.append(probe())
    return depths


def failing(n):
    try:
        set_limit(n)
        raise ValueError
    except ValueError:
        return probe()


WAYS = [work, by_keyword, by_method, by_operator, by_key, by_float, in_loop, failing]
for way in WAYS:
    for attempt in range(4):
        seen = []
        for n in (150, 300, 160):
            seen.append(way(n))
            sys.setrecursionlimit(1000)
        print(way.__name__, seen)
for attempt in range(4):
    print([*limits(150)], nested(200, 30), sys.getrecursionlimit())
    sys.setrecursionlimit(1000)
# Hot, as the first case of this kind was.
for n in (150, 400):
    print({work(n) for _ in range(250)}, {by_keyword(n) for _ in range(20)})


def too_low(n):
    try:
        sys.setrecursionlimit(n)
    except RecursionError as error:
        return str(error)


def depth_of(n):
    return depth_of(n - 1) if n else too_low(20)


# The depth itself is what CPython would count.
for attempt in range(3):
    print([depth_of(n) for n in (20, 50, 100)])
