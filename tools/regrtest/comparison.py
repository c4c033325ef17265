# SPDX-License-Identifier: MIT
"""Compares one file of tests without and with the JIT, test by test.

Input: the run without the JIT, a function that runs the file with it. Output: the tests that pass without the JIT and do not pass with it. A test that
looks worse is run again by itself, up to RETRIES times, before it counts; one that crashed or hung counts at once.
"""
from __future__ import annotations

import pathlib
import time
from collections.abc import Callable

from outcomes import FileRun
from statistics_of_runs import Proof

RETRIES = 2
GOOD = ("passed", "expected failure")
# What counts even if the test passes when it is run by itself.
FATAL = ("crashed", "timeout")
SHOWN = 10

class Comparison:
    """`run_tests(only)` runs all tests with the JIT, or only some of them; `known`: tests that differ for a reason."""

    def __init__(
        self,
        name: str,
        plain: FileRun,
        run_tests: Callable[[list[str] | None], FileRun],
        stats_file: pathlib.Path,
        most_retried: int,
        known: frozenset[str] = frozenset(),
    ) -> None:
        self.name = name
        self.plain = plain
        self.run_tests = run_tests
        self.stats_file = stats_file
        self.most_retried = most_retried
        self.known = known
        self.different: list[str] = []
        self.worse: dict[str, tuple[str, str]] = {}
        self.flaky: list[str] = []
        self.proof = Proof()
        self.seconds = 0.0

    def run(self) -> Comparison:
        start = time.monotonic()
        self.jit = self.run_tests(None)
        good = [name for name, (outcome, _) in self.plain.outcomes.items() if outcome in GOOD]
        nothing = ("not run", self.jit.problem or "")
        bad = {name: self.jit.outcomes.get(name, nothing) for name in good}
        bad = {name: outcome for name, outcome in bad.items() if outcome[0] not in GOOD}
        fatal = {name: outcome for name, outcome in bad.items() if outcome[0] in FATAL}
        if bad and len(bad) < self.most_retried:
            for _ in range(RETRIES):
                again = self.run_tests(list(bad)).outcomes
                self.flaky += [name for name in bad if again.get(name, nothing)[0] in GOOD]
                bad = {name: again.get(name, outcome) for name, outcome in bad.items()}
                bad = {name: outcome for name, outcome in bad.items() if outcome[0] not in GOOD}
                if not bad:
                    break
        self.proof.add_file(self.stats_file)
        self.worse = bad | fatal
        self.different = [name for name in bad if name in self.known and name not in fatal]
        for name in self.different:
            del self.worse[name]
        self.flaky = [name for name in self.flaky if name not in fatal]
        self.seconds = time.monotonic() - start
        return self

    @property
    def tests(self) -> int:
        return len(self.plain.outcomes)

    @property
    def passed(self) -> int:
        return sum(outcome in GOOD for outcome, _ in self.plain.outcomes.values())

    def report(self, verbose: bool) -> str:
        lines = [
            f"{self.name:38} {self.tests:5} tests, {self.passed:5} pass plain, {len(self.worse):3} worse"
            f"  {self.plain.seconds:6.1f} s {self.seconds:6.1f} s"
        ]
        if self.plain.skipped:
            lines.append(f"    skipped: {self.plain.skipped}")
        if self.plain.problem:
            lines.append(f"    without the JIT: {self.plain.problem}")
        if self.jit.problem and not self.plain.problem:
            lines.append(f"    with the JIT: {self.jit.problem}")
        if self.proof.internal_errors or self.proof.without_activations:
            lines.append(
                f"    {self.proof.internal_errors} internal errors,"
                f" {self.proof.without_activations} processes without an activation"
            )
        for name in self.different:
            lines.append(f"    differs as is known: {name}")
        for name in self.flaky:
            lines.append(f"    passes when it is run again: {name}")
        for count, (name, (outcome, detail)) in enumerate(self.worse.items()):
            if count == SHOWN and not verbose:
                lines.append(f"    and {len(self.worse) - SHOWN} more")
                break
            lines.append(f"    worse: {name}: {outcome}")
            if verbose:
                lines += [f"        {line}" for line in detail.splitlines()]
        return "\n".join(lines)
