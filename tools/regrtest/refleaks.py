# SPDX-License-Identifier: MIT
"""Looks for leaks of references that the JIT adds: CPython's own tests in its debug build, with and without the JIT.

Input: refleak_files.txt, or --files; a pyjion built for python3.11-dbg in --package; Debian's libpython3.11-testsuite.
Each file runs as `python -m test -R 3:3`: six times, of which the last three must not change the total of references,
the number of memory blocks and that of open files. Output: per file, what leaks without and with the JIT. Exit status 1
if the JIT adds a leak or a failing test, or if a process ran no compiled code.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from environments import make_plain
from modes import Mode
from statistics_of_runs import Proof

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHON = "/usr/bin/python3.11-dbg"
LEAK = re.compile(r"^\S+ leaked (\[.*?\]) ([a-z ]+), sum=-?\d+$", re.MULTILINE)
FAILURE = re.compile(r"^(?:FAIL|ERROR): (.+)$", re.MULTILINE)
ENDS = {0: "passed", 2: "failed", 3: "tests failed or were altered"}


@dataclass
class Run:
    """One file in one environment."""

    leaks: dict[str, str]  # what: how much in each of the last runs
    failures: set[str]
    end: str
    output: str

    def text(self) -> str:
        leaks = ", ".join(f"{what} {much}" for what, much in self.leaks.items()) or "no leak"
        return leaks + (f", {len(self.failures)} failures" if self.failures else "")


def run_file(python: str, name: str, timeout: float, stats_file: pathlib.Path | None = None) -> Run:
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("PYJION_", "PYTHON"))}
    environment.update(PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1")
    if stats_file is not None:
        environment["STATS_OF_RUN"] = str(stats_file)
    with tempfile.TemporaryDirectory(prefix="refleaks-") as folder:
        command = [python, "-X", "faulthandler", "-m", "test", "-R", "3:3", "--tempdir", folder, name]
        try:
            outcome = subprocess.run(
                command, env=environment, cwd=folder, timeout=timeout, stdin=subprocess.DEVNULL, text=True,
                errors="backslashreplace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            output, end = outcome.stdout, ENDS.get(outcome.returncode, f"status {outcome.returncode}")
        except subprocess.TimeoutExpired as error:
            output, end = (error.stdout or b"").decode(errors="replace"), f"no end within {timeout:.0f} s"
    leaks = {what: much for much, what in LEAK.findall(output)}
    failures = set(FAILURE.findall(output))
    if end == ENDS[2] and leaks and not failures:
        end = ENDS[0]
    return Run(leaks, failures, end, output)


class Comparison:
    def __init__(self, name: str, arguments, plain: str, jit: str, folder: pathlib.Path) -> None:
        self.name, self.arguments = name, arguments
        self.plain_python, self.jit_python = plain, jit
        self.stats_file = folder / f"{name}.stats"
        self.proof = Proof()

    def run(self) -> Comparison:
        self.plain = run_file(self.plain_python, self.name, self.arguments.timeout)
        self.jit = run_file(self.jit_python, self.name, 3 * self.arguments.timeout, self.stats_file)
        self.proof.add_file(self.stats_file)
        return self

    def problems(self) -> list[str]:
        found = [f"leaks {what} {much}" for what, much in self.jit.leaks.items() if what not in self.plain.leaks]
        found += [f"worse: {test}" for test in sorted(self.jit.failures - self.plain.failures)]
        if self.jit.end != self.plain.end:
            found.append(f"the run with the JIT: {self.jit.end}; without: {self.plain.end}")
        if not self.proof.activations or self.proof.without_activations or self.proof.internal_errors:
            found.append(self.proof.text())
        return found

    def report(self) -> str:
        lines = [f"{self.name:24} without: {self.plain.text():40} with: {self.jit.text()}"]
        lines += [f"    {problem}" for problem in self.problems()]
        if self.arguments.verbose and self.problems():
            lines.append(self.jit.output[-6000:])
        return "\n".join(lines)


def arguments_of():
    parser = argparse.ArgumentParser(prog="refleaks", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--package", type=pathlib.Path, required=True, help="the folder that has the pyjion to be tested")
    parser.add_argument("--files", default="", help="a comma list such as test_dict,test_list")
    parser.add_argument("--mode", default="compile-all", help="a comma list of switches and options such as budget=inf,osr=every:1")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one file without the JIT; three times as long with it")
    parser.add_argument("--verbose", action="store_true", help="show what a worse file printed")
    return parser.parse_args()


def main() -> int:
    arguments = arguments_of()
    if not pathlib.Path("/usr/lib/python3.11/test/test_dict.py").exists():
        sys.exit("CPython's own tests are missing. As root: apt-get install libpython3.11-testsuite")
    folder = arguments.build.resolve() / "refleaks"
    plain = make_plain(folder / "plain", PYTHON)
    mode = Mode(arguments.mode).prepare(folder, arguments.package.resolve(), base=PYTHON)
    lines = (line.split("#")[0].strip() for line in (HERE / "refleak_files.txt").read_text().splitlines())
    names = arguments.files.split(",") if arguments.files else [line for line in lines if line]
    proof, bad = Proof(), []
    with tempfile.TemporaryDirectory(prefix="refleaks-stats-") as stats:
        comparisons = [Comparison(name, arguments, plain, mode.python, pathlib.Path(stats)) for name in names]
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            for future in concurrent.futures.as_completed([pool.submit(comparison.run) for comparison in comparisons]):
                comparison = future.result()
                print(comparison.report(), flush=True)
                proof.add(comparison.proof)
                bad += [comparison.name] if comparison.problems() else []
    print(f"\n{len(names)} files, {len(bad)} worse with the JIT: {', '.join(bad) or 'none'}\n{proof.text()}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
