# SPDX-License-Identifier: MIT
"""Compares generated programs under pyjion with the plain interpreter.

usage: python -m fuzz [--seeds FIRST:LAST] [--modes NAME,NAME] [--per-program N] [--jobs N] [--minutes N] [--keep FOLDER]
       python -m fuzz --show SEED | --reduce FILE --modes NAME

Each seed is one program, in some modes: other ones for each seed. What differs is printed, reduced and kept. At the
end: how much was compared, and what the programs reached in the compiler and never reached.
"""
from __future__ import annotations

import argparse
import concurrent.futures
import os
import pathlib
import sys
import time
from collections import Counter

from . import compare, families, modes, program, reached, reducing

FACTS_EVERY = 4  # facts of a function are looked up in one program of so many


class Job:
    """What one worker process does; it keeps its servers."""

    pair: compare.Pair | None = None

    @classmethod
    def run(cls, seed: int, names: list[str], grammar: program.Grammar, keep: pathlib.Path | None, seconds: float):
        cls.pair = cls.pair or compare.Pair()
        cls.pair.reached.clear()
        cls.pair.statistics.clear()
        outcomes = compare.compare_seed(cls.pair, seed, names, grammar, seed % FACTS_EVERY == 0)
        for mode, outcome in outcomes.items():
            if isinstance(outcome, compare.Difference) and keep is not None:
                cls.keep(seed, mode, grammar, keep, outcome, seconds)
        return seed, outcomes, dict(cls.pair.reached), dict(cls.pair.statistics)

    @classmethod
    def keep(cls, seed, mode, grammar, folder, outcome, seconds) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        source = program.source(seed, grammar)
        (folder / f"{seed}_{mode}.py").write_text(source)
        if seconds > 0:
            smaller = reducing.reduced(cls.pair, source, mode, seed, outcome, seconds)
            (folder / f"{seed}_{mode}_reduced.py").write_text(smaller)


class Totals:
    def __init__(self) -> None:
        self.compared = Counter()
        self.skipped = self.differences = 0
        self.reached: Counter = Counter()
        self.statistics: Counter = Counter()

    def add(self, seed: int, outcomes: dict, reached_there: dict, statistics: dict) -> None:
        self.reached.update(reached_there)
        self.statistics.update(statistics)
        for mode, outcome in outcomes.items():
            if outcome == compare.SKIPPED:
                self.skipped += 1
                continue
            self.compared[mode] += 1
            if outcome is not None:
                self.differences += 1
                print(f"seed {seed}, {mode}: {outcome.kind}\n{outcome.text}", flush=True)

    def show_progress(self, shown: float, now: float) -> float:
        """A line in each minute; the time of the last one."""
        if now < shown + 60:
            return shown
        count = sum(self.compared.values())
        print(f"{now / 60:.0f} min: {count} comparisons, {self.differences} differences", file=sys.stderr, flush=True)
        return now

    def report(self, seconds: float) -> str:
        count = sum(self.compared.values())
        exits = {name: number for name, number in self.statistics.items() if name.startswith("exits ")}
        return "\n".join([
            "by mode: " + ", ".join(f"{mode} {number}" for mode, number in sorted(self.compared.items())),
            "totals: " + ", ".join(f"{k} {v}" for k, v in sorted(self.statistics.items()) if k not in exits),
            ", ".join(f"{name} {number}" for name, number in sorted(exits.items())),
            reached.report(self.reached),
            f"{count} comparisons in {seconds:.0f} s ({count / max(seconds, 0.1):.1f} a second), {self.skipped} skipped,"
            f" {self.differences} differences",
        ])


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="1:200", help="FIRST:LAST, both included")
    parser.add_argument("--modes", default="", help=f"of {', '.join(modes.MODES)}")
    parser.add_argument("--per-program", type=int, default=3, help="modes for each program")
    parser.add_argument("--without", default="", help=f"families that are left out, of {', '.join(families.NAMES)}")
    parser.add_argument("--subject", default="", help="families that all programs are about")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--minutes", type=float, default=float("inf"), help="no program is started later")
    parser.add_argument("--keep", type=pathlib.Path, help="folder for programs that differ, and their reduced forms")
    parser.add_argument("--reduce-seconds", type=float, default=60, help="for each program; 0: not at all")
    parser.add_argument("--show", type=int, help="prints the program of a seed")
    parser.add_argument("--reduce", type=pathlib.Path, help="reduces a program for the mode")
    return parser.parse_args()


def names_of(arguments: argparse.Namespace) -> list[str]:
    names = arguments.modes.split(",") if arguments.modes else list(modes.MODES)
    unknown = set(names) - set(modes.MODES)
    if unknown:
        sys.exit(f"no such mode: {', '.join(sorted(unknown))}")
    return names


def grammar_of(arguments: argparse.Namespace) -> program.Grammar:
    without, subject = ([name for name in text.split(",") if name] for text in (arguments.without, arguments.subject))
    unknown = {*without, *subject} - set(families.NAMES)
    if unknown:
        sys.exit(f"no such family: {', '.join(sorted(unknown))}")
    return program.Grammar(frozenset(without), tuple(subject))


def reduce_file(arguments: argparse.Namespace) -> int:
    source, (mode,) = arguments.reduce.read_text(), names_of(arguments)
    pair = compare.Pair()
    seed = int(arguments.seeds.split(":")[0])
    expected = pair.expected(source)
    found = expected and pair.compare(source, mode, seed, expected)
    if isinstance(found, compare.Difference):
        print(reducing.reduced(pair, source, mode, seed, found, arguments.reduce_seconds))
    else:
        print("no difference", file=sys.stderr)
    pair.stop()
    return 0 if found else 1


def fuzz(arguments: argparse.Namespace) -> int:
    names, grammar = names_of(arguments), grammar_of(arguments)
    first, last = map(int, arguments.seeds.split(":"))
    start, totals, shown = time.monotonic(), Totals(), 0.0
    with concurrent.futures.ProcessPoolExecutor(arguments.jobs) as pool:
        running: set = set()
        seeds = iter(range(first, last + 1))
        while True:
            in_time = time.monotonic() - start < arguments.minutes * 60
            while in_time and len(running) < 2 * arguments.jobs and (seed := next(seeds, None)) is not None:
                chosen = modes.for_seed(seed, arguments.per_program, names)
                running.add(pool.submit(Job.run, seed, chosen, grammar, arguments.keep, arguments.reduce_seconds))
            if not running:
                break
            done, running = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                totals.add(*future.result())
            shown = totals.show_progress(shown, time.monotonic() - start)
    print(totals.report(time.monotonic() - start), flush=True)
    return 1 if totals.differences else 0


def main() -> int:
    arguments = parse()
    if arguments.show is not None:
        print(program.source(arguments.show, grammar_of(arguments)))
        return 0
    return reduce_file(arguments) if arguments.reduce else fuzz(arguments)


if __name__ == "__main__":
    sys.exit(main())
