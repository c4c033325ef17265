# SPDX-License-Identifier: MIT
"""Bodies of modules and classes, exec and eval in mappings of all kinds, imports, annotations and f-strings."""
# compiled: imports formats Loop local_class star_import show
import collections
import sys
import types


def show(code, *namespaces, mode="exec"):
    try:
        result = eval(compile(code, "<code>", mode), *namespaces)
        if result is not None:
            print(result)
    except BaseException as error:
        print(type(error).__name__, error, getattr(error, "name", None))
        trace = error.__traceback__.tb_next
        while trace:
            positions = list(trace.tb_frame.f_code.co_positions())[trace.tb_lasti // 2]
            print(trace.tb_frame.f_code.co_name, trace.tb_lineno, positions)
            trace = trace.tb_next


class Recording(dict):
    def __getitem__(self, name):
        print("get", name)
        return super().__getitem__(name)

    def __setitem__(self, name, value):
        print("set", name)
        super().__setitem__(name, value)

    def __delitem__(self, name):
        print("delete", name)
        super().__delitem__(name)


class NoDict:
    def __init__(self):
        self.content = {"given": 1}

    def __getitem__(self, name):
        if name == "broken":
            raise ZeroDivisionError(name)
        return self.content[name]

    def __setitem__(self, name, value):
        if name == "constant":
            raise TypeError("constant")
        self.content[name] = value

    def __delitem__(self, name):
        del self.content[name]


CODE = """
x = 1
for i in range(3):
    x += i
y: int = x
def f(a, b: str = "b", *, c=x) -> int:
    return a, b, c, x
z = f(1), [x + q for q in (1, 2)]
del i
class K:
    a = x
    b: float = 2.5
    def m(self): return self.a, K.b
k = K().m()
"""
for namespace in ({}, Recording(), collections.ChainMap({}), NoDict()):
    show(CODE, {"__name__": "code"}, namespace)
    for name in ("x", "y", "z", "k"):
        try:
            print(name, namespace[name])
        except KeyError as error:
            print("KeyError", error)
for code in ("missing", "del missing", "given", "broken", "constant = 1", "given = 2; given", "len(missing)"):
    for namespace in ({"given": 0}, NoDict(), Recording(given=5)):
        show(code, {}, namespace)
show("print(__build_class__)", {"__builtins__": {"print": print}})
show("class A: pass", {"__builtins__": {"print": print}})
show("import os", {"__builtins__": {"print": print}})
show("print(len('abc'))", {"__builtins__": types.MappingProxyType({"print": print, "len": len})})
show("1 + 1", mode="eval")
show("[i * k for i in range(3)]", {"k": 2}, mode="eval")
show("(lambda v: v + k)(3)", {"k": 2}, mode="eval")
show("a = b = 1; a, *b = 1, 2, 3; b", {})
show("1\n'two'\nNone\n[3]", {}, mode="exec")
for line in ("1 + 1", "'text'", "None", "x = 1", "1 / 0"):
    show(line, {}, mode="single")


def hook(value):
    print("shown", value)
    if value == "bad":
        raise OSError(value)


old = sys.displayhook
sys.displayhook = hook
show("1 + 1", {}, mode="single")
show("'bad'", {}, mode="single")
del sys.displayhook
show("2", {}, mode="single")
sys.displayhook = old


def imports(case):
    if case == 0:
        import os.path
        return os.path.sep
    if case == 1:
        from os import path as p, sep
        return p.__name__, sep
    if case == 2:
        import os.path as q
        return q.basename("a/b")
    if case == 3:
        from os import nothing_of_this_name
    if case == 4:
        import no_module_of_this_name
    if case == 5:
        from . import relative
    if case == 6:
        from xml.dom import minidom
        return minidom.__name__


for _ in range(2):
    for case in range(7):
        try:
            print(case, imports(case))
        except ImportError as error:
            print(type(error).__name__, error.msg.split(" (")[0], error.name, error.path is None)


def star_import():
    namespace = {}
    exec("from string import *", namespace)
    return sorted(name for name in namespace if not name.startswith("_"))


print(star_import())
odd = types.ModuleType("odd")
sys.modules["odd"] = odd
for value in (["present"], ["absent"], [5], None, 7):
    odd.__all__ = value
    odd.present = 1
    show("from odd import *\nprint(present)", {})
del odd.__all__
odd._private = 1
odd.__dict__[5] = 1
show("from odd import *", {})
del odd.__dict__[5]
show("from odd import *\nprint(present)\nprint(_private)", {})
show("from odd import lacking", {})
odd.__file__ = "odd.py"
show("from odd import lacking", {})
odd.__name__ = 5
show("from odd import lacking", {})
sys.modules["strange"] = 12
show("import strange\nprint(strange)\nfrom strange import real, denominator\nprint(real, denominator)\nfrom strange import x", {})


def own_import(name, globals, locals, fromlist, level):
    print("importing", name, type(locals).__name__, fromlist, level)
    return types.SimpleNamespace(part="the part")


show("import a.b\nfrom c import part\nprint(part)\nfrom .d import part as q", {"__builtins__": {"__import__": own_import, "print": print}})


def formats(v, w):
    return (f"{v}", f"{v!r}", f"{v!s:>{w}}", f"{v!a}|{w:04d}", f"{v}{w}" + f"{{}}", f"{w=}", f"{v:{'<'}{w}}|")


class Formatted:
    def __format__(self, spec):
        if spec == "wrong":
            return 5
        return f"({spec})"

    def __str__(self):
        raise RuntimeError("no str")


for value in ("é", 5, 2.5, None):
    try:
        print(formats(value, 6))
    except TypeError as error:
        print(error)
for text in ('f"{v}"', 'f"{v:abc}"', 'f"{v:wrong}"', 'f"{v!s}"', 'f"{undefined}"', 'f"a{1}b{2!r}c{3:5}"', 'f""'):
    show(text, {"v": Formatted()}, mode="eval")


class Loop:
    total = 0
    for i in range(5):
        total += i
    names = [n for n in sorted(locals()) if not n.startswith("_")]
    if total > 5:
        big = True
    else:
        big = False
    total: "annotated"
    del i


print(Loop.total, Loop.names, Loop.big, Loop.__annotations__, hasattr(Loop, "i"))


def local_class(value):
    x = value

    class Inner:
        before = x
        x = "own"
        after = x
        y = [value for _ in range(2)]
        class Nested:
            inner = value
        exec("dynamic = 1")

    class Reads:
        locals()["x"] = "planted"
        seen = x
        def m(self):
            return x

    return Inner.before, Inner.after, Inner.y, Inner.Nested.inner, Inner.dynamic, Reads.seen, Reads().m()


try:
    print(local_class(3))
except NameError as error:
    print(error)


class Prepared(type):
    @classmethod
    def __prepare__(mcs, name, bases):
        return Recording()

    def __new__(mcs, name, bases, namespace):
        return super().__new__(mcs, name, bases, dict(namespace))


class Made(metaclass=Prepared):
    a = 1
    b = a + 1

    def method(self):
        return __class__


print(Made().method() is Made)
