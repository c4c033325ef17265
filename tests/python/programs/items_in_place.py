# SPDX-License-Identifier: MIT
# compiled: load load_constants store swap add_items in_handler one two three in_loop pairs each each_of_two put taken given from_dying
# Items of lists and tuples that compiled code loads, stores and unpacks where the interpreter has found them before, and
# loops over them: other indices, other sequences, and lists that change meanwhile, by the loop or by finalizers.
import gc
import sys

from observing import outcome, specialised, value_text, warm


def load(items, index, n):
    total = 0
    for i in range(n):
        total = total + items[index] + items[i % 3]
    return total


def load_constants(items):
    return items[0], items[-1], items[2], items[-3], items[1]


def load_huge(items):
    return items[100000000000000000000]


def store(items, index, n):
    for i in range(n):
        items[index] = i
        items[i % 3] = items[index] + 1
    return items


def swap(items, i, j):
    items[i], items[j] = items[j], items[i]
    items[j], items[i], items[0] = items[0], items[j], items[i]
    return items


def add_items(items, i, n):
    for _ in range(n):
        items[i] += 2
        items[-1] -= items[i]
    return items


def in_handler(items, indices):
    seen = []
    for index in indices:
        try:
            seen.append(items[index])
            items[index] = len(seen)
        except IndexError as error:
            seen.append((str(error), error.__traceback__.tb_lineno - in_handler.__code__.co_firstlineno))
        except TypeError as error:
            seen.append(str(error))
    return seen


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class IntIndex(int):
    pass


class MyList(list):
    def __getitem__(self, index):
        return 1000

    def __setitem__(self, index, value):
        super().__setitem__(index, 500)

    def __iter__(self):
        return iter((7, 8))


class PlainList(list):
    pass


class MyTuple(tuple):
    def __getitem__(self, index):
        return 2000


class PlainTuple(tuple):
    pass


class Mapping(dict):
    def __missing__(self, key):
        return 3000


INDICES = (
    0, 1, 2, 3, -1, -2, -3, -4, 7, True, False, 2**31, 2**62, -(2**62), 2**63 - 1, -(2**63), 2**63, -(2**64), 10**30,
    1.0, None, "1", Index(1), Index(9), IntIndex(2), IntIndex(-1), slice(0, 2),
)  # fmt: skip
SEQUENCES = (
    list, tuple, MyList, PlainList, MyTuple, PlainTuple, lambda items: dict(enumerate(items)), lambda items: Mapping({1: 5}), bytearray,
    lambda items: [], lambda items: (), lambda items: range(4, 9), lambda items: "0123", lambda items: 5,
    lambda items: [2.5, "x", None],
)  # fmt: skip


def copies(function, exercise):
    """One that has met lists, one that has met tuples."""
    for kind in (list, tuple):
        yield kind, lambda: specialised(function, lambda f: outcome(exercise, f, kind))


def nine(kind=list):
    return kind((10, 11, 12))


warm(load, nine(), 1, 3, times=3)
warm(load_constants, nine(), times=3)
warm(store, nine(), 1, 3, times=3)
warm(swap, nine(), 1, 2, times=3)
warm(add_items, nine(), 1, 3, times=3)
warm(in_handler, nine(), (1, 2), times=3)
for kind, make in copies(load, lambda f, kind: f(nine(kind), 1, 3)):
    for index in INDICES:
        copy = make()
        print("load", kind.__name__, index if type(index) is not Index else "Index", outcome(copy, nine(kind), index, 3), outcome(copy, nine(kind), -1, 3))
    for sequence in SEQUENCES:
        copy = make()
        items = sequence((1, 2, 3))
        print("load", kind.__name__, type(items).__name__, outcome(copy, items, 0, 3), outcome(copy, items, -1, 3), outcome(copy, nine(kind), 2, 3))
for kind, make in copies(load_constants, lambda f, kind: f(nine(kind))):
    for sequence in SEQUENCES:
        print("constants", kind.__name__, outcome(make(), sequence((1, 2, 3))))
for kind, make in copies(load_huge, lambda f, kind: f(nine(kind))):
    print(outcome(make(), nine(kind)))
for index in INDICES:
    copy = specialised(store, lambda f: f(nine(), 1, 3))
    items = nine()
    print("store", index if type(index) is not Index else "Index", outcome(copy, items, index, 3), items, outcome(copy, nine(), -1, 3))
