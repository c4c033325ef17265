# SPDX-License-Identifier: MIT
# compiled: spread spread_with wrapped through deep counts
# Calls with the items of a sequence as arguments: of functions and methods of all kinds of parameters, with too few and
# too many, of what is no function, and how long the arguments live.
import functools
import sys

from observing import outcome


def spread(function, arguments):
    return function(*arguments)


def spread_with(function, arguments, keywords):
    return function(*arguments, **keywords)


def none():
    return "none"


def one(a):
    return "one", a


def defaults(a, b=2, *, c=3):
    return a, b, c


def collects(a, *rest, **named):
    return a, rest, sorted(named.items())


def needs(a, *, b):
    return a, b


def positional(a, b, /, c=0):
    return a, b, c


def yields(a, b):
    yield a
    yield b


async def waits(a):
    return a


def many(*, x=1, **rest):
    return x, rest


def raises(a):
    raise LookupError(a)


class Bag:
    def __init__(self, *items):
        self.items = items

    def method(self, a, b="b"):
        return len(self.items), a, b

    def star(self, *rest):
        return rest

    @classmethod
    def made(cls, *items):
        return cls(*items).items

    @staticmethod
    def plain(a):
        return a

    def __call__(self, *rest):
        return "called", rest

    def __repr__(self):
        return "Bag"


bag = Bag(1, 2)
callables = [none, one, defaults, collects, needs, positional, raises, lambda *a: a, lambda a, b: (b, a), bag.method, bag.star]
callables += [Bag.made, Bag.plain, Bag.method, bag, functools.partial(defaults, 1).func, len, max, str, "text".join, many]
argument_lists = [(), (1,), ("a", "b"), [1, 2, 3], (bag, 5), "xy", range(4), tuple(range(30)), {"k": 1}, 7, None]


def wrapped(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def through(function, *args, **kwargs):
    return function(*args, **kwargs)


for round_ in range(3):
    for function in callables:
        for arguments in argument_lists:
            print(outcome(spread, function, arguments)[:90], end="; ")
        print(outcome(spread_with, function, (1,), {"b": 2})[:70], outcome(spread_with, function, (), {"a": 1, "a b": 2})[:70])
    print(list(spread(yields, (1, 2))), list(through(yields, 3, b=4)))
    coroutine = spread(waits, (5,))
    try:
        coroutine.send(None)
    except StopIteration as end:
        print(end.value)
    decorated = wrapped(defaults)
    print([decorated(i, c=i) if i % 3 else decorated(i, *[i] * (i % 2)) for i in range(12)], decorated.__name__)
    print(outcome(decorated), outcome(decorated, 1, 2, 3), outcome(wrapped(raises), 4))


def deep(n, *rest):
    return deep(n - 1, *rest, n) if n else rest


print(deep(12), outcome(deep, sys.getrecursionlimit())[:40])


class Told:
    def __del__(self):
        log.append("dies")


log = []


def drops(a, *rest):
    del a, rest
    log.append("dropped")
    return 1


def counts(n):
    for _ in range(n):
        arguments = [Told(), Told()]
        drops(*arguments)
        log.append("returned")
        arguments = None
        drops(*[Told()])
        drops(*(Told(), 1))
        log.append("end")
    return len(log)


print(counts(3), log)


def shows(*rest):
    frame = sys._getframe(1)
    return frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, len(rest)


for _ in range(4):
    print(through(shows, 1, 2), spread(shows, (1,)), wrapped(shows)(1, 2, 3))


class Grows(list):
    def __iter__(self):
        self.append(len(self))
        return super().__iter__()


grows = Grows()
for _ in range(4):
    print(spread(collects, grows))
