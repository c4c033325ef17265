# SPDX-License-Identifier: MIT
# compiled: plain keywords named starred double_starred defaults keyed mapped largest reduced partial_call executed
# modes: default compile-all no-passes osr-off osr-early spill-all gc exit-every-1 (left elsewhere, code goes on in the
# interpreter before that has specialised it: there it counts calls of builtins)
# Each way to recurse meets the limit at the same depth, with the same error, and gives back what it took.
import functools
import sys

deepest = 0


def plain(n):
    global deepest
    deepest = n
    plain(n + 1)


def keywords(n, *, step=1):
    global deepest
    deepest = n
    keywords(n=n + step, step=step)


def named(n, step=1):
    global deepest
    deepest = n
    named(step=step, n=n + step)


def starred(*args):
    global deepest
    deepest = args[0]
    starred(*[args[0] + 1])


def double_starred(**kwargs):
    global deepest
    deepest = kwargs["n"]
    double_starred(**{"n": kwargs["n"] + 1})


def defaults(n, step=1, other=None):
    global deepest
    deepest = n
    defaults(n + step)


def make_closure():
    def closure(n):
        global deepest
        deepest = n
        closure(n + 1)

    return closure


closure = make_closure()


class Object:
    def __init__(self, n=0):
        self.n = n

    def method(self, n):
        global deepest
        deepest = n
        self.method(n + 1)

    def bound(self, n):
        global deepest
        deepest = n
        method = self.bound
        method(n + 1)

    @classmethod
    def of_class(cls, n):
        global deepest
        deepest = n
        cls.of_class(n + 1)

    @staticmethod
    def static(n):
        global deepest
        deepest = n
        Object.static(n + 1)

    @property
    def computed(self):
        global deepest
        deepest += 1
        return self.computed

    def __call__(self, n):
        global deepest
        deepest = n
        self(n + 1)

    def __add__(self, n):
        global deepest
        deepest = n
        return self + (n + 1)

    def __radd__(self, n):
        global deepest
        deepest = n
        return (n + 1) + self

    def __neg__(self):
        global deepest
        deepest += 1
        return -self

    def __lt__(self, n):
        global deepest
        deepest = n
        return self < n + 1

    def __getitem__(self, n):
        global deepest
        deepest = n
        return self[n + 1]

    def __setitem__(self, n, value):
        global deepest
        deepest = n
        self[n + 1] = value

    def __contains__(self, n):
        global deepest
        deepest = n
        return n + 1 in self

    def __bool__(self):
        global deepest
        deepest += 1
        return not self

    def __len__(self):
        global deepest
        deepest += 1
        return len(self)

    def __iter__(self):
        global deepest
        deepest += 1
        return iter(self)

    def __repr__(self):
        global deepest
        deepest += 1
        return repr(self)

    def __format__(self, spec):
        global deepest
        deepest += 1
        return f"{self:x}"

    def __hash__(self):
        global deepest
        deepest += 1
        return hash(self)

    def __enter__(self):
        global deepest
        deepest += 1
        with self:
            pass

    def __exit__(self, *exception):
        pass


class Missing:
    def __getattr__(self, name):
        global deepest
        deepest += 1
        return self.another


class Always:
    def __getattribute__(self, name):
        global deepest
        deepest += 1
        return self.another


class Setting:
    def __setattr__(self, name, value):
        global deepest
        deepest += 1
        self.another = value


class Equal:
    def __eq__(self, other):
        global deepest
        deepest += 1
        return self == other


class Made:
    def __init__(self):
        global deepest
        deepest += 1
        self.other = Made()


class MadeNew:
    def __new__(cls):
        global deepest
        deepest += 1
        return MadeNew()


class Base:
    def up(self, n):
        global deepest
        deepest = n
        self.up(n + 1)


class Derived(Base):
    def up(self, n):
        super().up(n + 1)


class Bad(Exception):
    pass


def keyed(n):
    global deepest
    deepest = n
    return sorted([n + 1], key=keyed)


def mapped(n):
    global deepest
    deepest = n
    return list(map(mapped, [n + 1]))


def filtered(n):
    global deepest
    deepest = n
    return list(filter(filtered, [n + 1]))


def largest(n):
    global deepest
    deepest = n
    return max([n + 1], key=largest)


def reduced(total, n):
    global deepest
    deepest = n
    return functools.reduce(reduced, [total, n + 1])


def partial_call(n):
    global deepest
    deepest = n
    return functools.partial(partial_call, n + 1)()


@functools.lru_cache(maxsize=None)
def cached(n):
    global deepest
    deepest = n
    return cached(n + 1)


def executed(n):
    global deepest
    deepest = n
    exec("executed(n + 1)", {"executed": executed, "n": n})


def evaluated(n):
    global deepest
    deepest = n
    eval("evaluated(n + 1)", {"evaluated": evaluated, "n": n})


