# SPDX-License-Identifier: MIT
"""Constants that no source text makes: objects whose methods are written in Python, containers that hold themselves,
strings that UTF-8 cannot hold, numbers of any size. Looking at them must not run their methods."""
# compiled: constant

ran = []


class Loud:
    def noise(self, *arguments):
        ran.append("noise")
        return NotImplemented

    __eq__ = __ne__ = __lt__ = __len__ = __iter__ = __repr__ = __str__ = __bool__ = noise
    __hash__ = object.__hash__

    def __getattr__(self, name):
        ran.append(name)
        raise AttributeError(name)


class LoudInt(int):
    __hash__ = int.__hash__

    def __eq__(self, other):
        ran.append("int")
        return int.__eq__(self, other)

    def __repr__(self):
        ran.append("repr")
        return "?"


def constant(count):
    found = None
    for _ in range(count):
        found = 12345
    return found


itself = []
itself.append(itself)
constants = [
    Loud(), (Loud(), (Loud(),)), LoudInt(7), itself, (itself,), "\ud800" * 9, b"\0\xff", 1 << 20000, -(1 << 62),
    float("nan"), complex("inf"), ..., frozenset(["\udc80"]), Loud, constant, NotImplemented, (), ((),) * 100, "",
]
constant(3)
for value in constants:
    code = constant.__code__
    replaced = tuple(value if old == 12345 else old for old in code.co_consts)
    function = type(constant)(code.replace(co_consts=replaced), globals())
    print(type(value).__name__, all(function(5) is value for _ in range(300)), function(3000) is value)
print(ran)
