# SPDX-License-Identifier: MIT
# compiled: fib total step pick pick_all count_down through chain
# Calls that full code makes without a helper, and results that it takes unboxed: what is called changes, returns
# something else, fails, looks at frames, is traced, recurses too deep, dies.
import gc
import sys

from observing import outcome, warm


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def step(x):
    return x + 1


def total(n):
    result = 0
    for i in range(n):
        result = result + step(i)
    return result


def pick(x):
    if x < 0:
        return "negative"
    if x == 1000:
        return x * 0.5
    if x == 2000:
        return 1 << 62
    if x == 3000:
        return missing
    return x


def pick_all(values):
    last = 0
    for x in values:
        last = pick(x)
    return last


def through(x):
    value = pick(x)
    return value


def count_down(n):
    if n == 0:
        return 0
    return 1 + count_down(n - 1)


def chain(f, n):
    value = 0
    for i in range(n):
        value = f(value)
    return value


def numbers():
    print(fib(16), total(500), count_down(200), outcome(pick_all, range(1500)))
    for x in (5, -5, 1000, 2000, 3000, True, 2.5, "s"):
        print(x, outcome(through, x), outcome(pick_all, [1, 2, x, 3]), outcome(pick_all, [1, x]))


def other_code():
    global step
    original, code = step, step.__code__

    def twice(x):
        return x * 2

    def words(x):
        return "word"

    def two(x, y=5):
        return x + y

    print(total(50))
    step.__code__ = twice.__code__
    print(total(50))
    step.__code__ = code
    print(total(50))
    step = twice
    print(total(50))
    step = two
    print(total(50))
    step = words
    print(outcome(total, 50))
    step = abs
    print(total(50))
    step = original
    print(total(50))


def dead_code():
    for k in range(20):
        namespace = {}
        exec(f"def callee(x):\n    return x + {k}\n", namespace)
        print(chain(namespace["callee"], 300), end=" ")
        namespace.clear()
        gc.collect()
    print(chain(step, 300))


class Watching:
    """Counts its own end, and may switch tracing on in it."""

    ended = 0
    tracer = None

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other

    def __add__(self, other):
        return self.value + other

    def __sub__(self, other):
        return Watching(self.value - other)

    def __eq__(self, other):
        return self.value == other

    def __radd__(self, other):
        return other + self.value

    def __del__(self):
        Watching.ended += 1
        if Watching.tracer is not None:
            sys.settrace(Watching.tracer)


def arguments_die():
    Watching.ended = 0
    print(outcome(fib, Watching(9)), Watching.ended)
    print(outcome(count_down, Watching(40)), Watching.ended)
    events = []

    def tracer(frame, event, argument):
        events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
        return tracer

    Watching.tracer = tracer
    count_down(Watching(3))
    Watching.tracer = None
    sys.settrace(None)
    print([event for event in events if event[1] in ("count_down", "fib")])


def frames():
    def look(x):
        frame = sys._getframe()
        return frame.f_back.f_lineno - frame.f_back.f_code.co_firstlineno + len(frame.f_back.f_locals)

    print(chain(look, 5))
    kept = []

    def keep(x):
        kept.append(sys._getframe())
        return x + 1

    print(chain(keep, 4), [(frame.f_locals["x"], frame.f_back is not None) for frame in kept])


def deep():
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(400)
    try:
        print(outcome(count_down, 100), outcome(count_down, 5000)[:40], outcome(count_down, 100))
    finally:
        sys.setrecursionlimit(limit)


def tracing():
    events = []

    def tracer(frame, event, argument):
        events.append((event, frame.f_code.co_name))
        return tracer

    def switch_on(x):
        if x == 3:
            sys.settrace(tracer)
        return x + 1

    print(chain(switch_on, 6))
    sys.settrace(None)
    print([event for event in events if event[1] in ("chain", "switch_on")])


def own_locals(x):
    names = locals()
    return names


def look_at_locals(x, n):
    for i in range(n):
        own_locals(x)


def references():
    def result_of(x):
        return x

    values = [object() for _ in range(3)]
    before = [sys.getrefcount(value) for value in values]
    for value in values:
        chain(result_of, 3)
        outcome(through, value)
    for value in values:
        look_at_locals(value, 3000)
    del value
    print([sys.getrefcount(value) for value in values] == before, sys.getrefcount(fib) - sys.getrefcount(total))


for part in (numbers, other_code, dead_code, arguments_die, frames, deep, tracing, references):
    part()
