#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Real programs over Debian's packages, CPython and pyjion side by side, in three lengths.

Input: the programs of programs/, an installed pyjion. Each measurement is a fresh process with default settings, run as
users do; what its children use counts. Output: per length and program, how many times CPython's wall and CPU time it
takes, and the difference in peak memory; means, demands that are not met, and what cannot run here, with Debian's
packages that would help. Programs that fall short are measured again; all rounds count then. With --check the exit
status is 1 if a demand is not met.
"""
from __future__ import annotations

import argparse
import dataclasses
import json
import pathlib
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1]))

from app_demands import MOST, compare, falls_short, shortfalls  # noqa: E402
from app_runs import PLAIN, Measured, Settings, measure  # noqa: E402
from applications import APPLICATIONS, LENGTHS, needed_modules  # noqa: E402
from measuring import add_run_options, add_side_options, comma_list, describe_sides, end_orderly  # noqa: E402
from measuring import geometric_mean, installed_package, print_sides  # noqa: E402
from obstacles import Obstacle, missing_packages, present_modules, print_obstacles  # noqa: E402


def arguments_of():
    parser = argparse.ArgumentParser(prog="apps", description=__doc__.splitlines()[0])
    add_side_options(parser)
    parser.add_argument("--apps", type=comma_list(APPLICATIONS), default=list(APPLICATIONS), help="a comma list")
    lengths = [str(length) for length in LENGTHS]
    parser.add_argument(
        "--lengths", type=comma_list(lengths), default=lengths, help="a comma list of " + ", ".join(lengths)
    )
    parser.add_argument("--size", type=int, help="of all programs, instead of their own")
    add_run_options(parser, "programs", again=4, timeout=300)
    parser.add_argument("--memory", type=float, default=6, help="GiB of address space for each process")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="of pyjion: budget=inf")
    return parser.parse_args()


def print_result(result: Measured) -> None:
    if result.failures:
        side, reason = next(iter(result.failures.items()))
        which = "without" if side == PLAIN else "with"
        print(f"{result.name:24}{result.length:>4} s  fails {which} the JIT: {reason}", flush=True)
        return
    comparison = compare(result)
    ratios = f"{comparison.wall:>9.3f}{comparison.cpu:>9.3f}"
    line = f"{result.name:24}{result.length:>4} s{comparison.seconds:>12.2f}{ratios}"
    print(f"{line}{comparison.megabytes:>+9.1f}{comparison.compile_ms:>12.0f}", flush=True)


def measure_all(names: list[str], lengths: list[int], size: int | None, settings: Settings, again: int, keep):
    """`keep` is called with all results whenever there is another."""
    print(f"{'':30}{'CPython s':>12}{'wall':>9}{'CPU':>9}{'MB':>9}{'compile ms':>12}")
    results: list[Measured] = []
    for length in lengths:
        for name in names:
            result = Measured(name, length, size or APPLICATIONS[name].size(length))
            results.append(result)
            measure(result, settings, range(settings.rounds))
            print_result(result)
            keep(results)
    short = [result for result in results if again and falls_short(result)]
    if short:
        print(f"\nmeasured again, {again} more rounds")
    for result in short:
        measure(result, settings, range(settings.rounds, settings.rounds + again))
        print_result(result)
        keep(results)
    return results


def conclude(results: list[Measured], complete: bool) -> list[str]:
    """Prints means and shortfalls."""
    for length in sorted({result.length for result in results}):
        comparisons = [found for result in results if result.length == length and (found := compare(result))]
        if comparisons:
            print(f"\n{length} s: {len(comparisons)} programs", end="")
        for what in ("wall", "cpu", "memory") if comparisons else ():
            values = [getattr(comparison, what) for comparison in comparisons]
            print(
                f"; {what}: geometric mean {geometric_mean(values):.3f}, {min(values):.2f} to {max(values):.2f}", end=""
            )
    missed = shortfalls(results, complete)
    print(f"\n\n{len(missed)} demands are not met" if missed else "\n\nall demands are met")
    print("\n".join(missed))
    return missed


def document(sides: dict[str, str], arguments, obstacles: dict[str, Obstacle], results: list[Measured]) -> dict:
    return {
        "sides": sides,
        "rounds": arguments.rounds,
        "options": arguments.option,
        "results": [dataclasses.asdict(result) for result in results],
        "not_measured": {name: found.reason for name, found in obstacles.items()},
    }


def main() -> int:
    end_orderly()
    arguments = arguments_of()
    package = (arguments.package or installed_package(arguments.build)).resolve()
    sides = describe_sides(arguments.python, package)
    print_sides(sides)
    present = present_modules(arguments.python, needed_modules())
    needs = {name: missing_packages(APPLICATIONS[name].needs, present) for name in arguments.apps}
    obstacles = {name: found for name, found in needs.items() if found is not None}
    names = [name for name in arguments.apps if name not in obstacles]
    options = dict(option.split("=", 1) for option in arguments.option)
    settings = Settings(
        arguments.python, package, arguments.rounds, arguments.timeout, int(arguments.memory * 2**30), options=options
    )  # fmt: skip
    print(f"{len(names)} of {len(APPLICATIONS)} programs; {settings.rounds} rounds, medians, children included")
    limits = ", ".join(f"{length} s: wall {most.wall:.2f}, CPU {most.cpu:.2f}" for length, most in MOST.items())
    print(f"ours divided by CPython's; at most: {limits}")
    print("MB: of peak memory, the difference\n")

    def keep(results: list[Measured]) -> None:
        if arguments.output:
            arguments.output.write_text(json.dumps(document(sides, arguments, obstacles, results), indent=1))

    lengths = [int(length) for length in arguments.lengths]
    results = measure_all(names, lengths, arguments.size, settings, arguments.again, keep)
    complete = arguments.apps == list(APPLICATIONS)
    missed = conclude(results, complete)
    print_obstacles(obstacles)
    return 1 if arguments.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
