# SPDX-License-Identifier: MIT
"""Displays, comprehensions, subscripts, unpacking and slices, with their errors."""
# compiled: displays comprehensions subscripts stores deletes unpack_two unpack_star slices build_big merges calls
import sys


class Loud:
    def __init__(self, name, fail=False):
        self.name, self.fail = name, fail

    def __hash__(self):
        print("hash", self.name)
        if self.fail:
            raise ValueError(self.name)
        return hash(self.name)

    def __eq__(self, other):
        return isinstance(other, Loud) and self.name == other.name

    def __repr__(self):
        return f"<{self.name}>"

    def __del__(self):
        print("del", self.name)


def displays(a, b, c):
    return (a, b, c), [a, b, c], {a, b, c} == {c, b, a}, {a: b, c: a}, {"k": a, "l": b}, (), [], {}, (a,)


def comprehensions(n):
    return ([i * j for i in range(n) for j in range(i) if i != j], len({i % 3 for i in range(n)}),
            {i: [k for k in range(i)] for i in range(n)}, [x for x in "abc" if x > "a"],
            [[y for y in range(x)] for x in range(n)])


def subscripts(container, key):
    return container[key]


def stores(container, key, value):
    container[key] = value
    return container


def deletes(container, key):
    del container[key]
    return container


def unpack_two(value):
    a, b = value
    return a, b


def unpack_star(value):
    a, *b, c = value
    return a, b, c


def slices(s):
    return s[1:], s[:2], s[:], s[::2], s[-3:-1], s[1:4:2]


def merges(a, b):
    return [*a, *b, 0], (*a, 1, *b), {*a, *b} == {*b, *a}, {**dict.fromkeys(a), "z": 1, **dict.fromkeys(b, 2)}


def calls(f, *a, **k):
    return f(*a, **k)


def build_big(n):
    return [i for i in range(n)][-1], sum((lambda *a: a)(*range(n)))


def attempt(function, *arguments):
    try:
        print(function.__name__, function(*arguments))
    except Exception as error:
        print(function.__name__, type(error).__name__, error)
        trace = error.__traceback__.tb_next
        if trace:
            print(list(trace.tb_frame.f_code.co_positions())[trace.tb_lasti // 2])
        del trace  # no cycle: what dies when must not depend on the collector


class GetItem:
    def __repr__(self):
        return "GetItem"

    def __getitem__(self, key):
        return ("got", key)

    def __setitem__(self, key, value):
        print("set", key, value)

    def __delitem__(self, key):
        print("deleted", key)

    def __len__(self):
        return 3


class Missing(dict):
    def __missing__(self, key):
        return ("missing", key)


class Index:
    def __index__(self):
        return 1

    def __repr__(self):
        return "Index"


class Iterates:
    def __init__(self, n, fail=None):
        self.n, self.fail = n, fail

    def __iter__(self):
        for i in range(self.n):
            if i == self.fail:
                raise KeyError(i)
            yield i


for _ in range(3):
    attempt(displays, 1, "b", None)
    attempt(displays, [], 1, 2)
    attempt(comprehensions, 4)
    for container in ([1, 2, 3], (1, 2, 3), "abc", {1: "one", "k": 2}, Missing(a=1), GetItem(), 5, None, list[int], b"xyz"):
        for key in (0, 1, -1, 5, -9, True, "k", 1.5, Index(), 10 ** 30, slice(1, None), (1, 2), []):
            attempt(subscripts, container, key)
    for container in ([1, 2, 3], (1,), {}, GetItem(), "s", bytearray(b"xyz")):
        for key in (0, -1, 7, "k", Index(), slice(0, 1), {}):
            attempt(stores, container, key, [9] if isinstance(key, slice) else 9)
    for container in ([1, 2, 3], (1,), {0: 1}, GetItem(), "s"):
        for key in (0, -5, "k"):
            attempt(deletes, container, key)
    for value in ((1, 2), [3, 4], "ab", {5: 6, 7: 8}, (1,), [1, 2, 3], range(2), Iterates(2), Iterates(3), Iterates(1),
                  Iterates(5, 1), 5, None, iter("xy"), Iterates(0)):
        attempt(unpack_two, value)
        attempt(unpack_star, value)
    attempt(slices, [0, 1, 2, 3, 4])
    attempt(slices, "01234")
    attempt(slices, 5)
    attempt(merges, [1, 2], "ab")
    attempt(merges, [1, 2], 5)
    attempt(merges, 5, [])
    attempt(build_big, 300)
    attempt(calls, print, 1, 2)
    attempt(calls, len)


def keywords(a, b=2, *c, d, **e):
    return a, b, c, d, e


class Mapping:
    def __init__(self, *names):
        self.names = names

    def keys(self):
        return self.names

    def __getitem__(self, name):
        if name == "bad":
            raise KeyError(name)
        return name.upper()


def spread_calls(case):
    if case == 0:
        return keywords(*[1], **{"d": 2})
    if case == 1:
        return keywords(*(1, 2, 3), d=4, **{"x": 5}, **{"y": 6})
    if case == 2:
        return keywords(*[1], **{"d": 1}, **{"d": 2})
    if case == 3:
        return keywords(1, **Mapping("d", "f"))
    if case == 4:
        return keywords(1, **Mapping("d", "bad"))
    if case == 5:
        return keywords(1, **5)
    if case == 6:
        return keywords(*5, d=1)
    if case == 7:
        return keywords(*Iterates(3), d=1)
    if case == 8:
        return keywords(*Iterates(3, 1), d=1)
    if case == 9:
        return keywords(1, d=2, **{"a": 3})
    if case == 10:
        return keywords(1, **{3: 4})
    if case == 11:
        return "".join(*[["a", "b"]], **{})
    if case == 12:
        return dict(**{"a": 1}, b=2)
    if case == 13:
        return keywords(b=1, a=2, d=3)
    if case == 14:
        return keywords(d=3)
    if case == 15:
        return Mapping("q").keys(*[])
    return print(end="", *[], **{"sep": ","})


for case in range(17):
    attempt(spread_calls, case)


def set_of(*items):
    return {items[0], items[1]}


def map_of(a, b):
    return {a: 1, b: 2}


print(len(set_of(Loud("a"), Loud("b"))))
attempt(lambda: {Loud("c"), Loud("d", True), Loud("e")})
attempt(lambda: {Loud("f"): Loud("g"), Loud("h", True): Loud("i")})
attempt(lambda: {k: v for k, v in [(Loud("j"), Loud("k")), (Loud("j"), Loud("l"))]})
attempt(lambda: [Loud("m"), Loud("n")][0])
attempt(lambda: [Loud("o"), Loud("p")][5])
attempt(lambda: len([Loud(str(i)) for i in range(3)]))


def replace_items():
    items = [Loud("first"), Loud("second")]
    items[0] = 1
    print("first replaced")
    items[-1] = Loud("third")
    print("second replaced")
    table = {"k": Loud("value")}
    table["k"] = 2
    print("value replaced")
    del items[-1]
    print("third deleted")


replace_items()
print(sys.getsizeof([1, 2, 3]), sys.getsizeof({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}),
      sys.getsizeof([i for i in range(10)]), sys.getsizeof({i: i for i in range(20)}))
