# SPDX-License-Identifier: MIT
"""Runs one kernel in its forms, all sides in turn, and compares the results.

A side is a pair of form and `plain` or `jit`, or ("full", "jit"). Output: for each side the answers of all rounds.
"""
from __future__ import annotations

import json
import pathlib
import statistics
import tempfile
from dataclasses import dataclass, field

import forms
from measuring import environment, in_turn, run

FULL = ("full", "jit")


class WrongRun(Exception):
    """A program that failed, ran without the JIT, or computed something else."""


@dataclass
class Settings:
    python: str
    package: pathlib.Path
    scale: float = 1.0
    rounds: int = 3
    timeout: float = 120
    # Options of pyjion, such as {"budget": "inf"}.
    options: dict[str, str] = field(default_factory=dict)


@dataclass
class Runs:
    """The answers for one kernel."""

    answers: dict[tuple[str, str], list[dict]]

    def forms(self) -> list[str]:
        return [form for form, side in self.answers if side == "plain"]

    def median(self, form: str, side: str) -> float:
        return statistics.median(answer["seconds"] for answer in self.answers[form, side])

    def ratio(self, form: str) -> float:
        """How many times as fast as CPython."""
        return self.median(form, "plain") / self.median(form, "jit")

    def of_full(self, form: str) -> float:
        """The share of the speed of full code."""
        return self.median(*FULL) / self.median(form, "jit")

    def late(self, form: str) -> float:
        """Seconds more than full code takes."""
        return self.median(form, "jit") - self.median(*FULL)


def make_program(kernel: forms.Kernel, side: tuple[str, str], scale: float) -> forms.Program:
    size = max(int(kernel.size * scale), 2)
    if side == FULL:
        return forms.full(kernel, size, max(size // 50, 2))
    return forms.FORMS[side[0]].make(kernel, size, side[1] == "jit")


def run_program(program: forms.Program, jit: bool, settings: Settings) -> dict:
    with tempfile.TemporaryDirectory(prefix="kernel-") as name:
        folder = pathlib.Path(name)
        for file, text in program.files.items():
            (folder / file).write_text(text)
        # A prompt reads and writes the history of the home folder.
        variables = {"HOME": name, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
        if jit:
            variables["PYJION_STATS_FILE"] = str(folder / "statistics")
            variables |= {f"PYJION_{option.upper()}": value for option, value in settings.options.items()}
        child = environment([settings.package], **variables)
        ended = run([settings.python, *program.arguments], child, folder, settings.timeout, stdin=program.stdin)
        try:
            # enable() at a prompt has printed its answer before.
            answer = json.loads(ended.out.splitlines()[-1])
        except (IndexError, ValueError):
            raise WrongRun(f"{ended.reason()}\n{ended.out}") from None
        if ended.status != 0:
            raise WrongRun(ended.reason())
        if jit:
            if not (folder / "statistics").exists():
                raise WrongRun(f"ran without the JIT: {ended.reason()}")
            answer["statistics"] = json.loads((folder / "statistics").read_text())
    return answer


def run_kernel(name: str, form_names: list[str], settings: Settings, before: Runs | None = None) -> Runs:
    """`before`: what has been measured already; these rounds are added to it."""
    kernel = forms.read_kernel(name)
    sides = [FULL] + [(form, side) for form in form_names for side in ("plain", "jit")]
    answers = {side: list(values) for side, values in before.answers.items()} if before else {}
    for side in sides:
        answers.setdefault(side, [])
    for round_ in range(settings.rounds):
        for side in in_turn(sides, round_):
            try:
                answer = run_program(make_program(kernel, side, settings.scale), side[1] == "jit", settings)
            except WrongRun as error:
                raise WrongRun(f"{name}, {' '.join(side)}: {error}") from None
            answers[side].append(answer)
    # Text, not values: nan is equal to itself then, and -0.0 is not 0.0.
    results = {repr(answer["result"]): side for side in answers for answer in answers[side]}
    if len(results) != 1:
        said = ", ".join(f"{result} ({' '.join(side)})" for result, side in results.items())
        raise WrongRun(f"{name}: the sides disagree: {said}")
    return Runs(answers)
