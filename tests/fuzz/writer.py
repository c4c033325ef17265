# SPDX-License-Identifier: MIT
"""Writes functions from the templates of the families.

A template is Python source with placeholders in braces ({{ and }} are braces):

    {n} {m}  a number: an expression, or one name or constant       {k} {q}  a small constant, a string constant
    {s} {l} {d} {o} {a}  a string, sequence, dictionary, object, anything
    {b}      a condition             {op} {cmp}  an operator         {N}      the iterations of a loop
    {V}      a number's name that may be assigned                   {w1}     the name of the last line `nonlocal {w1}`
    {C}      a call of a function that comes before                 {G}      a global name
    {E} {R}  an exception class, an exception                       {T}      a class
    {i1} {s1} {l1} {d1} {o1}   a new name (the same one for the same digit), known behind its line as what its letter says
    {x1} {f1} {e1}             a new name that nothing else uses
    ...      as a line: random statements

Each function has a price: how many statements a call executes. Loops and calls are chosen so that it stays small.
"""
from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([A-Za-z]+)(\d?)\}")
KINDS = {"i": "n", "s": "s", "l": "l", "d": "d", "o": "o"}
LOOP = re.compile(r"\s*(async )?(for|while) ")
DEFINITION = re.compile(r"\s*(async )?(def|class) ")

NUMBERS = ("0", "1", "-1", "2", "3", "7", "-5", "10", "100", "255", "0.5", "1.5", "-0.25", "True")
EDGES = ("0", "-1", "256", "257", "2**15", "2**30 - 1", "2**30", "-(2**30)", "2**31", "-(2**31)", "2**53 + 1", "2**59",
         "2**61", "2**62 - 1", "2**62", "-(2**62)", "-(2**62) - 1", "2**63 - 1", "2**63", "-(2**63) - 1", "2**64",
         "10**25", "0.0", "-0.0", "1.0", "1e300", "1e-300", "inf", "-inf", "nan", "True", "False")
STRINGS = ("''", "'a'", "'bc'", "'é'", "'x😀'", "'1'", "'name'")
OPERATORS = ("+", "+", "+", "+", "+", "-", "-", "-", "*", "*", "//", "%", "/", "&", "|", "^")
COMPARISONS = ("<", "<=", "==", "!=", ">", ">=")
EXCEPTIONS = ("ValueError", "TypeError", "KeyError", "ZeroDivisionError", "ArithmeticError", "LookupError", "Exception",
              "(ValueError, IndexError)", "(TypeError, ArithmeticError)", "AttributeError")
RAISED = ("ValueError({m})", "KeyError({m})", "IndexError('i')", "ZeroDivisionError", "TypeError('t', {m})", "Own({m})",
          "StopIteration({m})", "ArithmeticError()")
MOST_DEPTH = 4
# What is likely to raise, with other types at least.
RISKY = re.compile(r"\bC\d|\bo\d|Base|\]\[|\w\[|[&|^~]|int\(|raise|driven|next\(|\*\*|\*\[|import|, \w+ = ")
CAUGHT = ("Exception", "Exception", "(TypeError, LookupError, ArithmeticError)", "BaseException")


class Template:
    """needs: of `loop`, `once` (not inside of a loop), `generator`, `coroutine`, `stream` (an asynchronous generator)."""

    def __init__(self, weight: float, text: str, needs: str = "") -> None:
        self.weight = weight
        self.text = text.strip("\n")
        self.needs = frozenset(needs.split())
        self.lines = self.text.splitlines()
        self.places = {match[1] for match in PLACEHOLDER.finditer(self.text) if match[1]}
        self.has_block = any(line.strip() == "..." for line in self.lines)
        self.assigns = ":=" in self.text
        self.jumps = any(line.strip().startswith(("return", "break", "continue")) for line in self.lines)
        self.has_loop = any(LOOP.match(line) for line in self.lines)


def templates(*rows: tuple) -> tuple[Template, ...]:
    """Rows of (weight, text) or (weight, text, 'needs')."""
    return tuple(Template(*row) for row in rows)


