# SPDX-License-Identifier: MIT
"""Classes whose special methods do what they like, attributes, descriptors, slots, metaclasses, inheritance."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (3, "{o1} = {o}"),
    (2, "{o1} = {o}\n{o1}.v = {n}\n{V} = {o1}.v"),
    (1, "{o1} = {o}\n{o1}.v += {m}"),
    (1, "{o1} = {o}\n{o1} += {n}"),
    (1, "{V} = {o}.{attr}"),
    (0.5, "del {o}.{attr}"),
    (1, "{i1} = {o}.method({n}, {m})"),
    (1, "{i1} = {o}.method({m})"),
    (0.7, "{x1} = {o}.method\n{i1} = {x1}({m}, p={m})"),
    (1, "{i1} = {o}({n})"),
    (1, "{i1} = {o}[{m}]"),
    (0.7, "{o1} = {o}\n{o1}[{m}] = {n}"),
    (0.4, "del {o}[{m}]"),
    (0.7, "for {i1} in {o}:\n    ..."),
    (0.5, "{i1}, {i2} = {o}"),
    (0.5, "{l1} = [*{o}]"),
    (1, "if {o}:\n    ...\nelse:\n    ..."),
    (1, "if {o} {cmp} {m}:\n    ..."),
    (0.5, "{V} = {n} if {o} == {o} else {m}"),
    (0.5, "{s1} = f'{{{m}:x}}'\n{s2} = str({o})[:20]"),
    (0.4, "{i1} = getattr({o}, 'v', {m})\nsetattr({o}, 'w', {i1})"),
    (0.4, "{i1} = hasattr({o}, 'w') + isinstance({o}, {T})"),
    (0.4, "{d1} = {{{o}: {m}}}\n{i1} = {d1}[{o}]"),
    (0.3, "{o1} = {o}\n{o1}.__class__ = {T}"),
    (0.5, """
class {f1}(Base):
    x = {m}

    def method(self, p1, p2=1):
        ...
        return super().method(p1) + self.x

{i1} = {f1}({m}).method({m})
""", "once"),
    (0.3, """
class {f1}:
    x = {n}
    y = [x, {m}]
    ...

