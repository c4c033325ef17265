# SPDX-License-Identifier: MIT
# compiled: plain swallowed two returns breaks raises_inside no_enter loops Manager.__enter__
# `with`: order of events, what __exit__ is given, errors in __enter__ and __exit__, ways out of the block.
import sys

from observing import outcome, warm

log = []


class Manager:
    def __init__(self, name, swallow=False, fail=""):
        self.name, self.swallow, self.fail = name, swallow, fail

    def __enter__(self):
        return enter(self)

    def __exit__(self, kind, value, traceback):
        log.append(f"exit {self.name} {kind and kind.__name__} {value} {traceback and traceback.tb_lineno}")
        log.append(str(sys.exc_info()[1]))
        if self.fail == "exit":
            raise KeyError("in exit")
        return self.swallow

    def __del__(self):
        log.append(f"del {self.name}")


def enter(manager):
    log.append(f"enter {manager.name}")
    if manager.fail == "enter":
        raise KeyError("in enter")
    return 1


class OnlyEnter:
    def __enter__(self):
        log.append("never")


class OnlyExit:
    def __exit__(self, *arguments):
        log.append("never")


class OnInstance:
    def __init__(self):
        self.__enter__ = self.__exit__ = lambda *arguments: None


class Descriptor:
    def __get__(self, instance, owner):
        log.append(f"get {instance is not None} {owner.__name__}")
        return lambda *arguments: log.append(f"called {len(arguments)}")


class Described:
    __enter__ = __exit__ = Descriptor()


class Broken:
    @property
    def __enter__(self):
        raise IndexError("in property")


def plain(manager, x):
    with manager as value:
        value = value + 1 // x
    return value


def swallowed(manager, x):
    with manager:
        1 // x
        return "from the block"
    return "behind"


def two(first, second, x):
    with first as a, second as b:
        a + b // x
    return a


def returns(manager):
    for i in range(3):
        with manager:
            if i == 1:
                return i


def breaks(manager):
    for i in range(5):
        with manager:
            if i == 0:
                continue
            if i == 2:
                break
    return i


def raises_inside(manager):
    with manager:
        raise ValueError("inside")


def no_enter(manager):
    with manager:
        return 1


def loops(manager, n):
    total = 0
    for i in range(n):
        with manager:
            total = total + 10 // (i % 3)
    return total


def made(function, makers, rest):
    return outcome(function, *[make() for make in makers], *rest)


def show(function, makers, *rest):
    text = made(function, makers, rest)
    print(function.__name__, text, log)
    log.clear()


def maker(*arguments):
    return lambda: Manager(*arguments)


for fail in ("", "enter", "exit"):
    for swallow in (False, True):
        for x in (1, 0):
            show(plain, [maker("m", swallow, fail)], x)
            show(swallowed, [maker("m", swallow, fail)], x)
            show(two, [maker("a"), maker("b", swallow, fail)], x)
            show(two, [maker("a", swallow, fail), maker("b")], x)
        show(raises_inside, [maker("m", swallow, fail)])
        show(returns, [maker("m", swallow, fail)])
        show(breaks, [maker("m", swallow, fail)])
for make in (OnlyEnter, OnlyExit, OnInstance, Described, Broken, int, type(None)):
    show(no_enter, [make])
show(loops, [maker("m", True)], 40)
warm(plain, Manager("m"), 1)
log.clear()
show(plain, [maker("m")], 0)
