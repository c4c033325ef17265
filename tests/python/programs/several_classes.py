# SPDX-License-Identifier: MIT
# compiled: load store method chosen constant nested
# Sites that meet objects of several classes: attributes in several places, methods that are one object or several, and
# values that the classes have, while other classes come, objects change, and calls go elsewhere.
import gc
import sys

from observing import outcome, value_text

log = []


class Shape:
    sides = 0
    unit = 1.5

    def __init__(self, size):
        self.size = size
        self.seen = 0

    def area(self):
        return self.size * self.sides

    def twice(self, extra):
        self.seen += 1
        return self.area() + self.area() + extra


class Square(Shape):
    sides = 4

    def area(self):
        return self.size * self.size


class Line(Shape):
    unit = "metre"

    def __init__(self, size):
        self.colour = "red"
        Shape.__init__(self, size)

    def area(self):
        log.append(self.size)
        return 0


class Point:
    __slots__ = ("size", "seen")
    sides = 1
    unit = None

    def __init__(self, size):
        self.size = size
        self.seen = 0

    def area(self):
        return -self.size

    twice = Shape.twice


class Missing:
    sides = property(lambda self: 77)

    def __init__(self, size):
        self.seen = 0

    def __getattr__(self, name):
        if name == "size":
            return 1000
        raise AttributeError(name)

    def area(self):
        return "none"

    def twice(self, extra):
        return extra


class Derived(Square):
    def __getattribute__(self, name):
        return 50 if name == "sides" else object.__getattribute__(self, name)


class Dying(Shape):
    def __del__(self):
        log.append("dies")


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


def method(objects):
    results = []
    for thing in objects:
        results.append(thing.area())
    return results


def chosen(objects):
    results = []
    for n, thing in enumerate(objects):
        results.append(thing.twice(n))
    return results


def constant(objects):
    results = []
    for thing in objects:
        results.append(thing.sides)
        results.append(thing.unit)
    return results


def nested(objects):
    results = []
    for thing in objects:
        try:
            results.append(thing.twice(thing.area()) if thing.size else thing.area())
        except Exception as error:
            results.append((type(error).__name__, str(error)))
    return results


CLASSES = (Shape, Square, Line, Point, Missing, Derived, Dying)
FUNCTIONS = (load, lambda objects: store(objects, 7), method, chosen, constant, nested)


def show(title, objects):
    for function in FUNCTIONS:
        print(title, function.__code__.co_name, outcome(function, objects))
    print(" ", [value_text(getattr(thing, "seen", None)) for thing in objects], log[:20], len(log))
    log.clear()


# One class more at a time, then all, in orders that change within the loops.
for count in range(1, len(CLASSES) + 1):
    for turn in range(6):
        mixed = [cls(n + 2) for n in range(4) for cls in CLASSES[:count]]
        show(f"{count} {turn}", mixed if turn % 2 else mixed[::-1])
        del mixed

# Classes and objects change under code that expects them.
few = CLASSES[:4]
for turn in range(12):
    show(f"few {turn}", [cls(n + 2) for n in range(3) for cls in few])


def hidden(objects):
    objects[5].area = lambda: "own"
    objects[1].sides = "own sides"


def replaced(objects):
    Square.area = lambda self: "new"


def deleted(objects):
    del Square.area


def other_value(objects):
    Shape.unit = [1]
    Point.unit = 2.5


def descriptor(objects):
    Shape.unit = property(lambda self: "made")


def other_class(objects):
    objects[4].__class__ = Square


def without(objects):
    del objects[4].size


def with_dict(objects):
    vars(objects[0])["area"] = lambda: "in dict"
    vars(objects[1]).clear()
    objects[1].size = 5


def code_replaced(objects):
    Shape.twice.__code__ = (lambda self, extra: ("code", extra)).__code__


for change in (hidden, replaced, deleted, other_value, descriptor, other_class, without, with_dict, code_replaced):
    objects = [cls(n + 2) for n in range(3) for cls in few]
    show(change.__name__, objects)
    change(objects)
    show(change.__name__, objects)
    show(f"{change.__name__} fresh", [cls(n + 2) for n in range(3) for cls in few])


# In the middle of a loop, by what is called there.
class Changing(Shape):
    countdown = 9

    def area(self):
        Changing.countdown -= 1
        if Changing.countdown == 4:
            Line.area = lambda self: "changed"
        if Changing.countdown == 2:
            gc.collect()
            raise LookupError(self.size)
        return Changing.countdown


for turn in range(4):
    Changing.countdown = 9
    show(f"changing {turn}", [cls(n + 2) for n in range(3) for cls in (Shape, Line, Changing, Point)])


# Classes that go away: nothing of them is kept, and nothing is taken for them.
def temporary(n):
    cls = type("Temporary", (Shape,), {"area": lambda self: n, "sides": n})
    return [cls(n), Point(n), cls(n + 1)]


for n in range(12):
    show(f"temporary {n}", temporary(n))
    gc.collect()
print(len([cls for cls in Shape.__subclasses__() if cls.__name__ == "Temporary"]), sys.getrefcount(log) < 10)
