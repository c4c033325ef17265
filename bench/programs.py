#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Small programs of our own, CPython and pyjion side by side.

Input: the files of programs/ (each has `main(size)`, which returns what is compared, and SIZE, about a second of
CPython); the two interpreters. Output: which sides were measured, a table of medians and ratios, the geometric mean of
the ratios. Each measurement is one call in a fresh process, compile time included; the sides take turns, so that a slow
moment of the machine meets all of them.

Tiers: `default` is what users run; `quick` compiles every function at its first entry and never optimises it. With
--check the exit status is 1 if a demand on quick code is not met.
"""
from __future__ import annotations

import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = sorted(path.stem for path in (HERE / "programs").glob("*.py"))
TIERS = {"default": {}, "quick": {"PYJION_FULL_CODE": "0", "PYJION_BUDGET": "inf"}}
# CPython's time divided by ours.
MEAN_DEMANDED = 0.85
LEAST_DEMANDED = 0.6

# Run in the measured process, which sees nothing but its standard library and, with the JIT, pyjion.
MEASURE = """
import json, sys, time
side, path, size = sys.argv[1:]
namespace = {"__name__": "program"}
with open(path) as file:
    exec(compile(file.read(), path, "exec"), namespace)
if side != "plain":
    import pyjion
    pyjion.enable(strict=True)
size = int(size) or namespace["SIZE"]
start = time.perf_counter()
result = namespace["main"](size)
seconds = time.perf_counter() - start
answer = {"seconds": seconds, "result": repr(result)}
if side != "plain":
    counters = pyjion.statistics()
    answer.update(activations=counters["activations"], refused=counters["refused"], compile_ms=counters["compile_ms"])
print(json.dumps(answer))
"""


def measure(side: str, python: str, program: str, size: int) -> dict:
    environment = {n: v for n, v in os.environ.items() if not n.startswith(("PYJION_", "PYTHON"))}
    environment.update(TIERS.get(side, {}), PYTHONHASHSEED="0")
    command = [python, "-c", MEASURE, side, str(HERE / "programs" / f"{program}.py"), str(size)]
    outcome = subprocess.run(command, env=environment, capture_output=True, text=True)
    if outcome.returncode != 0:
        sys.exit(f"{program} ({side}) fails with status {outcome.returncode}:\n{outcome.stderr}")
    return json.loads(outcome.stdout)


def run_program(program: str, sides: dict[str, str], rounds: int, size: int) -> dict[str, list[dict]]:
    answers: dict[str, list[dict]] = {side: [] for side in sides}
    for round_ in range(rounds):
        # Each round begins with another side.
        order = list(sides)[round_ % len(sides) :] + list(sides)[: round_ % len(sides)]
        for side in order:
            answers[side].append(measure(side, sides[side], program, size))
    results = {answer["result"] for side in sides for answer in answers[side]}
    if len(results) != 1:
        sys.exit(f"{program}: the sides disagree:\n" + "\n".join(sorted(results)))
    return answers


def median(answers: list[dict], what: str = "seconds") -> float:
    return statistics.median(answer[what] for answer in answers)


def spread(answers: list[dict]) -> float:
    """Half the distance between the fastest and the slowest, as a share of the median."""
    seconds = [answer["seconds"] for answer in answers]
    return (max(seconds) - min(seconds)) / 2 / statistics.median(seconds)


def print_sides(plain: str, jit: str) -> None:
    question = "import sys; print(sys.version.replace(chr(10), ' '), sys.executable)"
    for label, python in (("plain", plain), ("pyjion", jit)):
        outcome = subprocess.run([python, "-c", question], capture_output=True, text=True, check=True)
        print(f"{label:8}{outcome.stdout.strip()}")
    question = "import pyjion; pyjion.enable(); print(pyjion.__version__, pyjion.__path__[0], pyjion.status()['library'])"
    outcome = subprocess.run([jit, "-c", question], capture_output=True, text=True, check=True)
    print(f"        pyjion {outcome.stdout.strip()}")


def geometric_mean(ratios: list[float]) -> float:
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def shortfalls(ratios: dict[str, dict[str, float]]) -> list[str]:
    """Demands on quick code that are not met."""
    quick = {program: by_tier["quick"] for program, by_tier in ratios.items() if "quick" in by_tier}
    found = [f"{program}: quick code at {ratio:.2f}, not {LEAST_DEMANDED}" for program, ratio in quick.items() if ratio < LEAST_DEMANDED]
    if quick and geometric_mean(list(quick.values())) < MEAN_DEMANDED:
        found.append(f"quick code: geometric mean {geometric_mean(list(quick.values())):.2f}, not {MEAN_DEMANDED}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plain-python", default="/usr/bin/python3.11")
    parser.add_argument("--jit-python", default=str(HERE.parent / "build" / "venv" / "bin" / "python3.11"))
    parser.add_argument("--tier", action="append", choices=list(TIERS), help="both if none is named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--size", type=int, default=0, help="instead of each program's own; 0: its own")
    parser.add_argument("--only", action="append", choices=PROGRAMS)
    parser.add_argument("--check", action="store_true", help="exit status 1 if quick code is slower than demanded")
    arguments = parser.parse_args()
    tiers = arguments.tier or list(TIERS)
    sides = {"plain": arguments.plain_python, **{tier: arguments.jit_python for tier in tiers}}
    print_sides(arguments.plain_python, arguments.jit_python)
    print(f"{arguments.rounds} rounds, medians; ± is half the range; ratio: CPython's time divided by ours\n")
    print(f"{'program':14}{'CPython s':>17}" + "".join(f"{tier + ' s':>18}{'ratio':>7}{'compile':>10}" for tier in tiers))
    ratios: dict[str, dict[str, float]] = {}
    for program in arguments.only or PROGRAMS:
        answers = run_program(program, sides, arguments.rounds, arguments.size)
        plain = median(answers["plain"])
        line = f"{program:14}{plain:>11.3f} ±{spread(answers['plain']):4.0%}"
        ratios[program] = {}
        for tier in tiers:
            seconds = median(answers[tier])
            ratios[program][tier] = plain / seconds
            line += f"{seconds:>12.3f} ±{spread(answers[tier]):4.0%}{plain / seconds:>7.2f}{median(answers[tier], 'compile_ms'):>7.0f} ms"
            refused = median(answers[tier], "refused")
            line += f" ({refused:.0f} refused)" if refused else ""
        print(line, flush=True)
    for tier in tiers:
        values = [by_tier[tier] for by_tier in ratios.values()]
        print(f"\n{tier}: geometric mean {geometric_mean(values):.2f}, lowest {min(values):.2f}", end="")
    missed = shortfalls(ratios)
    print("\n" + "\n".join(missed))
    return 1 if missed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
