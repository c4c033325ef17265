# SPDX-License-Identifier: MIT
"""Puts a program together: a subject, classes, functions that call those before them, and the phases of their calls.

Input: a seed. Output: source that ends soon, whatever it computes.
"""
from __future__ import annotations

import ast
import random
import re
from dataclasses import dataclass
from itertools import accumulate

from . import families
from .families import classes, closures
from .writer import EDGES, Callee, Scope, Template, Writer, kind_of_function

TOTAL = 26000  # statements that all calls together may execute
ENTRIES = 210  # entries that make a function hot by default

HEADER = '''\
# A generated program: seed {seed}, subject {subject}.
import contextlib
import sys
from witness import *

inf = float("inf")
nan = inf - inf
g0 = 3
g1 = 0.5
g2 = 2**61
'''

# The functions of a program: size, price, whether a loop runs long, whether they are about numbers alone.
_LEAVES = ((4, 20, False, True), (6, 40, False, False))
SHAPES = (
    (*_LEAVES, (14, 250, False, False), (20, 400, False, False), (12, 5000, True, False), (18, 500, False, False)),
    (*_LEAVES, (14, 250, False, False), (10, 4000, True, True), (12, 60, False, True), (18, 400, False, False)),
    (*_LEAVES, (12, 60, False, True), (12, 60, False, True), (10, 40, False, True), (16, 100, False, True),
     (20, 200, False, True), (14, 3000, True, True)),
    (*_LEAVES, (10, 40, False, True), (14, 60, False, True), (16, 100, False, True), (14, 250, False, False),
     (12, 4000, True, True)),
)

# What the hot calls of a program get: three arguments, of the round k.
TRAINED = ("(k, 2, k % 3 + 1)", "(k % 7, k % 2, 3)", "(k * 0.5, 1.5, 2)", "(k + 2**61, k, 1)", "(k, 0.5, k % 3)",
           "(k % 2 == 0, k, 2)", "(k, k, k)", "(-k, 300, 7)", "({instance}, k, 1)", "(k, {instance}, 0.5)", "(Int(k), k, 1)")
ODD = ("None", "'a'", "''", "()", "[1, 2]", "{1: 2}", "Int(3)", "Float(0.5)", "1j", "b'x'", "{instance}", "{instance}", "{instance}")
SEQUENCES = ("'a'", "''", "()", "[1, 2]", "b'x'")


# The families of functions that optimised code keeps unboxed: weight of their expressions.
PLAIN = {"numbers": 1.0, "control": 0.0, "changing": 0.0, "errors": 0.0}


class Tables:
    """The templates of some families, with weights."""

    def __init__(self) -> None:
        self.statements: list[tuple[float, Template]] = []
        self.expressions: dict[str, list[tuple[float, Template]]] = {kind: [] for kind in "nsldob"}

    def add(self, family, weight: float, of_expressions: float) -> None:
        # The weights in a family say how its templates share what the family gets.
        share = weight / sum(template.weight for template in family.STATEMENTS)
        self.statements += [(template.weight * share, template) for template in family.STATEMENTS]
        for kind, rows in getattr(family, "EXPRESSIONS", {}).items():
            self.expressions[kind] += [(template.weight * of_expressions, template) for template in rows]


@dataclass(frozen=True)
class Grammar:
    """Families that are left out, and those that are the subject of all programs instead of three at random."""

    without: frozenset[str] = frozenset()
    subject: tuple[str, ...] = ()


WHOLE = Grammar()


class TopLevel(ast.NodeTransformer):
    """A function's body for the top level of a module, where its variables are global names: `return` is an exception."""

    def visit_FunctionDef(self, node):
        return node

    visit_AsyncFunctionDef = visit_Lambda = visit_ClassDef = visit_FunctionDef

    def visit_Return(self, node):
        value = node.value or ast.Constant(None)
        left = ast.Call(ast.Name("Left", ast.Load()), [value], [])
        return ast.Raise(left, None)