{i1} = {f1}.x
""", "once"),
)

EXPRESSIONS = {
    "n": templates(
        (1, "({o} {op} {m})"),
        (1, "({m} {op} {o})"),
        (1, "{o}.v"),
        (0.6, "{o}.method({m})"),
        (0.5, "{o}.p"),
        (0.4, "(-{o})"),
        (0.3, "len({o})"),
        (0.3, "hash({o})"),
        (0.3, "[{m}, {n}][{o}]"),
    ),
    "b": templates((0.5, "{o}"), (0.4, "{o} {cmp} {o}"), (0.3, "{m} in {o}"), (0.3, "{o} != {m}")),
    "o": templates((1, "{o}"),),
}

# The methods of a class. `p1` and `p2` are numbers, most often; bodies stay small.
METHODS = templates(
    *((1, f"def __{name}__(self, p1):\n    return {{answer}}") for name in (
        "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "floordiv", "mod", "and", "or", "xor", "iadd")),
    *((1.5, f"def __{name}__(self, p1):\n    return {{answer}}") for name in ("lt", "le", "gt", "ge", "ne")),
    (2, "def __eq__(self, p1):\n    return {answer}\n\ndef __hash__(self):\n    return {hash}"),
    (2, "def __bool__(self):\n    return {truth}"),
    (1, "def __len__(self):\n    return {length}"),
    (1, "def __index__(self):\n    return {length}"),
    (1, "def __neg__(self):\n    return {answer0}"),
    (1, "def __int__(self):\n    return {length}\n\ndef __float__(self):\n    return {answer0}"),
    (1.5, "def __call__(self, p1=1, *args, **kw):\n    ...\n    return {n}"),
    (1.5, "def __getitem__(self, p1):\n    if type(p1) is int and p1 > 3:\n        raise IndexError(p1)\n    return {answer}"),
    (1, "def __setitem__(self, p1, p2):\n    self.v = p2\n\ndef __delitem__(self, p1):\n    raise KeyError(p1)"),
    (1, "def __iter__(self):\n    yield self.v\n    ...\n    yield {n}"),
    (0.5, "def __iter__(self):\n    return iter([{n}, {m}])"),
    (0.5, "def __iter__(self):\n    self.n = 0\n    return self\n\ndef __next__(self):\n    self.n += 1\n"
          "    if self.n > 3:\n        raise StopIteration\n    return {answer0}"),
    (1, "def __contains__(self, p1):\n    return {truth}"),
    (1, "def __getattr__(self, name):\n    if name.startswith('_'):\n        raise AttributeError(name)\n    return {n}"),
    (0.6, "def __setattr__(self, name, p1):\n    look()\n    object.__setattr__(self, name, p1)"),
    (0.3, "def __setattr__(self, name, p1):\n    if name == 'w':\n        raise AttributeError('no')\n"
          "    super().__setattr__(name, p1)"),
    (0.3, "def __getattribute__(self, name):\n    return object.__getattribute__(self, name)"),
    (0.5, "def __str__(self):\n    return {s}\n\ndef __format__(self, spec):\n    return spec + 'f'"),
    (2, "def method(self, p1, p2=1, p=0):\n    ...\n    return {n}"),
    (1, "@property\ndef p(self):\n    return {n}\n\n@p.setter\ndef p(self, p1):\n    self.v = p1"),
    (0.7, "w = Descriptor({k})"),
    (0.5, "p = {n}"),
    (0.4, "@staticmethod\ndef method(p1, p2=2, p=3):\n    ...\n    return {n}"),
    (0.4, "@classmethod\ndef method(cls, p1=1, p2=2, p=3):\n    ...\n    return cls.__name__"),
    (0.7, "def __enter__(self):\n    return self.v\n\ndef __exit__(self, kind, error, trace):\n    ...\n    return {truth}"),
)

ANSWERS = ("self.v", "NotImplemented", "{n}", "{m} + p1", "self", "p1", "look()", "poke(self.v)", "p1 < 3", "self.v + 1",
           "self.v - p1", "Own(p1)", "[p1]", "1 // 0", "{m}", "{m}")
HASHES = ("1", "hash(self.v)", "id(self) * 0 + 5", "1.5", "2**70")
TRUTHS = ("True", "False", "self.v != 3", "self.v > 1", "1", "None", "look() > 1")
LENGTHS = ("0", "1", "2", "3", "-1", "self.v", "2**64", "True", "'3'")

HEADERS = ("Base", "Base", "Base", "Base, metaclass=Meta", "Slots", "{before}", "{before}")

PRELUDE = {
    "Descriptor": '''
class Descriptor:
    """A data descriptor that keeps what it gets in itself."""

    def __init__(self, value):
        self.value = value

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return self if instance is None else self.value

    def __set__(self, instance, value):
        if value == 13:
            raise ValueError(self.name)
        self.value = value

    def __delete__(self, instance):
        self.value = 0
''',
    "Base": '''
class Base:
    """What most generated classes start from. No address gets into the transcript through hash or repr."""

    def __hash__(self):
        return 11

    def __repr__(self):
        return f"<{type(self).__name__}>"

    w = p = x = 3

    def __init__(self, v=1):
        self.v = v

    def method(self, p1, p2=2, p=3):
        return self.v

    def __add__(self, other):
        return other + self.v

    __radd__ = __mul__ = __add__

    def __sub__(self, other):
        return self.v - 1

    __rsub__ = __mod__ = __and__ = __neg__ = __call__ = lambda self, *other: self.v

    def __lt__(self, other):
        return self.v < 2

    __gt__ = __le__ = __lt__

    def __getitem__(self, k):
        if k == 2:
            raise IndexError(k)
        return self.v
''',
    "Slots": '''
class Slots:
    __slots__ = ("v", "w")

    def __hash__(self):
        return 11

    def __repr__(self):
        return f"<{type(self).__name__}>"

    def __init__(self, v=1):
        self.v = v

    def method(self, p1, p2=2, p=3):
        return (p1, self.v)
''',
    "Meta": '''
class Meta(type):
    """Its classes can be added, called, and asked for attributes that they do not have."""

    def __call__(cls, *args):
        instance = super().__call__(*args)
        instance.made = 1
        return instance

    def __getattr__(cls, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return 5

    def __add__(cls, other):
        return other

    def __instancecheck__(cls, instance):
        return type(instance) is not int and type.__instancecheck__(cls, instance)
''',
}
