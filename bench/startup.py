#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""What using pyjion costs before it earns anything: short commands, and memory after the first compile.

Input: an installed pyjion. Output: medians of commands that are over soon, with and without `-m pyjion`, from
interleaved runs, and the resident memory of a process that compiled one function beside one that did not. Commands that
take too long are measured again; all rounds count then. With --check the exit status is 1 if a limit is exceeded.
"""
from __future__ import annotations

import argparse
import json
import pathlib
import shutil
import statistics
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass

from measuring import add_side_options, comma_list, describe_sides, end_orderly, environment, in_turn
from measuring import installed_package, median, print_sides, run, run_counted
from obstacles import missing_packages, present_modules, print_obstacles

MOST_MEGABYTES = 12.0
TIMEOUT = 120.0
IMPORTS = "import argparse, json, asyncio, http.server, unittest, logging.config"
MEMORY = """
import sys
if len(sys.argv) > 1:
    import pyjion
    pyjion.enable(strict=True)
def f(n):
    total = 0
    for i in range(n):
        total = total + i
    return total
for i in range(50): f(1000)
if len(sys.argv) > 1: assert pyjion.info(f)["compiled"]
print(int(open("/proc/self/statm").read().split()[1]) * 4096)
"""
TESTS = """\
import pytest


@pytest.fixture
def words(tmp_path):
    (tmp_path / "words").write_text("some words of a file")
    return (tmp_path / "words").read_text().split()


class TestWords:
    def test_count(self, words):
        assert len(words) == 5

    def test_missing(self, words):
        with pytest.raises(ValueError, match="not in list"):
            words.index("word {number}")


@pytest.mark.parametrize("count", range(6))
def test_repeated(count):
    assert "ab" * count == "".join(["ab" for _ in range(count)])


def test_sorted():
    assert sorted([{number}, 3, 2]) == sorted([2, 3, {number}])


def test_output(capsys):
    print({number})
    assert capsys.readouterr().out == "{number}\\n"
