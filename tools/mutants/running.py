# SPDX-License-Identifier: MIT
"""Runs one test of the woven build with one mutant.

A test is named `pure:FILTER` or `engine:FILTER` (a filter of GoogleTest) or `python:NODE` (a node of pytest, below
tests/python).
"""
from __future__ import annotations

import pathlib
import subprocess
import sys

import weave

sys.path.insert(0, str(weave.ROOT / "tests"))
sys.path.insert(1, str(weave.ROOT / "tools" / "regrtest"))
import run_all  # noqa: E402
from outcomes import end_group  # noqa: E402

UNIT_SECONDS = 60
PYTHON_SECONDS = 120
# What a mutant does to memory must not take the machine along.
MEMORY_KILOBYTES = 6 * 1024 * 1024


class Tests:
    """The tests of the copy of the tree that the mutants are woven into."""

    def __init__(self, tree: pathlib.Path) -> None:
        self.tree = tree
        self.build = tree / "build"

    def command(self, name: str) -> list[str]:
        stage, _, test = name.partition(":")
        if stage in ("pure", "engine"):
            program = self.build / "meson" / "src" / f"{stage}_tests"
            return [str(program), f"--gtest_filter={test}", "--gtest_brief=1"]
        if stage == "python":
            node = str(self.tree / "tests" / "python" / test)
            return [run_all.venv_python(self.build), "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", node]
        raise weave.ListError(f"no such kind of test: {name}")

    def run(self, command: list[str], number: int, seconds: int) -> tuple[bool, str]:
        """Whether the command fails, and what it printed. A crash fails, and so does what never ends."""
        environment = run_all.pytest_environment(self.build) | {weave.SWITCH: str(number)}
        bounded = ["bash", "-c", f'ulimit -v {MEMORY_KILOBYTES}; exec "$0" "$@"', *command]
        with subprocess.Popen(
            bounded, cwd=self.tree, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            errors="replace", start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                return True, "no end"
            finally:
                # What a mutant keeps from ending would take the time of all that follow.
                end_group(process)
        return process.returncode != 0, output

    def fails(self, name: str, number: int) -> bool:
        seconds = PYTHON_SECONDS if name.startswith("python:") else UNIT_SECONDS
        failed, output = self.run(self.command(name), number, seconds)
        # A filter or a node that names nothing is no test.
        if "0 tests from 0 test suites ran" in output or "no tests ran" in output or "not found:" in output:
            return number == 0
        return failed
