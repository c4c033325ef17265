# SPDX-License-Identifier: MIT
"""Makes a program that shows a difference smaller.

Input: the program, the mode, and the difference. Output: a program with a difference of the same kind, without the
statements that it does not need, with simpler expressions; the smallest that was found in the time.
"""
from __future__ import annotations

import ast
import time
import warnings

from .compare import Difference, Pair


class Edit(ast.NodeTransformer):
    """Makes the change with a given number; what would be left empty becomes `pass`."""

    def __init__(self, first: int, count: int = 1) -> None:
        self.wanted = range(first, first + count)
        self.seen = -1

    def is_next(self) -> bool:
        self.seen += 1
        return self.seen in self.wanted


class Remove(Edit):
    """Takes statements out."""

    def visit(self, node):
        if isinstance(node, ast.stmt) and not isinstance(node, ast.Pass) and self.is_next():
            return None
        node = self.generic_visit(node)
        for name in ("body", "handlers", "cases"):
            if getattr(node, name, True) == [] and not isinstance(node, ast.Module):
                if name != "body":
                    return node if getattr(node, "finalbody", None) else None
                node.body = [ast.Pass()]
        return node


class Unwrap(Edit):
    """Puts the body of a compound statement in its place."""

    def visit(self, node):
        if isinstance(node, (ast.If, ast.With, ast.For, ast.While, ast.Try, ast.TryStar)) and self.is_next():
            return [self.generic_visit(inner) for inner in node.body]
        return self.generic_visit(node)


class Simplify(Edit):
    """Puts a part of an expression, or a number, in its place."""

    def visit(self, node):
        if isinstance(node, (ast.BinOp, ast.BoolOp, ast.IfExp, ast.UnaryOp, ast.Subscript)) and self.is_next():
            return next(iter(ast.iter_child_nodes(node))) if not isinstance(node, ast.BoolOp) else node.values[0]
        if isinstance(node, (ast.BinOp, ast.IfExp)) and self.is_next():
            return node.right if isinstance(node, ast.BinOp) else node.body
        if isinstance(node, ast.Call) and self.is_next():
            return ast.Constant(1)
        if isinstance(node, (ast.List, ast.Tuple, ast.Dict)) and self.is_next():
            return ast.Constant(2)
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 3 and self.is_next():
            return ast.Constant(node.value // 2)
        return self.generic_visit(node)


class Reducer:
    def __init__(self, pair: Pair, mode: str, seed: int, wanted: Difference, seconds: float) -> None:
        self.pair = pair
        self.mode = mode
        self.seed = seed
        self.wanted = wanted
        self.end = time.monotonic() + seconds

    def shows(self, source: str) -> bool:
        expected = self.pair.expected(source)
        if expected is None or any("the program ends with" in line for line in expected.lines):
            return False
        found = self.pair.compare(source, self.mode, self.seed, expected)
        return isinstance(found, Difference) and found.kind == self.wanted.kind

    def candidates(self, source: str, edit: type[Edit], count: int):
        """Programs with `count` successive changes each; continues behind changes that are kept."""
        number = 0
        while time.monotonic() < self.end:
            change = edit(number, count)
            try:
                tree = change.visit(ast.parse(source))
                text = ast.unparse(ast.fix_missing_locations(tree))
                compile(text, "candidate", "exec")
            except (SyntaxError, ValueError, TypeError, AttributeError):
                text = None
            if change.seen < number:
                return
            if text is not None and text != source and (yield text):
                source = text
            else:
                number += count

    def pass_over(self, source: str, edit: type[Edit], count: int = 1) -> str:
        search = self.candidates(source, edit, count)
        kept = None
        while True:
            try:
                text = search.send(kept)
            except StopIteration:
                return source
            kept = self.shows(text)
            if kept:
                source = text

    def reduce(self, source: str) -> str:
        steps = [(Remove, 64), (Remove, 16), (Remove, 4), (Remove, 1), (Unwrap, 1), (Simplify, 1)]
        before = None
        while source != before and time.monotonic() < self.end:
            before = source
            for edit, count in steps:
                source = self.pass_over(source, edit, count)
            steps = steps[3:] if len(steps) > 3 else steps
        return source


def reduced(pair: Pair, source: str, mode: str, seed: int, wanted: Difference, seconds: float) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reducer = Reducer(pair, mode, seed, wanted, seconds)
        normal = ast.unparse(ast.parse(source))
        return reducer.reduce(normal) if reducer.shows(normal) else source
