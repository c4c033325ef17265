#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""The programs of python/pyperformance, CPython and pyjion side by side.

Input: the folder of the programs (pyperformance/data-files/benchmarks of a checkout), an installed pyjion; pyperf is
not needed. Each result is measured in fresh processes, one for a side and round, the sides in turn: first iteration,
steady state, CPU time and peak memory. Output: a line per result, for each mode the means and the demands that are not
met, and what cannot run here, with Debian's packages that would help. Results that fall short are measured again;
all rounds count then. With --check the exit status is 1 if a demand on default settings is not met.
"""
from __future__ import annotations

import argparse
import json
import pathlib
import sys

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1]))

from catalogue import Benchmark, find_folder, needed_modules, obstacle, read_benchmarks  # noqa: E402
from limits import Comparison, compare, shortfalls, steady  # noqa: E402
from measuring import add_run_options, add_side_options, describe_sides, end_orderly, geometric_mean  # noqa: E402
from measuring import installed_package, print_sides  # noqa: E402
from obstacles import Obstacle, present_modules, print_obstacles  # noqa: E402
from sides import PLAIN, Result, Settings, find_results, measure  # noqa: E402

COLUMNS = ("steady", "cpu", "first", "memory", "MB", "compile ms")


def arguments_of():
    parser = argparse.ArgumentParser(prog="pyperformance", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="of the programs, or a checkout that has it")
    add_side_options(parser)
    parser.add_argument("--only", default="", help="a comma list of benchmarks as MANIFEST names them")
    parser.add_argument("--mode", action="append", help="default, or options such as budget=inf; several times")
    add_run_options(parser, "results", again=3, timeout=300)
    parser.add_argument("--seconds", type=float, default=2.0, help="of the steady state in a process, half to get warm")
    parser.add_argument("--memory", type=float, default=6, help="GiB of address space for each process")
    return parser.parse_args()


def selected(benchmarks: list[Benchmark], only: str) -> list[Benchmark]:
    names = only.split(",") if only else [benchmark.name for benchmark in benchmarks]
    unknown = set(names) - {benchmark.name for benchmark in benchmarks}
    if unknown:
        sys.exit(f"MANIFEST has no {', '.join(sorted(unknown))}")
    return [benchmark for benchmark in benchmarks if benchmark.name in names]


def row(comparison: Comparison) -> str:
    ratios = (comparison.steady, comparison.cpu, comparison.first, comparison.memory)
    rest = f"{comparison.megabytes:>+8.1f}{comparison.compile_ms:>11.0f}"
    return "".join(f"{ratio:>8.2f}" for ratio in ratios) + rest


def print_result(result: Result, modes: list[str]) -> None:
    if PLAIN in result.failures:
        print(f"{result.name:34}  fails without the JIT: {result.failures[PLAIN]}", flush=True)
        return
    line = f"{result.name:34}{steady(result.answers[PLAIN]) * 1000:>11.3f}"
    for mode in modes:
        comparison = compare(result, mode)
        line += f"  fails: {result.failures[mode]}" if comparison is None else row(comparison)
    print(line, flush=True)


def print_head(modes: list[str]) -> None:
    if len(modes) > 1:
        print(f"{'':45}" + "".join(f"{mode:>51}" for mode in modes))
    columns = "".join(f"{column:>{11 if column == 'compile ms' else 8}}" for column in COLUMNS)
    print(f"{'':34}{'CPython ms':>11}" + columns * len(modes))


def measure_all(benchmarks: list[Benchmark], settings: Settings, again: int, keep) -> list[Result]:
    """`keep` is called with all results whenever there is another."""
    print_head(settings.modes)
    results: list[Result] = []

    def measured(result: Result) -> None:
        print_result(result, settings.modes)
        keep(results)

    for benchmark in benchmarks:
        for result in find_results(benchmark, settings):
            results.append(result)
            measure(result, settings, range(settings.rounds))
            measured(result)
    short = [result for result in results if again and falls_short(result, settings.modes)]
    if short:
        print(f"\nmeasured again, {again} more rounds")
    for result in short:
        measure(result, settings, range(settings.rounds, settings.rounds + again))
        measured(result)
    return results


def falls_short(result: Result, modes: list[str]) -> bool:
    comparisons = [compare(result, mode) for mode in modes]
    return any(comparison is not None and comparison.shortfalls() for comparison in comparisons)


def conclude_mode(mode: str, results: list[Result], complete: bool) -> list[str]:
    """Prints means and shortfalls of one mode."""
    comparisons = [comparison for result in results if (comparison := compare(result, mode)) is not None]
    failed = {
        result.name: result.failures[mode]
        for result in results
        if PLAIN not in result.failures and mode in result.failures
    }
    print(f"\n{mode}: {len(comparisons)} results", end="")
    for what in ("steady", "cpu", "first", "memory") if comparisons else ():
        values = [getattr(comparison, what) for comparison in comparisons]
        print(f"; {what}: geometric mean {geometric_mean(values):.3f}, {min(values):.2f} to {max(values):.2f}", end="")
    missed = shortfalls(comparisons, failed, complete)
    print(f"\n{len(missed)} demands are not met" if missed else "\nall demands are met")
    print("\n".join(missed))
    print_pauses(mode, results)
    return missed


def print_pauses(mode: str, results: list[Result]) -> None:
    """What the statistics tell about pauses by compiling: the largest of each number over all results."""
    largest: dict[str, float] = {}
    for result in results:
        for answer in result.answers.get(mode, ()):
            for name, value in answer["statistics"].items():
                if "pause" in name and isinstance(value, (int, float)):
                    largest[name] = max(value, largest.get(name, 0))
    if largest:
        print("largest " + ", ".join(f"{name} {value:g}" for name, value in largest.items()))


def document(sides: dict[str, str], settings: Settings, obstacles: dict[str, Obstacle], results: list[Result]) -> dict:
    return {
        "sides": sides,
        "rounds": settings.rounds,
        "seconds": settings.seconds,
        "results": {result.name: {"answers": result.answers, "failures": result.failures} for result in results},
        "not_measured": {name: found.reason for name, found in obstacles.items()},
    }


def main() -> int:
    end_orderly()
    arguments = arguments_of()
    benchmarks = selected(read_benchmarks(find_folder(arguments.folder)), arguments.only)
    package = (arguments.package or installed_package(arguments.build)).resolve()
    sides = describe_sides(arguments.python, package)
    print_sides(sides)
    present = present_modules(arguments.python, needed_modules())
    obstacles = {b.name: found for b in benchmarks if (found := obstacle(b, present)) is not None}
    runnable = [benchmark for benchmark in benchmarks if benchmark.name not in obstacles]
    modes = arguments.mode or ["default"]
    memory = int(arguments.memory * 2**30)
    settings = Settings(
        arguments.python, package, modes, arguments.rounds, arguments.seconds, arguments.timeout, memory
    )  # fmt: skip
    print(f"{len(runnable)} of {len(benchmarks)} benchmarks; {settings.rounds} rounds, {settings.seconds:g} s, medians")
    print("times: CPython's divided by ours; memory: our peak divided by CPython's, and the difference\n")

    def keep(results: list[Result]) -> None:
        if arguments.output:
            arguments.output.write_text(json.dumps(document(sides, settings, obstacles, results), indent=1))

    results = measure_all(runnable, settings, arguments.again, keep)
    missed = {mode: conclude_mode(mode, results, complete=not arguments.only) for mode in modes}
    print_obstacles(obstacles)
    return 1 if arguments.check and missed.get("default") else 0


if __name__ == "__main__":
    sys.exit(main())