@dataclass
class Scope:
    """The names of one function: `own` may be assigned, `free` only read. Name -> kind."""

    own: dict[str, str] = field(default_factory=dict)
    free: dict[str, str] = field(default_factory=dict)
    is_class: bool = False  # functions inside do not see its names


@dataclass
class Callee:
    name: str
    price: int
    wrapper: str = ""  # `drained` for generators, `driven` for coroutines


class Writer:
    """Writes one function; `program` knows the weights of the templates and what has been written before."""

    def __init__(self, program, choice: random.Random, size: int, most: int, hot: bool = False, plain: bool = False) -> None:
        self.program = program
        self.plain = plain  # numbers and loops alone: what optimised code keeps unboxed
        self.tables = program.plain if plain else program.whole
        self.choice = choice
        self.size = size  # lines that may still be written
        self.most = most  # the price that must not be exceeded
        self.hot = hot  # one loop shall run long
        self.price = 0
        self.times = 1  # how often the place is executed that is being written
        self.loops = 0
        self.depth = 0
        self.fresh = 0
        self.comprehensions = 0  # in which no name may be assigned
        self.stars = 0  # `except*`, which may not be left by a jump
        self.has: set[str] = set()  # what templates need
        self.scopes = [Scope()]
        self.lines: list[str] = []
        self.grows = False  # a sequence would grow without bounds here

    # Names

    @property
    def scope(self) -> Scope:
        return self.scopes[-1]

    def new_name(self, letter: str) -> str:
        self.fresh += 1
        return f"{letter}{self.fresh}"

    def name_of(self, kind: str) -> str | None:
        names = [name for table in (self.scope.free, self.scope.own) for name, has in table.items() if has == kind]
        if not names:
            return None
        # Names of late have more uses than old ones.
        return self.choice.choice(names[-4:] if self.choice.random() < 0.5 else names)

    def assignable(self, scope: Scope) -> str | None:
        names = [name for name, kind in scope.own.items() if kind == "n" and not name.startswith("j")]
        return self.choice.choice(names) if names else None

    # Expressions

    def constant(self) -> str:
        text = self.choice.choice(NUMBERS if self.choice.random() < 0.85 else EDGES)
        return text if text.isalnum() else f"({text})"

    def atom(self) -> str:
        kind = self.choice.random()
        name = self.name_of("n") if kind < 0.65 else None
        if name is not None:
            return name
        if kind < 0.9:
            return self.constant()
        return self.choice.choice(("g0", "g1", "g2"))

    def simple(self, kind: str) -> str:
        """A short expression of a kind, of what is there without further choices."""
        if kind == "n":
            return self.atom()
        name = self.name_of(kind)
        if name is not None and self.choice.random() < 0.8:
            return name
        if kind == "o":
            return self.program.instance(self.choice, self.atom())
        return {
            "s": self.choice.choice(STRINGS),
            "l": f"[{self.atom()}, {self.atom()}]",
            "d": f"{{1: {self.atom()}, 'a': {self.atom()}}}",
            "b": f"{self.atom()} {self.choice.choice(COMPARISONS)} {self.atom()}",
        }[kind]

    def expression(self, kind: str, depth: int) -> str:
        if depth <= 0 or self.choice.random() < 0.15:
            return self.simple(kind)
        chosen = self.program.pick(self, self.tables.expressions[kind])
        return self.expand(chosen.text, depth) if chosen else self.simple(kind)

    def value(self, letter: str, depth: int) -> str:
        """The text for a placeholder without digit."""
        choose = self.choice.choice
        if letter == "a":
            letter = choose("nnnsldo")
        if letter in "nsldob" and len(letter) == 1:
            return self.expression(letter, depth)
        if letter == "C":
            return self.call()
        if letter == "R":
            return self.expand(choose(RAISED), 0)
        simple = {
            "m": self.atom,
            "k": lambda: str(choose((0, 1, 2, 3, 5))),
            "q": lambda: choose(STRINGS),
            "op": self.operator,
            "cmp": lambda: choose(COMPARISONS),
            "E": lambda: choose(EXCEPTIONS),
            "T": lambda: choose(("int", "float", "str", "(int, float)", "list", *self.program.classes())),
            "G": lambda: choose(("g0", "g1", "g2")),
            "attr": lambda: choose(("v", "w", "p", "x", "missing")),
            "V": lambda: self.assignable(self.scope),
        }
        return simple[letter]()

    def operator(self) -> str:
        operator = self.choice.choice(OPERATORS)
        if self.loops:
            self.grows = True
            return "-" if operator == "*" else operator
        return operator

    def call(self) -> str:
        callee = self.choice.choice(self.callees())
        self.price += callee.price * self.times
        arguments = ", ".join(self.expression("n", 0) for _ in "abc")
        return f"{callee.wrapper}({callee.name}, {arguments})" if callee.wrapper else f"{callee.name}({arguments})"

    def callees(self) -> list[Callee]:
        left = self.most - self.price
        return [callee for callee in self.program.callees if (callee.price + 1) * self.times <= left]

    def iterations(self) -> int:
        if self.hot and self.loops == 0:
            self.hot = False
            return self.choice.choice((1030, 1100, 1300))
        left = (self.most - self.price) // (self.times * 4)
        return max(1, min(left, self.choice.choice((2, 3, 5, 8, 12, 30))))

    # Templates

    def can(self, template: Template) -> bool:
        """Whether a template may be written here."""
        places = template.places
        if not template.needs <= self.has | ({"loop"} if self.loops else {"once"}):
            return False
        if (template.assigns and self.comprehensions) or (template.jumps and self.stars):
            return False
        if "V" in places and self.assignable(self.scope) is None:
            return False
        if "C" in places and not self.callees():
            return False
        if template.has_block and (self.depth >= MOST_DEPTH or self.size <= 0):
            return False
        return not template.has_loop or (
            self.loops < 3 and self.most - self.price > 12 * self.times
        )

    def expand(self, text: str, depth: int, names: dict[str, str] | None = None) -> str:
        names = {} if names is None else names

        def place(match):
            if match[1] is None:
                return match[0][0]
            letter, digit = match[1], match[2]
            if letter == "N":
                names["N"] = str(self.iterations())
                return names["N"]
            if not digit:
                return self.value(letter, depth - 1)
            if letter + digit not in names:
                names[letter + digit] = self.new_name(letter)
            return names[letter + digit]

        comprehension = " for {x" in text
        self.comprehensions += comprehension
        result = PLACEHOLDER.sub(place, text)
        self.comprehensions -= comprehension
        return result

    def declare(self, names: dict[str, str]) -> None:
        """The new names of a line are known from the next line on."""
        for key, name in names.items():
            if key[0] in KINDS and name not in self.scope.own and name not in self.scope.free:
                self.scope.own[name] = KINDS[key[0]]

    def write(self, template: Template, indent: int) -> None:
        self.write_lines(template.lines, indent, {})

    def write_lines(self, lines: list[str], indent: int, names: dict[str, str]) -> None:
        position = 0
        while position < len(lines):
            line = lines[position]
            inner = position + 1
            while inner < len(lines) and indentation(lines[inner]) > indentation(line):
                inner += 1
            if line.strip() == "...":
                self.block(indent + indentation(line))
            elif line.strip().startswith("nonlocal "):
                self.write_nonlocal(line, indent, names)
            elif DEFINITION.match(line):
                self.write_definition(line, lines[position + 1 : inner], indent, names)
                position = inner
                continue
            elif line.strip().startswith("except*"):
                self.stars += 1
                self.write_line(line, indent, names)
                self.write_lines(lines[position + 1 : inner], indent, names)
                self.stars -= 1
                position = inner
                continue
            elif LOOP.match(line):
                self.write_loop(line, lines[position + 1 : inner], indent, names)
                position = inner
                continue
            else:
                self.write_line(line, indent, names)
            position += 1

    def write_line(self, line: str, indent: int, names: dict[str, str]) -> None:
        self.line(indent, self.expand(line, 3, names))
        self.declare(names)

    def line(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)
        self.size -= 1
        self.price += self.times

    def write_nonlocal(self, line: str, indent: int, names: dict[str, str]) -> None:
        outer = self.scopes[-2] if len(self.scopes) > 1 else Scope(is_class=True)
        name = None if outer.is_class else self.assignable(outer)
        margin = " " * (len(line) - len(line.lstrip()))
        if name is None or name in self.scope.own:
            self.line(indent, f"{margin}pass")
            return
        self.scope.free.pop(name, None)
        self.scope.own[name] = "n"
        names["w1"] = name
        self.line(indent, f"{margin}nonlocal {name}")

    def write_loop(self, line: str, body: list[str], indent: int, names: dict[str, str]) -> None:
        known = set(self.scope.own)
        names.pop("N", None)
        text = self.expand(line, 2, names)
        count = int(names.get("N", 6))
        self.line(indent, text)
        self.declare(names)
        self.loops += 1
        self.times *= count
        self.write_lines(body, indent, names)
        self.times //= count
        self.loops -= 1
        self.forget(known)

    def write_definition(self, line: str, body: list[str], indent: int, names: dict[str, str]) -> None:
        """A function or class inside of the function. What it calls is paid as if it were called once, here."""
        self.line(indent, self.expand(line, 2, names))
        seen = {} if self.scope.is_class else self.scope.own
        self.scopes.append(Scope(free={**self.scope.free, **seen}, is_class="class " in line))
        before = self.has, self.loops, self.depth
        self.has = kind_of_function(line, body)
        self.loops = 0
        for parameter in re.findall(r"\b(p\d+)\b", self.lines[-1].partition("(")[2]):
            self.scope.own[parameter] = "n"
        self.write_lines(body, indent, names)
        self.has, self.loops, self.depth = before
        self.scopes.pop()

    def forget(self, known: set[str]) -> None:
        """Behind a block its new names may be unbound: most are forgotten, some are used none the less."""
        if self.choice.random() < 0.88:
            for name in [name for name in self.scope.own if name not in known]:
                del self.scope.own[name]

    def block(self, indent: int) -> None:
        known = set(self.scope.own)
        self.depth += 1
        for _ in range(self.choice.choice((1, 1, 2, 2, 3))):
            self.statement(indent)
        self.depth -= 1
        self.forget(known)

    def statement(self, indent: int) -> None:
        template = self.program.pick(self, self.tables.statements) if self.size > 0 else None
        start, known = len(self.lines), set(self.scope.own)
        if template is None:
            self.line(indent, f"{self.assignable(self.scope) or '_'} = {self.expression('n', 1)}")
        else:
            self.write(template, indent)
        if not self.plain and any(RISKY.search(line) for line in self.lines[start:]) and self.choice.random() < (0.35 if self.depth else 0.75):
            self.protect(start, known, indent)

    def protect(self, start: int, known: set[str], indent: int) -> None:
        """Puts lines that are likely to raise into a `try`: else most functions would end early. Names that are new in them
        are bound in the handler, too."""
        margin = "    " * indent
        self.lines[start:] = [f"{margin}try:", *(f"    {line}" for line in self.lines[start:])]
        self.lines.append(f"{margin}except {self.choice.choice(CAUGHT)}:")
        names = [name for name in self.scope.own if name not in known]
        for name in names:
            self.line(indent + 1, f"{name} = {self.simple(self.scope.own[name])}" if self.choice.random() < 0.95 else "pass")
        if not names:
            self.line(indent + 1, f"{self.assignable(self.scope) or '_'} = {self.atom()}")


def kind_of_function(line: str, body: list[str]) -> set[str]:
    """What templates in its body may need."""
    yields = any("yield" in text for text in body)
    if "async def" in line:
        return {"stream" if yields else "coroutine"}
    return {"generator"} if yields else set()


def indentation(line: str) -> int:
    return (len(line) - len(line.lstrip())) // 4
