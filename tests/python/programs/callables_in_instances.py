# SPDX-License-Identifier: MIT
# Calls of what an instance or a class holds: bound methods, functions, builtins, classes, objects with __call__. They
# are replaced, deleted, and hide methods or come from elsewhere while loops run.
# compiled: pump slotted mixed fails hidden replaced dies recurses chained counted
import functools
import gc
import sys
import traceback


class Source:
    def __init__(self, items):
        self.items = items
        self.at = 0

    def read(self, count=1):
        part = self.items[self.at : self.at + count]
        self.at += count
        return part

    def broken(self, count):
        raise LookupError(count)


class Pump:
    Result = list
    scale = staticmethod(lambda value: value * 3)

    def __init__(self, source):
        self.source = source
        self.read = source.read
        self.out = []
        self.append = self.out.append
        self.key = len
        self.double = lambda value: value * 2
        self.add = functools.partial(max, 5)

    def hidden(self, value):
        return "method", value


class Slotted:
    __slots__ = ("call", "rest")


class Callable:
    def __init__(self, name):
        self.name = name

    def __call__(self, *values):
        return self.name, values

    def __repr__(self):
        return f"Callable({self.name})"


def pump(pump, count):
    total = 0
    for i in range(count):
        part = pump.read(2)
        pump.append(part)
        total += pump.key(part) + pump.double(i) + pump.add(i) + pump.scale(i)
        total += len(pump.Result(part))
    return total


def slotted(holder, values):
    return [holder.call(value) for value in values]


def mixed(things):
    """A method in one class, an attribute in another one's instances."""
    return [thing.read(1) for thing in things]


class Reader:
    def __init__(self, value):
        self.read = value.__add__


def fails(pump):
    try:
        pump.read(0)
    except LookupError as error:
        return [frame.name for frame in traceback.extract_tb(error.__traceback__)], error.args


def hidden(thing, turns):
    """The attribute hides the method, and shows it again."""
    seen = []
    for i in range(turns):
        if i == 3:
            thing.hidden = Callable("own")
        if i == 6:
            thing.hidden = thing.source.read
        if i == 8:
            del thing.hidden
        seen.append(thing.hidden(i))
    return seen


def replaced(thing, turns):
    seen = []
    for i in range(turns):
        if i == 2:
            thing.double = str
        if i == 4:
            thing.double = Callable("double")
        if i == 5:
            thing.double = float
        if i == 7:
            del thing.double
            try:
                thing.double(i)
            except AttributeError as error:
                seen.append(str(error))
            thing.double = thing.__init__.__func__.__code__.co_name.join
            continue
        try:
            seen.append(thing.double(i))
        except TypeError as error:
            seen.append(str(error))
    return seen


class Last:
    def __init__(self, log, name):
        self.log = log
        self.name = name
        self.call = self.run

    def run(self, holder):
        holder.clear()
        return sys.getrefcount(self) > 1, self.name

    def __del__(self):
        self.log.append(self.name)


def dies(turns):
    """The call gives the last reference to the owner away."""
    log = []
    seen = []
    for i in range(turns):
        holder = [Last(log, i)]
        holder[0].call.__self__.call = holder[0].run
        seen.append(holder[0].call(holder))
        log.append("behind")
    gc.collect()
    return seen, len(log)


class Node:
    def __init__(self, depth):
        self.child = Node(depth - 1) if depth else None
        self.visit = self.child.count if depth else None

    def count(self):
        return 1 + (self.visit() if self.visit is not None else 0)


def recurses(depth):
    node = Node(depth)
    return node.count(), node.visit()


def chained(log):
    class Step:
        def __init__(self, value, following):
            self.value = value
            self.following = following

        def run(self, total, *more, last=0):
            log.append(more)
            return self.following(total + self.value, last=last) if self.following else (total, last)

    third = Step(3, None)
    second = Step(2, third.run)
    first = Step(1, second.run)
    return [first.run(i, last=i) for i in range(4)], first.following(1)


def counted(thing, turns):
    """The class gets a method of the name, and a descriptor that comes before the attribute."""
    seen = []
    for i in range(turns):
        if i == 3:
            type(thing).key = lambda self, value: ("class", value)
        if i == 5:
            type(thing).key = property(lambda self: Callable("property"))
        if i == 7:
            del type(thing).key
        seen.append(thing.key("ab"))
    return seen


holder = Slotted()
for turn in range(12):
    made = Pump(Source(list(range(40))))
    print(pump(made, 12), made.out[:3], len(made.out))
    holder.call = [len, str, Callable("slot"), made.source.read][turn % 4]
    print(slotted(holder, ["ab", "c"]) if turn % 4 != 3 else slotted(holder, [1, 2]))
    print(mixed([Source([1, 2]), Reader(4), Source("ab"), Reader(2.5)]))
    broken = Pump(Source([]))
    broken.read = broken.source.broken
    print(fails(broken))
    print(hidden(made, 10))
    print(replaced(Pump(Source([])), 10))
    print(dies(3))
    print(recurses(5))
    print(chained([]))
    print(counted(Pump(Source([])), 9))