def listed(n):
    global deepest
    deepest = n
    return [listed(n + 1) for _ in (1,)]


def set_of(n):
    global deepest
    deepest = n
    return {set_of(n + 1) for _ in (1,)}


def any_of(n):
    global deepest
    deepest = n
    return any(any_of(n + 1) for _ in (1,))


def in_class(n):
    global deepest
    deepest = n

    class Body:
        result = in_class(n + 1)


def lambdas(n):
    global deepest
    deepest = n
    return (lambda: lambdas(n + 1))()


def generating(n):
    global deepest
    deepest = n
    yield from generating(n + 1)


def looping(n):
    global deepest
    deepest = n
    for value in looping(n + 1):
        yield value


async def awaiting(n):
    global deepest
    deepest = n
    await awaiting(n + 1)


def handling(n):
    global deepest
    deepest = n
    try:
        handling(n + 1)
    finally:
        n = None


def raising(n):
    global deepest
    deepest = n
    try:
        raise Bad
    except Bad:
        raising(n + 1)


def decorated(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@decorated
def wrapped(n):
    global deepest
    deepest = n
    wrapped(n + 1)


def mutual(n):
    global deepest
    deepest = n
    other(n + 1)


def other(n):
    mutual(n + 1)


def looped(n):
    global deepest
    deepest = n
    for i in range(2):
        looped(n + 1)


def getter(n):
    global deepest
    deepest = n
    getattr(Getter(n), "value")


class Getter:
    def __init__(self, n):
        self.n = n

    @property
    def value(self):
        return getter(self.n + 1)


def drain(generator):
    for value in generator:
        pass


def run(coroutine):
    coroutine.send(None)


WAYS = {
    "plain": lambda: plain(1),
    "keywords": lambda: keywords(1),
    "named": lambda: named(1),
    "starred": lambda: starred(1),
    "double starred": lambda: double_starred(n=1),
    "defaults": lambda: defaults(1),
    "closure": lambda: closure(1),
    "method": lambda: Object().method(1),
    "bound method": lambda: Object().bound(1),
    "class method": lambda: Object.of_class(1),
    "static method": lambda: Object.static(1),
    "property": lambda: Object().computed,
    "__call__": lambda: Object()(1),
    "__add__": lambda: Object() + 1,
    "__radd__": lambda: 1 + Object(),
    "__neg__": lambda: -Object(),
    "__lt__": lambda: Object() < 1,
    "__getitem__": lambda: Object()[1],
    "__setitem__": lambda: Object().__setitem__(1, 2),
    "__contains__": lambda: 1 in Object(),
    "__bool__": lambda: not Object(),
    "__len__": lambda: Object().__len__(),
    "__iter__": lambda: Object().__iter__(),
    "__repr__": lambda: repr(Object()),
    "__format__": lambda: f"{Object():x}",
    "__hash__": lambda: hash(Object()),
    "__enter__": lambda: Object().__enter__(),
    "__getattr__": lambda: Missing().name,
    "__getattribute__": lambda: Always().name,
    "__setattr__": lambda: Setting().__setattr__("name", 1),
    "__eq__": lambda: Equal() == 1,
    "__init__": Made,
    "__new__": MadeNew,
    "super": lambda: Derived().up(1),
    "sorted": lambda: keyed(1),
    "map": lambda: mapped(1),
    "filter": lambda: filtered(1),
    "max": lambda: largest(1),
    "reduce": lambda: reduced(0, 1),
    "partial": lambda: partial_call(1),
    "lru_cache": lambda: cached(1),
    "exec": lambda: executed(1),
    "eval": lambda: evaluated(1),
    "list comprehension": lambda: listed(1),
    "set comprehension": lambda: set_of(1),
    "generator expression": lambda: any_of(1),
    "class body": lambda: in_class(1),
    "lambda": lambda: lambdas(1),
    "yield from": lambda: drain(generating(1)),
    "generator loop": lambda: drain(looping(1)),
    "await": lambda: run(awaiting(1)),
    "finally": lambda: handling(1),
    "handler": lambda: raising(1),
    "wrapper": lambda: wrapped(1),
    "mutual": lambda: mutual(1),
    "loop": lambda: looped(1),
    "getattr": lambda: getter(1),
}


def measure(way):
    global deepest
    deepest = 0
    try:
        way()
    except RecursionError as error:
        text = str(error).removeprefix("maximum recursion depth exceeded")
        return deepest, text
    return deepest, "no error"


def at_depth(level, way):
    return at_depth(level - 1, way) if level else measure(way)


if __name__ == "__main__":
    for name, way in WAYS.items():
        seen = []
        for limit in (120, 200):
            sys.setrecursionlimit(limit)
            for attempt in range(4):
                cached.cache_clear()
                result = at_depth(attempt, way)
                # What the interpreter has not specialised yet it counts differently.
                if attempt:
                    seen.append(result)
        sys.setrecursionlimit(1000)
        print(name, *seen)
