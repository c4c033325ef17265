# SPDX-License-Identifier: MIT
"""Programs that together execute every instruction of CPython 3.11, raise in each that can raise, and run Python code
inside of each that can run some.

Each is the source of a module; what it appends to `result` is compared with what plain CPython makes of it. The
objects that they use are in `namespace()`: `Odd` has every operator, each of which runs Python code; `Bad` raises in each.
"""
from __future__ import annotations

import sys
import types

OPERATORS = (
    "pos neg invert add sub mul matmul truediv floordiv mod pow lshift rshift and or xor iadd isub imul imatmul itruediv"
    " ifloordiv imod ipow ilshift irshift iand ior ixor eq ne lt le gt ge contains getitem setitem delitem call enter"
    " exit bool len iter next hash format str getattr setattr delattr await aiter anext aenter aexit get"
).split()


def code_objects(code):
    """A code object and all that are nested in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from code_objects(constant)


class Boom(Exception):
    """What every `Bad` object raises."""


def bad_class():
    def method(name):
        def raising(self, *args):
            raise Boom(name)

        return raising

    return type("Bad", (), {f"__{name}__": method(name) for name in OPERATORS if name not in ("getattr", "setattr")})


class Odd:
    """Every operator is Python code."""

    def __init__(self):
        object.__setattr__(self, "items", [1, 2, 3])

    def _same(self, *others):
        return len(others)

    for _name in "pos neg invert add sub mul matmul truediv floordiv mod pow lshift rshift and or xor".split():
        locals()[f"__{_name}__"] = _same
        locals()[f"__i{_name}__"] = lambda self, other: self
    for _name in "eq ne lt le gt ge".split():
        locals()[f"__{_name}__"] = lambda self, other: "odd"
    del _name

    def __hash__(self):
        return 42

    def __bool__(self):
        return True

    def __len__(self):
        return 3

    def __contains__(self, item):
        return item in self.items

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, value):
        self.items[index] = value

    def __delitem__(self, index):
        del self.items[index]

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return f"attribute {name}"

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)

    def __delattr__(self, name):
        object.__delattr__(self, name)

    def __iter__(self):
        return OddIterator(self.items)

    def __call__(self, *args, **kwargs):
        return len(args), sorted(kwargs)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        return kind is Boom

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, trace):
        return kind is Boom

    def __aiter__(self):
        return OddAsyncIterator()

    def __await__(self):
        value = yield "waiting"
        return f"awaited {value}"

    def __format__(self, spec):
        return f"<odd {spec}>"

    def __str__(self):
        return "odd text"

    def __repr__(self):
        return "an odd object"


class OddIterator:
    def __init__(self, items):
        self.items = list(items)

    def __iter__(self):
        return self

    def __next__(self):
        if not self.items:
            raise StopIteration
        return self.items.pop(0)


class OddAsyncIterator:
    count = 0

    def __anext__(self):
        return self.step()

    async def step(self):
        self.count += 1
        if self.count > 2:
            raise StopAsyncIteration
        return self.count


class Locals(dict):
    """A namespace of exec that runs Python code, and raises for some names."""

    def __getitem__(self, name):
        if name == "forbidden":
            raise Boom(f"get {name}")
        return super().__getitem__(name)

    def __setitem__(self, name, value):
        if name == "forbidden" or (name == "__annotations__" and "no_annotations" in self):
            raise Boom(f"set {name}")
        super().__setitem__(name, value)

    def __delitem__(self, name):
        super().__delitem__(name)


def drive(coroutine):
    """Runs a coroutine to its end; what it waits for is answered with numbers."""
    sent = None
    for number in range(50):
        try:
            coroutine.send(sent)
        except StopIteration as end:
            return end.value
        sent = number
    raise RuntimeError("the coroutine does not end")


def namespace(codes: list) -> dict:
    """The globals of a program. Code objects that it makes while it runs are appended to `codes`."""
    result: list = []

    def attempt(function, *args, **kwargs):
        """Appends what a function returns or raises."""
        try:
            result.append(function(*args, **kwargs))
        except BaseException as error:
            result.append((type(error).__name__, str(error), error.__traceback__.tb_next is not None))

    def execute(source, globals_, locals_=None, mode="exec"):
        codes.append(compile(source, "executed", mode))
        exec(codes[-1], globals_, locals_)

    return {
        "__name__": "program",
        "execute": execute,
        "result": result,
        "attempt": attempt,
        "odd": Odd(),
        "Odd": Odd,
        "bad": bad_class()(),
        "Boom": Boom,
        "Locals": Locals,
        "drive": drive,
        "sys": sys,
    }


PROGRAMS = {
    "operators": """
