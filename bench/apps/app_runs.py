# SPDX-License-Identifier: MIT
"""Runs programs as users do, without and with `-m pyjion`, the sides in turn, and compares what they print.

Output: for each program and length the answers of all rounds by side: seconds, CPU seconds, peak memory, and of pyjion
the time that compiling took. What children use counts.
"""
from __future__ import annotations

import dataclasses
import json
import pathlib
import tempfile
from dataclasses import dataclass, field

from applications import PROGRAMS
from measuring import environment, in_turn, run_counted

PLAIN, JIT = "plain", "jit"


class Failure(Exception):
    """A process that failed, or that ran without the JIT."""


@dataclass
class Settings:
    python: str
    package: pathlib.Path
    rounds: int = 3
    # Seconds and bytes that a process may have.
    timeout: float = 300
    memory: int = 6 * 2**30
    programs: pathlib.Path = PROGRAMS
    # Options of pyjion, such as {"budget": "inf"}.
    options: dict[str, str] = field(default_factory=dict)


@dataclass
class Measured:
    """One program at one length: all answers by side, or why there are none."""

    name: str
    length: int
    size: int
    answers: dict[str, list[dict]] = field(default_factory=lambda: {PLAIN: [], JIT: []})
    failures: dict[str, str] = field(default_factory=dict)


def run_side(
    name: str, size: int, side: str, hash_seed: int, home: pathlib.Path, settings: Settings
) -> tuple[dict, str]:
    """The answer, and what the program printed. It runs in an empty folder, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="program-") as folder_name:
        folder = pathlib.Path(folder_name)
        stats_file, here = folder / "statistics", folder / "here"
        here.mkdir()
        # Threads of BLAS that wait for work use CPU time, which says nothing about Python.
        variables = {"HOME": str(home), "PYTHONHASHSEED": str(hash_seed), "OPENBLAS_NUM_THREADS": "1"}
        command = [settings.python]
        if side == JIT:
            variables["PYJION_STATS_FILE"] = str(stats_file)
            variables |= {f"PYJION_{option.upper()}": value for option, value in settings.options.items()}
            command += ["-m", "pyjion"]
        command += [str(settings.programs / f"{name}.py"), str(size)]
        child = environment([settings.package], **variables)
        ended, usage = run_counted(command, child, here, settings.timeout, settings.memory)
        if usage is None:
            raise Failure(ended.reason())
        answer = dataclasses.asdict(usage)
        if side == JIT:
            answer |= read_statistics(stats_file)
    return answer, ended.out


def read_statistics(stats_file: pathlib.Path) -> dict:
    """Of all processes together: each writes a line at its end."""
    lines = [json.loads(line) for line in stats_file.read_text().splitlines()] if stats_file.exists() else []
    if not lines:
        raise Failure("it ran without the JIT")
    if errors := sum(line["internal_errors"] for line in lines):
        raise Failure(f"{errors} internal errors of pyjion")
    return {what: sum(line[what] for line in lines) for what in ("compile_ms", "compiled")} | {"processes": len(lines)}


def measure(measured: Measured, settings: Settings, rounds: range) -> None:
    """Adds these rounds to the answers. After a failure nothing of this program and length is run any more."""
    with tempfile.TemporaryDirectory(prefix="home-") as home_name:
        home = pathlib.Path(home_name)
        # What programs make for later in the home folder, such as a list of fonts, is made before.
        attempt(measured, 1, PLAIN, 1, home, settings)
        for round_ in rounds:
            printed = {}
            for side in in_turn([PLAIN, JIT], round_):
                found = attempt(measured, measured.size, side, round_ + 1, home, settings)
                if found is not None:
                    measured.answers[side].append(found[0])
                    printed[side] = found[1]
            if len(printed) == 2 and printed[PLAIN] != printed[JIT]:
                measured.failures[JIT] = first_difference(printed[PLAIN], printed[JIT])


def attempt(measured: Measured, size: int, side: str, hash_seed: int, home: pathlib.Path, settings: Settings):
    if measured.failures:
        return None
    try:
        return run_side(measured.name, size, side, hash_seed, home, settings)
    except Failure as failure:
        measured.failures[side] = str(failure)
        return None


def first_difference(plain: str, ours: str) -> str:
    left, right = plain.splitlines(), ours.splitlines()
    for expected, found in zip(left, right):
        if expected != found:
            return f"it prints {found[:80]!r}, not {expected[:80]!r}"
    return f"it prints {len(right)} lines, not {len(left)}"
