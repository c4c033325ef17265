# SPDX-License-Identifier: MIT
"""What the forms of a kernel have to reach, and where they do not."""
from __future__ import annotations

from forms import FORMS
from runs import Runs

# Shares of the speed of full code.
LEAST_OF_FULL = 0.9
LEAST_OF_FULL_IN_GLOBALS = 0.3
# How many times as fast as CPython a kernel is, where its variables are locals.
LEAST_RATIOS = {"collatz": 20.0}


def short_forms(name: str, run: Runs) -> list[str]:
    return [form for form in run.forms() if shortfalls_of(name, form, run)]


def shortfalls(runs: dict[str, Runs]) -> list[str]:
    return [line for name, run in runs.items() for form in run.forms() for line in shortfalls_of(name, form, run)]


def shortfalls_of(name: str, form: str, run: Runs) -> list[str]:
    in_globals = FORMS[form].in_globals
    least = LEAST_OF_FULL_IN_GLOBALS if in_globals else LEAST_OF_FULL
    found = []
    if run.of_full(form) < least:
        late = run.late(form) * 1000
        found.append(f"{name}, {form}: {run.of_full(form):.2f} of full code's speed, not {least} ({late:+.0f} ms)")
    least_ratio = 0.0 if in_globals else LEAST_RATIOS.get(name, 0.0)
    if run.ratio(form) < least_ratio:
        found.append(f"{name}, {form}: {run.ratio(form):.1f} times CPython's speed, not {least_ratio:.0f}")
    return found
