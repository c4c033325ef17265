# SPDX-License-Identifier: MIT
"""Orders about functions: what they may be given, what they return, and as decorators. Each test is a process of its own."""
from __future__ import annotations

import textwrap

import running
from test_api import TOO_LARGE


def run(code, **options):
    return running.succeed(running.run_code(textwrap.dedent(code), **options))


def test_unsuppress():
    """What ran compiled does so again, and what did not is compiled as if nothing had been."""
    code = """
        import pyjion
        @pyjion.suppress
        def f(n): return n + 1
        def g(n): return n + 1
        def runs(function):
            before = pyjion.statistics()["activations"]
            for i in range(600): function(i)
            return pyjion.statistics()["activations"] - before > 200
        pyjion.enable()
        print(runs(f), runs(g))
        pyjion.suppress(g)
        print(runs(f), runs(g), pyjion.explain(g).reason)
        print(pyjion.unsuppress(f) is f, pyjion.unsuppress(g) is g)
        print(runs(f), runs(g), pyjion.info(f)["compiled"], pyjion.explain(g).reason)
    """
    assert run(code) == (
        "False True\nFalse False pyjion.suppress() keeps it interpreted\nTrue True\nTrue True True None\n"
    )


# --- what wraps functions ------------------------------------------------------------------------------------------

WRAPPERS = """
import functools, pyjion
class Base:
    def inherited(self): pass
class A(Base):
    number = 1
    def method(self): pass
    @classmethod
    def of_class(cls): pass
    @staticmethod
    def static(): pass
    @property
    def both(self): pass
    @both.setter
    def both(self, value): pass
    @functools.lru_cache
    def cached(self): pass
    @functools.cached_property
    def once(self): pass
    @functools.cache
    @staticmethod
    def wrapped_twice(): pass
    bound = functools.partialmethod(method)
    class Inner:
        def deep(self): pass
    itself = None
    other = Base
A.itself = A
def f(): pass
"""


def test_what_wraps_one_function():
    code = WRAPPERS + """
one = [f, f.__code__, A().method, A.method, A.of_class, vars(A)["of_class"], A.static, vars(A)["static"], A.cached,
       vars(A)["once"], A.wrapped_twice, vars(A)["bound"], functools.partial(f), functools.partial(functools.partial(A().method))]
for x in one:
    explanation = pyjion.explain(x)
    assert pyjion.suppress(x) is x and pyjion.info(x)["failed"] is False
    assert pyjion.explain(x).reason == "pyjion.suppress() keeps it interpreted", x
    assert pyjion.unsuppress(x) is x and pyjion.compile(x) is x
    assert pyjion.explain(x).compiled and pyjion.info(x)["compiled"]
    print(explanation.name.removeprefix("A."), end=" ")
"""
    names = "f f method method of_class of_class static static cached once wrapped_twice method f method"
    assert run(code).split() == names.split()


def test_what_holds_several_functions():
    code = WRAPPERS + """
print([each.name for each in pyjion.explain(A)])
print([each.line for each in pyjion.explain(vars(A)["both"])])
print(pyjion.suppress(A) is A, {each.reason for each in pyjion.explain(A)}, pyjion.info(Base.inherited))
print(str(pyjion.explain(A.Inner)))
print(pyjion.explain(A)._repr_html_().count("<div class='pyjion-explanation'>"))
pyjion.unsuppress(A), pyjion.compile(A)
print({each.compiled for each in pyjion.explain(A)}, pyjion.info(Base.inherited)["compiled"])
for wrong in (3, len, Base(), functools.partial(len), int, functools.lru_cache(len), type("Empty", (), {}), property()):
    for function in (pyjion.suppress, pyjion.unsuppress, pyjion.compile, pyjion.explain, pyjion.info, pyjion.require_full):
        try: function(wrong)
        except TypeError as error: text = str(error)
        else: print(function, wrong)
    print(text)
try: pyjion.info(A)
except TypeError as error: print(error)
try: pyjion.info(vars(A)["both"])
except TypeError as error: print(error)
"""
    what = "expected a Python function, method or code object, not"
    names = ["method", "of_class", "static", "both", "both", "cached", "once", "wrapped_twice", "Inner.deep"]
    assert run(code).splitlines() == [
        str(["A." + name for name in names]),
        "[12, 14]",
        "True {'pyjion.suppress() keeps it interpreted'} {'failed': False, 'compiled': False, 'run_count': 0}",
        "A.Inner.deep (<string>:25): interpreted",
        "  reason: pyjion.suppress() keeps it interpreted",
        "  entries counted: 0",
        "  to make it faster:",
        "    take pyjion.suppress() away",
        "9",
        "{True} False",
        *[f"{what} {kind}" for kind in ("int", "builtin_function_or_method", "Base", "partial",
                                        "the type int, which defines none", "_lru_cache_wrapper",
                                        "the type Empty, which defines none", "property")],
        f"expected one function, not a type of 9: {', '.join('A.' + name for name in names)}",
        "expected one function, not a property of 2: A.both, A.both",
    ]


def test_decorators_in_every_order():
    code = """
        import functools, pyjion
        class A:
            @pyjion.compile
            @staticmethod
            def s(): return 1
            @staticmethod
            @pyjion.compile
            def t(): return 2
            @pyjion.compile
            @property
            def p(self): return 3
            @property
            @pyjion.suppress
            def q(self): return 4
            @pyjion.compile
            @functools.lru_cache
            def c(self): return 5
        a = A()
        print(a.s(), a.t(), a.p, a.q, a.c(), [each.compiled for each in pyjion.explain(A)])
    """
    assert run(code) == "1 2 3 4 5 [True, True, True, False, True]\n"


