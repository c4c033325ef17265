# SPDX-License-Identifier: MIT
"""Loops over objects of several classes, some of one hierarchy: attributes in different places, methods that are one
function or several, values of classes; and classes that change while such loops run."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (3, "for {o1} in several({k}):\n    {V} = {o1}.v\n    ..."),
    (2, "for {o1} in several({k}):\n    {o1}.v = {n}\n    {V} = {o1}.v"),
    (1, "for {o1} in several({k}):\n    {o1}.w = {o1}.v\n    {o1}.v += {m}"),
    (3, "for {o1} in several({k}):\n    {i1} = {o1}.method({m})\n    ..."),
    (2, "for {o1} in several({k}):\n    {i1} = {o1}.common({m})\n    {i2} = {o1}.kind"),
    (2, "for {o1} in several({k}):\n    if {b}:\n        change({k})\n    {i1} = {o1}.method({m})\n    {i2} = {o1}.kind"),
    (2, "for {o1} in several({k}):\n    {i1} = {o1}.method(p2={n}, p1={m})\n    {i2} = {o1}.common(p1={m})"),
    (1, "for {o1} in several({k}):\n    if {b}:\n        change({k})\n    {i1} = type({o1})(v={m}).v\n    {V} = Right1().first"),
    (1, "for {o1} in several({k}):\n    if {b}:\n        change_object({o1}, {k})\n    {V} = {o1}.v\n    {i1} = {o1}.common({m})"),
    (1, "for {o1} in [{o}, *several({k}), {o}]:\n    {V} = {o1}.v\n    {i1} = {o1}.method({m})"),
    (1, "for {o1} in several({k}):\n    {V} = {o1} {op} {m}\n    if {o1} == {m}:\n        ..."),
    (2, "for {o1} in several({k}):\n    {V} = {o1} + several({k})[{k} % 6]\n    ..."),
    (1, "for {o1} in several({k}):\n    if {b}:\n        change({k})\n    {V} = {o1} * {m}\n    {o1} += {n}"),
    (1, "for {o1} in several({k}):\n    {i1} = {o1}[{m}]\n    {V} = {o1} - {n}"),
    (0.5, "change({k})"),
    (0.5, "{o1} = several({k})[{k} % 6]\n{V} = {o1}.v\n{i1} = {o1}.method({m}) if {b} else {o1}.common({n})"),
)

EXPRESSIONS = {
    "n": templates(
        (1, "several({k})[1].v"),
        (0.7, "several({k})[2].common({m})"),
    ),
}

PRELUDE = {
    "several": '''
class Root:
    kind = 1

    def __init__(self, v=1):
        self.v = v
        self.w = 0

    def __hash__(self):
        return 11

    def __repr__(self):
        return f"<{type(self).__name__}>"

    def method(self, p1, p2=2):
        return self.v

    def common(self, p1):
        return self.method(p1)

    def __add__(self, other):
        return self.common(other)

    def __mul__(self, other):
        return type(self)(self.v)

    def __sub__(self, other):
        return NotImplemented if type(other) is int else self.w

    def __getitem__(self, place):
        return self.v if place else self.w

    def __eq__(self, other):
        return self.v == other


class Left1(Root):
    kind = 2.5

    def method(self, p1, p2=3):
        self.w += 1
        return p1


class Right1(Root):
    def __init__(self, v=1):
        self.first = v
        super().__init__(v)

    def method(self, p1, p2=4):
        return super().method(p1, p2=p2) + self.first

    def __radd__(self, other):
        return self.first

    def __iadd__(self, other):
        self.w += 1
        return self


class Both(Left1, Right1):
    kind = None

    def common(self, p1):
        return super(Both, self).common(p1=p1)

    def __add__(self, other):
        return NotImplemented


class Fixed:
    __slots__ = ("w", "v")
    kind = True
    common = Root.common

    def __init__(self, v=1):
        self.v = v

    def __repr__(self):
        return "<Fixed>"

    def method(self, p1):
        return -self.v


class Computed(Root):
    kind = property(lambda self: self.w)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return 9

    def method(self, p1, p2=5):
        look()
        return self.missing


ORDERS = ((Root, Left1), (Left1, Right1, Both), (Root, Left1, Right1, Fixed), (Fixed, Root), (Both, Computed, Root),
          (Root, Left1, Right1, Both, Fixed, Computed))


def several(k):
    order = ORDERS[int(k) % len(ORDERS)] if type(k) in (int, bool) else ORDERS[0]
    return [order[i % len(order)](i) for i in range(6)]
''',
    "change": '''
def change(k):
    """Changes a class of `several`; each change is taken back by the next one of its kind."""
    which = k % 6 if type(k) in (int, bool) else 0
    if which == 0:
        Left1.method = (lambda self, p1, p2=0: self.v) if vars(Left1)["method"].__name__ != "<lambda>" else Right1.method
    elif which == 1:
        Root.kind = [1] if Root.kind == 1 else 1
    elif which == 2:
        if "common" in vars(Left1):
            del Left1.common
        else:
            Left1.common = lambda self, p1: -1
    elif which == 3:
        Both.__bases__ = Both.__bases__[::-1]
    elif which == 4:
        Root.common.__code__, Right1.method.__defaults__ = Root.common.__code__.replace(), (p2,) if (p2 := 4) else ()
    else:
        Fixed.kind = property(lambda self: 7) if Fixed.kind is True else True


several(0)
''',
    "change_object": '''
def change_object(thing, k):
    which = k % 5 if type(k) in (int, bool) else 0
    try:
        if which == 0:
            thing.__class__ = Right1 if type(thing) is Left1 else Left1
        elif which == 1:
            thing.__dict__ = {"v": 3, "w": 1, "first": 2, "method": lambda p1: "own"}
        elif which == 2:
            vars(thing).pop("v", None)
        elif which == 3:
            thing.common = lambda p1: 4
        else:
            del thing.w
    except (TypeError, AttributeError) as error:
        say(type(error).__name__)


several(0)
''',
}
