#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""What an entry of an interpreted function costs: instructions of programs that enter many, counted by callgrind.

Input: the interpreter that has pyjion, and the build folder; gcc and valgrind. Output: for each program of
entry_programs.py, its instructions per round in the steady state without pyjion, under a PEP 523 evaluator that only
passes on (pass_through.c), under pyjion with nothing compiled, and under pyjion as users run it. A short run is
subtracted from a longer one, so that starting does not count; as users run it, all of the longer one is looked at as
well. With --check the exit status is 1 if pyjion with nothing compiled adds more to the evaluator that passes on than
is demanded, or if a program of MOST_DEFAULT takes more than that as users run it.
"""
from __future__ import annotations

import argparse
import os
import pathlib
import re
import subprocess
import sys
import sysconfig

from entry_programs import PROGRAMS

HERE = pathlib.Path(__file__).resolve().parent
# Most instructions with nothing compiled, as a multiple of those under the evaluator that passes on.
MOST = 1.03
# Most instructions as users run it, as a multiple of those without pyjion: after the first rounds of WARM_ROUNDS, and
# of the whole process that runs all rounds.
MOST_DEFAULT = {"argparse": (0.95, 1.1)}
# Rounds of the two runs. As users run it, it gets time to compile what it will.
ROUNDS = {"argparse": (20, 120), "methods": (50, 550), "generators": (50, 550)}
WARM_ROUNDS = {"argparse": (1000, 1500), "methods": (5000, 6000), "generators": (5000, 6000)}
# What each side sets in its environment. All of them run the same executable: already the length of its path changes
# where objects lie, and with that some hundred instructions.
SIDES = {"plain": {}, "pass on": {}, "count": {}, "nothing compiled": {"PYJION_THRESHOLD": "1000000000"}, "default": {}}

MEASURED = """
import sys
side, folders, program, rounds = sys.argv[1:]
sys.path[:0] = folders.split(":")
import entry_programs
if side in ("pass on", "count"):
    import pass_through
    pass_through.install(side == "count")
elif side != "plain":
    import pyjion
    pyjion.enable(strict=True)
entry_programs.PROGRAMS[program](int(rounds))
if side == "count":
    print(pass_through.counted())
"""


class Measurement:
    def __init__(self, python: str, build: pathlib.Path) -> None:
        self.python = python
        self.folder = build / "bench"
        self.folder.mkdir(parents=True, exist_ok=True)
        library, include = self.folder / "pass_through.so", sysconfig.get_paths()["include"]
        command = ["gcc", "-O2", "-shared", "-fPIC", f"-I{include}", "-o", library, HERE / "pass_through.c"]
        subprocess.run(command, check=True)

    def run(self, side: str, program: str, rounds: int, *, under: tuple[str, ...] = ()) -> subprocess.CompletedProcess:
        environment = {n: v for n, v in os.environ.items() if not n.startswith(("PYJION_", "PYTHON"))}
        environment.update(SIDES[side], PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
        command = [*under, self.python, "-c", MEASURED, side, f"{HERE}:{self.folder}", program, str(rounds)]
        outcome = subprocess.run(command, env=environment, capture_output=True, text=True)
        if outcome.returncode != 0:
            sys.exit(f"{program} ({side}) fails with status {outcome.returncode}:\n{outcome.stderr}")
        return outcome

    def instructions(self, side: str, program: str, rounds: int) -> int:
        valgrind = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
        outcome = self.run(side, program, rounds, under=valgrind)
        return int(re.search(r"Collected : (\d+)", outcome.stderr).group(1))

    def entries(self, program: str) -> float:
        """Entries of frames in a round."""
        few, many = ROUNDS[program]
        counts = [int(self.run("count", program, rounds).stdout) for rounds in (few, many)]
        return (counts[1] - counts[0]) / (many - few)

    def of_a_round(self, side: str, program: str) -> float:
        few, many = ROUNDS[program]
        return (self.instructions(side, program, many) - self.instructions(side, program, few)) / (many - few)


def measure_program(measurement: Measurement, program: str) -> float:
    """Prints the table of a program; the ratio that is looked at."""
    entries = measurement.entries(program)
    counts = {side: measurement.of_a_round(side, program) for side in ("plain", "pass on", "nothing compiled")}
    base = counts["pass on"]
    print(f"{program}: {entries:,.0f} entries a round")
    print(f"  {'':28}{'instructions':>14}{'/ plain':>10}{'/ passing on':>14}{'more an entry':>15}")
    for side, count in counts.items():
        more = "" if side == "plain" else f"{(count - base) / entries:15.1f}"
        print(f"  {side:28}{count:14,.0f}{count / counts['plain']:10.3f}{count / base:14.3f}{more}", flush=True)
    return counts["nothing compiled"] / base


def measure_default(measurement: Measurement, program: str) -> list[str]:
    """Prints what it takes as users run it; the demands that are not met."""
    few, many = WARM_ROUNDS[program]
    ours, plain = ([measurement.instructions(side, program, n) for n in (few, many)] for side in ("default", "plain"))
    steady, whole = (ours[1] - ours[0]) / (plain[1] - plain[0]), ours[1] / plain[1]
    a_round = (ours[1] - ours[0]) / (many - few)
    print(f"  {f'default, after {few} rounds':28}{a_round:14,.0f}{steady:10.3f}")
    print(f"  {f'default, all {many} rounds':28}{ours[1] / 1e6:12,.0f} M{whole:10.3f}  starting and compiling included")
    found = zip((f"after {few} rounds", f"all {many} rounds"), (steady, whole), MOST_DEFAULT.get(program, ()))
    return [
        f"{program}, {what}: {ratio:.3f} of plain, at most {most} is demanded"
        for what, ratio, most in found
        if ratio > most
    ]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jit-python", default=str(HERE.parent / "build" / "venv" / "bin" / "python3.11"))
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build")
    parser.add_argument("--only", action="append", choices=list(PROGRAMS))
    parser.add_argument("--cold", action="store_true", help="leave out the long runs with default settings")
    parser.add_argument("--check", action="store_true", help="exit status 1 if a demand is not met")
    arguments = parser.parse_args()
    measurement = Measurement(arguments.jit_python, arguments.build)
    missed = []
    for program in arguments.only or PROGRAMS:
        ratio = measure_program(measurement, program)
        if not arguments.cold:
            missed += measure_default(measurement, program)
        if ratio > MOST:
            missed.append(f"{program}: {ratio:.3f} of the evaluator that passes on, at most {MOST} is demanded")
    print("\n".join(missed) or "all demands are met")
    return 1 if arguments.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
