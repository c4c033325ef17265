# SPDX-License-Identifier: MIT
"""The type stubs against the modules that they describe: the same names, the same parameters with the same defaults."""
from __future__ import annotations

import ast
import importlib
import inspect
import os
import pathlib
import subprocess

import pytest

import pyjion
import pyjion.dis
import running
from pyjion import _native

FOLDER = pathlib.Path(pyjion.__path__[0])
TYPED = pathlib.Path(__file__).with_name("typed_use.py")
MODULES = ("pyjion", "pyjion.dis", "pyjion._native")
# What describes plain dictionaries: names of the stub alone.
DICTIONARIES = {"Info", "Options", "Status"}


def stub_of(name):
    path = FOLDER / ("__init__.pyi" if name == "pyjion" else f"{name.split('.')[1]}.pyi")
    return ast.parse(path.read_text())


def public(names):
    return {name for name in names if not name.startswith("_") or name == "__version__"}


def stub_parameters(function: ast.FunctionDef):
    """(name, kind, default as source or None) of each parameter."""
    arguments = function.args
    positional = [(a, inspect.Parameter.POSITIONAL_ONLY) for a in arguments.posonlyargs]
    positional += [(a, inspect.Parameter.POSITIONAL_OR_KEYWORD) for a in arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    found = [(a.arg, kind, default and ast.unparse(default)) for (a, kind), default in zip(positional, defaults)]
    if arguments.vararg:
        found.append((arguments.vararg.arg, inspect.Parameter.VAR_POSITIONAL, None))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        found.append((argument.arg, inspect.Parameter.KEYWORD_ONLY, default and ast.unparse(default)))
    if arguments.kwarg:
        found.append((arguments.kwarg.arg, inspect.Parameter.VAR_KEYWORD, None))
    return found


def real_parameters(function):
    empty = inspect.Parameter.empty
    return [
        (p.name, p.kind, None if p.default is empty else repr(p.default))
        for p in inspect.signature(function).parameters.values()
    ]


def is_comparable(function: ast.FunctionDef):
    """Overloads have narrower parameters each; the options of config() are compared with themselves."""
    overloaded = any(ast.unparse(decorator) == "overload" for decorator in function.decorator_list)
    return not overloaded and function.name != "config"


def keys_of(name):
    stub = next(n for n in stub_of("pyjion").body if isinstance(n, ast.ClassDef) and n.name == name)
    return [node.target.id for node in stub.body]


def defined(module):
    """What a module offers: what __all__ names, or else what it defines."""
    return public(getattr(module, "__all__", None) or vars(module))


@pytest.mark.parametrize("name", MODULES)
def test_same_names(name):
    module = importlib.import_module(name)
    names = set()
    for node in stub_of(name).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            names.add(node.target.id)
        elif isinstance(node, ast.ImportFrom):
            names.update(alias.asname for alias in node.names if alias.asname)
    assert public(names) - DICTIONARIES == defined(module)


@pytest.mark.parametrize("name", MODULES)
def test_same_parameters(name):
    module = importlib.import_module(name)
    checked = 0
    for node in stub_of(name).body:
        if isinstance(node, ast.FunctionDef) and is_comparable(node):
            assert stub_parameters(node) == real_parameters(getattr(module, node.name)), node.name
            checked += 1
        elif isinstance(node, ast.ClassDef) and hasattr(module, node.name):
            for method in [entry for entry in node.body if isinstance(entry, ast.FunctionDef)]:
                real = getattr(getattr(module, node.name), method.name)
                assert stub_parameters(method) == real_parameters(real), method.name
    assert checked


def test_every_annotation_is_there():
    for name in MODULES:
        for node in ast.walk(stub_of(name)):
            if isinstance(node, ast.FunctionDef):
                arguments = [a for a in node.args.posonlyargs + node.args.args + node.args.kwonlyargs if a.arg != "self"]
                assert node.returns is not None and all(a.annotation is not None for a in arguments), node.name


def test_dictionaries_have_the_documented_keys():
    assert keys_of("Info") == list(_native.info(stub_of)) == ["failed", "compiled", "run_count"]
    assert keys_of("Status") == list(pyjion.status())
    assert keys_of("Options") == list(pyjion.config())


def test_config_takes_every_option():
    stub = next(n for n in stub_of("pyjion").body if isinstance(n, ast.FunctionDef) and n.name == "config")
    assert [argument.arg for argument in stub.args.kwonlyargs] == list(pyjion.config())


def test_explanations_are_typed_by_name():
    assert set(pyjion.Explanation.__annotations__) == set(pyjion.explain(stub_of).to_dict())


MYPY = "/usr/bin/mypy"


@pytest.mark.skipif(not os.path.exists(MYPY), reason="mypy is missing; to have it: apt-get install mypy")
def test_a_use_of_everything_is_well_typed(tmp_path):
    """The file passes `mypy --strict`, and a wrong use of each kind does not."""
    environment = dict(os.environ, MYPYPATH=str(tmp_path), PYTHONPATH="")
    (tmp_path / "pyjion").symlink_to(FOLDER)

    def check(path):
        command = [MYPY, "--strict", "--python-version", "3.11", "--cache-dir", str(tmp_path / "cache"), str(path)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=tmp_path)

    outcome = check(TYPED)
    assert outcome.returncode == 0, outcome.stdout
    wrong = tmp_path / "wrong.py"
    lines = ["pyjion.info(3)", "pyjion.config(treshold=3)", "pyjion.explain(print).nme", "pyjion.config()['fuell']",
             "pyjion.explain(int).tier", "pyjion.status()['pyhton']", "pyjion.pause(3)", "pyjion.compile('f')"]
    wrong.write_text("import pyjion\n" + "".join(line + "\n" for line in lines))
    reported = {int(line.split(":")[1]) for line in check(wrong).stdout.splitlines() if ": error:" in line}
    assert reported == set(range(2, len(lines) + 2))


def test_a_use_of_everything_runs():
    names = {node.attr for node in ast.walk(ast.parse(TYPED.read_text())) if isinstance(node, ast.Attribute)}
    assert names >= defined(pyjion) | defined(pyjion.dis)
    running.succeed(running.run_python(TYPED))


def test_the_package_is_marked_as_typed():
    assert (FOLDER / "py.typed").exists()
