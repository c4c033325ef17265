#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Checks the tests: each single change of mutants.toml must make each of its tests fail.

Input: the list, the tree, the build folder. Output: a line per mutant, and a last line of how many were caught and how
long it took, with the build; exit status 1 when one survives, or when a named test fails without any mutant.

`--find` looks for tests that catch mutants, for the list's `tests` entries.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

import finding
import weave
from running import Tests


def build(target: pathlib.Path) -> None:
    subprocess.run(["make", "--silent", "setup-tests", "build", "install"], cwd=target, check=True, stdout=subprocess.DEVNULL)


def check_without_mutants(tests: Tests, mutants: list[weave.Mutant]) -> list[str]:
    """The named tests that fail though nothing is wrong."""
    names = sorted({name for mutant in mutants for name in mutant.tests})
    return [name for name in names if tests.fails(name, 0)]


def survivors(tests: Tests, mutants: list[weave.Mutant], jobs: int) -> list[weave.Mutant]:
    def check(mutant: weave.Mutant) -> tuple[weave.Mutant, list[str], float]:
        start = time.monotonic()
        passed = [name for name in mutant.tests if not tests.fails(name, mutant.number)]
        return mutant, passed, time.monotonic() - start

    alive = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for mutant, passed, seconds in pool.map(check, mutants):
            caught = bool(mutant.tests) and not passed
            verdict = "caught" if caught else f"SURVIVES {', '.join(passed) or 'without a test'}"
            print(f"{mutant.number:3} {mutant.name:40} {seconds:6.1f} s  {verdict}", flush=True)
            if not caught:
                alive.append(mutant)
    return alive


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=weave.ROOT / "build")
    parser.add_argument("--only", help="a comma list of mutants")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--find", action="store_true", help="look for tests that catch the mutants")
    parser.add_argument("--no-build", action="store_true", help="the woven build is up to date")
    arguments = parser.parse_args()
    start = time.monotonic()
    try:
        everything = weave.read_list()
        woven = weave.weave(everything)
    except weave.ListError as problem:
        print(problem, file=sys.stderr)
        return 2
    target = (arguments.build / "mutants" / "tree").resolve()
    if not arguments.no_build:
        weave.copy_tree(target, woven)
        build(target)
    wanted = set(arguments.only.split(",")) if arguments.only else None
    mutants = [mutant for mutant in everything if wanted is None or mutant.name in wanted]
    tests = Tests(target)
    if arguments.find:
        finding.find(tests, mutants, arguments.jobs)
        return 0
    broken = check_without_mutants(tests, mutants)
    for name in broken:
        print(f"fails without any mutant: {name}")
    alive = survivors(tests, mutants, arguments.jobs)
    minutes = (time.monotonic() - start) / 60
    print(f"{len(mutants) - len(alive)} of {len(mutants)} mutants caught, in {minutes:.1f} minutes", flush=True)
    return 1 if alive or broken else 0


if __name__ == "__main__":
    sys.exit(main())
