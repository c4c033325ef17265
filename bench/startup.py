#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""What using pyjion costs before it earns anything: start-up time, and memory after the first compile.

Input: the two interpreters. Output: medians of `-c pass` with and without `-m pyjion` from interleaved runs, and the
resident memory of a process that compiled one function beside one that did not. With --check the exit status is 1 if
a limit is exceeded.
"""
from __future__ import annotations

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

MOST_MILLISECONDS = 25.0
MOST_MEGABYTES = 12.0
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


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYJION_", "PYTHON"))}


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=environment(), check=True)
    return time.perf_counter() - start


def main() -> int:
    here = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plain-python", default="/usr/bin/python3.11")
    parser.add_argument("--jit-python", default=str(here.parent / "build" / "venv" / "bin" / "python3.11"))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--check", action="store_true", help="exit status 1 if a limit is exceeded")
    arguments = parser.parse_args()
    # The same executable on both sides: a virtual environment has a start-up time of its own.
    commands = {
        "python -c pass": [arguments.jit_python, "-c", "pass"],
        "python -m pyjion -c pass": [arguments.jit_python, "-m", "pyjion", "-c", "pass"],
        "system python -c pass": [arguments.plain_python, "-c", "pass"],
    }
    samples: dict[str, list[float]] = {name: [] for name in commands}
    for command in commands.values():
        seconds(command)
    for _ in range(arguments.rounds):
        for name, command in commands.items():
            samples[name].append(seconds(command) * 1000)
    medians = {name: statistics.median(values) for name, values in samples.items()}
    for name, median in medians.items():
        print(f"{name:28}{median:8.1f} ms  ({min(samples[name]):.1f} to {max(samples[name]):.1f})")
    added = medians["python -m pyjion -c pass"] - medians["python -c pass"]
    print(f"added by pyjion: {added:.1f} ms (at most {MOST_MILLISECONDS:.0f})")
    resident = []
    for extra in ([], ["jit"]):
        command = [arguments.jit_python, "-c", MEMORY, *extra]
        outputs = [subprocess.run(command, env=environment(), capture_output=True, text=True, check=True) for _ in range(5)]
        resident.append(statistics.median(int(output.stdout) for output in outputs) / 1e6)
    megabytes = resident[1] - resident[0]
    print(f"resident memory after the first compile: +{megabytes:.1f} MB (at most {MOST_MEGABYTES:.0f})")
    return 1 if arguments.check and (added > MOST_MILLISECONDS or megabytes > MOST_MEGABYTES) else 0


if __name__ == "__main__":
    sys.exit(main())
