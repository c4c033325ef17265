# SPDX-License-Identifier: MIT
# compiled: length less of_attribute of_temporary grows both
# len() in place: of lists, of what has its length in a field, of what computes it in Python, or has none; the builtin is
# bound anew, containers change between two calls, and what was measured dies behind the call.
import builtins
import sys

from observing import outcome, warm

log = []


class Measured:
    def __init__(self, length):
        self.length = length
        self.items = [length] * 3

    def __len__(self):
        log.append("asked")
        return self.length


class Longer(list):
    def __len__(self):
        return list.__len__(self) + 100


class Plainer(list):
    pass


class Dying(list):
    def __del__(self):
        log.append(("dies", list.__len__(self)))


def length(things, n):
    total = 0
    for i in range(n):
        total += len(things[i % len(things)])
    return total


def less(things):
    found = []
    for thing in things:
        last = len(thing) - 1
        found.append((last, last is len(thing) - 1, len(thing) == last + 1))
    return found


def of_attribute(owner, n):
    total = 0
    for i in range(n):
        total += len(owner.items) * i
    return total


def of_temporary(make, n):
    seen = []
    for i in range(n):
        seen.append(len(make(i)))
        log.append(i)
    return seen


def grows(items, n):
    seen = []
    for i in range(n):
        if i & 1:
            items.append(i)
        else:
            del items[:1]
        seen.append(len(items))
    return seen


def both(owner, items, n):
    total = 0
    for i in range(n):
        total += len(items) - len(owner)
        items.append(i)
    return total


FIELDS = ([1, 2, 3], (4, 5), "texts", b"bytes", {1: 2}, {3, 4, 5}, frozenset("ab"), [], "")
OTHERS = (bytearray(b"abc"), range(7), Plainer([1, 2]), Longer([1]), Measured(12), memoryview(b"abcd"))
BAD = (None, 5, Measured(-1), Measured("x"), Measured(1 << 70), Measured(None), type, iter([]))

for things in (FIELDS[:1], FIELDS, FIELDS + OTHERS, OTHERS):
    for turn in range(4):
        print(length(things, 60), log[:3], len(log))
        log.clear()
    print(less(things[:4]))
for thing in BAD:
    print(outcome(length, [[1], thing, [2, 3]], 6), log[:3])
    log.clear()
owner = Measured(4)
for items in ([1, 2], (1,), "abc", Longer([5]), None, owner):
    owner.items = items
    for turn in range(5):
        print(outcome(of_attribute, owner, 30), len(log))
        log.clear()
for make in (lambda i: [1] * i, lambda i: Dying([1] * i), lambda i: Measured(i), lambda i: Dying([i]) if i % 3 else "ab"):
    for turn in range(4):
        print(outcome(of_temporary, make, 8), log[:14])
        log.clear()
for turn in range(5):
    print(grows([1, 2], 20), outcome(both, owner, [], 12), outcome(both, owner, Plainer(), 5), outcome(both, "abc", [1], 6))
    log.clear()

# The builtin is another one in the middle of a loop.
real = len


def counted(thing):
    log.append("counted")
    return real(thing) + 1000


def switches(items, n, at, action):
    seen = []
    for i in range(n):
        if i == at:
            action()
        seen.append(len(items))
    return seen


def in_module():
    global len
    len = counted


def in_builtins():
    builtins.len = counted


def deleted():
    del builtins.len


def restore():
    globals().pop("len", None)
    builtins.len = real


warm(switches, [1], 20, 99, restore, times=10)
for action in (in_module, in_builtins, deleted):
    for at in (0, 3):
        print(action.__name__, at, outcome(switches, [1, 2], 6, at, action), log[:3])
        restore()
        log.clear()
held = [[], [1]]
before = sys.getrefcount(held[1]), sys.getrefcount(real)
for turn in range(50):
    length(held, 40)
print(sys.getrefcount(held[1]) - before[0], sys.getrefcount(real) - before[1])
