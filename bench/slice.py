#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Three loop nests and a recursion: CPython, pyjion and gcc -O2 side by side.

Input: the two interpreters and the build folder. Output: which sides were measured, and a table of medians, spreads and
ratios. Each measurement is one call in a fresh process with default settings; the sides take turns, so that a slow
moment of the machine meets all of them. With --check the exit status is 1 if a ratio is below its target.
"""
from __future__ import annotations

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

from slice_kernels import KERNELS

HERE = pathlib.Path(__file__).resolve().parent
TARGETS = {"collatz": 25.0, "mandelbrot": 15.0, "sum": 20.0, "fib": 3.0}


def build_c(build: pathlib.Path) -> pathlib.Path:
    program = build / "bench" / "slice_kernels"
    program.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["gcc", "-O2", "-o", str(program), str(HERE / "slice_kernels.c")], check=True)
    return program


def measure(command: list[str]) -> dict:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYJION_", "PYTHON"))}
    outcome = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(outcome.stdout)


def spread(samples: list[float]) -> float:
    """Half the distance between the fastest and the slowest, as a share of the median."""
    return (max(samples) - min(samples)) / 2 / statistics.median(samples)


def run_kernel(name: str, commands: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    samples: dict[str, list[float]] = {side: [] for side in commands}
    results = set()
    for _ in range(rounds):
        for side, command in commands.items():
            answer = measure(command)
            samples[side].append(answer["seconds"])
            results.add(answer["result"])
    if len(results) != 1:
        sys.exit(f"{name}: the sides disagree: {results}")
    return samples


def print_sides(arguments) -> None:
    question = "import sys; print(sys.version.replace(chr(10), ' '))"
    for label, python in (("plain", arguments.plain_python), ("pyjion", arguments.jit_python)):
        version = subprocess.run([python, "-c", question], capture_output=True, text=True, check=True).stdout.strip()
        print(f"{label:8}{python}  {version}")
    question = "import pyjion; pyjion.enable(); print(pyjion.__version__, pyjion.__path__[0], pyjion.status()['library'])"
    print(f"        pyjion {subprocess.run([arguments.jit_python, '-c', question], capture_output=True, text=True).stdout}", end="")
    version = subprocess.run(["gcc", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    print(f"gcc -O2 {version}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plain-python", default="/usr/bin/python3.11")
    parser.add_argument("--jit-python", default=str(HERE.parent / "build" / "venv" / "bin" / "python3.11"))
    parser.add_argument("--build", type=pathlib.Path, default=HERE.parent / "build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", action="append", choices=list(KERNELS))
    parser.add_argument("--check", action="store_true", help="exit status 1 if a ratio is below its target")
    arguments = parser.parse_args()
    c_program = build_c(arguments.build)
    print_sides(arguments)
    print(f"{arguments.rounds} rounds, medians; ± is half the range; the first call counts, with its compile time\n")
    print(f"{'kernel':12}{'CPython s':>16}{'pyjion s':>18}{'gcc -O2 s':>18}{'speed-up':>10}{'target':>8}{'of C':>8}")
    missed = []
    for name in arguments.only or KERNELS:
        commands = {
            "plain": [arguments.plain_python, str(HERE / "slice_kernels.py"), "plain", name],
            "jit": [arguments.jit_python, str(HERE / "slice_kernels.py"), "jit", name],
            "c": [str(c_program), name, str(KERNELS[name][1])],
        }
        samples = run_kernel(name, commands, arguments.rounds)
        plain, jit, c = (statistics.median(samples[side]) for side in ("plain", "jit", "c"))
        ratio = plain / jit
        cells = "".join(
            f"{statistics.median(samples[side]):>12.4f} ±{spread(samples[side]):4.0%}" for side in ("plain", "jit", "c")
        )
        print(f"{name:10}{cells}{ratio:>9.1f}x{TARGETS[name]:>7.0f}x{jit / c:>7.2f}x", flush=True)
        if ratio < TARGETS[name]:
            missed.append(name)
    if missed:
        print(f"\nbelow target: {', '.join(missed)}")
    return 1 if missed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
