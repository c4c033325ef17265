# SPDX-License-Identifier: MIT
"""One comparison: a program in a mode against the same program in the plain interpreter.

Output of `compare`: None where both agree, a Difference, or SKIPPED for a program that says nothing about pyjion: it takes
too long by itself, runs out of memory, or is not the same twice.
"""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from . import modes, program
from .server import Result, Server

SECONDS_PLAIN = 3
SECONDS_JIT = 12
SECONDS_COSTLY = 90
SKIPPED = "skipped"


@dataclass
class Difference:
    kind: str  # `output`, `signal 11`, `timeout`, `internal errors`, ...
    text: str


class Pair:
    """A plain server and one with pyjion."""

    def __init__(self) -> None:
        self.plain = Server("plain")
        self.jit = Server("jit")
        self.reached: Counter = Counter()
        self.statistics: Counter = Counter()

    def expected(self, source: str) -> Result | None:
        """What the plain interpreter makes of a program; None if it is skipped."""
        result = self.plain.run(source, None, SECONDS_PLAIN)
        if result.ended or any("MemoryError" in line for line in result.lines):
            return None
        return result

    def compare(self, source: str, mode: str, seed: int, expected: Result, facts: bool = False) -> Difference | str | None:
        seconds = SECONDS_COSTLY if mode in modes.COSTLY else SECONDS_JIT
        result = self.jit.run(source, modes.options(mode, seed), seconds, facts)
        self.reached.update(result.facts)
        self.add_statistics(result.statistics)
        found = difference(expected, result)
        if found is not None and found.kind == "output" and not self.is_stable(source, expected):
            return SKIPPED
        return found

    def is_stable(self, source: str, expected: Result) -> bool:
        """Whether another plain process, with other addresses, says the same."""
        other = Server("plain")
        result = other.run(source, None, SECONDS_PLAIN)
        other.stop()
        return result.lines == expected.lines

    def add_statistics(self, statistics: dict) -> None:
        for name, value in statistics.items():
            if isinstance(value, dict):
                self.statistics.update({f"exits {reason}": count for reason, count in value.items()})
            elif isinstance(value, int) and name != "pid":
                self.statistics[name] += value

    def stop(self) -> None:
        self.plain.stop()
        self.jit.stop()


def difference(expected: Result, result: Result) -> Difference | None:
    if result.ended:
        return Difference(result.ended, result.stderr[-3000:])
    for number, (left, right) in enumerate(zip(expected.lines, result.lines)):
        if left != right:
            before = "".join(f"    {line}\n" for line in expected.lines[max(0, number - 2) : number])
            return Difference("output", f"  line {number}\n{before}  plain:  {left}\n  pyjion: {right}")
    if len(expected.lines) != len(result.lines):
        longer = max(expected.lines, result.lines, key=len)
        number = min(len(expected.lines), len(result.lines))
        return Difference("output", f"  {len(expected.lines)} lines, with pyjion {len(result.lines)}: {longer[number]}")
    if result.stderr != expected.stderr:
        return Difference("standard error", f"  plain:  {expected.stderr[-500:]}\n  pyjion: {result.stderr[-500:]}")
    for name in ("internal_errors", "back_end_errors"):
        if result.statistics.get(name):
            return Difference(name, f"  {result.statistics[name]}")
    return None


def compare_seed(pair: Pair, seed: int, names: list[str], grammar: program.Grammar, facts: bool) -> dict:
    """Mode -> None, SKIPPED or Difference, of the program of a seed."""
    source = program.source(seed, grammar)
    expected = pair.expected(source)
    if expected is None:
        return dict.fromkeys(names, SKIPPED)
    if "Dying" in source:
        # What is part of a cycle with a traceback dies when it is collected.
        names = list(dict.fromkeys(modes.COSTLY.get(name, name) for name in names))
    return {name: pair.compare(source, name, seed, expected, facts) for name in names}