"""


def write_tests(folder: pathlib.Path) -> None:
    """Twenty files with ten tests."""
    for number in range(20):
        (folder / f"test_{number}.py").write_text(TESTS.format(number=number))


def copy_package(folder: pathlib.Path) -> None:
    package = pathlib.Path(sysconfig.get_path("stdlib")) / "asyncio"
    shutil.copytree(package, folder / "asyncio_copy", ignore=shutil.ignore_patterns("__pycache__"))


def nothing(folder: pathlib.Path) -> None:
    pass


@dataclass(frozen=True)
class Case:
    """A command of python; one of the limits is not None. `prepare` fills the empty folder in which it runs."""

    arguments: tuple[str, ...]
    most_milliseconds: float | None = None
    most_ratio: float | None = None
    prepare: Callable[[pathlib.Path], None] = nothing
    # Modules, with the packages that bring them.
    needs: tuple[tuple[str, str], ...] = ()


CASES = {
    "pass": Case(("-c", "pass"), most_milliseconds=10.0),
    "imports": Case(("-c", IMPORTS), most_ratio=1.05),
    "pytest": Case(
        ("-m", "pytest", "-q", "-p", "no:cacheprovider", "."),
        most_ratio=1.05, prepare=write_tests, needs=(("pytest", "python3-pytest"),),
    ),
    "compileall": Case(("-m", "compileall", "-q", "asyncio_copy"), most_ratio=1.03, prepare=copy_package),
}  # fmt: skip
SIDES = {"plain": (), "pyjion": ("-m", "pyjion")}


class Measurement:
    def __init__(self, python: str, package: pathlib.Path, home: pathlib.Path) -> None:
        self.python = python
        self.environment = environment([package], HOME=str(home))

    def command(self, case: Case, side: str) -> dict:
        """What one run has used; a failure ends this tool."""
        with tempfile.TemporaryDirectory(prefix="start-") as name:
            folder = pathlib.Path(name)
            case.prepare(folder)
            command = [self.python, *SIDES[side], *case.arguments]
            ended, usage = run_counted(command, self.environment, folder, TIMEOUT)
        if usage is None:
            sys.exit(f"{' '.join(command)} fails: {ended.reason()}\n{ended.out}")
        return asdict(usage)

    def rounds(self, case: Case, rounds: range, answers: dict[str, list[dict]]) -> None:
        for round_ in rounds:
            for side in in_turn(list(SIDES), round_):
                answers[side].append(self.command(case, side))

    def megabytes(self) -> float:
        """Resident memory after the first compile, more than without one."""
        resident = []
        for extra in ([], ["jit"]):
            command = [self.python, "-c", MEMORY, *extra]
            outputs = [run(command, self.environment, pathlib.Path("/"), TIMEOUT).out for _ in range(5)]
            resident.append(statistics.median(int(output) for output in outputs) / 1e6)
        return resident[1] - resident[0]


def shortfall(name: str, answers: dict[str, list[dict]]) -> str | None:
    case = CASES[name]
    plain, ours = (median(answers[side], "seconds") for side in SIDES)
    if case.most_milliseconds is not None and (ours - plain) * 1000 > case.most_milliseconds:
        return f"{name}: {(ours - plain) * 1000:+.1f} ms, at most {case.most_milliseconds:+.0f} ms is demanded"
    if case.most_ratio is not None and ours > plain * case.most_ratio:
        return f"{name}: {ours / plain:.3f} times CPython's time, at most {case.most_ratio} is demanded"
    return None


def print_answers(name: str, answers: dict[str, list[dict]]) -> None:
    seconds, cpu, peak = ({side: median(answers[side], what) for side in SIDES} for what in ("seconds", "cpu", "peak"))
    plain, ours = seconds.values()
    line = f"{name:12}{plain * 1000:>11.1f}{ours * 1000:>11.1f}{(ours - plain) * 1000:>+8.1f}{ours / plain:>8.3f}"
    print(f"{line}{cpu['pyjion'] / cpu['plain']:>8.3f}{(peak['pyjion'] - peak['plain']) / 1e6:>+8.1f}", flush=True)


def measure_cases(names: list[str], measurement: Measurement, rounds: int, again: int) -> dict[str, dict]:
    print(f"{'':12}{'CPython ms':>11}{'pyjion ms':>11}{'more':>8}{'wall':>8}{'CPU':>8}{'MB':>8}")
    answers: dict[str, dict] = {name: {side: [] for side in SIDES} for name in names}
    for name in names:
        for side in SIDES:
            measurement.command(CASES[name], side)
        measurement.rounds(CASES[name], range(rounds), answers[name])
        print_answers(name, answers[name])
    for name in [name for name in names if again and shortfall(name, answers[name])]:
        print(f"{again} more rounds:")
        measurement.rounds(CASES[name], range(rounds, rounds + again), answers[name])
        print_answers(name, answers[name])
    return answers


def arguments_of():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_side_options(parser)
    parser.add_argument(
        "--cases", type=comma_list(CASES), default=list(CASES), help="a comma list of " + ", ".join(CASES)
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--again", type=int, default=20, help="further rounds for commands that take too long")
    parser.add_argument("--output", type=pathlib.Path, help="a file for all measurements, in JSON")
    parser.add_argument("--check", action="store_true", help="exit status 1 if a limit is exceeded")
    return parser.parse_args()


def main() -> int:
    end_orderly()
    arguments = arguments_of()
    package = (arguments.package or installed_package(arguments.build)).resolve()
    sides = describe_sides(arguments.python, package)
    print_sides(sides)
    present = present_modules(arguments.python, {module for case in CASES.values() for module, _ in case.needs})
    needs = {name: missing_packages(dict(CASES[name].needs), present) for name in arguments.cases}
    obstacles = {name: found for name, found in needs.items() if found is not None}
    names = [name for name in arguments.cases if name not in obstacles]
    print(f"{arguments.rounds} rounds, medians; wall and CPU time: pyjion's divided by CPython's; MB: of peak memory\n")
    with tempfile.TemporaryDirectory(prefix="home-") as home:
        measurement = Measurement(arguments.python, package, pathlib.Path(home))
        answers = measure_cases(names, measurement, arguments.rounds, arguments.again)
        megabytes = measurement.megabytes()
    print(f"resident memory after the first compile: {megabytes:+.1f} MB (at most {MOST_MEGABYTES:.0f})\n")
    missed = [line for name in names if (line := shortfall(name, answers[name]))]
    if megabytes > MOST_MEGABYTES:
        missed.append(
            f"resident memory after the first compile: {megabytes:+.1f} MB, at most {MOST_MEGABYTES} is demanded"
        )
    print("\n".join(missed) or "all demands are met")
    print_obstacles(obstacles)
    if arguments.output:
        kept = {"sides": sides, "rounds": arguments.rounds, "cases": answers, "megabytes": megabytes}
        arguments.output.write_text(json.dumps(kept, indent=1))
    return 1 if arguments.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
