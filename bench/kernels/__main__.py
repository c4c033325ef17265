#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Hot loops in every form in which programs have them: CPython, pyjion, and pyjion's full code side by side.

Input: the kernels of programs/, the forms of forms.py, an installed pyjion. Each measurement is a fresh process with
default settings, and its time is the kernel's own, with whatever compiling costs. Output: per kernel and form, how many
times as fast as CPython in the same form, and the share of the speed of full code, which is the kernel as a function,
warmed up and compiled by `pyjion.compile(f, full=True)`; means; demands that are not met. Forms that fall short are
measured again; all rounds count then. Exit status 1 if a program fails, if results differ, and with --check if a demand
is not met.
"""
from __future__ import annotations

import argparse
import json
import pathlib
import sys
from dataclasses import replace

sys.path.insert(1, str(pathlib.Path(__file__).resolve().parents[1]))

from demands import short_forms, shortfalls  # noqa: E402
from forms import FORMS, kernel_names  # noqa: E402
from measuring import add_run_options, add_side_options, comma_list, describe_sides, end_orderly  # noqa: E402
from measuring import geometric_mean, installed_package, print_sides  # noqa: E402
from runs import FULL, Runs, Settings, WrongRun, run_kernel  # noqa: E402


def arguments_of():
    parser = argparse.ArgumentParser(prog="kernels", description=__doc__.splitlines()[0])
    add_side_options(parser)
    parser.add_argument("--kernels", type=comma_list(kernel_names()), default=kernel_names(), help="a comma list")
    forms = "a comma list of " + ", ".join(FORMS)
    parser.add_argument("--forms", type=comma_list(FORMS), default=list(FORMS), help=forms)
    parser.add_argument("--scale", type=float, default=1.0, help="1: about 2 seconds of CPython for each kernel")
    add_run_options(parser, "forms", again=3, timeout=120)
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="of pyjion: budget=inf")
    return parser.parse_args()


def print_table(title: str, rows: dict[str, list[float]], columns: list[str], mean: bool = True) -> None:
    print(f"\n{title}\n{'':14}" + "".join(f"{column:>11}" for column in columns))
    for name, values in rows.items():
        print(f"{name:14}" + "".join(f"{value:>11.{2 if mean else 0}f}" for value in values))
    if mean:
        means = [geometric_mean(list(column)) for column in zip(*rows.values())]
        print(f"{'geometric mean':14}" + "".join(f"{value:>11.2f}" for value in means))


def print_report(runs: dict[str, Runs], form_names: list[str]) -> None:
    ratios = {name: [run.ratio(form) for form in form_names] for name, run in runs.items()}
    print_table("times CPython's speed in the same form", ratios, form_names)
    shares = {name: [run.of_full(form) for form in form_names] for name, run in runs.items()}
    print_table("share of the speed of full code", shares, form_names)
    late = {name: [run.late(form) * 1000 for form in form_names] for name, run in runs.items()}
    print_table("milliseconds more than full code takes", late, form_names, mean=False)


def measure_all(kernels: list[str], form_names: list[str], settings: Settings, again: int) -> dict[str, Runs]:
    runs = {}
    for name in kernels:
        runs[name] = run = run_kernel(name, form_names, settings)
        plain = " ".join(f"{run.median(form, 'plain'):.3f}" for form in form_names)
        print(f"{name:14} CPython {plain} s, full code {run.median(*FULL):.4f} s", flush=True)
    short = {name: short_forms(name, run) for name, run in runs.items()} if again else {}
    for name, names in short.items():
        if names:
            print(f"{name:14} {again} more rounds: {' '.join(names)}", flush=True)
            runs[name] = run_kernel(name, names, replace(settings, rounds=again), runs[name])
    return runs


def write(file: pathlib.Path, arguments, sides: dict[str, str], runs: dict[str, Runs]) -> None:
    kernels = {
        name: {" ".join(side): answers for side, answers in run.answers.items()} for name, run in runs.items()
    }  # fmt: skip
    settings = {"scale": arguments.scale, "rounds": arguments.rounds, "options": arguments.option}
    file.write_text(json.dumps({"sides": sides, **settings, "kernels": kernels}, indent=1))


def main() -> int:
    end_orderly()
    arguments = arguments_of()
    package = (arguments.package or installed_package(arguments.build)).resolve()
    sides = describe_sides(arguments.python, package)
    print_sides(sides)
    print(f"{arguments.rounds} rounds, medians; scale {arguments.scale:g}; forms:")
    print("\n".join(f"  {name:10} {FORMS[name].means}" for name in arguments.forms), flush=True)
    options = dict(option.split("=", 1) for option in arguments.option)
    settings = Settings(arguments.python, package, arguments.scale, arguments.rounds, arguments.timeout, options)
    try:
        runs = measure_all(arguments.kernels, arguments.forms, settings, arguments.again)
    except WrongRun as error:
        sys.exit(str(error))
    print_report(runs, arguments.forms)
    if arguments.output:
        write(arguments.output, arguments, sides, runs)
    missed = shortfalls(runs)
    print(f"\n{len(missed)} demands are not met" if missed else "\nall demands are met")
    print("\n".join(missed))
    return 1 if missed and arguments.check else 0


if __name__ == "__main__":
    sys.exit(main())
