# SPDX-License-Identifier: MIT
"""Compiles every code object of the standard library and of the installed packages, and says how that went.

Input: an interpreter with pyjion installed; the source files of Debian's Python and of its packages. Output: per group,
the share that is compiled, the rest with reasons, internal errors, and the size and cost of the code. Exit status 1
when a demand of summary.py is not met.

What counts as compiled: machine code was made of all of it. An instruction that is lowered to an unconditional exit
counts as not compiled. The code objects of the standard library below OPTIMISE_BELOW bytecodes are compiled a second
time, with the same lowering but all of RyuJIT's optimisations: it must not switch them off by itself.
"""
from __future__ import annotations

import argparse
import fnmatch
import os
import pathlib
import sys
import time

from batches import run_all
from summary import Summary

ROOT = pathlib.Path(__file__).resolve().parents[2]
STANDARD_LIBRARY = pathlib.Path("/usr/lib/python3.11")
PACKAGES = pathlib.Path("/usr/lib/python3/dist-packages")
OPTIMISE_BELOW = 700


def sources(folder: pathlib.Path, pattern: str) -> list[str]:
    found = sorted(str(path) for path in folder.rglob("*.py") if path.is_file())
    return [path for path in found if fnmatch.fnmatch(path, pattern)]


def survey(title: str, paths: list[str], arguments, options: list[str]) -> Summary:
    summary = Summary(title)
    environment = {"PYJION_VERIFY": "1"} if arguments.verify else {}
    start = time.monotonic()
    shown = start
    for record in run_all(arguments.python, paths, options, arguments.jobs, environment):
        summary.add(record)
        if sys.stderr.isatty() and time.monotonic() - shown > 1:
            shown = time.monotonic()
            print(f"\r{title}: {summary.files} of {len(paths)} files", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)
    print(summary.text(arguments.all), flush=True)
    print(f"{time.monotonic() - start:.0f} s\n", flush=True)
    return summary


def main() -> int:
    parser = argparse.ArgumentParser(prog="compile_stdlib", description=__doc__.splitlines()[0])
    parser.add_argument("--python", default=str(ROOT / "build" / "venv" / "bin" / "python3.11"))
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--only", choices=["library", "packages"])
    parser.add_argument("--files", default="*", metavar="PATTERN", help="only source files whose path matches")
    parser.add_argument("--verify", action="store_true", help="check every stage of every compilation; the times mean nothing then")
    parser.add_argument("--all", action="store_true", help="show every place, not a few examples")
    arguments = parser.parse_args()
    if not (STANDARD_LIBRARY / "test").is_dir():
        print("The tests of the standard library are left out; to have them: apt-get install libpython3.11-testsuite\n")
    summaries = []
    if arguments.only != "packages":
        paths = sources(STANDARD_LIBRARY, arguments.files)
        summaries.append(survey("the standard library", paths, arguments, ["--optimise", str(OPTIMISE_BELOW)]))
    if arguments.only != "library":
        paths = sources(PACKAGES, arguments.files)
        summaries.append(survey("installed packages", paths, arguments, []))
    shortfalls = [shortfall for summary in summaries for shortfall in summary.shortfalls()]
    for shortfall in shortfalls:
        print(shortfall)
    return 1 if shortfalls else 0


if __name__ == "__main__":
    sys.exit(main())
