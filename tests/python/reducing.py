# SPDX-License-Identifier: MIT
"""Makes a program that shows a difference smaller, statement by statement.

usage: reducing.py PROGRAM MODE

Input: a program for which fuzzing.py found a difference, and the mode. Output: the program without the statements that
the difference does not need. A smaller program counts if the interpreter runs it to its end and the difference is of
the same kind: the process ends otherwise, or its output is another one.
"""
from __future__ import annotations

import ast
import pathlib
import sys
import tempfile

import fuzzing
import running


def difference(source: str, mode: str, folder: pathlib.Path) -> str | None:
    """The kind of difference that a program shows, None if it shows none or does not work at all."""
    path = folder / "candidate.py"
    path.write_text(source)
    plain = running.run_python(running.DRIVER, "plain", path, timeout=20)
    if plain.returncode != 0:
        return None
    options = running.environment(verify="1", **fuzzing.MODES[mode])
    jit = running.run_python(running.DRIVER, "jit", path, env=options, timeout=60)
    if jit.returncode != plain.returncode:
        return f"exit status {jit.returncode}"
    return "output" if jit.stdout != plain.stdout else None


class Remover(ast.NodeTransformer):
    """Takes out the statement with a given number; what would be left empty becomes `pass`."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.seen = -1

    def visit(self, node):
        if isinstance(node, ast.stmt):
            self.seen += 1
            if self.seen == self.number:
                return None
        node = self.generic_visit(node)
        if isinstance(getattr(node, "body", None), list) and not node.body and not isinstance(node, ast.Module):
            node.body = [ast.Pass()]
        return node


def without(source: str, number: int) -> str | None:
    """The program without one of its statements; None behind the last."""
    remover = Remover(number)
    tree = remover.visit(ast.parse(source))
    return ast.unparse(tree) if remover.seen >= number else None


def reduced(source: str, mode: str) -> str:
    with tempfile.TemporaryDirectory(prefix="pyjion-reduce-") as name:
        folder = pathlib.Path(name)
        source = ast.unparse(ast.parse(source))
        wanted = difference(source, mode, folder)
        if wanted is None:
            sys.exit("no difference to start with")
        changed = True
        while changed:
            changed = False
            number = 0
            while (smaller := without(source, number)) is not None:
                if smaller != source and difference(smaller, mode, folder) == wanted:
                    source, changed = smaller, True
                else:
                    number += 1
        return source


if __name__ == "__main__":
    program, chosen_mode = sys.argv[1:]
    print(reduced(pathlib.Path(program).read_text(), chosen_mode))
