# SPDX-License-Identifier: MIT
"""Random programs of the compiled part of the language, for comparing pyjion with the interpreter.

Input: a seed. Output: the source of a program that ends, whatever it computes: loops are bounded, numbers are clipped,
functions call only functions that come before them. It prints the outcome of every call: value, or exception with the
positions of its traceback and the locals of its frames.
"""
from __future__ import annotations

import random

EDGES = ("0", "1", "-1", "2", "3", "7", "-5", "10", "255", "2**15", "2**30 - 1", "2**30", "-(2**31)", "2**53 + 1",
         "2**59", "2**61", "2**62 - 1", "2**62", "-(2**62)", "2**63 - 1", "2**63", "-(2**63) - 1", "2**64", "10**25",
         "0.0", "-0.0", "0.5", "1.0", "-2.5", "1e300", "1e-300", "inf", "-inf", "nan", "True", "False")
ODD = ("None", "Strange(3)", "Strange(0.5)")
OPERATORS = ("+", "+", "+", "-", "-", "*", "*", "//", "%", "/")
COMPARISONS = ("<", "<=", "==", "!=", ">", ">=")

LEAVES = 3

HEADER = '''\
# compiled: {names}
# A generated program: seed {seed}.
from observing import frames_text, outcome, value_text

inf = float("inf")
nan = inf - inf
g0 = 3
g1 = 0.5
g2 = 2**61


class Strange:
    """A number that answers with numbers of other kinds and remembers nothing."""

    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return self.value if other == 1 else NotImplemented

    def __rmul__(self, other):
        return Strange(other) if other == 2 else 1.5

    def __lt__(self, other):
        return self.value

    def __bool__(self):
        return self.value != 3

    def __repr__(self):
        return f"Strange({{self.value!r}})"


def clip(x):
    """Keeps what grows within bounds; whatever is no number passes."""
    if type(x) is int and x.bit_length() > 300:
        return x % 1000003
    return x


def poke(k):
    """Changes the globals under the running functions."""
    global g0, g1, g2
    count[0] += 1
    if count[0] % 97 == 0:
        g0 = g1
        g1 = k
        g2 = 1 if type(g2) is not int else g2 * 2 % (2**65)
    return count[0] % 5


count = [0]


'''

FOOTER = '''

ARGUMENTS = ({arguments})


def show(f, a, b, c):
    try:
        print(f.__name__, value_text(f(a, b, c)))
    except Exception as error:
        print(f.__name__, outcome(f, a, b, c))
        print(frames_text(error))


for f in ({names},):
    for k in range(40):
        outcome(f, k, {trained}, k % 3 + 1)
    for a, b, c in ARGUMENTS:
        show(f, a, b, c)
print(count)
'''