def at_top_level(function: str, arguments: str) -> str:
    """Statements that do what a call of the function does; nothing when a generator would be made."""
    definition = ast.parse(function).body[0]
    inside = {type(node) for node in ast.walk(definition)}
    if type(definition) is not ast.FunctionDef or inside & {ast.Yield, ast.YieldFrom, ast.Nonlocal, ast.Global}:
        return ""
    body = ast.unparse(ast.fix_missing_locations(TopLevel().visit(ast.Module(definition.body, []))))
    lines = [f"a, b, c = {arguments}", "try:"]
    lines += [f"    {line}" for line in body.splitlines()]
    return "\n".join([*lines, "except Left as left:", "    say('left', *left.args)",
                      "except Exception as error:", "    say(type(error).__name__)"])


class Program:
    """What is known of a program while it is written."""

    def __init__(self, seed: int, grammar: Grammar = WHOLE) -> None:
        self.choice = random.Random(seed)
        self.seed = seed
        self.class_names: list[str] = []
        self.callees: list[Callee] = []
        self.texts: list[str] = []
        self.bodies: list[str] = []  # functions that can stand at the top level as well
        self.sequences = True  # sequences as arguments do not grow without bounds
        self.weigh(grammar)

    def weigh(self, grammar: Grammar) -> None:
        """Chooses the subject: three families that come more often; some do not come at all."""
        names = [name for name in families.NAMES if name not in grammar.without]
        self.subject = [*grammar.subject] or self.choice.sample(names, 3)
        self.whole, self.plain = Tables(), Tables()
        self.functions: list[tuple[float, Template, str]] = []
        for name in names:
            family = families.NAMES[name]
            factor = 6.0 if name in self.subject else self.choice.choice((0.0, 0.5, 1.0, 1.0))
            if name in PLAIN:
                factor = max(factor, 0.7)
                self.plain.add(family, families.TABLE[family], PLAIN[name])
            self.whole.add(family, families.TABLE[family] * factor, max(factor, 0.1))
            for template in getattr(family, "FUNCTIONS", ()):
                self.functions.append((template.weight * (factor + 0.1), template, family.WRAPPER))
        self.sums: dict[int, list[float]] = {}

    def pick(self, writer: Writer, table: list[tuple[float, Template]]) -> Template | None:
        """A template that may be written where the writer is."""
        sums = self.sums.get(id(table))
        if sums is None:
            sums = self.sums[id(table)] = list(accumulate(weight for weight, _ in table))
        if not sums or not sums[-1]:
            return None
        for _ in range(12):
            _, template = self.choice.choices(table, cum_weights=sums)[0]
            if writer.can(template):
                return template
        return None

    def classes(self) -> list[str]:
        return self.class_names or ["Base"]

    def instance(self, choice: random.Random, argument: str) -> str:
        return f"{choice.choice(self.classes())}({argument})"

    # Classes

    def add_class(self) -> None:
        name = f"C{len(self.class_names)}"
        header = self.choice.choice(classes.HEADERS)
        header = header.replace("{before}", self.choice.choice(self.classes()))
        writer = Writer(self, self.choice, size=14, most=30)
        writer.scopes.append(Scope(free={"self.v": "n"}, is_class=True))
        writer.lines.append(f"class {name}({header}):")
        body = list(self.choice.choices(classes.METHODS, [row.weight for row in classes.METHODS], k=self.choice.randint(2, 7)))
        for template in body:
            self.add_method(writer, template)
        self.class_names.append(name)
        self.texts.append("\n".join(writer.lines))

    def add_method(self, writer: Writer, template: Template) -> None:
        text = template.text
        for key, choices in (("{answer}", classes.ANSWERS), ("{hash}", classes.HASHES), ("{truth}", classes.TRUTHS),
                             ("{length}", classes.LENGTHS)):
            while key in text:
                text = text.replace(key, self.choice.choice(choices), 1)
        text = text.replace("{answer0}", self.choice.choice(("self.v", "{n}", "2.5", "self", "1 // 0")))
        writer.size = max(writer.size, 3)
        writer.write(Template(1, text), 1)
        writer.lines.append("")

    # Functions

    def add_function(self, size: int, most: int, hot: bool = False, plain: bool = False) -> None:
        name = f"f{len(self.callees)}"
        writer = Writer(self, self.choice, size, most, hot, plain)
        parameters = self.choice.choice(closures.PARAMETERS)
        writer.lines.append(f"def {name}({parameters}):")
        writer.scope.own.update(dict.fromkeys(re.findall(r"\b([abc])\b", parameters), "n"))
        writer.line(1, f"v0 = {writer.expression('n', 1)}")
        writer.scope.own["v0"] = "n"
        if hot:
            writer.write(Template(1, "for {i1} in range({N}):\n    {V} = {V} + {n}\n    ...\n    ..."), 1)
        while writer.size > 0:
            writer.statement(1)
        writer.line(1, f"return {writer.expression('n', 2)}")
        self.finish(name, writer, "")
        if hot or plain:
            self.bodies.append(self.texts[-1])

    def add_special(self) -> None:
        weights = [weight for weight, _, _ in self.functions]
        _, template, wrapper = self.choice.choices(self.functions, weights)[0]
        name = f"f{len(self.callees)}"
        writer = Writer(self, self.choice, size=14, most=150)
        head, *body = template.lines
        writer.lines.append(head.replace("{F}", name))
        writer.has = kind_of_function(head, body)
        writer.scope.own.update(dict.fromkeys("abc", "n"))
        writer.write_lines(body, 0, {})
        self.finish(name, writer, wrapper)

    def finish(self, name: str, writer: Writer, wrapper: str) -> None:
        self.texts.append("\n".join(writer.lines))
        self.callees.append(Callee(name, writer.price, wrapper))
        self.sequences = self.sequences and not writer.grows

    # The whole

    def write(self) -> str:
        for _ in range(self.choice.choice((1, 2, 2, 3))):
            self.add_class()
        for size, most, hot, plain in self.choice.choice(SHAPES):
            self.add_function(size, most, hot, plain)
        if self.functions:
            self.add_special()
        body = "\n\n".join([*self.texts, self.phases(), *self.top_level()])
        head = HEADER.format(seed=self.seed, subject=" ".join(self.subject))
        return f"{head}\n{self.prelude(body)}\n{body}\n"

    def top_level(self) -> list[str]:
        """Bodies of functions once more, with global names for locals. Those that have a long loop come last."""
        arguments = (self.choice.choice(("(3, 2, 1)", "(0.5, 7, 2)", "(2**61, 5, 1)", "(True, 3, 0.25)")) for _ in self.bodies)
        texts = [text for text in map(at_top_level, self.bodies[-3:], arguments) if text]
        return ["class Left(Exception):\n    pass", *texts] if texts else []

    def prelude(self, body: str) -> str:
        """What the program uses of the families' preludes, and what that uses."""
        available = {name: text for family in families.TABLE for name, text in getattr(family, "PRELUDE", {}).items()}
        wanted: list[str] = []
        pending = [body]
        while pending:
            words = set(re.findall(r"\w+", pending.pop()))
            for name, text in available.items():
                if name in words and name not in wanted:
                    wanted.append(name)
                    pending.append(text)
        order = sorted(wanted, key=list(available).index)
        return "\n".join(available[name] for name in order)

    def row(self) -> str:
        pool = [*EDGES, *ODD, *ODD] if self.sequences else [*EDGES, *(text for text in ODD if text not in SEQUENCES)]
        values = (self.choice.choice(pool if self.choice.random() < 0.7 else EDGES[:9]) for _ in "abc")
        return "(" + ", ".join(self.filled(value) for value in values) + ")"

    def filled(self, text: str) -> str:
        return text.replace("{instance}", self.instance(self.choice, str(self.choice.randint(0, 4))))

    def phases(self) -> str:
        """Cold, hot, with other types, and back: the rows of arguments, and how often each function gets them."""
        rows = ",\n    ".join(self.row() for _ in range(5))
        trained = self.filled(self.choice.choice(TRAINED))
        names = ", ".join(callee.name for callee in self.callees)
        counts = ", ".join(str(self.times_of(callee)) for callee in self.callees)
        return (
            f"FUNCTIONS = ({names},)\nTIMES = ({counts},)\nODD = (\n    {rows},\n)\n"
            f"WRAPPERS = {tuple(callee.wrapper for callee in self.callees)}\n\n\n"
            f"def trained(k):\n    return {trained}\n\n\n"
            "run_phases(FUNCTIONS, WRAPPERS, TIMES, trained, ODD)\nsay(g0, g1, g2)"
        )

    def times_of(self, callee: Callee) -> int:
        share = TOTAL // len(self.callees)
        return max(2, min(ENTRIES, share // (2 * callee.price + 1)))


def source(seed: int, grammar: Grammar = WHOLE) -> str:
    return Program(seed, grammar).write()
