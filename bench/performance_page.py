#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Makes a page of tables of what the measuring tools have kept.

Input: files that `make bench-kernels`, `make bench-pyperformance` and `make bench-apps` have written with --output.
Output: Markdown, on standard output or into the file that is named. Nothing on the page is written by hand.
"""
from __future__ import annotations

import argparse
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[1:1] = [str(HERE / "kernels"), str(HERE / "pyperformance"), str(HERE / "apps")]

import app_demands  # noqa: E402
import app_runs  # noqa: E402
import demands  # noqa: E402
import forms  # noqa: E402
import limits  # noqa: E402
import runs  # noqa: E402
from measuring import geometric_mean  # noqa: E402
from sides import PLAIN, Result  # noqa: E402

TEMPORARY = r"/\S*?/benchmark-\w+/"

HEAD = """\
# Performance

Made by `bench/performance_page.py` of what `make bench-kernels`, `make bench-pyperformance` and `make bench-apps` have
measured: fresh processes, all sides in turn, medians; default settings of pyjion unless a table says otherwise. Numbers
above 1 are in our favour, except those of memory and of programs. [What gets fast](what-gets-fast.md) explains them.
"""


def left_out(failures: dict[str, str]) -> list[str]:
    """What was not measured, and why; temporary folders of this run are cut off."""
    if not failures:
        return []
    named = "; ".join(f"{name} ({re.sub(TEMPORARY, '', reason)})" for name, reason in failures.items())
    return [f"Not measured: {named}."]


def rounds(document: dict) -> str:
    count = document["rounds"]
    return f"{count} round" if count == 1 else f"{count} rounds"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def measured_with(document: dict, *settings: str) -> str:
    sides = document["sides"]
    return f"CPython {sides['version'].split()[0]}, pyjion {sides['pyjion']}; " + ", ".join(settings) + "."


def kernels_part(document: dict) -> str:
    measured = {
        name: runs.Runs({tuple(side.split()): answers for side, answers in sides.items()})
        for name, sides in document["kernels"].items()
    }  # fmt: skip
    names = next(iter(measured.values())).forms()
    settings = [rounds(document), f"scale {document['scale']:g}", *document["options"]]
    explained = "\n".join(f"* {name}: {forms.FORMS[name].means}" for name in names)
    missed = demands.shortfalls(measured)
    return "\n\n".join(
        [
            "## Hot loops",
            f"{measured_with(document, *settings)} At scale 1 a kernel takes CPython about two seconds. The forms:",
            explained,
            "Times CPython's speed in the same form, what compiling costs included:",
            kernel_table(measured, names, runs.Runs.ratio),
            "Share of the speed of full code, which is the function after `pyjion.compile(f, full=True)`, warmed up:",
            kernel_table(measured, names, runs.Runs.of_full),
            shortfall_list(missed),
        ]
    )


def kernel_table(measured: dict[str, runs.Runs], names: list[str], number) -> str:
    values = {name: [number(run, form) for form in names] for name, run in measured.items()}
    means = [geometric_mean(list(column)) for column in zip(*values.values())]
    rows = [[name, *(f"{value:.2f}" for value in row)] for name, row in (values | {"geometric mean": means}).items()]
    return table(["kernel", *names], rows)


def pyperformance_part(document: dict) -> str:
    results = [
        Result(name, None, 0, kept["answers"], kept["failures"]) for name, kept in document["results"].items()
    ]  # fmt: skip
    modes = sorted({side for result in results for side in (*result.answers, *result.failures)} - {PLAIN})
    settings = (rounds(document), f"{document['seconds']:g} seconds of steady state for each")
    parts = ["## pyperformance", measured_with(document, *settings)]
    parts += [mode_part(mode, results) for mode in modes]
    plain = {result.name: result.failures[PLAIN] for result in results if PLAIN in result.failures}
    parts += left_out(plain | document["not_measured"])
    return "\n\n".join(parts)


def mode_part(mode: str, results: list[Result]) -> str:
    both = [result for result in results if limits.compare(result, mode) is not None]
    comparisons = [limits.compare(result, mode) for result in both]
    failed = {
        result.name: result.failures[mode]
        for result in results
        if PLAIN not in result.failures and mode in result.failures
    }
    rows = []
    for result, comparison in zip(both, comparisons):
        ratios = (comparison.steady, comparison.first, comparison.cpu, comparison.memory)
        milliseconds = f"{limits.steady(result.answers[PLAIN]) * 1000:.3f}"
        rows.append([result.name, milliseconds, *(f"{r:.2f}" for r in ratios), f"{comparison.megabytes:+.1f}"])
    means = [
        f"{geometric_mean([getattr(comparison, what) for comparison in comparisons]):.3f}"
        for what in ("steady", "first", "cpu", "memory")
    ]
    rows.append(["geometric mean", "", *means, ""])
    head = ["benchmark", "CPython ms", "steady state", "first iteration", "CPU time", "memory", "MB"]
    title = "Default settings" if mode == "default" else f"With `{mode}`"
    missed = limits.shortfalls(comparisons, failed, complete=True)
    return "\n\n".join([f"{title}, {len(rows) - 1} results:", table(head, rows), shortfall_list(missed)])


def apps_part(document: dict) -> str:
    results = [app_runs.Measured(**kept) for kept in document["results"]]
    settings = (rounds(document), *document["options"])
    lengths = sorted({result.length for result in results})
    said = "Times and memory of pyjion divided by CPython's, those of children included; below 1 is in our favour."
    parts = ["## Programs", measured_with(document, *settings), said]
    parts += [length_part(length, [result for result in results if result.length == length]) for length in lengths]
    plain = {result.name: result.failures[PLAIN] for result in results if PLAIN in result.failures}
    parts += left_out(plain | document["not_measured"])
    return "\n\n".join(parts + [shortfall_list(app_demands.shortfalls(results, complete=True))])


def length_part(length: int, results: list[app_runs.Measured]) -> str:
    comparisons = [found for result in results if (found := app_demands.compare(result)) is not None]
    if not comparisons:
        return f"About {length} s: no results."
    rows = []
    for found in comparisons:
        ratios = [f"{ratio:.3f}" for ratio in (found.wall, found.cpu)]
        rows.append([found.name, f"{found.seconds:.2f}", *ratios, f"{found.memory:.2f}", f"{found.megabytes:+.1f}"])
    means = [geometric_mean([getattr(found, what) for found in comparisons]) for what in ("wall", "cpu", "memory")]
    rows.append(["geometric mean", "", f"{means[0]:.3f}", f"{means[1]:.3f}", f"{means[2]:.2f}", ""])
    most = app_demands.MOST[length]
    demanded = f"at most {most.wall:.2f} and {most.cpu:.2f} are demanded"
    title = f"About {length} s of CPython, {len(comparisons)} programs; {demanded}:"
    return title + "\n\n" + table(["program", "CPython s", "wall time", "CPU time", "memory", "MB"], rows)


def shortfall_list(missed: list[str]) -> str:
    if not missed:
        return "All demands are met."
    return "Demands that are not met:\n\n" + "\n".join(f"* {line}" for line in missed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kernels", type=pathlib.Path, help="the --output of make bench-kernels")
    parser.add_argument("--pyperformance", type=pathlib.Path, help="the --output of make bench-pyperformance")
    parser.add_argument("--apps", type=pathlib.Path, help="the --output of make bench-apps")
    parser.add_argument("--output", type=pathlib.Path)
    arguments = parser.parse_args()
    parts = [HEAD.rstrip()]
    measured = (
        (arguments.kernels, kernels_part), (arguments.pyperformance, pyperformance_part), (arguments.apps, apps_part)
    )  # fmt: skip
    for file, part in measured:
        if file is not None:
            parts.append(part(json.loads(file.read_text())))
    page = "\n\n".join(parts) + "\n"
    if arguments.output is None:
        print(page, end="")
    else:
        arguments.output.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
