# SPDX-License-Identifier: MIT
# compiled: hot created diamond captured explicit several metaclasses chains deleted_self wrong looked changes counted
# Methods behind super(): of one class and of several, in a diamond, with the object in a cell or deleted, by a `super` that
# is another one, and with classes that change in the middle of a loop.
import builtins
import gc
import sys

from observing import outcome, value_text

log = []


class Base:
    def __init__(self, n=0):
        self.n = n
        self.calls = 0

    def step(self, x):
        self.calls += 1
        return x + 1

    def where(self):
        return sys._getframe(1).f_code.co_name

    @classmethod
    def made(cls, n):
        return cls.__name__, n

    @staticmethod
    def flat(n):
        return n

    @property
    def size(self):
        return 3

    value = 5


class Left(Base):
    def step(self, x):
        return super().step(x) * 2

    def where(self):
        return super().where()


class Right(Base):
    def step(self, x):
        return super().step(x) * 3

    @classmethod
    def made(cls, n):
        return super().made(n + 1)

    def flat(self, n):
        return super().flat(n), super().size, super().value


class Both(Left, Right):
    def __init__(self, n):
        super().__init__(n)
        self.m = n

    def step(self, x):
        return super().step(x) - 1


class Old(Base):
    def __init__(self, n):
        super(Old, self).__init__(n)

    def step(self, x):
        return super(Old, self).step(x) + super(Base, self).__sizeof__() * 0


class Top:
    def __init__(self):
        super().__init__()
        self.done = True


class Numbers(list):
    def append(self, value):
        super().append(value * 2)

    def __len__(self):
        return super().__len__() + 1


def hot(n, thing):
    total = 0
    for i in range(n):
        total += thing.step(i)
    return total, thing.calls


def created(n):
    total = 0
    for i in range(n):
        total += Both(i).m + Old(i).n + Top().done
    return total


def diamond(n):
    things = [Left(), Right(), Both(1), Old(2)]
    return [hot(n, thing) for thing in things], hot(n, things[1])


class Captures(Base):
    def step(self, x):
        def inner():
            return self.n
        return super().step(x) + inner()


def captured(n):
    thing = Captures(2)
    return hot(n, thing)


def explicit(n):
    thing = Both(3)
    total = 0
    for i in range(n):
        total += super(Left, thing).step(i) + super(Both, thing).step(i)
    return total


def several(n):
    made = [type("Sub%d" % i, (Left,), {"__init__": Base.__init__}) for i in range(7)]
    return [hot(n, cls()) for cls in made], hot(n, Left())


class Deletes(Base):
    def step(self, x):
        if x == 150:
            del self
        return super().step(x)


class Rebinds(Base):
    def step(self, x):
        if x >= 150:
            self = Left(x)
        return super().step(x) + self.n


def deleted_self(n):
    return outcome(hot, n, Deletes()), outcome(hot, n, Rebinds())


class Meta(type):
    def __call__(cls, *arguments):
        made = super().__call__(*arguments)
        return made if isinstance(made, type) else (made.n, cls.__name__)

    def which(cls):
        return super().__repr__()


class Made(metaclass=Meta):
    n = 1


class MetaOfItself(Meta, metaclass=Meta):
    pass


def metaclasses(n):
    seen = set()
    for i in range(n):
        seen.add(str(Made()))
        for cls in (Made, MetaOfItself):
            seen.add(value_text(outcome(Meta.which, cls)))
    return sorted(seen)


def factory(base, n):
    class Made(base):
        def step(self, x):
            return super().step(x) + n

    return Made


def chains(n):
    """Classes with one code, one behind the other."""
    first = factory(Base, 1)
    second = factory(first, 10)
    third = factory(second, 100)
    return [hot(n, cls()) for cls in (first, second, third, second, first)]


class Missing(Base):
    def step(self, x):
        return super().nothing(x)

    def where(self):
        return super(Left, self).where()


def wrong(n):
    found = set()
    for i in range(n):
        found.add(value_text(outcome(Missing().step, 1)))
        found.add(value_text(outcome(Missing().where)))
    return sorted(found)


def looked(n):
    seen = set()
    left, numbers = Left(), Numbers()
    for i in range(n):
        seen.add(left.where())
        seen.add(Right.made(i % 2))
        seen.add(Right().flat(i % 2))
        numbers.append(i)
    return sorted(map(str, seen)), len(numbers), numbers[-1]


def changes(n, change):
    """In the middle of the loop, with the code hot."""
    thing = Both(1)
    totals = []
    for i in range(n):
        if i == n - 3:
            change(thing)
        if i >= n - 5:
            totals.append(outcome(thing.step, i))
        else:
            thing.step(i)
    return totals


def replace_method(thing):
    Right.step = lambda self, x: ("replaced", x)


def delete_method(thing):
    del Right.step


def change_class(thing):
    thing.__class__ = Left


def change_bases(thing):
    Left.__bases__ = (Old,)


def hide_super(thing):
    globals()["super"] = lambda *arguments: Other()


def other_builtin(thing):
    class Loud:
        def __init__(self, *arguments):
            log.append("super")

        def step(self, x):
            return 500

    builtins.super = Loud


class Other:
    def step(self, x):
        return 1000


def own_attribute(thing):
    thing.step = lambda x: "own"


def property_instead(thing):
    Base.step = property(lambda self: lambda x: 77)


original = super


def restore():
    builtins.super = original
    globals().pop("super", None)
    Left.__bases__ = (Base,)
    Right.step = right
    Base.step = base


right, base = Right.step, Base.step


def counted(n):
    """References that super() would have held."""
    thing = Left()
    before = sys.getrefcount(thing), sys.getrefcount(Left), sys.getrefcount(Base.step)
    for i in range(n):
        thing.step(i)
    return [now - then for now, then in zip((sys.getrefcount(thing), sys.getrefcount(Left), sys.getrefcount(Base.step)), before)]


N = 300
for _ in range(2):
    print(diamond(N), created(N))
    print(captured(N), explicit(N), several(N), metaclasses(N), chains(N))
    print(value_text(deleted_self(N)))
    print(wrong(N), looked(N), counted(N))
for change in (replace_method, delete_method, change_class, change_bases, hide_super, other_builtin, own_attribute, property_instead):
    changes(N, lambda thing: None)
    print(change.__name__, value_text(changes(N, change)), len(log))
    restore()
    gc.collect()
