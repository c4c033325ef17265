# SPDX-License-Identifier: MIT
"""Compares generated programs under pyjion with the same programs in the plain interpreter.

usage: fuzzing.py [--seeds FIRST:LAST] [--mode NAME] [--keep FOLDER]

Run as a script (by an interpreter that has pyjion installed) it prints each seed and mode whose output differs, with
the first differing line, and keeps the program.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import functools
import os
import pathlib
import random
import sys
import tempfile

import generating
import running

ALL = "compile-all"
MODES = {
    "compile-all": {"stress": ALL},
    "early-osr": {"budget": "inf", "osr": "every:3"},
    "exit-every-1": {"stress": f"{ALL},exit-every=1"},
    "exit-every-2": {"stress": f"{ALL},exit-every=2"},
    "exit-every-7": {"stress": f"{ALL},exit-every=7"},
    "exit-random": {"stress": f"{ALL},exit-random=5"},
    "no-passes": {"stress": f"{ALL},no-passes", "budget": "inf", "osr": "every:5"},
}


# Removed at the end of the process.
FOLDER = tempfile.TemporaryDirectory(prefix="pyjion-generated-")


@functools.cache
def pool() -> concurrent.futures.ThreadPoolExecutor:
    return concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1)


def program_file(seed: int) -> pathlib.Path:
    path = pathlib.Path(FOLDER.name) / f"program_{seed}.py"
    if not path.exists():
        partial = path.with_suffix(f".{random.random()}")
        partial.write_text(generating.program(seed))
        partial.rename(path)
    return path


def result(seed: int, mode: str, **options: str) -> str:
    environment = running.environment(verify="1", **options)
    outcome = running.run_python(running.DRIVER, mode, program_file(seed), env=environment)
    return f"{outcome.stdout}\n{outcome.stderr}\n[exit status {outcome.returncode}]"


@functools.lru_cache(maxsize=64)
def plain(seed: int) -> str:
    return result(seed, "plain")


def compare(seed: int, mode: str) -> str | None:
    """None if both agree; otherwise where they part."""
    expected, got = plain(seed), result(seed, "jit", **MODES[mode])
    if expected == got:
        return None
    for number, (left, right) in enumerate(zip(expected.splitlines(), got.splitlines()), 1):
        if left != right:
            return f"seed {seed}, {mode}, line {number}:\n  plain:  {left}\n  pyjion: {right}"
    return f"seed {seed}, {mode}: one output is longer\n{got[-2000:]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="1:200", help="FIRST:LAST, both included")
    parser.add_argument("--mode", action="append", choices=list(MODES))
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the programs that differ")
    arguments = parser.parse_args()
    first, last = map(int, arguments.seeds.split(":"))
    tasks = [(seed, mode) for seed in range(first, last + 1) for mode in arguments.mode or MODES]
    differences = 0
    for (seed, _), difference in zip(tasks, pool().map(lambda task: compare(*task), tasks)):
        if difference is not None:
            differences += 1
            print(difference, flush=True)
            if arguments.keep:
                arguments.keep.mkdir(parents=True, exist_ok=True)
                (arguments.keep / f"program_{seed}.py").write_text(generating.program(seed))
    print(f"{len(tasks)} comparisons, {differences} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
