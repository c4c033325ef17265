# SPDX-License-Identifier: MIT
# Functions with keyword-only parameters: called with names, without them, and wrongly; their defaults change, end and
# are found by odd keys while loops run.
# compiled: plain calls names_only initialises defaults_change wrong odd_keys ends recurses
import gc


def plain(a, b=2, *, c=3, d):
    return a, b, c, d


class Thing:
    def __init__(self, a, *, b=5):
        self.a = a
        self.b = b

    def scaled(self, by=2, *, plus=0):
        return self.a * by + plus

    def __call__(self, *, key="key"):
        return key, self.b


def calls(turns):
    thing = Thing(3)
    total = 0
    for i in range(turns):
        total += sum(plain(i, d=1)) + sum(plain(i, 1, d=2, c=i)) + sum(plain(b=i, a=1, d=0))
        total += thing.scaled() + thing.scaled(i) + thing.scaled(plus=i) + thing.scaled(3, plus=1)
        total += len(thing()[0]) + len(thing(key="a")[0])
    return total


def only(*, a, b=1):
    return a - b


def names_only(turns):
    return [only(a=i) + only(b=i, a=2) for i in range(turns)]


def initialises(turns):
    return [(thing.a, thing.b) for i in range(turns) for thing in (Thing(i), Thing(i, b=1), Thing(b=2, a=i))]


def changing(a, *, b=1, c=2):
    return a, b, c


def defaults_change(turns):
    seen = []
    for i in range(turns):
        if i == 3:
            changing.__kwdefaults__ = {"c": "new", "b": i}
        if i == 5:
            changing.__kwdefaults__["b"] = [i]
        if i == 7:
            del changing.__kwdefaults__["c"]
        if i == 9:
            changing.__kwdefaults__ = None
        try:
            seen.append(changing(i))
        except TypeError as error:
            seen.append(str(error))
        seen.append(changing(i, c=0, b=0))
    changing.__kwdefaults__ = {"b": 1, "c": 2}
    return seen


def wrong(turns):
    seen = []
    for i in range(turns):
        for call in (
            lambda: plain(1),
            lambda: plain(1, 2, 3),
            lambda: plain(1, 2, 3, d=4),
            lambda: plain(d=1),
            lambda: plain(1, a=2, d=1),
            lambda: plain(1, e=2, d=1),
            lambda: only(),
            lambda: only(1),
            lambda: only(a=1, **{"a": 2}),
        ):
            try:
                seen.append(call())
            except TypeError as error:
                seen.append(str(error))
    return seen


class Odd(str):
    """Compares equal to a name, with code of its own."""

    log = []

    def __eq__(self, other):
        self.log.append(str(other))
        return str(self) == str(other)

    def __hash__(self):
        return hash(str(self))


def odd(*, value=1):
    return value


def odd_keys(turns):
    seen = []
    for i in range(turns):
        if i == 2:
            odd.__kwdefaults__ = {Odd("value"): "odd"}
        if i == 4:
            odd.__kwdefaults__ = {"value": "plain"}
        seen.append(odd())
        seen.append(len(Odd.log))
    odd.__kwdefaults__ = {"value": 1}
    return seen


NAMES = [f"n{i}" for i in range(20)]
exec(f"def many(a, *, {', '.join(f'{name}={i}' for i, name in enumerate(NAMES))}):\n    return a + n0 + n19\n")


class Ends:
    def __init__(self, log):
        self.log = log

    def __del__(self):
        self.log.append("end")


def takes(a, *, held):
    takes.__kwdefaults__ = {"held": None}
    gc.collect()
    return a, held is not None


def ends(turns):
    """The function's defaults end while the call has one of them."""
    log = []
    for i in range(turns):
        takes.__kwdefaults__ = {"held": Ends(log)}
        log.append(takes(i))
    return log


def recurses(depth, *, limit=3):
    return 0 if depth >= limit else 1 + recurses(depth + 1, limit=limit)


for turn in range(15):
    print(calls(10), names_only(5), initialises(3))
    print(defaults_change(12))
    print(wrong(2))
    print(odd_keys(6))
    Odd.log.clear()
    print(many(1), many(1, n19=5), ends(3), recurses(0), recurses(0, limit=9))
