# SPDX-License-Identifier: MIT
# compiled: load store call value
# Code whose sites have met several classes before it is compiled: what one local has been, the sites behind expect all
# of it. Then objects of these and other classes come, and change, and go.
import gc
import sys

from observing import outcome, specialised, value_text

log = []


class Base:
    kind = "base"

    def __init__(self, n):
        self.n = n
        self.seen = None

    def shared(self):
        return self.n + 1

    def own(self):
        return ("base", self.n)


class First(Base):
    kind = 1

    def own(self):
        return ("first", self.n)


class Second(Base):
    kind = 2.5

    def __init__(self, n):
        self.before = n
        Base.__init__(self, n)

    def own(self):
        log.append(self.seen)
        return self.before + self.n


class Third:
    __slots__ = ("n", "seen")
    kind = None
    shared = Base.shared

    def __init__(self, n):
        self.n = n
        self.seen = None

    def own(self):
        return -self.n


class Other(Base):
    def __getattr__(self, name):
        return f"no {name}"

    def own(self):
        del self.n
        return "other"


class Ended(Base):
    def __del__(self):
        log.append(("dies", getattr(self, "n", None)))


def load(thing, change, at):
    which = thing.n % 4
    if which == 0:
        met = thing.n
    elif which == 1:
        met = thing.n + 0
    elif which == 2:
        met = thing.n * 1
    else:
        met = thing.n - 0
    total = 0
    for i in range(5):
        if i == at:
            change(thing)
        total = (total, thing.n) if at == 2 else thing.n
    return met, total


def store(thing, change, at):
    if thing.n % 4 == 0:
        thing.seen = 0
    elif thing.n % 4 == 1:
        thing.seen = 1
    elif thing.n % 4 == 2:
        thing.seen = 2
    else:
        thing.seen = 3
    for i in range(5):
        if i == at:
            change(thing)
        thing.seen = [i]
    return thing.seen


def call(thing, change, at):
    which = thing.n % 4
    if which == 0:
        first = thing.own()
    elif which == 1:
        first = thing.own()
    elif which == 2:
        first = thing.own()
    else:
        first = thing.own()
    results = [first]
    for i in range(5):
        if i == at:
            change(thing)
        results.append(thing.own())
        results.append(thing.shared())
    return results


def value(thing, change, at):
    which = thing.n % 4
    if which == 0:
        first = thing.kind
    elif which == 1:
        first = thing.kind
    elif which == 2:
        first = thing.kind
    else:
        first = thing.kind
    results = [first]
    for i in range(5):
        if i == at:
            change(thing)
        results.append(thing.kind)
    return results


def nothing(thing):
    return None


def method_of_instance(thing):
    if hasattr(thing, "__dict__"):
        thing.own = thing.shared = lambda: "of the instance"
        thing.kind = "of the instance"


def method_of_class(thing):
    type(thing).own = lambda self: "of the class"
    type(thing).kind = [0]


def removed(thing):
    for name in ("own", "kind"):
        if name in vars(type(thing)):
            delattr(type(thing), name)


def base_changed(thing):
    Base.shared = lambda self: "of the base"
    Base.kind = property(lambda self: log.append("made") or "made")


def class_changed(thing):
    try:
        thing.__class__ = Second
    except TypeError:
        log.append("stays")


def dict_replaced(thing):
    if hasattr(thing, "__dict__"):
        thing.__dict__ = {"n": 3, "before": 2, "kind": "in the dict"}


def attribute_removed(thing):
    del thing.n


def collected(thing):
    gc.collect()
    log.append(sys.getrefcount(thing) < 10)


def raises(thing):
    raise LookupError(type(thing).__name__)


# The last one gives instances a name that hides the methods: from then on nothing is found in these classes.
CHANGES = (nothing, method_of_class, removed, base_changed, class_changed, dict_replaced, attribute_removed, collected,
           raises, method_of_instance)  # fmt: skip
CLASSES = (Base, First, Second, Third)
SAVED = {cls: dict(vars(cls)) for cls in CLASSES}


def restore():
    """The classes have what they had, which gives them other versions."""
    for cls, names in SAVED.items():
        for name in ("own", "shared", "kind"):
            if name in names:
                setattr(cls, name, names[name])


def exercise(copy):
    for n, cls in enumerate(CLASSES):
        copy(cls(n), nothing, -1)
    log.clear()


FUNCTIONS = (load, store, call, value)
for function in FUNCTIONS * 3:
    exercise(function)
for number, change in enumerate(CHANGES):
    for function in FUNCTIONS:
        for at in (2, 4) if function is call else (2 + number % 2 * 2,):
            restore()
            copy = specialised(function, exercise)
            shown = []
            for n, cls in enumerate((*CLASSES, Ended, Other, *CLASSES)):
                thing = cls(n)
                shown.append(outcome(copy, thing, change if n < 6 else nothing, at))
                shown.append(value_text(getattr(thing, "seen", None)) if cls is not Other else "")
                del thing
            print(function.__name__, change.__name__, at, *shown)
            print(" ", len(log), log[-5:])
            log.clear()
