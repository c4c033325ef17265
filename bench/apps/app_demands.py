# SPDX-License-Identifier: MIT
"""What is computed of the answers, and what a program may take with pyjion at each length."""
from __future__ import annotations

from dataclasses import dataclass

from app_runs import JIT, PLAIN, Measured
from measuring import median

FEWEST_PROGRAMS = 15


@dataclass(frozen=True)
class Most:
    """Of pyjion's time divided by CPython's."""

    wall: float
    cpu: float


MOST = {1: Most(1.05, 1.10), 5: Most(1.04, 1.04), 30: Most(1.03, 1.03)}


@dataclass(frozen=True)
class Comparison:
    """Our times and memory divided by CPython's, and the difference in MB."""

    name: str
    length: int
    seconds: float
    wall: float
    cpu: float
    memory: float
    megabytes: float
    compile_ms: float

    def shortfalls(self) -> list[str]:
        most = MOST[self.length]
        found = []
        if self.wall > most.wall:
            found.append(f"{self.name}, {self.length} s: {self.wall:.3f} times CPython's time, not {most.wall:.2f}")
        if self.cpu > most.cpu:
            found.append(f"{self.name}, {self.length} s: {self.cpu:.3f} times CPython's CPU time, not {most.cpu:.2f}")
        return found


def compare(measured: Measured) -> Comparison | None:
    """None where a side has failed."""
    plain, ours = measured.answers[PLAIN], measured.answers[JIT]
    if measured.failures or not plain or not ours:
        return None
    peaks = median(plain, "peak"), median(ours, "peak")
    return Comparison(
        measured.name,
        measured.length,
        median(plain, "seconds"),
        median(ours, "seconds") / median(plain, "seconds"),
        median(ours, "cpu") / median(plain, "cpu"),
        peaks[1] / peaks[0],
        (peaks[1] - peaks[0]) / 1e6,
        median(ours, "compile_ms"),
    )


def falls_short(measured: Measured) -> bool:
    comparison = compare(measured)
    return comparison is not None and bool(comparison.shortfalls())


def shortfalls(results: list[Measured], complete: bool) -> list[str]:
    """`complete`: all programs were asked for. What fails without the JIT as well says nothing about it."""
    found = [
        f"{result.name}, {result.length} s: fails: {result.failures[JIT]}"
        for result in results
        if JIT in result.failures
    ]  # fmt: skip
    comparisons = [comparison for result in results if (comparison := compare(result)) is not None]
    for comparison in comparisons:
        found += comparison.shortfalls()
    programs = len({comparison.name for comparison in comparisons})
    if complete and programs < FEWEST_PROGRAMS:
        found.append(f"{programs} programs, not {FEWEST_PROGRAMS}")
    return found
