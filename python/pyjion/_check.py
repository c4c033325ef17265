# SPDX-License-Identifier: MIT
"""`python -m pyjion --check script.py`: runs a program without and with pyjion, and compares what can be seen of it.

Input: the words of a command line behind `python`. Output: a table and the differences, and an exit status: 0 where
both runs did the same, 1 where they did not, 2 where there was nothing to compare. Both runs get the same standard
input, and the same PYTHONHASHSEED. Lines that are different from run to run without pyjion too are not compared.
"""
from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time

import pyjion

_MOST_DIFFERENCES = 30
_STREAMS = ("standard output", "standard error")


class _Run:
    """One run of the program: exit status, seconds of all kinds, and its two outputs as lines of bytes."""

    def __init__(self, words, stdin, **variables):
        environment = {"PYTHONHASHSEED": "0", **os.environ, **variables}
        flags = subprocess._args_from_interpreter_flags()
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(stdin)
            given.seek(0)
            start = time.perf_counter()
            process = subprocess.Popen([sys.executable, *flags, *words], stdin=given, stdout=out, stderr=err, env=environment)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall = time.perf_counter() - start
            process.returncode = self.status = os.waitstatus_to_exitcode(status)
            self.processor = usage.ru_utime + usage.ru_stime
            self.megabytes = usage.ru_maxrss / 1024
            self.lines = [_read(file) for file in (out, err)]


def _read(file):
    file.seek(0)
    return file.read().splitlines(keepends=True)


def check(words) -> int:
    """Prints what was found; returns the exit status."""
    reason = pyjion.status()["reason"]
    if reason is not None:
        print(f"pyjion is not available: {reason}", file=sys.stderr)
        return 2
    stdin = b"" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.buffer.read()
    with tempfile.TemporaryDirectory() as folder:
        notes = os.path.join(folder, "statistics")
        plain = _Run(words, stdin, PYJION_ENABLE="0")
        ours = _Run(["-m", "pyjion", *words], stdin, PYJION_ENABLE="1", PYJION_STATS_FILE=notes)
        counters = _counters(notes)
    differences = _differences(plain, ours)
    varying = []
    if differences:
        # Whose fault is it? What is different without pyjion too says nothing.
        differences, varying = _without_varying(plain, _Run(words, stdin, PYJION_ENABLE="0"), ours)
    print(_table(plain, ours))
    print(_compiled(counters))
    for text in (*varying, *(differences or ["The output is the same."] * (not varying))):
        print(text)
    if counters.get("internal_errors"):
        print(f"There were {counters['internal_errors']} internal errors of pyjion; PYJION_DUMP=errors shows them.")
    return 1 if differences or counters.get("internal_errors") else 0


def _table(plain, ours):
    def row(name, before, after, form, more=""):
        return f"{name:<16}{form.format(before):>14}{form.format(after):>14}{more}"

    ratio = plain.wall / ours.wall if ours.wall else 1.0
    compared = f"   {ratio:.2f} times as fast" if ratio >= 1 else f"   {1 / ratio:.2f} times as long"
    return "\n".join([
        f"{'':<16}{'without':>14}{'with pyjion':>14}",
        row("exit status", plain.status, ours.status, "{}"),
        row("time", plain.wall, ours.wall, "{:.2f} s", compared),
        row("processor time", plain.processor, ours.processor, "{:.2f} s"),
        row("memory", plain.megabytes, ours.megabytes, "{:.0f} MB"),
    ])  # fmt: skip


def _counters(notes):
    """The statistics of all processes of the program, added up."""
    total = {}
    try:
        with open(notes, encoding="utf-8") as file:
            for line in file:
                for name, value in json.loads(line).items():
                    if name == "exits":
                        total["exits"] = total.get("exits", 0) + sum(value.values())
                    else:
                        total[name] = total.get(name, 0) + value
    except OSError:
        pass  # It was killed, or left by os._exit.
    return total


def _compiled(counters):
    if not counters:
        return "The program ended without its statistics."
    full, loops, exits = counters["compiled_full"], counters["compiled_loops"], counters["exits"]
    return (
        f"Pieces of code compiled: {counters['compiled']}, optimised functions: {full}, optimised loops: {loops}, in"
        f" {counters['compile_ms']:.0f} ms; times that compiled code was left: {exits}."
    )


def _differences(plain, ours):
    found = []
    if plain.status != ours.status:
        found.append(f"DIFFERENT exit status: {plain.status} without pyjion, {ours.status} with it.")
    for name, before, after in zip(_STREAMS, plain.lines, ours.lines):
        if before != after:
            found += [f"DIFFERENT {name}:", *_shown(before, after)]
    return found


def _shown(before, after):
    """As `diff -u` shows it, the beginning."""
    from difflib import diff_bytes, unified_diff

    lines = list(diff_bytes(unified_diff, before, after, b"without", b"with pyjion", lineterm=b"\n", n=1))
    texts = [line.rstrip(b"\n").decode("utf-8", "backslashreplace") for line in lines[:_MOST_DIFFERENCES]]
    return [f"  {text}" for text in texts] + ["  ..."] * (len(lines) > _MOST_DIFFERENCES)


def _without_varying(plain, again, ours):
    """The differences that remain where both runs without pyjion agree, and what is to be said about the others."""
    varying = []
    for k, name in enumerate(_STREAMS):
        first, second, third = plain.lines[k], again.lines[k], ours.lines[k]
        if first == second:
            continue
        if not len(first) == len(second) == len(third):
            varying.append(f"Not compared: {name}, which differs from run to run without pyjion too.")
            ours.lines[k] = first
            continue
        same = [line if line == other else None for line, other in zip(first, second)]
        varying.append(f"Not compared: {same.count(None)} of {len(same)} lines of {name}, which differ from run to run without pyjion too.")
        ours.lines[k] = [first[i] if same[i] is None else line for i, line in enumerate(third)]
    return _differences(plain, ours), varying
