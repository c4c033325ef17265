# SPDX-License-Identifier: MIT
"""Runs files of tests without the JIT and in some modes with it, and says what is worse in which mode.

Input: the files' names, prepared modes, a function that runs one file. Output: a line per file and mode while it runs,
a summary per mode, and what is wrong. A file runs without the JIT once, for all modes.
"""
from __future__ import annotations

import concurrent.futures
import pathlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from comparison import Comparison
from modes import Mode
from outcomes import FileRun
from statistics_of_runs import Proof

# (file, interpreter or None for the one without the JIT, statistics file, some tests or None for all)
RunFile = Callable[[str, "Mode | None", "pathlib.Path | None", "list[str] | None"], FileRun]


def known_differences() -> frozenset[str]:
    lines = pathlib.Path(__file__).with_name("known_differences.txt").read_text().splitlines()
    return frozenset(line.split(": ")[0] for line in lines if line and not line.startswith("#"))


@dataclass
class ModeResult:
    mode: Mode
    comparisons: list[Comparison] = field(default_factory=list)
    proof: Proof = field(default_factory=Proof)
    seconds: float = 0.0

    def add(self, comparison: Comparison) -> None:
        self.comparisons.append(comparison)
        self.proof.add(comparison.proof)
        self.seconds += comparison.seconds

    def worse(self) -> int:
        return sum(len(comparison.worse) for comparison in self.comparisons)

    def different(self) -> int:
        return sum(len(comparison.different) for comparison in self.comparisons)

    def problems(self) -> list[str]:
        found = [f"{comparison.name} did not run without the JIT" for comparison in self.comparisons if not comparison.tests]
        if self.worse():
            found.append(f"{self.worse()} tests are worse")
        if not self.proof.activations:
            found.append("no process ran compiled code")
        elif self.mode.compiles_everything() and self.proof.without_activations:
            found.append(f"{self.proof.without_activations} processes ran no compiled code")
        if self.proof.internal_errors:
            found.append(f"{self.proof.internal_errors} internal errors")
        return found

    def text(self) -> str:
        tests = sum(comparison.tests for comparison in self.comparisons)
        passed = sum(comparison.passed for comparison in self.comparisons)
        return (
            f"{self.mode.text}: {len(self.comparisons)} files, {tests} tests, {passed} pass without the JIT,"
            f" {self.worse()} worse with it, {self.different()} different as is known;"
            f" {self.seconds:.0f} s of test processes"
        )


def run_matrix(
    names: list[str], modes: list[Mode], run_file: RunFile, jobs: int, most_retried: int, verbose: bool
) -> list[ModeResult]:
    results = [ModeResult(mode) for mode in modes]
    known = known_differences()

    def run_one(name: str, folder: pathlib.Path) -> list[Comparison]:
        plain = run_file(name, None, None, None)
        comparisons = []
        for number, mode in enumerate(modes):
            stats_file = folder / f"{name}-{number}.stats"
            again = lambda only, mode=mode, stats_file=stats_file: run_file(name, mode, stats_file, only)  # noqa: E731
            comparisons.append(Comparison(name, plain, again, stats_file, most_retried, known).run())
            print(f"{mode.text:24} {comparisons[-1].report(verbose)}", flush=True)
        return comparisons

    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tests-stats-") as folder:
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for future in concurrent.futures.as_completed([pool.submit(run_one, name, pathlib.Path(folder)) for name in names]):
                for result, comparison in zip(results, future.result(), strict=True):
                    result.add(comparison)
    for result in results:
        result.proof.add_file(result.mode.stray)
    print(f"\n{time.monotonic() - start:.0f} s")
    return results


def conclude(results: list[ModeResult], demands: Callable[[ModeResult], list[str]] = lambda result: []) -> int:
    """Prints the summaries; the exit status."""
    bad = False
    for result in results:
        print(f"\n{result.text()}\n{result.proof.text()}")
        problems = result.problems() + demands(result)
        for problem in problems:
            print(f"  NOT RIGHT: {problem}")
        bad = bad or bool(problems)
    print()
    for result in results:
        print(f"{result.worse():4} worse in {result.mode.text}")
    return 1 if bad else 0
