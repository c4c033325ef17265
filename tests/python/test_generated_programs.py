# SPDX-License-Identifier: MIT
"""Random programs, the same ones every time: plain and compiled runs must agree, and reach what can be reached.

`make fuzz` runs the same comparison over new seeds for as long as one likes.
"""
from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import warnings

import pytest
import running

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from fuzz import compare, program, reducing  # noqa: E402

LAST_SEED = 60 if running.SHORT or running.LINES else 500
SECONDS = 900


def run_fuzzer(*arguments):
    environment = {**running.environment(), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "fuzz", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=SECONDS)


@running.Early
def programs():
    # Which object a number is: user's guide, known differences.
    return run_fuzzer("--seeds", f"1:{LAST_SEED}", "--per-program", 2, "--without", "identity")


@programs.test
def test_programs_do_not_differ():
    outcome = programs.result()
    assert outcome.stdout.endswith(" 0 differences\n"), outcome.stdout[-5000:] + outcome.stderr[-3000:]
    assert outcome.returncode == 0


@programs.test
def test_programs_are_compared():
    """Few are skipped, and they are compiled, optimised, entered in loops and left for most reasons."""
    text = programs.result().stdout
    compared, skipped = map(int, re.search(r"^(\d+) comparisons .* (\d+) skipped", text, re.MULTILINE).groups())
    assert compared >= LAST_SEED * 1.8 and skipped <= LAST_SEED * 0.1
    never = re.search(r"^exits never taken: (.*)$", text, re.MULTILINE)[1].split()
    assert not {"TypeChanged", "IntTooBig", "GlobalChanged", "Raised", "HotLoop", "Forced", "UnboundLocal"} & set(never)
    totals = dict(re.findall(r"(compiled\w*) (\d+)", text))
    assert int(totals["compiled_full"]) > LAST_SEED and int(totals["compiled_loops"]) > LAST_SEED / 2


@pytest.mark.parametrize("first", range(1001, 1101, 25))
def test_programs_are_repeatable_and_compile(first):
    for seed in range(first, first + 25):
        source = program.source(seed)
        assert source == program.source(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, f"seed {seed}", "exec")


PLANTED = """
from witness import *
import sys

def noise(a):
    for k in range(a):
        if k > 2:
            a = a + k
    return a

def f(a):
    total = 0
    for k in range(a):
        total = total + noise(k)
        if k == 3 and "pyjion" in sys.modules:
            total = total - 1
    return total

call(noise, 3)
call(f, 5)
call(f, 2)
"""


@pytest.fixture(scope="module")
def pair():
    servers = compare.Pair()
    yield servers
    servers.stop()


def found_in(pair, source, mode="compile-all"):
    return pair.compare(source, mode, 1, pair.expected(source))


def test_a_difference_is_found_and_reduced(pair):
    """Only with pyjion is there a module of that name."""
    found = found_in(pair, PLANTED)
    assert found.kind == "output" and "f -> int" in found.text
    smaller = reducing.reduced(pair, PLANTED, "compile-all", 1, found, 30)
    assert "sys.modules" in smaller and "noise(a)" not in smaller and len(smaller.splitlines()) <= 8, smaller


@pytest.mark.parametrize(
    "statement, kind",
    [
        ("os.kill(os.getpid(), 11)", "signal 11"),
        ("os._exit(3)", "status 3"),
        ("os.write(2, b'text')", "standard error"),
        ("call(lambda: [][1])", "output"),
        ("call(sys.getrecursionlimit().__floordiv__, 0)", "output"),
        ("say(locals_of_caller())", "output"),
    ],
)
def test_kinds_of_differences(pair, statement, kind):
    source = f"import os, sys\nfrom witness import *\nsay(1)\nif 'pyjion' in sys.modules:\n    {statement}\nsay(2)\n"
    assert found_in(pair, source).kind == kind


def test_what_is_the_same_is_no_difference(pair):
    assert found_in(pair, "from witness import *\nsay(1.5, 'a', [None])\n") is None


def test_programs_that_say_nothing_are_skipped(pair):
    assert pair.expected("from witness import *\nsay(MemoryError())\n") is None
    assert pair.expected("while True: pass\n") is None
    unstable = "from witness import *\nimport os, sys\nsay(os.getppid())\n"
    assert found_in(pair, unstable) == compare.SKIPPED