for function, arguments in ((store, (1, 3)), (swap, (1, 2)), (add_items, (1, 3))):
    for sequence in SEQUENCES:
        copy = specialised(function, lambda f: f(nine(), *arguments))
        items = sequence((1, 2, 3))
        print(function.__name__, type(items).__name__, outcome(copy, items, *arguments), value_text(items), outcome(copy, nine(), *arguments))
    for last in (0, 1, 2, -1, -2, -3, 3, -4, True):
        copy = specialised(function, lambda f: f(nine(), *arguments))
        items = nine()
        print(function.__name__, last, outcome(copy, items, *arguments[:-1], last), items)
        print(function.__name__, last, outcome(copy, items, last, *arguments[1:]), items)
copy = specialised(in_handler, lambda f: f(nine(), (0, 1, 2)))
for _ in range(3):
    print(copy(nine(), [0, 3, -3, -4, True, 2**70, 1, "a", 2, 5, None, -1]), copy(nine(tuple), (0, 5)), copy([], range(-2, 2)))


# Unpacking.
def one(items):
    (a,) = items
    return a


def two(items):
    a, b = items
    b, a = a, b
    return a, b


def three(items):
    a, (b, c), d = items
    return d, c, b, a


def in_loop(items, n):
    total = 0
    for i in range(n):
        a, b = items[i]
        total = total + a * b
    return total


def pairs(items):
    seen = []
    for a, b in items:
        seen.append(b)
        seen.append(a)
    return seen


def generated(n):
    for i in range(n):
        yield i
    log.append("end")


log = []
for function, filling in ((one, (1,)), (two, (1, 2)), (three, (1, (2, 3), 4))):
    warm(function, filling, times=3)
    for kind, make in copies(function, lambda f, kind: f(kind(kind(x) if type(x) is tuple else x for x in filling))):
        for sequence in SEQUENCES:
            copy = make()
            for count in (len(filling), len(filling) + 1, len(filling) - 1, 0):
                items = (filling + (9,))[:count]
                print(function.__name__, kind.__name__, outcome(lambda: copy(sequence(items))))
        copy = make()
        print([outcome(copy, generated(i)) for i in range(4)], outcome(copy, [1, [2], 3]), outcome(copy, (1, (2, 3, 4), 3)), log)
        print(outcome(copy, {1: 2}), outcome(copy, "ab"), outcome(copy, None), outcome(copy, map(str, filling)))
        log.clear()
warm(in_loop, [(1, 2)], 1, times=3)
warm(pairs, [(1, 2)], times=3)
for odd in ([3, 4], (3,), [3, 4, 5], "ab", generated(2), generated(3), PlainTuple((5, 6)), MyList((1, 2)), MyTuple((1, 2)), {3: 1, 4: 1}, None, (2.5, 3)):
    for kind in (tuple, list):
        copy = specialised(in_loop, lambda f: f([kind((1, 2))] * 2, 2))
        print(outcome(copy, [kind((i, i)) for i in range(4)] + [odd] + [kind((9, 9))] * 3, 8))
        copy = specialised(pairs, lambda f: f([kind((1, 2))] * 2))
        rest = iter([kind((i, i)) for i in range(3)] + [generated(2) if type(odd) is type(generated(1)) else odd] + [kind((9, 9))] * 3)
        print(outcome(copy, rest), list(rest))


# Loops.
def each(items, change, at):
    seen = []
    for x in items:
        if len(seen) == at:
            change(items)
        seen.append(x)
        if len(seen) > 20:
            break
    else:
        seen.append("else")
    return seen


def each_of_two(iterator, n):
    seen = []
    for x in iterator:
        seen.append(x)
        for y in iterator:
            seen.append(-y)
            if len(seen) % n == 0:
                break
        else:
            seen.append("else")
    return seen


def nothing(items):
    pass


def cleared(items):
    items.clear()


def shrunk(items):
    del items[2:]


def last_gone(items):
    items.pop()


def first_gone(items):
    del items[0]


def grown(items):
    items.append(len(items))


def much_longer(items):
    items.extend(range(1000))


def replaced(items):
    items[:] = ["other"] * len(items)


def reversed_in_place(items):
    items.reverse()


def raises(items):
    raise LookupError("in a loop")


warm(each, nine(), nothing, 0, times=3)
warm(each_of_two, iter((1, 2, 3, 4)), 3, times=3)
for change in (nothing, cleared, shrunk, last_gone, first_gone, grown, much_longer, replaced, reversed_in_place, raises):
    for at in (0, 1, 3, 4):
        copy = specialised(each, lambda f: f(nine(), nothing, 0))
        items = list(range(5))
        print(change.__name__, at, outcome(copy, items, change, at), len(items), outcome(copy, nine(tuple), nothing, 0))
