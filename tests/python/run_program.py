# SPDX-License-Identifier: MIT
"""Runs one program of `programs/`, as it is or with pyjion.

usage: run_program.py plain|jit PROGRAM

Both forms have the same frames below the program, so that recursion limits and stacks can be compared. With pyjion,
what became of the program's functions is appended to the file that PROGRAM_REPORT names: one line of JSON with
[compiled, tier, reason] of every code object, by qualified name.

What the program imports of the standard library is there before: where everything is compiled, the bodies of those
modules would take longer than the program, in each mode again. Their functions are compiled when they are called; and
CPython's own tests compile the library.
"""
import ast
import atexit
import faulthandler
import importlib
import json
import os
import sys
import types


def functions_of(code):
    """The code objects inside a program's code, by qualified name."""
    found = {}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found[constant.co_qualname] = constant
            found.update(functions_of(constant))
    return found


def import_library(tree):
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        for name in names:
            if name.split(".")[0] in sys.stdlib_module_names:
                importlib.import_module(name)


def report(code, path):
    import pyjion

    with pyjion.pause():
        facts = {}
        for name, function in functions_of(code).items():
            explanation = pyjion.explain(function)
            facts[name] = [explanation.compiled, explanation.tier, explanation.reason]
        with open(path, "a") as file:
            print(json.dumps(facts), file=file)


def main():
    mode, path = sys.argv[1:]
    faulthandler.enable()
    sys.argv[:] = [path]
    with open(path) as file:
        tree = ast.parse(file.read(), path)
    code = compile(tree, path, "exec", dont_inherit=True)
    import_library(tree)
    program = types.ModuleType("__main__")
    program.__file__ = path
    sys.modules["__main__"] = program
    if mode == "jit":
        import pyjion

        destination = os.environ.get("PROGRAM_REPORT")
        if destination:
            # Registered first, hence called last; a forked child has nothing to add.
            process = os.getpid()
            atexit.register(lambda: os.getpid() == process and report(code, destination))
        pyjion.enable(strict=True)
    exec(code, program.__dict__)


main()
