# SPDX-License-Identifier: MIT
# compiled: load store add method both several twice_stored
# Instances whose attributes lie in dicts, beside others of the same class that have values in place of one: because
# somebody has asked for __dict__, because the class had no room for more names, or because of what it derives from. The
# dicts have their entries in different orders, lose them, get others, and are replaced, in the middle of loops.
import gc
import sys

from observing import outcome, value_text

log = []


class Plain:
    def __init__(self, size):
        self.size = size
        self.seen = 0

    def area(self):
        return self.size * 2

    def grow(self, by):
        self.size += by
        return self.size


class Crowded:
    """So many instances that later attributes have no place among the shared names."""

    def __init__(self, size):
        self.size = size

    def area(self):
        return self.size + self.late

    def grow(self, by):
        self.late = self.size + by
        self.seen = self.late
        return self.seen


class Error(Exception):
    def __init__(self, size):
        self.size = size

    def area(self):
        return -self.size

    def grow(self, by):
        self.seen = by
        return self.args


class Listed(list):
    def __init__(self, size):
        self.size = size
        self.append(size)

    def area(self):
        return len(self)

    def grow(self, by):
        self.append(by)
        return self.size


class Dying(Plain):
    def __del__(self):
        log.append(("dies", self.size))


def load(objects):
    total = 0
    for thing in objects:
        total += thing.size
    return total


def store(objects, value):
    for thing in objects:
        thing.seen = value
        thing.size = thing.seen
    return [thing.size for thing in objects]


def add(objects):
    for n, thing in enumerate(objects):
        thing.extra = n
        thing.more = thing.extra + thing.size
    return [thing.more for thing in objects]


def method(objects):
    results = []
    for thing in objects:
        results.append(thing.area())
    return results


def both(objects):
    total = 0
    for thing in objects:
        total += thing.size * thing.size + thing.area()
        thing.seen = total
        total -= thing.seen - thing.size
    return total


def several(objects):
    results = []
    for n, thing in enumerate(objects):
        try:
            results.append(thing.grow(n))
        except Exception as error:
            results.append((type(error).__name__, str(error)))
    return results


def twice_stored(objects):
    """What was looked at before a store is another object behind it, and what was stored over dies there."""
    results = []
    for n, thing in enumerate(objects):
        before = thing.size
        thing.size = before + n
        results.append((before, thing.size))
        thing.size = Dying(n)
        thing.size = before
    return results


FUNCTIONS = (load, lambda objects: store(objects, 7), method, both, several, twice_stored, add)


def show(title, objects):
    for function in FUNCTIONS:
        print(title, function.__code__.co_name, outcome(function, objects))
    print(" ", [value_text(getattr(thing, "seen", None)) for thing in objects], log[:8], len(log))
    log.clear()


def asked(objects):
    for thing in objects:
        vars(thing)
    return objects


def reordered(objects):
    for n, thing in enumerate(objects):
        own = vars(thing)
        names = list(own)
        values = [own.pop(name) for name in names]
        for name, value in sorted(zip(names, values), reverse=n % 2 == 0):
            own[name] = value
    return objects


def make(cls, count=8):
    return [cls(n + 2) for n in range(count)]


crowd = make(Crowded, 60)
for turn in range(8):
    show(f"values {turn}", make(Plain))
    show(f"asked {turn}", asked(make(Plain)))
    show(f"mixed {turn}", make(Plain) + asked(make(Plain)))
    show(f"reordered {turn}", reordered(make(Plain)) + make(Plain, 2))
    show(f"crowded {turn}", make(Crowded))
    show(f"crowd {turn}", crowd[turn : turn + 6])
    show(f"error {turn}", make(Error))
    show(f"listed {turn}", make(Listed))
    show(f"all {turn}", [cls(n) for n in range(3) for cls in (Plain, Crowded, Error, Listed)])


class Equal(str):
    """A key that is equal to a name, and runs code to say so."""

    __hash__ = str.__hash__

    def __eq__(self, other):
        log.append(("asked", str(self), str(other)))
        return str.__eq__(self, other)


def hidden(objects):
    vars(objects[0])["area"] = lambda: "own"


def hidden_by_code(objects):
    vars(objects[0])[Equal("area")] = lambda: "equal"


def named_by_code(objects):
    vars(objects[1])[Equal("size")] = 33


def numbered(objects):
    vars(objects[2])[5] = "no name"


def other_string(objects):
    own = vars(objects[1])
    size = own.pop("size")
    own["".join(["si", "ze"])] = size + 1


def emptied(objects):
    vars(objects[3]).clear()


def replaced(objects):
    objects[3].__dict__ = {"size": 70, "late": 1}


def deleted(objects):
    del objects[2].size


def gone(objects):
    del objects[4].__dict__


def other_class(objects):
    objects[2].__class__ = type("Plain", (Plain,), {"area": lambda self: "other"})


def in_class(objects):
    type(objects[0]).size = property(lambda self: 1000, lambda self, value: log.append(value))


CHANGES = (hidden, hidden_by_code, named_by_code, numbered, other_string, emptied, replaced, deleted, gone, other_class, in_class)


def under_way(objects, at, change):
    """The change comes between two accesses of one iteration."""
    results = []
    for n, thing in enumerate(objects):
        size = thing.size
        if n == at:
            change(objects)
        results.append((size, thing.size, thing.area()))
        thing.seen = n
        thing.size = size
    return results


def start_again(cls, dicts):
    own = type(cls.__name__, cls.__bases__, {name: cls.__dict__[name] for name in ("__init__", "area", "grow")})
    objects = make(own)
    return asked(objects) if dicts else objects


for change in CHANGES:
    for dicts in (False, True):
        for cls in (Plain, Crowded, Error):
            objects = start_again(cls, dicts)
            for turn in range(6):
                outcome(under_way, objects, 99, change)
                outcome(several, objects)
                outcome(both, objects)
            for at in (0, 2, 5):
                print(change.__name__, dicts, cls.__name__, at, outcome(under_way, objects, at, change))
            for function in FUNCTIONS:
                print(" ", function.__code__.co_name, outcome(function, objects))
            print(" ", [sorted(map(str, vars(thing))) for thing in objects[:5]], log[:12], len(log))
            log.clear()

# Nothing is kept alive, and nothing is lost.
watched = object()
objects = asked(make(Plain)) + make(Crowded)
before = sys.getrefcount(watched)
for turn in range(200):
    for thing in objects:
        thing.seen = watched
        thing.extra = thing.seen
        thing.seen = thing.extra
print("held", sys.getrefcount(watched) - before)
del objects, thing
gc.collect()
print("let go", sys.getrefcount(watched) - before)
