# SPDX-License-Identifier: MIT
"""What is computed of the answers, and what is demanded of it."""
from __future__ import annotations

import math
import statistics
from dataclasses import dataclass

from measuring import geometric_mean, median
from sides import PLAIN, Result

LEAST_STEADY = 0.94
LEAST_STEADY_MEAN = 1.1
LEAST_FIRST = 0.8
LEAST_FIRST_MEAN = 0.95
# Peak memory may be the larger of the two.
MOST_MEMORY_RATIO = 1.15
MOST_MEGABYTES_MORE = 14.0
FEWEST_RESULTS = 60
# What switching the JIT on may cost a process, whatever its time is: `make bench-startup` has more about that.
START_UP_SECONDS = 0.010


@dataclass(frozen=True)
class Comparison:
    """CPython's time divided by ours; our memory divided by CPython's. Seconds that we are later, where that is allowed
    to processes: in commands; infinite elsewhere."""

    name: str
    steady: float
    cpu: float
    first: float
    memory: float
    megabytes: float
    compile_ms: float
    steady_later: float = math.inf
    first_later: float = math.inf

    def shortfalls(self) -> list[str]:
        found = []
        if self.steady < LEAST_STEADY and self.steady_later > START_UP_SECONDS:
            found.append(f"{self.name}: steady state at {self.steady:.2f}, not {LEAST_STEADY}")
        if self.first < LEAST_FIRST and self.first_later > START_UP_SECONDS:
            found.append(f"{self.name}: first iteration at {self.first:.2f}, not {LEAST_FIRST}")
        if self.memory > MOST_MEMORY_RATIO and self.megabytes > MOST_MEGABYTES_MORE:
            found.append(f"{self.name}: {self.memory:.2f} times the memory, {self.megabytes:+.1f} MB")
        return found


def steady(answers: list[dict]) -> float:
    """The median of the rounds' medians."""
    return statistics.median(statistics.median(answer["values"]) for answer in answers)


def compare(result: Result, mode: str) -> Comparison | None:
    """None where a side has failed."""
    if PLAIN in result.failures or mode in result.failures:
        return None
    plain, ours = result.answers[PLAIN], result.answers[mode]
    peaks = median(plain, "peak"), median(ours, "peak")
    later = (math.inf, math.inf)
    if ours[0]["command"]:
        later = (steady(ours) - steady(plain), median(ours, "first") - median(plain, "first"))
    return Comparison(
        result.name,
        steady(plain) / steady(ours),
        # A benchmark that only waits may use none that can be measured.
        (median(plain, "cpu") + 1e-9) / (median(ours, "cpu") + 1e-9),
        median(plain, "first") / median(ours, "first"),
        peaks[1] / peaks[0],
        (peaks[1] - peaks[0]) / 1e6,
        statistics.median(answer["statistics"]["compile_ms"] for answer in ours),
        *later,
    )


def shortfalls(comparisons: list[Comparison], failed: dict[str, str], complete: bool) -> list[str]:
    """`failed`: what fails with the JIT alone; `complete`: all benchmarks were asked for, and means say something."""
    found = [f"{name}: fails: {reason}" for name, reason in failed.items()]
    for comparison in comparisons:
        found += comparison.shortfalls()
    if complete and comparisons:
        mean = geometric_mean([comparison.steady for comparison in comparisons])
        if mean < LEAST_STEADY_MEAN:
            found.append(f"steady state: geometric mean {mean:.3f}, not {LEAST_STEADY_MEAN}")
        mean = geometric_mean([comparison.first for comparison in comparisons])
        if mean < LEAST_FIRST_MEAN:
            found.append(f"first iteration: geometric mean {mean:.3f}, not {LEAST_FIRST_MEAN}")
    if complete and len(comparisons) < FEWEST_RESULTS:
        found.append(f"{len(comparisons)} results, not {FEWEST_RESULTS}")
    return found