class Writer:
    """Writes one function."""

    def __init__(self, choice: random.Random, name: str, leaves: list[str], others: list[str]) -> None:
        self.choice = choice
        self.name = name
        self.leaves = leaves  # without loops: callable anywhere
        self.others = others  # called once at most, and outside loops, so that the work stays bounded
        self.names = ["a", "b", "c"]
        self.lines: list[str] = []
        self.loops = 0
        self.size = choice.randint(8, 26)

    def write(self) -> str:
        for k in range(self.choice.randint(1, 3)):
            self.assign(1, f"v{k}")
        while self.size > 0:
            self.statement(1, depth=0)
        self.line(1, f"return {self.expression(2)}")
        return f"def {self.name}(a, b, c):\n" + "".join(self.lines)

    def line(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text + "\n")
        self.size -= 1

    def atom(self) -> str:
        kind = self.choice.random()
        if kind < 0.6:
            return self.choice.choice(self.names)
        if kind < 0.85:
            constant = self.choice.choice(EDGES[:12] if self.choice.random() < 0.8 else EDGES)
            return f"({constant})" if not constant.isalnum() else constant
        return self.choice.choice(("g0", "g1", "g2", "g0"))

    def expression(self, depth: int) -> str:
        kind = self.choice.random()
        if depth == 0 or kind < 0.2:
            return self.atom()
        if kind < 0.85:
            left, right = self.expression(depth - 1), self.expression(depth - 1)
            return f"({left} {self.choice.choice(OPERATORS)} {right})"
        if kind < 0.9:
            return f"abs({self.expression(depth - 1)})"
        if kind < 0.93:
            return f"max({self.expression(depth - 1)}, {self.atom()})"
        callee = self.callee()
        if callee is not None:
            return f"{callee}({self.expression(depth - 1)}, {self.atom()}, {self.atom()})"
        return f"poke({self.atom()})"

    def callee(self) -> str | None:
        if self.others and self.loops == 0 and self.choice.random() < 0.5:
            return self.others.pop()
        return self.choice.choice(self.leaves) if self.leaves else None

    def condition(self) -> str:
        if self.choice.random() < 0.15:
            return self.atom()
        return f"{self.expression(1)} {self.choice.choice(COMPARISONS)} {self.expression(1)}"

    def assign(self, indent: int, name: str | None = None) -> None:
        if name is None:
            fresh = f"v{len(self.names)}"
            name = self.choice.choice([*self.names, *self.names, fresh] if len(self.names) < 9 else self.names)
        text = self.expression(2)
        self.line(indent, f"{name} = clip({text})" if self.loops and "*" in text else f"{name} = {text}")
        if name not in self.names:
            self.names.append(name)

    def block(self, indent: int, depth: int) -> None:
        # A name that is bound in one branch alone may be unbound behind it: that is a program, too.
        for _ in range(self.choice.randint(1, 3)):
            self.statement(indent, depth)

    def statement(self, indent: int, depth: int) -> None:
        kind = self.choice.random()
        if depth >= 3 or kind < 0.5 or self.size < 0:
            self.assign(indent)
        elif kind < 0.7:
            self.line(indent, f"if {self.condition()}:")
            self.block(indent + 1, depth + 1)
            if self.choice.random() < 0.6:
                self.line(indent, "else:")
                self.block(indent + 1, depth + 1)
        elif kind < 0.9 and self.loops < 2 and self.leaves:
            self.loop(indent, depth)
        elif kind < 0.93 and depth > 0:
            self.line(indent, f"return {self.expression(1)}")
        elif kind < 0.95 and depth > 0 and self.loops:
            self.line(indent, f"if {self.condition()}:")
            self.line(indent + 1, self.choice.choice(("break", "continue")))
        elif kind < 0.97 and len(self.names) > 4:
            self.line(indent, f"del {self.names[-1]}")
        else:
            self.line(indent, f"poke({self.atom()})")

    def loop(self, indent: int, depth: int) -> None:
        self.loops += 1
        variable = f"i{len(self.lines)}"
        most = 60 if self.loops == 1 else 6
        if self.choice.random() < 0.75:
            bounds = self.choice.choice((f"{most}", f"2, {most}", f"{most}, 0, -3", "c % 9", f"b, b + {most}", "-4, 30, 5"))
            self.line(indent, f"for {variable} in range({bounds}):")
            self.names.append(variable)
        else:
            self.line(indent, f"{variable} = {most}")
            self.line(indent, f"while {variable} > 0:")
            self.line(indent + 1, f"{variable} = {variable} - 1")
            # Not among the names that are assigned: the loop must end.
        self.block(indent + 1, depth + 1)
        self.loops -= 1


def program(seed: int, functions: int = 12) -> str:
    choice = random.Random(seed)
    names = [f"f{k}" for k in range(functions)]
    body = "\n\n".join(
        Writer(choice, name, names[: min(k, LEAVES)] if k >= LEAVES else [], names[max(LEAVES, k - 1) : k]).write()
        for k, name in enumerate(names)
    )
    values = EDGES + ODD
    rows = []
    for _ in range(24):
        rows.append("(" + ", ".join(choice.choice(values if choice.random() < 0.8 else EDGES[:8]) for _ in "abc") + ")")
    header = HEADER.format(names=" ".join(names), seed=seed)
    footer = FOOTER.format(
        arguments=", ".join(rows), names=", ".join(names), trained=choice.choice(("1", "k", "0.5", "2**40", "True"))
    )
    return header + body + footer
