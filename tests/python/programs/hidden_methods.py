# SPDX-License-Identifier: MIT
# compiled: call call_twice get
# An attribute of an instance hides the method of its class, wherever instances keep their attributes and whenever it comes:
# before the call is compiled, after it has been called often, for one instance or for the class's instances together.
import functools
import types

from observing import outcome, warm


def call(thing):
    return thing.name()


def call_twice(thing, change):
    first = thing.name()
    change(thing)
    return first, thing.name()


def get(thing):
    return thing.name


def shape(base=object, slots=None, early=()):
    """A class of its own for each case, since types are what caches remember."""

    def name(self):
        return "method"

    def __init__(self, *arguments):
        for attribute in early:
            setattr(self, attribute, attribute)

    body = {"name": name, "__init__": __init__}
    if slots is not None:
        body["__slots__"] = slots
    return type("Shape", (base,), body)


def hide(thing):
    thing.name = lambda: "own"


def hide_in_dict(thing):
    thing.__dict__["name"] = lambda: "own, by its dict"


def replace_dict(thing):
    thing.__dict__ = {"name": lambda: "own, in a new dict"}


def show(thing):
    del thing.name


def hide_in_all(thing):
    type(thing).name = lambda self: "another method"


SHAPES = {
    "plain": lambda: shape(),
    "with attributes": lambda: shape(early=("a", "b")),
    "of an exception": lambda: shape(Exception),
    "of a list": lambda: shape(list),
    "of a partial": lambda: shape(functools.partial),
    "of a namespace": lambda: shape(types.SimpleNamespace),
    "slots and a dict": lambda: shape(slots=("x", "__dict__")),
    "slots alone": lambda: shape(slots=("x",)),
    "of an int": lambda: shape(int),
    "of a tuple": lambda: shape(tuple),
}


def make(cls):
    return cls(print) if issubclass(cls, functools.partial) else cls()


for label, new_class in SHAPES.items():
    for change in (hide, hide_in_dict, replace_dict, hide_in_all):
        cls = new_class()
        thing, other = make(cls), make(cls)
        warm(call, thing)
        warm(get, thing, times=20)
        print(label, change.__name__, outcome(call, other), outcome(change, thing).split(" | ")[0])
        print(outcome(call, thing), outcome(call, other), outcome(lambda: get(thing)())[:40])
        warm(call, thing, times=30)
        warm(call, other, times=30)
        print(outcome(call, thing), outcome(call, other), outcome(show, thing).split(" | ")[0], outcome(call, thing), outcome(call, other))
        print(outcome(call_twice, make(cls), change)[:90], outcome(call_twice, make(cls), change)[:90])
    # One instance hides it from the start: the name is one that instances share.
    cls = new_class()
    hidden, thing = make(cls), make(cls)
    outcome(hide, hidden)
    warm(call, thing)
    print(outcome(call, thing), outcome(call, hidden), outcome(hide, thing).split(" | ")[0], outcome(call, thing))
