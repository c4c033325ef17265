# SPDX-License-Identifier: MIT
"""Looks for tests that catch a mutant: unit tests first, then the test programs in some modes, then all of tests/python."""
from __future__ import annotations

import concurrent.futures
import re

import weave
from running import Tests

SECONDS = 600
# Modes of the test programs from the fastest that tells much to the slowest.
MODES = ("default", "osr-early", "exit-every-1", "compile-all", "exit-early-osr", "gc")


def failed_units(output: str) -> list[str]:
    found = re.findall(r"\[  FAILED  \] (\S+?)(?:,| \()", output)
    return list(dict.fromkeys(found))


def failed_nodes(output: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"^(?:FAILED|ERROR) tests/python/(\S+)", output, re.MULTILINE)))


def catching(tests: Tests, mutant: weave.Mutant) -> list[str]:
    for stage in ("pure", "engine"):
        failed, output = tests.run(tests.command(f"{stage}:*"), mutant.number, SECONDS)
        if failed:
            return [f"{stage}:{name}" for name in failed_units(output)] or [f"{stage}: {output[-400:]}"]
    for mode in MODES:
        command = [*tests.command("python:test_programs.py"), "-k", mode]
        failed, output = tests.run(command, mutant.number, SECONDS)
        if failed and (found := failed_nodes(output)):
            return [f"python:{name}" for name in found]
    command = [*tests.command("python:"), f"--ignore={tests.tree}/tests/python/test_programs.py"]
    failed, output = tests.run(command, mutant.number, 2 * SECONDS)
    return [f"python:{name}" for name in failed_nodes(output)] if failed else []


def find(tests: Tests, mutants: list[weave.Mutant], jobs: int) -> None:
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for mutant, found in zip(mutants, pool.map(lambda mutant: catching(tests, mutant), mutants)):
            print(f"{mutant.number:3} {mutant.name}: {', '.join(found) or 'NOTHING CATCHES IT'}", flush=True)
