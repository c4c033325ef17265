# SPDX-License-Identifier: MIT
"""What the measuring tools share: the processes of the two sides, what they use, medians and means.

All sides run the same interpreter; the installed package is put on the module path. So nothing but pyjion differs: a
virtual environment has a start-up time and a module path of its own.
"""
from __future__ import annotations

import argparse
import json
import math
import os
import pathlib
import resource
import signal
import statistics
import subprocess
import sys
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[1]
PYTHON = "/usr/bin/python3.11"
COUNTING = ROOT / "bench" / "counting.py"


def installed_package(build: pathlib.Path) -> pathlib.Path:
    """The folder that has the package which `make install` has installed."""
    package = next((build / "venv" / "lib").glob("python*/site-packages/pyjion"), None)
    if package is None:
        sys.exit("pyjion is not installed: make install")
    return package.parent.resolve()


def add_side_options(parser) -> None:
    parser.add_argument("--python", default=PYTHON, help="the interpreter of all sides")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", help="has the installed package")
    parser.add_argument("--package", type=pathlib.Path, help="the folder with pyjion, instead of the build's")


def add_run_options(parser, units: str, again: int, timeout: float) -> None:
    """What every tool has that measures `units` in rounds and holds them against demands."""
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--again", type=int, default=again, help=f"further rounds for {units} that fall short")
    parser.add_argument("--timeout", type=float, default=timeout, help="seconds for one process")
    parser.add_argument("--output", type=pathlib.Path, help="a file for all measurements, in JSON")
    parser.add_argument("--check", action="store_true", help="exit status 1 if a demand is not met")


def comma_list(allowed):
    """A type of argparse: names of those that are allowed, with commas between."""

    def read(text: str) -> list[str]:
        names = text.split(",")
        unknown = [name for name in names if name not in allowed]
        if unknown:
            raise argparse.ArgumentTypeError(f"no {', '.join(unknown)}; there are {', '.join(allowed)}")
        return names

    return read


def environment(module_path: list[pathlib.Path], **variables: str) -> dict[str, str]:
    """Nothing of the shell's settings of Python and pyjion reaches a measured process."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("PYJION_", "PYTHON"))}
    keep["PYTHONPATH"] = os.pathsep.join(map(str, module_path))
    return keep | variables


@dataclass
class Ended:
    """A process that has ended. `status`: the exit status, None where it had no time left."""

    status: int | None
    out: str
    err: str

    def reason(self) -> str:
        """The last line of standard error, or what else there is to say about a failure."""
        if self.status is None:
            return "no end in time"
        lines = self.err.strip().splitlines()
        return lines[-1] if lines else f"status {self.status}"


def run(
    command: list[str], env: dict[str, str], cwd: pathlib.Path, timeout: float, memory: int = 0, stdin: str = "",
    pass_fds: tuple[int, ...] = (),
) -> Ended:  # fmt: skip
    """Runs a process and what it starts; all of it ends with the time. `memory`: bytes of address space for each."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, errors="backslashreplace",
        env=env, cwd=cwd, start_new_session=True, preexec_fn=limit, pass_fds=pass_fds,
    )  # fmt: skip
    try:
        out, err = process.communicate(stdin, timeout=timeout)
        status = process.returncode
    except subprocess.TimeoutExpired:
        status = None
    except BaseException:
        end_group(process)
        raise
    end_group(process)
    if status is None:
        out, err = process.communicate()
    return Ended(status, out, err)


@dataclass
class Usage:
    """Of a process and its children: seconds, CPU seconds, bytes that the largest of them had."""

    seconds: float
    cpu: float
    peak: int


def run_counted(
    command: list[str], env: dict[str, str], cwd: pathlib.Path, timeout: float, memory: int = 0
) -> tuple[Ended, Usage | None]:
    """run(), and what was used; None of a process that failed."""
    reading, writing = os.pipe()
    counting = [sys.executable, "-I", "-S", str(COUNTING), "1", str(writing), *command]
    with open(reading) as report:
        try:
            ended = run(counting, env, cwd, timeout, memory, pass_fds=(writing,))
        finally:
            os.close(writing)
        return ended, Usage(*json.load(report)) if ended.status == 0 else None


def end_orderly() -> None:
    """A tool that is ended by a signal ends what it runs, and removes its temporary files."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def end_group(process: subprocess.Popen) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def in_turn(sides: list, round_: int) -> list:
    """Each round begins with another side."""
    first = round_ % len(sides)
    return sides[first:] + sides[:first]


def median(answers: list[dict], what: str) -> float:
    return statistics.median(answer[what] for answer in answers)


def geometric_mean(ratios: list[float]) -> float:
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def describe_sides(python: str, package: pathlib.Path) -> dict[str, str]:
    """Which interpreter, which pyjion and which code generator were measured."""
    question = (
        "import pyjion, sys; pyjion.enable(strict=True); "
        "print(sys.version.replace(chr(10), ' '), sys.executable, sep=chr(10)); "
        "print(pyjion.__version__, pyjion.__path__[0], pyjion.status()['library'], sep=chr(10))"
    )
    outcome = subprocess.run([python, "-c", question], env=environment([package]), capture_output=True, text=True)
    if outcome.returncode != 0:
        sys.exit(f"pyjion cannot be enabled:\n{outcome.stderr}")
    return dict(zip(("version", "python", "pyjion", "package", "library"), outcome.stdout.splitlines()))


def print_sides(sides: dict[str, str]) -> None:
    print(f"plain   {sides['python']}  {sides['version']}")
    print(f"pyjion  {sides['pyjion']}  {sides['package']}, {sides['library']}")
