# SPDX-License-Identifier: MIT
"""The options `include` and `exclude`: which modules and functions are compiled."""
from __future__ import annotations

import textwrap

import pytest

import running

NAMES = "app.one app.two app.Model.save app.sub.one other.one main"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A package with a submodule, and another module, each with functions that are called from `main`."""
    folder = tmp_path_factory.mktemp("places")
    (folder / "app").mkdir()
    (folder / "app" / "__init__.py").write_text(
        "def one(): return 1\ndef two(): return 2\nclass Model:\n    def save(self): return 3\n"
    )
    (folder / "app" / "sub.py").write_text("def one(): return 4\n")
    (folder / "other.py").write_text("def one(): return 5\n")
    (folder / "program.py").write_text(textwrap.dedent("""
        import pyjion, sys
        import app, app.sub, other
        def main(): return 6
        functions = {"app.one": app.one, "app.two": app.two, "app.Model.save": app.Model.save,
                     "app.sub.one": app.sub.one, "other.one": other.one, "main": main}
        pyjion.enable()
        for name, function in functions.items():
            for _ in range(3): function(*([app.Model()] if "." in function.__qualname__ else []))
        print(*(name for name, function in functions.items() if pyjion.info(function)["compiled"]))
        print(*sorted({pyjion.explain(function).reason for function in functions.values()} - {None}), sep="|")
    """))
    return folder


def compiled(folder, **options):
    options = {"budget": "inf", **options}
    out = running.succeed(running.run_python(folder / "program.py", env=running.environment(**options)))
    return out.splitlines()


@pytest.mark.parametrize(
    "options, names, reasons",
    [
        ({}, NAMES, ""),
        ({"include": "app"}, "app.one app.two app.Model.save app.sub.one", "the option include leaves it out"),
        ({"include": "app.*"}, "app.sub.one", "the option include leaves it out"),
        ({"include": "app:Model.*, *:main"}, "app.Model.save main", "the option include leaves it out"),
        ({"include": "__main__"}, "main", "the option include leaves it out"),
        ({"exclude": "app"}, "other.one main", "the option exclude leaves it out"),
        ({"exclude": "app:*"}, "app.sub.one other.one main", "the option exclude leaves it out"),
        ({"include": "app", "exclude": "app.sub,app:t?o"}, "app.one app.Model.save",
         "the option exclude leaves it out|the option include leaves it out"),
        ({"include": "nothing"}, "", "the option include leaves it out"),
    ],
)  # fmt: skip
def test_modules_and_functions(folder, options, names, reasons):
    assert compiled(folder, **options) == [names, reasons]


def test_everything_at_once(folder):
    assert compiled(folder, include="app:one", stress="compile-all")[0] == "app.one"


LOOP = """
    import types, pyjion
    def module(name):
        space = types.ModuleType(name).__dict__
        exec('''def spin(n):
            total = 0
            for i in range(n):
                total += i * 3 % 7
            return total''', space)
        return space["spin"]
    wanted, unwanted = module("wanted"), module("unwanted")
    pyjion.enable()
    print(wanted(3_000_000) == unwanted(3_000_000))
    print(pyjion.explain(wanted).to_dict()["entries"] != [],
          pyjion.explain(unwanted).to_dict()["entries"], "|", pyjion.explain(unwanted).reason)
"""


@pytest.mark.parametrize("name, value", [("include", "wanted"), ("exclude", "unwanted")])
def test_hot_loops(name, value):
    """That of an excluded module is not taken over, with default settings, and it is said why."""
    out = running.succeed(running.run_code(textwrap.dedent(LOOP), **{name: value}))
    assert out == f"True\nTrue [] | the option {name} leaves it out\n"


def test_code_without_a_module_is_in_none():
    code = """
        import pyjion
        space = {}
        exec("def f(): pass", space)
        pyjion.enable()
        for _ in range(3): space["f"]()
        print(pyjion.info(space["f"])["compiled"])
    """
    # exec() gives its globals builtins, and those no __name__.
    assert running.succeed(running.run_code(textwrap.dedent(code), include="*", budget="inf")) == "False\n"
    assert running.succeed(running.run_code(textwrap.dedent(code), exclude="*", budget="inf")) == "True\n"


def test_options_are_changed_while_running():
    code = """
        import pyjion
        def f(): pass
        pyjion.config(exclude="__main__", include="*")
        pyjion.enable()
        for _ in range(600): f()
        print(pyjion.info(f)["compiled"])
        pyjion.config(exclude="")
        f()
        print(pyjion.info(f)["compiled"])
        for bad in (":f", "a:", "a:b:c"):
            try: pyjion.config(exclude=bad)
            except ValueError as error: print(error)
        print(repr(pyjion.config()["exclude"]))
    """
    allowed = "a comma list of modules or module:function, such as app,lib.*:Model.*"
    lines = running.succeed(running.run_code(textwrap.dedent(code), budget="inf")).splitlines()
    assert lines == [
        "False",
        "True",
        *(f"pyjion: option exclude must be {allowed}, not '{bad}'" for bad in (":f", "a:", "a:b:c")),
        "''",
    ]
