# SPDX-License-Identifier: MIT
"""Programs of the language that pyjion compiles, run as they are and in every mode: output, errors and exit status
must be the same to the byte.

Input: the files of programs/. A line `# compiled: f g` names functions that must have become machine code where
everything is compiled; `# modes: a b` restricts a program to some modes, with the reason beside it.
Output: one test per program and mode, and one that machine code ran at all.

The children run side by side, as many as there are processors, from the beginning of the session on: at a low priority,
so that they take what the tests before them leave. Each test waits for its own.
"""
from __future__ import annotations

import concurrent.futures
import functools
import json
import os
import re
import tempfile
import threading

import pytest

import running

ALL = "compile-all"
MODES = {
    # What users run.
    "default": {},
    # Everything that can be compiled is, before its first run.
    "compile-all": {"stress": ALL},
    "no-passes": {"stress": f"{ALL},no-passes"},
    # Optimised code comes when it is ready.
    "background": {"budget": "inf", "compile": "background"},
    # Calls of compiled code come by the frame evaluator and by trampolines in turn.
    "trampolines": {"stress": f"{ALL},trampolines"},
    "trampolines-exits": {"stress": f"{ALL},trampolines,exit-random=8"},
    # Quick code alone, and optimised code as early as possible.
    "osr-off": {"budget": "inf", "osr": "off"},
    "osr-early": {"budget": "inf", "osr": "every:3"},
    # Nothing is compiled when it is called: frames of the interpreter are taken over in the middle of loops.
    "taken-over": {"threshold": "1000000000", "osr": "every:3"},
    "taken-over-exits": {"threshold": "1000000000", "osr": "every:1", "stress": "exit-random=6"},
    # Leaving compiled code everywhere: at the first, second, third, ... place of each activation, and at random.
    **{f"exit-every-{count}": {"stress": f"{ALL},exit-every={count}"} for count in (1, 2, 3, 5, 8, 13, 34)},
    **{f"exit-random-{seed}": {"stress": f"{ALL},exit-random={seed}"} for seed in (1, 2, 3)},
    "exit-early-osr": {"stress": "exit-random=4", "budget": "inf", "osr": "every:2"},
    # What is left in the frame is compared with what the interpreter would have there.
    "replayed": {"budget": "inf", "osr": "every:3", "verify": "2"},
    "replayed-exits": {"stress": f"{ALL},exit-random=5", "verify": "2"},
    # The code generator under pressure.
    "spill-all": {"stress": f"{ALL},spill-all"},
    "tiny-code": {"stress": f"{ALL},tiny-code"},
    "gc": {"stress": f"{ALL},gc"},
}
SHORT_MODES = ("default", "compile-all", "trampolines", "osr-early", "exit-every-1", "exit-every-3", "gc")
# One of each kind: what users run, every function, leaving anywhere, and the replay with its comparisons.
LINE_MODES = ("default", "compile-all", "exit-every-1", "exit-every-3", "replayed-exits")
if running.SHORT or running.LINES:
    MODES = {mode: MODES[mode] for mode in (SHORT_MODES if running.SHORT else LINE_MODES)}
# What these modes compile is verified elsewhere: with forced exits it differs from another mode's in constants, and who
# leads calls to it, collects garbage meanwhile or ends its life early is nothing that the compiler sees.
VERIFIED_ELSEWHERE = ("exit-every", "exit-random-", "exit-early-osr", "taken-over-exits", "trampolines", "gc", "tiny-code")
SAME_CODE = {mode for mode in MODES if mode.startswith(VERIFIED_ELSEWHERE)} - {"exit-every-1"}
# There is no room for everything, or nobody sees a part of the first calls.
SEE_LITTLE = ("tiny-code", "trampolines", "trampolines-exits")
# Others go first.
SECONDS = 4 * running.SECONDS
EXITING = [mode for mode in MODES if mode.startswith("exit-every")]


def header(program, name):
    """The words behind `# name:` in a program's first lines."""
    words = []
    for line in program.read_text().splitlines()[:20]:
        match = re.match(rf"# {name}: ([^(]*)", line)
        if match:
            words.extend(match[1].split())
    return words


def cases():
    for program in running.PROGRAMS:
        for mode in header(program, "modes") or MODES:
            if mode not in MODES:
                continue
            yield pytest.param(program, mode, id=f"{program.stem}-{mode}")


@functools.cache
def scratch():
    return tempfile.TemporaryDirectory(prefix="pyjion-programs-")


def run(program, mode):
    if mode is None:
        return running.run_python(running.DRIVER, "plain", program, timeout=SECONDS), None, None
    stem = os.path.join(scratch().name, f"{program.stem}-{mode}")
    # Every stage of every compilation is checked by our own verifiers: a Release RyuJIT checks nothing. On another
    # patch release the bytecode is the same, and what differs is what it does.
    verify = "0" if mode in SAME_CODE or running.SHORT else "1"
    environment = running.environment(**{"verify": verify, **MODES[mode]}, stats_file=f"{stem}.stats")
    environment["PROGRAM_REPORT"] = f"{stem}.report"
    outcome = running.run_python(running.DRIVER, "jit", program, env=environment, timeout=SECONDS)
    return outcome, f"{stem}.stats", f"{stem}.report"


def give_way():
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)


class Runs:
    """The outcomes of run(), each made once; conftest.py starts those of the selected tests. The plain run of a program
    has the mode None."""

    def __init__(self):
        self._pool = concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1, initializer=give_way)
        self._futures = {}

    def start(self, item):
        program, mode = item.callspec.params["program"], item.callspec.params["mode"]
        for key in (program, None), (program, mode):
            if key not in self._futures:
                self._futures[key] = self._pool.submit(run, *key)

    def stop(self):
        self._pool.shutdown(cancel_futures=True)

    def __getitem__(self, key):
        return self._futures[key].result()


RUNS = Runs()


def first_line(path):
    with open(path) as file:
        return json.loads(file.readline())


def shown(outcome):
    return f"{outcome.stdout}\n[standard error]\n{outcome.stderr}\n[exit status {outcome.returncode}]"


@pytest.mark.parametrize("program, mode", cases())
def test_same_as_plain(program, mode):
    plain, _, _ = RUNS[program, None]
    assert plain.stdout, f"{program.name} shows nothing:\n{plain.stderr}"
    outcome, stats_file, report_file = RUNS[program, mode]
    assert shown(outcome) == shown(plain)
    if header(program, "report") == ["none"]:
        return
    statistics = first_line(stats_file)
    assert statistics["internal_errors"] == 0 and statistics["back_end_errors"] == 0
    if "compile-all" in MODES[mode].get("stress", "") and mode not in SEE_LITTLE:
        facts = first_line(report_file)
        missing = {name: facts[name] for name in header(program, "compiled") if not facts[name][0]}
        assert not missing
    if MODES[mode].get("verify") == "2":
        assert statistics["not_replayed"] <= 20 + statistics["replayed"] // 20
        assert statistics["replayed"] > 0 or statistics["compiled_full"] + statistics["compiled_loops"] == 0
    if mode == "exit-every-1" and header(program, "compiled"):
        assert sum(statistics["exits"].values()) > 0


test_same_as_plain.early_run = RUNS


def test_every_program_promises_something():
    """A program without a list of compiled functions would pass with a compiler that compiles nothing."""
    assert not [program.name for program in running.PROGRAMS if not header(program, "compiled")]


def test_the_modes_differ_from_plain():
    assert len(EXITING) >= 2 and all(MODES[mode] for mode in MODES if mode != "default")
