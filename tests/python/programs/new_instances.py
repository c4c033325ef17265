# SPDX-License-Identifier: MIT
# compiled: points twice ordered many linked named crowded several guarded
# Instances that are made in loops and filled by their __init__: in which order they have their attributes, what becomes
# of one that is stored twice, and classes, initialisers and names that change in the middle.
import gc
import sys

from observing import outcome, value_text

log = []


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Twice:
    def __init__(self, x):
        self.x = x
        self.y = self.x
        self.x = self.y + 1
        self.z = Loud(self.x)
        self.z = None


class Loud:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        log.append(("dies", self.n))


class Ordered:
    """The shared names are in the order of the first instance, attributes in that of each."""

    def __init__(self, first, second, third):
        if first:
            self.a = 1
        if second:
            self.b = 2
        if third:
            self.c = 3
        self.a = 4


class Many:
    def __init__(self, n):
        self.a = self.b = self.c = self.d = self.e = self.f = self.g = self.h = n
        self.i = self.j = self.k = self.l = self.m = self.n = self.o = self.p = n + 1
        self.q = self.r = self.s = self.t = self.u = self.v = self.w = self.x = n + 2
        self.y = self.z = self.aa = self.bb = self.cc = self.dd = self.ee = self.ff = n + 3


class Node:
    """It is reached through another object while it is filled."""

    def __init__(self, owner, value):
        owner.newest = self
        self.value = value
        owner.newest.value = value + 1
        owner.newest.owner = None
        self.owner = owner


class Owner:
    newest = None


class Crowded:
    def __init__(self, n):
        self.n = n
        self.m = n


def points(n):
    made = []
    for i in range(n):
        made.append(Point(i, i + 0.5))
    return sum(point.x + point.y for point in made), list(vars(made[-1]).items())


def twice(n):
    made = [Twice(i) for i in range(3)]
    for i in range(n):
        made[i % 3] = Twice(i)
    return [list(vars(thing).items()) for thing in made]


def ordered(n):
    texts = set()
    for i in range(n):
        thing = Ordered(i % 2, i % 3, i % 5)
        texts.add(str(list(vars(thing).items())))
    return sorted(texts)


def many(n):
    total = 0
    for i in range(n):
        thing = Many(i)
        total += thing.ff + thing.a
    return total, list(vars(thing))


def linked(n):
    owner = Owner()
    found = []
    for i in range(n):
        node = Node(owner, i)
        found.append((node.value, node.owner is owner, list(vars(node))))
    return found[0], found[-1], len(found)


def named(n):
    found = []
    for i in range(n):
        found.append(shape(i))
    return [str(type(thing)) for thing in (found[0], found[-1])], getattr(found[-1], "n", "none")


def crowded(n):
    made = []
    for i in range(n):
        thing = Crowded(i)
        setattr(thing, "extra%d" % (i % 40), i)
        made.append(thing)
    return [list(vars(thing).items()) for thing in made[-3:]]


def several(n, step):
    """Something happens to the class in the middle of the loop."""
    texts = []
    for i in range(n):
        if i == n // 2:
            step()
        thing = Point(i, -i)
        texts.append(str(sorted(vars(thing).items())))
    return texts[0], texts[n // 2 - 1], texts[n // 2], texts[-1]


def guarded(n):
    """A name that is not there, in some of the iterations."""
    found = []
    for i in range(n):
        try:
            found.append(missing)
        except NameError as error:
            found.append(str(error))
        if i == n // 3:
            globals()["missing"] = "is there"
        elif i == 2 * n // 3:
            del globals()["missing"]
    return found[0], found[n // 2], found[-1], len(set(map(str, found)))


def replace_init():
    def other(self, x, y):
        self.y = y
        self.x = [x]

    Point.__init__ = other


def add_new():
    Point.__new__ = lambda cls, x, y: log.append("new") or object.__new__(cls)


def add_class_attribute():
    Point.count = len(log)


def set_slots():
    globals()["Point"] = type("Point", (), {"__slots__": ("x", "y", "__dict__"), "__init__": original})


def use_function():
    globals()["Point"] = lambda x, y: Crowded((x, y))


def use_metaclass():
    class Meta(type):
        def __call__(cls, *arguments):
            log.append("called")
            return super().__call__(*arguments)

    globals()["Point"] = Meta("Point", (), {"__init__": original})


def count_instances():
    """The class is another one after each call."""

    def counting(self, x, y):
        Point.count = getattr(Point, "count", 0) + 1
        self.x = Point.count
        self.y = y

    Point.__init__ = counting


shape = Crowded
original = Point.__init__
N = 400
for _ in range(3):
    print(points(N), many(N))
    print(value_text(twice(N)), log[-1], len(log))
    print(ordered(N))
    print(linked(N), crowded(N))
    for shape in (Crowded, str, float, "x".join, Owner):
        print(outcome(named, N))
    print(guarded(N))
print(sys.getrefcount(Crowded) == sys.getrefcount(Ordered), gc.collect() >= 0)

for change in (replace_init, add_new, add_class_attribute, set_slots, use_function, use_metaclass, count_instances):
    print(change.__name__, several(N, lambda: None) if change is replace_init else "")
    print(several(N, change), len(log))
    Point = type("Point", (), {"__init__": original})
    print(points(N)[1])
