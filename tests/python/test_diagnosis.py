# SPDX-License-Identifier: MIT
"""`python -m pyjion --info` and `--check`: what they print, and their exit status."""
from __future__ import annotations

import re

import pytest

import pyjion
import running

HOT = "total = 0\nfor i in range(300_000): total += i % 7\nprint(total)\n"


def run(*words, stdin="", cwd=None, **options):
    return running.run_python("-m", "pyjion", *words, stdin=stdin, cwd=cwd, env=running.environment(**options))


# --- info ----------------------------------------------------------------------------------------------------------------


def test_info_has_what_a_report_needs():
    out = running.succeed(run("--info", budget="17"))
    facts = dict(re.findall(r"^([\w. ]+): +(.*)$", out, re.MULTILINE))
    assert pyjion.__version__ in facts["pyjion"] and facts["Python"].startswith("3.11.")
    assert re.search(r"x86-64(-v[234])?, \d+ of \d+ usable", facts["processor"])
    assert "libclrjit.so, interface " in facts[".NET JIT"] and "None" not in facts[".NET JIT"]
    assert facts["status"] == "available, enabled" and facts["a trial"] == "compiled, with the right result"
    assert "  budget = 17" in out.splitlines() and "  PYJION_BUDGET=17" in out.splitlines()
    assert {line.split()[0] for line in out.splitlines() if " = " in line} >= set(pyjion.config())


def test_info_where_pyjion_is_kept_off():
    out = running.succeed(run("--info", enable="0"))
    assert "not enabled; PYJION_ENABLE" in out and "a trial:   not compiled: " in out


def test_info_with_a_bad_variable():
    outcome = run("--info", budget="much")
    assert outcome.returncode == 0 and outcome.stdout.count("PYJION_BUDGET") >= 2


# --- check ---------------------------------------------------------------------------------------------------------------


def test_check_of_a_program_that_does_the_same(tmp_path):
    (tmp_path / "program.py").write_text("import sys\nprint(sys.argv, file=sys.stderr)\n" + HOT + "sys.exit(3)")
    outcome = run("--check", "program.py", "-a", "b", cwd=tmp_path, budget="inf")
    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert re.search(r"exit status +3 +3\n", outcome.stdout) and outcome.stdout.endswith("The output is the same.\n")
    assert re.search(r"Pieces of code compiled: [1-9]", outcome.stdout)


@pytest.mark.parametrize("words", [["-c", HOT], ["-m", "program"]])
def test_check_of_other_forms(words, tmp_path):
    (tmp_path / "program.py").write_text(HOT)
    assert run("--check", *words, cwd=tmp_path).returncode == 0


def test_check_finds_differences():
    """The program looks whether it is enabled, which is what no program should do."""
    shows = "import pyjion; on = pyjion.status()['enabled']; "
    outcome = run("--check", "-c", shows + "print('a'); print(on)")
    assert outcome.returncode == 1 and "DIFFERENT standard output:" in outcome.stdout
    assert "  -False\n  +True\n" in outcome.stdout and "The output is the same" not in outcome.stdout
    outcome = run("--check", "-c", shows + "import sys; sys.exit(on)")
    assert outcome.returncode == 1 and "DIFFERENT exit status: 0 without pyjion, 1 with it." in outcome.stdout
    outcome = run("--check", "-c", shows + "import sys; print(on, file=sys.stderr)")
    assert outcome.returncode == 1 and "DIFFERENT standard error:" in outcome.stdout


def test_check_leaves_out_what_differs_anyway():
    outcome = run("--check", "-c", "import os; print('pid', os.getpid()); print(7)")
    assert outcome.returncode == 0 and "1 of 2 lines of standard output, which differ" in outcome.stdout
    shows = "import pyjion, os; print(os.getpid()); print(pyjion.status()['enabled'])"
    outcome = run("--check", "-c", shows)
    assert outcome.returncode == 1 and "  -False\n  +True\n" in outcome.stdout
    outcome = run("--check", "-c", "import time; print('line\\n' * (time.time_ns() // 1000 % 1000))")
    assert outcome.returncode == 0 and "Not compared: standard output, which differs from run to run" in outcome.stdout


def test_check_gives_both_the_same_input():
    outcome = run("--check", "-c", "import sys; print(len(sys.stdin.read()), {'a', 'b', 'c'})", stdin="text")
    assert outcome.returncode == 0 and outcome.stdout.endswith("The output is the same.\n")


def test_check_of_standard_input():
    outcome = run("--check", "-", "more", stdin="import sys\nprint(sys.argv, sys.stdin.read())\nsys.exit(3)\n")
    assert outcome.returncode == 0 and outcome.stdout.endswith("The output is the same.\n")
    assert re.search(r"exit status +3 +3\n", outcome.stdout)
    outcome = run("--check", "-", stdin="import pyjion\nprint(pyjion.status()['enabled'])\n")
    assert outcome.returncode == 1 and "  +True" in outcome.stdout


def test_check_of_tracebacks_and_signals():
    assert run("--check", "-c", "def f(): 1/0\nf()").returncode == 0
    outcome = run("--check", "-c", "import os; os.kill(os.getpid(), 9)")
    assert outcome.returncode == 0 and re.search(r"exit status +-9 +-9\n", outcome.stdout)
    assert "ended without its statistics" in outcome.stdout


def test_check_where_nothing_can_be_compared():
    for words in ([], ["-z"], ["-m"]):
        outcome = run("--check", *words)
        assert outcome.returncode == 2 and "usage: " in outcome.stderr
    outcome = run("--check", "-c", "1", enable="0")
    assert outcome.returncode == 2 and "not available" in outcome.stderr