for make in (list, tuple, PlainList, MyList, PlainTuple, range, set, str, dict.fromkeys, generated, enumerate, reversed, zip, iter):
    copy = specialised(each, lambda f: f(nine(), nothing, 0))
    argument = {range: 4, generated: 4, str: 1234}.get(make, (4, 5, 6))
    print(make.__name__, outcome(copy, make(argument), nothing, 0), outcome(copy, iter(make(argument)), nothing, 0))
for kind in (list, tuple, PlainList):
    for n in (2, 3, 4):
        copy = specialised(each_of_two, lambda f: f(iter(kind((1, 2, 3, 4))), 3))
        items = kind(range(12))
        iterator = iter(items)
        print(outcome(copy, iterator, n), list(iterator), outcome(copy, iterator, n))
        iterator = iter(items)
        iterator.__setstate__(9)
        print(outcome(copy, iterator, n), outcome(iterator.__reduce__)[:30])
        iterator.__setstate__(2)
        print(outcome(copy, iterator, n), sys.getrefcount(items))
items = [1, 2]
ended = iter(items)
list(ended)
items.append(3)
copy = specialised(each, lambda f: f(items, nothing, 0))
print(copy(ended, nothing, 0), copy(iter(items), nothing, 0))


# What is replaced or released runs code.
def put(items, make, n):
    seen = []
    for i in range(n):
        items[i % 3] = make(i)
        seen.append(len(items))
        items[-1] = i
    return seen


def taken(make, n):
    seen = []
    for i in range(n):
        seen.append(make(i)[1])
        a, b = make(i)
        seen.append(b)
        for x in make(i):
            seen.append(x)
    return len(seen)


def given(make, n):
    for i in range(n):
        make(i)[1] = i
        make(i)[-1] = make(i)
    return i


def from_dying(items, make, n):
    seen = []
    for i in range(n):
        x = items[0]
        items[0] = make(i)
        x = None
        for y in items:
            items[1] = make(i)
            y = 1
        seen.append(len(items))
    return seen


class Dying:
    action = None

    def __del__(self):
        if Dying.action is not None:
            Dying.action()

    def __repr__(self):
        return "Dying"


def clears():
    held.clear()


def clears_soon():
    del held[1:]


def grows():
    if len(held) < 100:
        held.extend(range(50))


def replaces():
    log.append("again")
    # By a slice: whether `held[0] = x` holds x while the old item dies depends on how often the interpreter has run it.
    held[:1] = [Dying() if len(log) < 20 else 0]


def raises_in_finalizer():
    raise ValueError("nobody sees it")


def disables():
    if "pyjion" in sys.modules:
        sys.modules["pyjion"].disable()


def looks():
    frame = sys._getframe(2)
    log.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, sorted(frame.f_locals), frame.f_locals.get("x"), frame.f_locals.get("y")))


held = []
sys.unraisablehook = lambda unraisable: log.append(repr(unraisable.exc_value))
warm(put, nine(), lambda i: i, 3, times=3)
warm(taken, lambda i: [i, i], 3, times=3)
warm(given, lambda i: [i, i], 3, times=3)
warm(from_dying, nine(), lambda i: i, 3, times=3)


def make_with(action, at, make):
    def made(i):
        Dying.action = action if i >= at else None
        return make()

    return made


for action in (clears, clears_soon, grows, replaces, raises_in_finalizer, disables, looks, gc.collect):
    for function, exercise, arguments, make in (
        (put, lambda f: f([1, 2, 3], int, 1), (held,), Dying),
        (from_dying, lambda f: f([1, 2, 3], int, 1), (held,), Dying),
        (taken, lambda f: f(lambda i: [1, 2], 1), (), lambda: [Dying(), Dying()]),
        (given, lambda f: f(lambda i: [1, 2], 1), (), lambda: [Dying(), Dying()]),
        (taken, lambda f: f(lambda i: (1, 2), 1), (), lambda: (Dying(), Dying())),
    ):
        for at in (1, 4):
            Dying.action = None
            copy = specialised(function, exercise)
            held[:] = [Dying(), Dying(), Dying()]
            print(function.__name__, action.__name__, at, outcome(copy, *arguments, make_with(action, at, make), 7), len(held))
            Dying.action = None
            print(" ", log[:8], len(log), [type(x).__name__ for x in held][:6])
            log.clear()
            held.clear()
            if "pyjion" in sys.modules:
                sys.modules["pyjion"].enable(strict=True)
