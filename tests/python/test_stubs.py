# SPDX-License-Identifier: MIT
"""The type stubs against the modules that they describe: the same names, the same parameters with the same defaults."""
from __future__ import annotations

import ast
import importlib
import inspect
import pathlib

import pytest

import pyjion
import pyjion.dis
from pyjion import _native

FOLDER = pathlib.Path(pyjion.__path__[0])
MODULES = ("pyjion", "pyjion.dis", "pyjion._native")


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
    # A TypedDict describes a plain dictionary; it is a name of the stub alone.
    assert public(names) - {"Info"} == defined(module)


@pytest.mark.parametrize("name", MODULES)
def test_same_parameters(name):
    module = importlib.import_module(name)
    checked = 0
    for node in stub_of(name).body:
        if isinstance(node, ast.FunctionDef):
            assert stub_parameters(node) == real_parameters(getattr(module, node.name)), node.name
            checked += 1
        elif isinstance(node, ast.ClassDef) and node.name != "Info":
            for method in node.body:
                real = getattr(getattr(module, node.name), method.name)
                assert stub_parameters(method) == real_parameters(real), method.name
    assert checked


def test_every_annotation_is_there():
    for name in MODULES:
        for node in ast.walk(stub_of(name)):
            if isinstance(node, ast.FunctionDef):
                arguments = [a for a in node.args.posonlyargs + node.args.args + node.args.kwonlyargs if a.arg != "self"]
                assert node.returns is not None and all(a.annotation is not None for a in arguments), node.name


def test_info_has_the_documented_keys():
    stub = next(n for n in stub_of("pyjion").body if isinstance(n, ast.ClassDef) and n.name == "Info")
    keys = [node.target.id for node in stub.body]
    assert keys == list(_native.info(stub_of)) == ["failed", "compiled", "run_count"]


def test_the_package_is_marked_as_typed():
    assert (FOLDER / "py.typed").exists()