def unary(a): return [+a, -a, ~a, not a]
def positive(a): return +a
def negative(a): return -a
def inverted(a): return ~a
def negated(a): return not a
def subscripts(a):
    a[0] = a[1]
    del a[0]
    return a[0], a[0:2], a[::1]
def load(a): return a[0]
def store(a): a[0] = 1
def delete(a): del a[0]
def binary(a): return [a + 1, a - 1, a * 2, a / 2, a // 2, a % 2, a ** 2, a << 1, a >> 1, a & 1, a | 1, a ^ 1]
def matrix(a): return a @ a
def add(a): return a + a
def inplace(a):
    a += 1
    return a
def compare(a, b): return [a == b, a != b, a < b, a <= b, a > b, a >= b]
def less(a, b): return a < b
def identity(a, b): return [a is b, a is not b, a is None]
def inside(a, b): return [b in a, b not in a]
def is_inside(a, b): return b in a
for value in (7, odd): attempt(unary, value)
for function in (positive, negative, inverted, negated, load, store, delete, add, inplace): attempt(function, bad)
attempt(subscripts, [1, 2, 3, 4]); attempt(subscripts, Odd())
attempt(binary, 9); attempt(binary, odd); attempt(matrix, odd)
attempt(inplace, 1); attempt(inplace, odd)
for pair in ((1, 2), (odd, 1)): attempt(compare, *pair); attempt(identity, *pair)
attempt(less, bad, 1); attempt(inside, [1], 1); attempt(inside, odd, 1); attempt(is_inside, bad, 1)
""",
    "jumps": """
def forward(a):
    if a: x = 1
    else: x = 2
    return x
def forward_not(a):
    if not a: return 1
    return 2
def forward_none(a):
    if a is None: return 1
    return 2
def forward_not_none(a):
    if a is not None: return 1
    return 2
def either(a, b): return a or b
def both(a, b): return a and b
def loop(a):
    n = 0
    while a:
        n += 1
        a = a - 1
    return n
def loop_not(a):
    n = 0
    while not a:
        n += 1
        a = n > 2
    return n
def loop_none(a):
    n = 0
    while a is None:
        n += 1
        a = n if n > 1 else None
    return n
def loop_not_none(a):
    n = 0
    while a is not None:
        n += 1
        a = None if n > 1 else a
    return n
class Countdown:
    def __init__(self, n): self.n = n
    def __bool__(self):
        if self.n == 0: raise Boom("bool")
        return True
    def __sub__(self, other): return Countdown(self.n - 1)
class Later:
    def __init__(self, raises): self.calls, self.raises = 0, raises
    def __bool__(self):
        self.calls += 1
        if self.calls > 1 and self.raises: raise Boom("bool")
        return self.calls > 3
def wait(a):
    n = 0
    while not a: n += 1
    return n
def nothing():
    pass
def far(a):
    for i in range(3):
        try:
            continue
        finally:
            a += i
    return a
for value in (0, 1, None, odd, bad):
    for function in (forward, forward_not, forward_none, forward_not_none): attempt(function, value)
for value in (0, odd, bad): attempt(either, value, 5); attempt(both, value, 5)
attempt(loop, 3); attempt(loop, Countdown(2)); attempt(loop_not, 0); attempt(loop_none, None); attempt(loop_not_none, 1)
attempt(wait, Later(False)); attempt(wait, Later(True)); attempt(nothing); attempt(far, 1)
""",
    "names": """
def unbound():
    if result is None: x = 1
    return x
def deleted():
    x = odd
    del x
    del x
def stores():
    a = b = 1
    a, b = b, a
    del a
    return b
def global_names():
    global made
    made = odd
    found = made
    del made
    return found
def global_missing(): return missing
def global_deleted():
    global missing
    del missing
def cells(value):
    other = value
    def inner():
        nonlocal other
        other = [other, value]
        return other
    inner()
    del value
    return other, inner
def cell_missing():
    def inner(): return x
    inner()
    x = 1
def cell_deleted():
    x = 1
    del x
    def inner(): return x
    del x
def class_cell(x):
    class Inner:
        y = x
        x = 2
        z = x
    return Inner.y, Inner.z
def class_cell_missing():
    class Inner: y = x
    x = 1
def class_free(x):
    class Inner: y = x
    return Inner.y
def own_class():
    class A:
        def name(self): return __class__.__name__
    class B(A):
        def name(self): return super().name() + "b"
    return B().name()
for function in (unbound, deleted, stores, global_names, global_missing, global_deleted, cell_missing, cell_deleted,
                 class_cell_missing, own_class): attempt(function)
attempt(lambda: cells(odd)[0]); attempt(class_cell, 1); attempt(class_free, 3)
def in_locals(source, **names):
    namespace = Locals(names)
    execute(source, {"Odd": Odd, "__builtins__": __builtins__}, namespace)
    return sorted(namespace)
attempt(in_locals, "x = 1; y = x; z = Odd; del x")
attempt(in_locals, "forbidden"); attempt(in_locals, "forbidden = 1"); attempt(in_locals, "missing"); attempt(in_locals, "del missing")
attempt(in_locals, "x: int = 1"); attempt(in_locals, "x: int = 1", no_annotations=1)
annotated: int = 1
""",
    "attributes": """
def load(a): return a.name
def store(a):
    a.name = 1
    a.name += 1
    return a.name
def delete(a): del a.name
def method(a): return a.method()
def module_method(a): return a.getrecursionlimit() > 0
class Plain:
    name = "class"
    def method(self): return "method"
class Property:
    @property
    def name(self): raise Boom("get")
    @name.setter
    def name(self, value): raise Boom("set")
    @name.deleter
    def name(self): raise Boom("delete")
    method = name
attempt(load, Plain()); attempt(load, odd); attempt(load, Property())
one = Plain(); attempt(store, one); attempt(delete, one); attempt(delete, one)
other = Odd(); attempt(store, other); attempt(delete, other); attempt(delete, other)
attempt(store, Property()); attempt(lambda p: setattr(p, "name", 1), Property())
def assign(a): a.name = 1
attempt(assign, Property()); attempt(delete, Property()); attempt(method, Plain()); attempt(method, odd); attempt(method, Property())
attempt(module_method, sys)
""",
    "containers": """
def displays(a, b): return (a, b), [a, b], {a, b}, {a: b}, {"k": a, "l": b}, a, [a][0]
def a_set(a): return {a, 1}
def a_dict(a): return {a: 1}
def stars(a, b): return [*a, *b], (*a, *b), {*a, *b}
def in_list(a): return [1, *a]
def in_set(a): return {1, *a}
def in_dict(a): return {"x": 1, **a}
def comprehensions(a): return [x for x in a], {x for x in a}, {x: x for x in a}
def set_comprehension(a): return {x for x in a}
def dict_comprehension(a): return {x: 1 for x in a}
def slices(a, b): return [1, 2, 3][a:b], [1, 2, 3][a:b:1]
def strings(a, b): return f"{a} and {b!r:>5} {a!s} {a:x<{b}}"
def formatted(a): return f"{a}"
def plain_format(a): return f"{a:>3}"
def unpack(a):
    x, y, z = a
    return z, y, x
def unpack_some(a):
    x, *y = a
    *w, z = a
    return x, y, w, z
def too_many(a):
    x, y = a
    return x, y
def starred(a):
    x, y, z, w, *v = a
    return v
def iterate(a):
    n = 0
    for x in a: n += 1
    return n
class Mapping:
    def keys(self): return ["m", "n"]
    def __getitem__(self, key):
        if key == "m": return odd
        raise Boom(key)
class Good(Mapping):
    def __getitem__(self, key): return key
attempt(displays, odd, 2); attempt(a_set, bad); attempt(a_set, odd); attempt(a_dict, bad); attempt(a_dict, odd); attempt(a_set, [])
attempt(stars, odd, odd); attempt(in_list, bad); attempt(in_set, bad); attempt(in_dict, Good()); attempt(in_dict, Mapping())
attempt(comprehensions, odd); attempt(set_comprehension, [[]]); attempt(dict_comprehension, [[]])
attempt(set_comprehension, [odd]); attempt(dict_comprehension, [odd]); attempt(comprehensions, [odd])
attempt(slices, 0, 2); attempt(strings, odd, 3); attempt(formatted, bad); attempt(plain_format, bad)
attempt(unpack, odd); attempt(unpack, (1, 2, 3)); attempt(unpack_some, odd); attempt(unpack_some, [1, 2, 3])
attempt(too_many, odd); attempt(too_many, bad); attempt(starred, odd); attempt(starred, bad); attempt(iterate, odd); attempt(iterate, bad)
class Failing:
    def __iter__(self): return self
    def __next__(self): raise Boom("next")
attempt(iterate, Failing())
""",
    "calls": """
def plain(a, b=2): return a, b
def keywords(*, x, y=1): return x, y
def stars(*args, **kwargs): return args, sorted(kwargs)
def forms(f): return f(1, 2), f(1, b=2), f(*[1, 2]), f(*[1], **{"b": 3})
def one(f): return f(1)
def named(f): return f(x=1)
def spread(f, *args, **kwargs): return f(*args, **kwargs)
def merge(f, a, b): return f(**a, **b)
def functions(d):
    def inner(a: int, b=d, *, c=d) -> str: return a, b, c
    return inner(1), (lambda: d)(), inner.__annotations__
class Callable:
    def __call__(self, *args, **kwargs): return args, kwargs
class Mapping:
    def keys(self): return ["m"]
    def __getitem__(self, key): return odd
attempt(forms, plain); attempt(one, odd); attempt(one, bad); attempt(named, odd); attempt(named, bad); attempt(named, keywords); attempt(one, keywords)
attempt(spread, stars, 1, x=2); attempt(spread, odd, 1, x=2); attempt(spread, bad); attempt(spread, 5)
attempt(merge, stars, {"a": 1}, {"b": 2}); attempt(merge, stars, {"a": 1}, {"a": 2}); attempt(merge, stars, {"a": 1}, Mapping())
attempt(functions, odd)
class Body:
    "text"
    def method(self): return 1
    value = method
class Derived(Body, metaclass=type): pass
def make(base):
    class Made(base): pass
    return Made.__name__
attempt(make, Body); attempt(make, 5)
def check(a):
    assert a, "message"
    return 1
attempt(check, 1); attempt(check, 0)
execute("def f():\\n class C: pass\\n", without := {"__builtins__": {}}); attempt(without["f"])
execute("def f():\\n assert 0\\n", without := {"__builtins__": {}}); attempt(without["f"])
""",
    "imports": """
import sys as module
from sys import path as taken
def inside():
    import os.path as p
    from os import sep, getcwd
    return p.__name__, sep
def missing():
    import no_such_module_at_all
def missing_name():
    from os import no_such_name
def broken(): execute("from os import *\\nx = 1", {"__builtins__": {"__import__": importer}})
def importer(name, *rest):
    if name == "os": return odd
    raise Boom(name)
def odd_import(): execute("import os, other", {"__builtins__": {"__import__": importer}})
def odd_from(): execute("from os import thing", {"__builtins__": {"__import__": importer}})
execute("from keyword import *", {})
def star_of_odd(): execute("from os import *", {"__builtins__": {"__import__": lambda *rest: 5}})
for function in (inside, missing, missing_name, broken, odd_import, odd_from, star_of_odd): attempt(function)
""",
    "printing": """
import builtins
shown = []
saved = sys.displayhook
sys.displayhook = lambda value: shown.append(repr(value))
execute("1 + 1", {}, mode="single")
execute("odd", {"odd": odd}, mode="single")
def boom(value): raise Boom("display")
sys.displayhook = boom
attempt(execute, "1 + 1", {}, mode="single")
sys.displayhook = saved
result.append(shown)
""",
    "matching": """
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
import collections.abc
class Sequence(collections.abc.Sequence):
    def __len__(self): return 2
    def __getitem__(self, index): return index
class BadSequence(Sequence):
    def __len__(self): raise Boom("len")
class Mapping(collections.abc.Mapping):
    def __len__(self): return 1
    def __iter__(self): return iter(["k"])
    def __getitem__(self, key): return odd
    def get(self, key, default=None): return odd
class BadMapping(Mapping):
    def get(self, key, default=None): raise Boom("get")
def match(a):
    match a:
        case 1 | 2: return "number"
        case [x, y]: return "two", x, y
        case [x, *rest]: return "more", x, rest
        case {"k": v, **rest}: return "mapping", str(v), sorted(rest)
        case Point(x, y=3): return "point", x
        case str() as s if s: return "text", s
        case None: return "none"
        case _: return "else"
def match_length(a):
    match a:
        case [x, y]: return x
def match_keys(a):
    match a:
        case {"k": v}: return v
def match_class(a, kind):
    match a:
        case kind(x=1): return 1
for value in (1, 2, [1, 2], (1, 2, 3), {"k": 1, "l": 2}, Point(1, 3), Point(1, 2), "t", "", None, Sequence(), Mapping(), odd):
    attempt(match, value)
attempt(match_length, BadSequence()); attempt(match_keys, BadMapping()); attempt(match_class, 1, 5); attempt(match_class, Point(1, 2), Point)
class Loud(Point):
    __match_args__ = ("x", "y")
    def __getattribute__(self, name): raise Boom(name)
attempt(match_class, Loud.__new__(Loud), Point)
""",
    "exceptions": """
def handle(error):
    try:
        raise error
    except ValueError as e:
        return "value", str(e)
    except (KeyError, IndexError):
        return "lookup"
    else:
        return "nothing"
    finally:
        result.append("finally")
def chain(error):
    try:
        raise error
    except ValueError as e:
        raise TypeError("second") from e
def again():
    try:
        raise ValueError(1)
    except ValueError:
        raise
def nothing_active(): raise
def not_an_exception(): raise 5
def a_class(): raise Boom
def bad_handler():
    try:
        raise ValueError(1)
    except 5:
        pass
def nested():
    try:
        try:
            raise KeyError(1)
        finally:
            result.append(sys.exc_info()[0].__name__)
    except KeyError:
        return sys.exc_info()[0].__name__, "handled"
def in_loop():
    found = []
    for i in range(3):
        try:
            found.append(10 // (i - 1))
        except ZeroDivisionError:
            continue
        finally:
            found.append(i)
    return found
def groups(error, kind=ValueError):
    try:
        raise error
    except* kind as e:
        result.append(("group", [str(x) for x in e.exceptions]))
    except* TypeError as e:
        raise KeyError("new")
    return "after"
def bad_group():
    try:
        raise ValueError(1)
    except* ExceptionGroup:
        pass
for error in (ValueError("v"), KeyError("k"), TypeError("t")): attempt(handle, error)
attempt(chain, ValueError(1)); attempt(again); attempt(nothing_active); attempt(not_an_exception); attempt(a_class)
attempt(bad_handler); attempt(nested); attempt(in_loop); attempt(bad_group)
for error in (ValueError("v"), ExceptionGroup("g", [ValueError("a"), TypeError("b")]), ExceptionGroup("g", [ValueError("a")]),
              ExceptionGroup("g", [OSError("c"), ValueError("a")])): attempt(groups, error)
attempt(groups, ValueError(2), 5)
""",
    "contexts": """
def using(a):
    with a as b, a:
        return b is a
def using_in_loop(a):
    for i in range(2):
        with a: continue
    return i
def swallowing(a):
    with a: raise Boom("inside")
    return "swallowed"
def passing(a):
    with a: raise KeyError("inside")
class BadExit:
    def __enter__(self): return self
    def __exit__(self, *error): raise Boom("exit")
class NoExit:
    def __enter__(self): return self
attempt(using, odd); attempt(using_in_loop, odd); attempt(swallowing, odd); attempt(passing, odd); attempt(using, bad)
attempt(using, BadExit()); attempt(passing, BadExit()); attempt(using, NoExit()); attempt(using, 5)
""",
    "generators": """
def numbers(n):
    for i in range(n):
        got = yield i
        if got: result.append(("got", got))
    return "end"
def delegating(source):
    value = yield from source
    result.append(("value", value))
    return value
def catching():
    while True:
        try:
            yield 1
        except ValueError as e:
            yield str(e)
        finally:
            result.append("cleanup")
def failing():
    yield 1
    raise Boom("generator")
attempt(lambda: list(numbers(3))); attempt(lambda: list(delegating(numbers(2)))); attempt(lambda: list(delegating([1, 2])))
attempt(lambda: list(delegating(odd))); attempt(lambda: list(delegating(bad))); attempt(lambda: list(delegating(failing())))
attempt(lambda: list(failing()))
def sending():
    g = numbers(3); next(g); g.send("a")
    h = delegating(numbers(3)); next(h); h.send("b"); h.close()
    c = catching(); next(c); result.append(c.throw(ValueError("thrown"))); next(c); c.close()
    d = delegating(catching()); next(d); result.append(d.throw(ValueError("through"))); d.close()
    try: g.throw(Boom("thrown"))
    except Boom as e: return str(e)
attempt(sending); attempt(lambda: sum(x * 2 for x in odd)); attempt(lambda: [list(y for y in [x]) for x in odd])
class Sent:
    def __iter__(self): return self
    def __next__(self): return 0
    def send(self, value): raise Boom(value)
def send_to_bad():
    g = delegating(Sent()); next(g); g.send("x")
attempt(send_to_bad)
""",
    "coroutines": """
async def awaiting(a): return await a
async def iterating(a):
    found = []
    async for x in a: found.append(x)
    else: found.append("else")
    return found
async def comprehension(a): return [x async for x in a], {x: await odd async for x in a}
async def using(a):
    async with a as b: result.append(await b)
    return "used"
async def swallowing(a):
    async with a: raise Boom("inside")
    return "swallowed"
async def passing(a):
    async with a: raise KeyError("inside")
async def numbers(n):
    for i in range(n):
        await odd
        yield i
async def sent_to():
    g = numbers(3)
    found = [await g.asend(None), await g.__anext__()]
    try: await g.athrow(ValueError("thrown"))
    except ValueError as e: found.append(str(e))
    await g.aclose()
    return found
class BadStep:
    def __aiter__(self): return self
    async def __anext__(self): raise Boom("step")
class LoudStep:
    def __aiter__(self): return self
    def __anext__(self): raise Boom("anext")
class NoStep:
    def __aiter__(self): return self
class BadAexit:
    async def __aenter__(self): return self
    async def __aexit__(self, *error): raise Boom("aexit")
for function, value in ((awaiting, odd), (awaiting, bad), (awaiting, 5), (awaiting, awaiting(odd)), (iterating, odd), (iterating, bad),
                        (iterating, BadStep()), (iterating, LoudStep()), (iterating, NoStep()), (iterating, numbers(2)), (comprehension, odd), (using, odd), (using, bad),
                        (swallowing, odd), (passing, odd), (using, BadAexit()), (passing, BadAexit()), (using, 5)):
    attempt(lambda: drive(function(value)))
attempt(lambda: drive(sent_to()))
""",
    "many": "def many(a):\n"
    + "".join(f"    v{i} = a\n" for i in range(270))
    + "    for i in a:\n"
    + "".join(f"        v{i} = {i + 1000}\n" for i in range(120))
    + "    return v1, v269\n"
    + "attempt(many, odd); attempt(many, bad)\n",
}
