# SPDX-License-Identifier: MIT
"""Runs CPython's own tests without and with the JIT and compares them test by test.

Input: files.txt, or --files; an installed pyjion; Debian's libpython3.11-testsuite. Output: the tests that pass without
the JIT and do not pass with it, how many processes ran compiled code, and how its activations ended. Exit status 1 if
a test is worse, a process ran no compiled code, or too many activations ended in the interpreter.

A test that looks worse is run again by itself, up to RETRIES times, before it counts; one that crashed or hung counts.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import os
import pathlib
import sys
import tempfile
import time

from environments import check_activation, make_jit, make_plain
from outcomes import FileRun
from statistics_of_runs import Proof

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TESTS = pathlib.Path("/usr/lib/python3.11/test")
RETRIES = 2
SHARE_DEMANDED = 0.995
GOOD = ("passed", "expected failure")
# What counts even if the test passes when it is run by itself.
FATAL = ("crashed", "timeout")
SHOWN = 10


def listed(name: str) -> list[str]:
    lines = [line.split("#")[0].strip() for line in (HERE / name).read_text().splitlines()]
    return [line for line in lines if line]


class Comparison:
    def __init__(self, name: str, arguments, plain: str, jit: str, folder: pathlib.Path) -> None:
        self.name = name
        self.module = f"test.{name}"
        self.arguments = arguments
        self.plain_python, self.jit_python = plain, jit
        self.stats_file = folder / f"{name}.stats"
        self.worse: dict[str, tuple[str, str]] = {}
        self.flaky: list[str] = []
        self.proof = Proof()
        self.seconds = {"plain": 0.0, "jit": 0.0}

    def file_run(self, jit: bool, only: list[str] | None = None) -> FileRun:
        start = time.monotonic()
        run = FileRun(
            self.jit_python if jit else self.plain_python,
            self.module,
            self.arguments.timeout * (3 if jit else 1),
            self.stats_file if jit else None,
        ).run(only)
        self.seconds["jit" if jit else "plain"] += time.monotonic() - start
        return run

    def run(self) -> "Comparison":
        self.plain = self.file_run(jit=False)
        self.jit = self.file_run(jit=True)
        good = [name for name, (outcome, _) in self.plain.outcomes.items() if outcome in GOOD]
        nothing = ("not run", self.jit.problem or "")
        bad = {name: self.jit.outcomes.get(name, nothing) for name in good}
        bad = {name: outcome for name, outcome in bad.items() if outcome[0] not in GOOD}
        fatal = {name: outcome for name, outcome in bad.items() if outcome[0] in FATAL}
        if bad and len(bad) < self.arguments.most_retried:
            for _ in range(RETRIES):
                again = self.file_run(jit=True, only=list(bad)).outcomes
                self.flaky += [name for name in bad if again.get(name, nothing)[0] in GOOD]
                bad = {name: again.get(name, outcome) for name, outcome in bad.items()}
                bad = {name: outcome for name, outcome in bad.items() if outcome[0] not in GOOD}
                if not bad:
                    break
        self.proof.add_file(self.stats_file)
        self.worse = bad | fatal
        self.flaky = [name for name in self.flaky if name not in fatal]
        return self

    @property
    def tests(self) -> int:
        return len(self.plain.outcomes)

    @property
    def passed(self) -> int:
        return sum(outcome in GOOD for outcome, _ in self.plain.outcomes.values())

    def report(self, verbose: bool) -> str:
        lines = [
            f"{self.name:38} {self.tests:5} tests, {self.passed:5} pass plain, {len(self.worse):3} worse"
            f"  {self.seconds['plain']:6.1f} s {self.seconds['jit']:6.1f} s"
        ]
        if self.plain.skipped:
            lines.append(f"    skipped: {self.plain.skipped}")
        if self.plain.problem:
            lines.append(f"    without the JIT: {self.plain.problem}")
        if self.jit.problem and not self.plain.problem:
            lines.append(f"    with the JIT: {self.jit.problem}")
        if self.proof.internal_errors or self.proof.without_activations:
            lines.append(
                f"    {self.proof.internal_errors} internal errors,"
                f" {self.proof.without_activations} processes without an activation"
            )
        for name in self.flaky:
            lines.append(f"    passes when it is run again: {name}")
        for count, (name, (outcome, detail)) in enumerate(self.worse.items()):
            if count == SHOWN and not verbose:
                lines.append(f"    and {len(self.worse) - SHOWN} more")
                break
            lines.append(f"    worse: {name}: {outcome}")
            if verbose:
                lines += [f"        {line}" for line in detail.splitlines()]
        return "\n".join(lines)


def arguments_of(argv: list[str] | None = None):
    parser = argparse.ArgumentParser(prog="regrtest", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--files", default="", help="a comma list such as test_dict,test_asyncio.test_tasks")
    parser.add_argument("--list", default="files.txt", help="the list in this folder that names the files")
    parser.add_argument("--stress", default="", help="more switches of PYJION_STRESS, such as gc or exit-every=3")
    parser.add_argument("--only-stress", action="store_true", help="leave compile-all out")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="a further option of pyjion")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--timeout", type=float, default=200, help="seconds for one file without the JIT; three times as long with it")
    parser.add_argument("--most-retried", type=int, default=50, help="more bad tests in a file are no accident")
    parser.add_argument("--verbose", action="store_true", help="show what each worse test printed")
    return parser.parse_args(argv)


def settings_of(arguments) -> dict:
    switches = [] if arguments.only_stress else ["compile-all"]
    switches += [arguments.stress] if arguments.stress else []
    options = dict(option.split("=", 1) for option in arguments.option)
    return {"stress": ",".join(switches), "options": options, "stats_file": str(stray_file(arguments))}


def stray_file(arguments) -> pathlib.Path:
    """Statistics of children whose environment was emptied."""
    return (arguments.build / "regrtest" / "children.stats").resolve()


def prepare(arguments) -> tuple[str, str]:
    """The interpreters of the two environments, both checked."""
    if not (TESTS / "test_dict.py").exists():
        sys.exit("CPython's own tests are missing. As root: apt-get install libpython3.11-testsuite")
    package = next((arguments.build / "venv" / "lib").glob("python*/site-packages/pyjion"), None)
    if package is None:
        sys.exit("pyjion is not installed: make install")
    plain = make_plain(arguments.build.resolve() / "regrtest" / "plain")
    stray = stray_file(arguments)
    jit = make_jit(arguments.build.resolve() / "regrtest" / "jit", package.parent.resolve(), settings_of(arguments))
    problem = check_activation(jit, stray)
    if problem is not None:
        sys.exit(f"the test environment does not switch the JIT on in every process: {problem}")
    stray.with_name(stray.name + ".started").unlink(missing_ok=True)
    return plain, jit


def main() -> int:
    arguments = arguments_of()
    plain, jit = prepare(arguments)
    names = arguments.files.split(",") if arguments.files else listed(arguments.list)
    print(f"plain: {plain}\nJIT:   {jit}, stress={settings_of(arguments)['stress']}\n", flush=True)
    proof = Proof()
    comparisons = []
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="regrtest-stats-") as folder:
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            waiting = [Comparison(name, arguments, plain, jit, pathlib.Path(folder)).run for name in names]
            for future in concurrent.futures.as_completed([pool.submit(run) for run in waiting]):
                comparison = future.result()
                comparisons.append(comparison)
                print(comparison.report(arguments.verbose), flush=True)
                proof.add(comparison.proof)
    proof.add_file(stray_file(arguments))
    return conclude(comparisons, proof, time.monotonic() - start)


def conclude(comparisons: list[Comparison], proof: Proof, seconds: float) -> int:
    tests = sum(comparison.tests for comparison in comparisons)
    passed = sum(comparison.passed for comparison in comparisons)
    worse = sum(len(comparison.worse) for comparison in comparisons)
    problems = [f"{comparison.name} did not run without the JIT" for comparison in comparisons if not comparison.tests]
    print(f"\n{len(comparisons)} files, {tests} tests, {passed} pass without the JIT, {worse} worse with it; {seconds:.0f} s")
    print(proof.text())
    if worse:
        problems.append(f"{worse} tests are worse")
    if proof.without_activations or not proof.told:
        problems.append(f"{proof.without_activations} processes ran no compiled code")
    if proof.internal_errors:
        problems.append(f"{proof.internal_errors} internal errors")
    share = proof.share_ended_compiled()
    if share is None:
        problems.append("the statistics do not say how activations end")
    elif share < SHARE_DEMANDED:
        problems.append(f"{share:.3%} of the activations end in compiled code, not {SHARE_DEMANDED:.1%}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