def test_pause_as_a_decorator():
    code = """
        import pyjion
        def leaf(n): return n + 1
        @pyjion.pause
        def first(n):
            "its text"
            return leaf(n)
        @pyjion.pause()
        def second(n, *, by=1): return leaf(n) * by
        @pyjion.pause
        def third(): raise KeyError
        class A:
            @pyjion.pause
            def method(self): return leaf(1)
        pyjion.enable()
        leaf(0)
        before = pyjion.info(leaf)["run_count"]
        print(first(1), second(2, by=2), A().method(), first.__name__, first.__doc__)
        try: third()
        except KeyError: print(pyjion.info(leaf)["run_count"] - before)
        leaf(0)
        print(pyjion.info(leaf)["run_count"] - before)
        async def coroutine(): pass
        async def generator(): yield
        def g(): yield
        for wrong in (coroutine, generator, g, 3, len):
            try: pyjion.pause(wrong)
            except TypeError as error: print(error)
    """
    later = "the body of a generator or coroutine function runs after the call; suppress() keeps it interpreted"
    what = "expected a Python function, method or code object, not"
    assert run(code).splitlines() == [
        "2 6 2 first its text", "0", "1",
        *[f"pause() cannot decorate {name}: {later}" for name in ("coroutine", "generator", "g")],
        f"{what} int", f"{what} builtin_function_or_method",
    ]


def test_require_full():
    code = """
        import pyjion
        def loop(n):
            total = 0
            for i in range(n): total = total + i
            return total
        def generator(): yield 1
        class A:
            def good(self, n): return n * 2
            def bad(self): yield 1
        def suppressed(): pass
        def never(n): return n + 1
        loop(100); A().good(1)
        print(pyjion.require_full(loop) is loop, pyjion.explain(loop).tier, pyjion.require_full(A.good) is A.good)
        pyjion.suppress(suppressed)
        for short in (generator, A, suppressed, never, f):
            try: pyjion.require_full(short)
            except pyjion.NotFullyOptimised as error: print(isinstance(error, RuntimeError), error)
        try: pyjion.require_full(len)
        except TypeError: print("TypeError")
        never(1)
        print(pyjion.require_full(never) is never)
    """
    code = code.replace("        pyjion.suppress(suppressed)", TOO_LARGE + "        pyjion.suppress(suppressed)")
    quick = "generators and coroutines have quick code, and full code of their loops alone"
    lines = run(code).splitlines()
    assert lines[:5] == [
        "True full True", f"True generator (<string>:7): {quick}", f"True A.bad (<string>:10): {quick}",
        "True suppressed (<string>:11): pyjion.suppress() keeps it interpreted",
        "True never (<string>:12): it has never run: there are no types yet that it could be optimised for",
    ]
    assert lines[5].startswith("True f (<string>:1): ") and lines[6:] == ["TypeError", "True"]


def test_require_full_of_what_only_compiled_code_has_run():
    code = """
        import pyjion
        pyjion.enable()
        def f(n): return n + 1
        f(1)
        print(pyjion.require_full(f) is f)
    """
    assert run(code, stress="compile-all", budget="inf") == "True\n"


def test_options_of_a_file(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        "[project]\nname = 'x'\n[tool.pyjion]\nthreshold = 7\nbudget = 'inf'\nstress = ['no-passes', 'spill-all']\ngdb = false\n"
    )
    (tmp_path / "wrong.toml").write_text("[tool.pyjion]\nthreshold = 8\nverify = 9\n")
    (tmp_path / "broken.toml").write_text("[tool.pyjion\n")
    (tmp_path / "other.toml").write_text("[tool.other]\nthreshold = 8\n")
    (tmp_path / "number.toml").write_text("[tool]\npyjion = 3\n")
    (tmp_path / "table.toml").write_text("[tool.pyjion]\ninclude = {a = 1}\n")
    (tmp_path / "nested.toml").write_text("[tool.pyjion]\ninclude = ['a', ['b', {c = 1}]]\n")
    code = f"""
        import os, pyjion
        os.chdir({str(tmp_path)!r})
        pyjion.enable()
        print(pyjion.config()["threshold"])
        options = pyjion.load_config()
        print(options == pyjion.config(), *(options[name] for name in ("threshold", "budget", "stress", "gdb")))
        for name in ("wrong.toml", "broken.toml", "nowhere.toml", "number.toml", "table.toml", "nested.toml"):
            try: pyjion.load_config(name)
            except (ValueError, OSError) as error: print(type(error).__name__, error)
        print(pyjion.load_config("other.toml")["threshold"])
    """
    lines = run(code).splitlines()
    assert lines[:3] == ["0", "True 7 inf no-passes,spill-all False", "ValueError pyjion: option verify must be 0, 1 or 2, not '9'"]
    assert lines[3].startswith("TOMLDecodeError ") and lines[4].startswith("FileNotFoundError ")
    what = "ValueError pyjion: option include must be a string, a number, true, false or a list of such, not"
    assert lines[5:] == ["ValueError pyjion: [tool.pyjion] must be a table, not 3", f"{what} {{'a': 1}}", f"{what} {{'c': 1}}", "7"]


def test_methods_that_dispatch_by_type():
    code = """
        import functools, pyjion
        pyjion.enable()
        class A:
            @functools.singledispatchmethod
            def show(self, x): return "any"
            @show.register
            def _(self, x: int): return "int"
        print([each.line for each in pyjion.explain(A)], pyjion.suppress(vars(A)["show"]) is vars(A)["show"])
        print({each.reason for each in pyjion.explain(A)}, A().show(1), A().show(""))
        print([each.line for each in pyjion.explain(vars(A)["show"])])
    """
    assert run(code).splitlines() == ["[5, 7] True", "{'pyjion.suppress() keeps it interpreted'} int any", "[5, 7]"]
