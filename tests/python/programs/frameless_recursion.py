# SPDX-License-Identifier: MIT
# compiled: fib tak down same grown count first raises noted rebound swapped limited summed dying guarded lowered
# Recursive calls that need no frames, and what shows that they have some: exceptions with their tracebacks, frames that
# are looked at, names and code that change in the middle, limits, tracing, finalizers, signals, small stacks.
import gc
import signal
import sys
import threading
import traceback

from observing import outcome, specialise


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def tak(x, y, z):
    if y >= x:
        return z
    return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


def same(n, x):
    return x if n == 0 else same(n - 1, x)


def grown(n, x):
    if n == 0:
        return x
    return grown(n - 1, x * 3 + 1)


class Node:
    def __init__(self, value, left=None, right=None):
        self.value = value
        self.left = left
        self.right = right

    def total(self):
        result = self.value
        if self.left is not None:
            result += self.left.total()
        if self.right is not None:
            result += self.right.total()
        return result


def tree(depth, value=1):
    return Node(value, tree(depth - 1, value + 1), tree(depth - 1, value + 2)) if depth else None


def count(node):
    if node is None:
        return 0
    return 1 + count(node.left) + count(node.right)


def first(pairs):
    if pairs is None:
        return None
    head, tail = pairs
    return head if tail is None else first(tail)


def raises(items, n):
    if n == 0:
        return items[n] // items[0]
    return raises(items, n - 1) + items[n]


def noted(n, seen):
    if n == 3:
        if seen is not None:
            seen.append([frame.name for frame in traceback.extract_stack(sys._getframe(), 6)])
            seen.append(sorted(sys._getframe(2).f_locals))
            seen.append(sys._getframe(1).f_lineno - sys._getframe(1).f_code.co_firstlineno)
    return 1 if n == 0 else noted(n - 1, seen) + 1


def rebound(n, change):
    if n == 4:
        if change is not None:
            change()
    return 1 if n == 0 else rebound(n - 1, change) + rebound(0, change)


def other(n, change):
    return 1000


def swapped(n, change):
    if n == 4:
        if change:
            swapped.__code__ = other.__code__
    return 1 if n == 0 else swapped(n - 1, change) + swapped(0, change)


def limited(n):
    if n < 0:
        sys.setrecursionlimit(120)
        return limited(200)
    return 0 if n == 0 else limited(n - 1) + 1


def summed(items, i):
    if i == len(items):
        return 0
    return items[i] + summed(items, i + 1)


class Dies:
    deaths = []

    def __init__(self, number):
        self.number = number

    def __del__(self):
        Dies.deaths.append((self.number, sys._getframe(1).f_code.co_name))


def dying(n, held):
    if n == 0:
        return 0
    if n % 5 == 4:
        held = None
    return dying(n - 1, held) + 1


def guarded(n):
    return n + 0.5 if n < 2 else guarded(n - 1) + guarded(n - 2)


def lowered(n, low):
    if n < low:
        return low
    return lowered(n - 1, low) + n


def ends(function, *arguments):
    try:
        return function(*arguments)
    except RecursionError as error:
        return type(error).__name__, len(traceback.extract_tb(error.__traceback__))


def names_of(error):
    return [(entry.name, entry.lineno) for entry in traceback.extract_tb(error.__traceback__)][1:]


def tracing():
    events = []

    def trace(frame, event, argument):
        if frame.f_code is noted.__code__:
            events.append((event, frame.f_locals.get("n")))
        return trace

    class Starts(list):
        def append(self, item):
            if not events:
                sys.settrace(trace)

    result = noted(5, Starts())
    sys.settrace(None)
    return result, events


def interrupted():
    def fail(*arguments):
        raise TimeoutError

    old = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        while True:
            fib(16)
    except TimeoutError as error:
        names = {name for name, line in names_of(error)}
        print("interrupted", names <= {"fib", "fail"})
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)


def in_thread(function, *arguments):
    results = []
    thread = threading.Thread(target=lambda: results.append(outcome(function, *arguments)))
    thread.start()
    thread.join()
    return results


