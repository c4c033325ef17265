# SPDX-License-Identifier: MIT
# compiled: area both chained shifted total temporary several opened looked caught written
# Properties whose functions are written in Python: in loops over objects of one and of several classes, while classes,
# properties and objects change, functions raise, delete their self, trace, and look at frames.
import sys
import traceback

from observing import outcome

log = []


class Box:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    @property
    def size(self):
        return self.width * self.height

    @property
    def half(self):
        return self.size / 2

    @property
    def shift(self):
        total = 0
        for step in range(3):
            total += self.width - step
        return total


class Cube(Box):
    @property
    def size(self):
        return self.width**3


class Slotted:
    __slots__ = ("width", "_height")

    def __init__(self, width):
        self.width = width
        self._height = width + 1

    @property
    def size(self):
        return self._height * 10

    @size.setter
    def size(self, value):
        self._height = value


class Plain:
    def __init__(self, size):
        self.size = size


def area(box, count):
    total = 0
    for _ in range(count):
        total += box.size
    return total


def both(boxes):
    total = 0
    for box in boxes:
        total += box.size + box.half
    return total


def chained(box, count):
    total = 0.0
    for _ in range(count):
        total += box.half
    return total


def shifted(box, count):
    total = 0
    for _ in range(count):
        total += box.shift
    return total


def total(objects):
    return sum([one.size for one in objects])


def several(objects):
    sizes = []
    for one in objects:
        sizes.append(one.size)
    return sizes


box = Box(3, 4)
print([area(box, count) for count in (1, 5, 300)], chained(box, 50), shifted(box, 50))
print(both([Box(side, 2) for side in range(60)]), total([Box(side, 2) for side in range(60)]))
mixed = [Box(1, 2), Cube(2, 9), Slotted(3), Box(5, 6)] * 20
print(several(mixed)[:8], sum(several(mixed)))
print(several(mixed + [Plain("own")] * 3)[-4:], several([Plain(7), Box(1, 1)] * 5))

# An attribute of the instance's own does not come first.
box.__dict__["size"] = "hidden"
print(area(box, 40))
del box.__dict__["size"]


# Another function, by a new property, by the old one, and by another class.
def larger(self):
    return 1000


print(area(box, 20), end=" ")
Box.size.__init__(larger)
print(area(box, 20), end=" ")
Box.size = property(lambda self: self.width)
print(area(box, 20), end=" ")
Box.size = 5
print(area(box, 20), end=" ")
Box.size = property(larger, None)
print(area(box, 20), end=" ")
Box.size.__init__(None)
print(outcome(lambda: area(box, 20)))
Box.size = property(lambda self: self.width * self.height)


class Changing:
    def __init__(self):
        self.rounds = 0

    @property
    def size(self):
        self.rounds += 1
        if self.rounds == 70:
            Changing.size = property(lambda self: 1000)
        if self.rounds == 150:
            self.__class__ = Plain
        return 1


def written(one, count):
    seen = 0
    for _ in range(count):
        seen += one.size
        one.rounds = one.rounds + 1
    return seen


print(written(Changing(), 60), written(Changing(), 60))


# What raises, with and without __getattr__.
class Failing:
    fails = False

    @property
    def size(self):
        if self.fails:
            raise AttributeError("no size")
        return 2


class Falling(Failing):
    def __getattr__(self, name):
        return f"instead of {name}"


def caught(one, count):
    found = []
    for number in range(count):
        one.fails = number % 10 == 9
        try:
            found.append(one.size)
        except AttributeError as error:
            found.append((str(error), len(traceback.extract_tb(error.__traceback__))))
    return found


print(caught(Failing(), 40)[6:12], caught(Falling(), 40)[6:12])


# The object lives until its attribute is there, whatever the function does with its name for it.
class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        log.append(f"{self.name} ends")


class Ending(Noisy):
    @property
    def dropped(self):
        other = Noisy(f"in {self.name}")
        name = self.name
        del self
        log.append(f"without {name}")
        return other.name

    @property
    def kept(self):
        return self.name


def temporary(count):
    found = []
    for number in range(count):
        found.append(Ending(number).dropped)
        found.append(Ending(-number).kept)
        log.append(f"behind {number}")
    return found


for _ in range(4):
    log.clear()
    print(temporary(20)[-3:], log[:9], log[-5:], len(log))


class Opened(Noisy):
    """Some have a dict, for which code is left in the middle of the property's function."""

    @property
    def name_of_it(self):
        return self.name

    def open(self):
        return self.__dict__ if self.name % 16 == 15 else None


def opened(count):
    found = []
    for number in range(count):
        one = Opened(number)
        one.open()
        box = [one]
        del one
        found.append(box.pop().name_of_it)
        log.append(f"behind {number}")
    return found


for _ in range(4):
    log.clear()
    print(sum(opened(40)), log[28:34], len(log))


# Frames that somebody looks at.
class Looking:
    def __init__(self):
        self.asked = 0

    @property
    def caller(self):
        self.asked += 1
        if self.asked % 20 == 0:
            frame = sys._getframe()
            return frame.f_code.co_name, frame.f_back.f_code.co_name, frame.f_back.f_lineno - first, frame.f_lineno - first
        return None


first = Looking.__init__.__code__.co_firstlineno


def looked(one, count):
    found = set()
    for _ in range(count):
        found.add(one.caller)
    return sorted(filter(None, found))


print(looked(Looking(), 90))

events = []


def trace(frame, event, argument):
    events.append((event, frame.f_code.co_name))
    return trace


def traced():
    sys.settrace(trace)
    try:
        return area(box, 2) + len(several([box, Slotted(2)]))
    finally:
        sys.settrace(None)


print(traced(), [event for event in events if event[0] in ("call", "return")])


class Deep:
    @property
    def down(self):
        return 1 + self.down


print(outcome(lambda: Deep().down)[:40])
