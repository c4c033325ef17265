# SPDX-License-Identifier: MIT
"""Runs CPython's own tests without and with the JIT and compares them test by test.

Input: files.txt, or --files; modes; an installed pyjion; Debian's libpython3.11-testsuite. Output, for each mode: the
tests that pass without the JIT and do not pass with it, how many processes ran compiled code, and how its activations
ended. Exit status 1 if a test is worse, no compiled code ran, or too many activations ended in the interpreter.
"""
from __future__ import annotations

import argparse
import os
import pathlib
import sys

from environments import make_plain
from matrix import ModeResult, conclude, run_matrix
from modes import Mode, installed_package
from outcomes import FileRun

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TESTS = pathlib.Path("/usr/lib/python3.11/test")
SHARE_DEMANDED = 0.995


def listed(name: str) -> list[str]:
    lines = [line.split("#")[0].strip() for line in (HERE / name).read_text().splitlines()]
    return [line for line in lines if line]


def arguments_of(argv: list[str] | None = None):
    parser = argparse.ArgumentParser(prog="regrtest", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--files", default="", help="a comma list such as test_dict,test_asyncio.test_tasks")
    parser.add_argument("--list", default="files.txt", help="the list in this folder that names the files")
    parser.add_argument(
        "--mode", action="append", help="a comma list such as budget=inf,osr=every:1 or compile-all,exit-random=7; several times"
    )
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--timeout", type=float, default=200, help="seconds for one file without the JIT; three times as long with it")
    parser.add_argument("--most-retried", type=int, default=50, help="more bad tests in a file are no accident")
    parser.add_argument("--verbose", action="store_true", help="show what each worse test printed")
    return parser.parse_args(argv)


def demands(result: ModeResult) -> list[str]:
    """Where everything is compiled and nothing forces exits, activations end in compiled code."""
    if not result.mode.compiles_everything() or result.mode.forces_exits():
        return []
    share = result.proof.share_ended_compiled()
    if share is None:
        return ["the statistics do not say how activations end"]
    if share < SHARE_DEMANDED:
        return [f"{share:.3%} of the activations end in compiled code, not {SHARE_DEMANDED:.1%}"]
    return []


def main() -> int:
    arguments = arguments_of()
    if not (TESTS / "test_dict.py").exists():
        sys.exit("CPython's own tests are missing. As root: apt-get install libpython3.11-testsuite")
    folder = arguments.build.resolve() / "regrtest"
    package = installed_package(arguments.build)
    plain = make_plain(folder / "plain")
    modes = [Mode(text).prepare(folder, package) for text in arguments.mode or ["compile-all"]]
    names = arguments.files.split(",") if arguments.files else listed(arguments.list)

    def run_file(name, mode, stats_file, only):
        python, timeout = (plain, arguments.timeout) if mode is None else (mode.python, 3 * arguments.timeout)
        return FileRun(python, f"test.{name}", timeout, stats_file).run(only)

    print(f"without the JIT: {plain}", *(f"{mode.text}: {mode.python}" for mode in modes), "", sep="\n", flush=True)
    results = run_matrix(names, modes, run_file, arguments.jobs, arguments.most_retried, arguments.verbose)
    return conclude(results, demands)


if __name__ == "__main__":
    sys.exit(main())