def numbers():
    specialise(fib, lambda: fib(12))
    print([fib(n) for n in range(20)], fib(True), fib(1.5), outcome(fib, "a"), outcome(fib, None))
    specialise(tak, lambda: tak(6, 4, 2))
    print(tak(8, 4, 2), tak(5, 3, 1.5), tak(10**30 + 4, 10**30 + 2, 10**30), tak(2**62 + 1, 2**62 - 1, 2**62 - 3))
    specialise(grown, lambda: grown(10, 1))
    print(grown(20, 1), grown(60, 1), grown(30, 1.0), grown(3, True), outcome(grown, 4, "a"))
    specialise(guarded, lambda: guarded(8))
    print(guarded(12), guarded(3.0))
    specialise(lowered, lambda: lowered(10, 2))
    print(lowered(30, -5), lowered(5, 2.5), outcome(lowered, 3, None))


def identities():
    big = 10**6 + 7
    specialise(same, lambda: same(4, big))
    print(same(20, big) is big, same(3, None), same(7, 2**70) == 2**70)
    pair = (big, (big + 1, (big + 2, None)))
    specialise(first, lambda: first(pair))
    marker = object()
    print(first((1, (2, (marker, None)))) is marker, first(None), outcome(first, (1, 2)), outcome(first, (1, (2,))))
    held = [object() for _ in range(3)]
    before = [sys.getrefcount(item) for item in held]
    same(30, held[0]), first((0, (held[1], None)))
    print([sys.getrefcount(item) for item in held] == before)


def objects():
    root = tree(5)
    specialise(type(root).total, lambda: root.total())
    specialise(count, lambda: count(root))
    print(root.total(), count(root))
    root.left.right.value = 0.5
    print(root.total())
    root.left.left.value = "text"
    print(outcome(root.total))
    root.left.left.value = 1

    class Other(Node):
        def total(self):
            return 7

    root.right.left = Other(3)
    print(root.total(), count(root))
    root.right.right = 5
    print(outcome(root.total), outcome(count, root))
    items = list(range(300))
    specialise(summed, lambda: summed(items[:40], 0))
    print(summed(items, 0), summed(tuple(items), 0), outcome(summed, [1, "a", 2], 0), summed([2**62, 2**62, 1], 0))


def failures():
    specialise(raises, lambda: raises([1, 2, 3, 4, 5], 4))
    print(raises([1, 2, 3, 4, 5], 4))
    for items in ([0, 1, 2, 3], [1, "a", 2, 3], [1, 2]):
        try:
            print(raises(items, 3))
        except Exception as error:
            print(type(error).__name__, error, names_of(error))


def looks():
    specialise(noted, lambda: noted(6, None))
    seen = []
    print(noted(7, seen), seen)
    print(tracing())


def changes():
    global rebound
    specialise(rebound, lambda: rebound(6, None))
    original = rebound

    def change():
        global rebound
        rebound = other

    print(original(7, change), rebound is other)
    rebound = original
    print(rebound(7, None))
    specialise(swapped, lambda: swapped(6, False))
    code = swapped.__code__
    print(swapped(7, True))
    swapped.__code__ = code
    print(swapped(7, False))


def limits():
    specialise(down, lambda: down(30))
    print(down(150), ends(down, 100_000))
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(3_000)
    try:
        print(down(2_500), ends(down, 5_000))
    finally:
        sys.setrecursionlimit(old)
    specialise(limited, lambda: limited(30))
    print(ends(limited, -1))
    sys.setrecursionlimit(old)
    print(limited(50))
    size = threading.stack_size(256 * 1024)
    print(in_thread(down, 400), in_thread(fib, 15))
    threading.stack_size(size)


def finalizers():
    specialise(dying, lambda: dying(12, None))
    print(dying(12, Dies(1)), Dies.deaths)
    del Dies.deaths[:]
    print(dying(3, Dies(2)), Dies.deaths)


numbers()
identities()
objects()
failures()
looks()
changes()
limits()
finalizers()
interrupted()
gc.collect()
print(fib(15), down(20))
