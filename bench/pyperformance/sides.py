# SPDX-License-Identifier: MIT
"""Runs benchmarks, one process for each of a program's results and each side, the sides in turn.

A side is `plain`, or the settings of pyjion: `default`, or options such as `budget=inf`, with commas between. Output:
for each result and side the answers of all rounds, which stand_in/pyperf describes, with pyjion's statistics.
"""
from __future__ import annotations

import json
import pathlib
import shutil
import tempfile
from dataclasses import dataclass, field

from catalogue import Benchmark
from measuring import environment, in_turn, run

STAND_IN = pathlib.Path(__file__).resolve().parent / "stand_in"
PLAIN = "plain"
NO_TASK = -1


@dataclass
class Settings:
    python: str
    package: pathlib.Path
    # Of pyjion, as --mode has them.
    modes: list[str]
    rounds: int = 3
    seconds: float = 2.0
    # Seconds and bytes that a process may have.
    timeout: float = 300
    memory: int = 6 * 2**30

    def sides(self) -> list[str]:
        return [PLAIN, *self.modes]


class Failure(Exception):
    """A process that failed, or that ran without the JIT."""


@dataclass
class Result:
    """One result: all answers by side, or why there are none."""

    name: str
    benchmark: Benchmark
    task: int
    answers: dict[str, list[dict]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


def pyjion_variables(mode: str) -> dict[str, str]:
    if mode == "default":
        return {}
    pairs = [option.split("=", 1) for option in mode.split(",")]
    return {f"PYJION_{name.upper()}": value for name, value in pairs}


def run_program(benchmark: Benchmark, task: int, side: str, hash_seed: int, settings: Settings) -> dict:
    """The program runs in a copy of its folder: what it writes, compiled modules too, is gone with the process."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = pathlib.Path(name)
        copy = folder / benchmark.folder.name
        shutil.copytree(benchmark.folder, copy, symlinks=True)
        report, stats_file = folder / "report", folder / "statistics"
        variables = {
            "HOME": name,
            "PYTHONHASHSEED": str(hash_seed),
            "STAND_IN_TASK": str(task),
            "STAND_IN_SECONDS": str(settings.seconds),
            "STAND_IN_REPORT": str(report),
        }
        command = [settings.python]
        if side != PLAIN:
            variables |= {"STAND_IN_JIT": "1", "PYJION_STATS_FILE": str(stats_file), **pyjion_variables(side)}
            command += ["-m", "pyjion"]
        command += [str(copy / benchmark.script), *benchmark.options]
        child = environment([STAND_IN, settings.package], **variables)
        ended = run(command, child, copy, settings.timeout, settings.memory)
        if ended.status != 0:
            raise Failure(ended.reason())
        answer = json.loads(report.read_text()) if report.exists() else {"names": []}
        if side != PLAIN and "values" in answer:
            answer["statistics"] = read_statistics(stats_file, answer["command"])
    return answer


def run_side(result: Result, side: str, hash_seed: int, settings: Settings) -> dict:
    answer = run_program(result.benchmark, result.task, side, hash_seed, settings)
    if "values" not in answer:
        raise Failure("it measured nothing")
    return answer


def read_statistics(stats_file: pathlib.Path, of_command: bool) -> dict:
    """Those of the measured process: each writes a line at its end; commands end before the program that runs them."""
    lines = stats_file.read_text().splitlines() if stats_file.exists() else []
    if len(lines) < (2 if of_command else 1):
        raise Failure("it ran without the JIT")
    return json.loads(lines[0 if of_command else -1])


def find_results(benchmark: Benchmark, settings: Settings) -> list[Result]:
    """Which results a program has, by running none of them."""
    try:
        names = run_program(benchmark, NO_TASK, PLAIN, 1, settings)["names"]
    except Failure as failure:
        return [Result(benchmark.name, benchmark, 0, failures={PLAIN: str(failure)})]
    if len(names) <= 1:
        return [Result(benchmark.name, benchmark, 0)]
    return [Result(f"{benchmark.name}/{name}", benchmark, task) for task, name in enumerate(names)]


def measure(result: Result, settings: Settings, rounds: range) -> None:
    """Adds these rounds to the answers. A side that fails once is not run again; without plain there is no other."""
    for round_ in rounds:
        for side in in_turn(settings.sides(), round_):
            if side in result.failures or PLAIN in result.failures:
                continue
            try:
                answer = run_side(result, side, round_ + 1, settings)
            except Failure as failure:
                result.failures[side] = str(failure)
            else:
                result.answers.setdefault(side, []).append(answer)
