# SPDX-License-Identifier: MIT
"""Structural pattern matching: every kind of pattern, and every error it can raise."""
# compiled: sequences mappings classes literals bindings
import collections.abc
import enum


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class Bare:
    a = 1


class Wrong:
    __match_args__ = ["x"]


class Numbers:
    __match_args__ = (1,)


class Raises:
    __match_args__ = ("x",)

    @property
    def x(self):
        raise ZeroDivisionError("x")


class RaisingArgs(type):
    @property
    def __match_args__(cls):
        raise KeyError("args")


class ByMeta(metaclass=RaisingArgs):
    pass


class RaisingInstance(type):
    def __instancecheck__(cls, instance):
        raise OSError("instance")


class Odd(metaclass=RaisingInstance):
    pass


class Colour(enum.Enum):
    RED = 1


class Logged(collections.UserDict):
    def get(self, key, default=None):
        print("get", key)
        return super().get(key, default)


class Length:
    def __len__(self):
        raise ValueError("length")


collections.abc.Sequence.register(Length)


def sequences(v):
    match v:
        case []:
            return "empty"
        case [x]:
            return ("one", x)
        case [1, *rest]:
            return ("one first", rest)
        case (2, [a, b], *_, 9):
            return ("nested", a, b)
        case [x, y] if x == y:
            return ("same", x)
        case [_, _, _]:
            return "three"
        case [*_, last]:
            return ("last", last)
        case _:
            return "none"


def mappings(v):
    match v:
        case {"kind": "a", "value": x}:
            return ("a", x)
        case {"kind": k, **rest} if rest:
            return ("rest", k, rest)
        case {1: [x, y]}:
            return ("one", x, y)
        case {}:
            return "mapping"
        case _:
            return "none"


def classes(v):
    match v:
        case Point(0, 0):
            return "origin"
        case Point(x=0, y=y):
            return ("on y", y)
        case Point(x, Point(y, z)):
            return ("nested", x, y, z)
        case int(n) | float(n) if n > 5:
            return ("number", n)
        case str(s):
            return ("text", s)
        case Bare(a=1, b=2):
            return "bare"
        case bool() | None:
            return "bool"
        case _:
            return "none"


def literals(v):
    match v:
        case 1 | 2:
            return "small"
        case -1.5:
            return "negative"
        case "x" | b"y":
            return "letter"
        case None:
            return "nothing"
        case True:
            return "true"
        case Colour.RED:
            return "red"
        case 1 + 2j:
            return "complex"
    return "none"


def bindings(v):
    match v:
        case [Point(x=1) as first, *others] as everything:
            return first.x, len(others), len(everything)
        case {"p": Point() as p, "q": [q, *_]}:
            return p.y, q
        case (a, b) | {"a": a, "b": b}:
            return a, b


def errors(case, v):
    if case == 0:
        match v:
            case Point(1, 2, 3):
                return
    if case == 1:
        match Wrong():
            case Wrong(x):
                return
    if case == 2:
        match Numbers():
            case Numbers(x):
                return
    if case == 3:
        match v:
            case Point(1, x=1):
                return
    if case == 4:
        match Raises():
            case Raises(x):
                return
    if case == 5:
        match ByMeta():
            case ByMeta(x):
                return
    if case == 6:
        match v:
            case Odd():
                return
    if case == 7:
        not_a_class = 5
        match v:
            case not_a_class():
                return
    if case == 8:
        match Length():
            case [1]:
                return
    if case == 9:
        one = collections.namedtuple("one", "key")("k")
        match {"k": 1}:
            case {one.key: x, "k": y}:
                return
    if case == 10:
        match Bare():
            case Bare(1):
                return
    if case == 11:
        match v:
            case Point(1, nothing=5):
                return "matched"
    return "no error"


for _ in range(3):
    for value in ([], [1], (1, 2, 3), [2, (3, 4), 5, 9], (4, 4), [5, 6, 7], range(5), "abc", 5, {1}, b"ab"):
        print(sequences(value))
    for value in ({"kind": "a", "value": 1}, {"kind": "b", "x": 2}, {"kind": "b"}, {1: (2, 3)}, {}, 5, Logged(kind="a"),
                  collections.defaultdict(list)):
        print(mappings(value))
    for value in (Point(0, 0), Point(0, 5), Point(1, Point(2, 3)), 7, 8.5, 3, "t", Bare(), True, None, Point):
        print(classes(value))
    for value in (1, 2.0, -1.5, "x", b"y", None, True, Colour.RED, 1 + 2j, []):
        print(literals(value))
    for value in ([Point(1, 2), 3], {"p": Point(1, 2), "q": "xyz"}, (1, 2), {"a": 3, "b": 4}, 5):
        print(bindings(value))
    for case in range(12):
        try:
            print(case, errors(case, Point(1, 2)))
        except Exception as error:
            print(case, type(error).__name__, error)
