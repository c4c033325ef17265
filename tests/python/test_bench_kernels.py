# SPDX-License-Identifier: MIT
"""`make bench-kernels`: the programs that it makes of a kernel run, compute the same, and what is wrong is noticed."""
from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pyjion
import pytest
from running import environment

BENCH = pathlib.Path(__file__).resolve().parents[2] / "bench"
sys.path[1:1] = [str(BENCH / "kernels"), str(BENCH)]

import demands  # noqa: E402
import forms  # noqa: E402
import runs  # noqa: E402

PACKAGE = pathlib.Path(pyjion.__file__).resolve().parents[1]
SETTINGS = runs.Settings(sys.executable, PACKAGE, scale=0.0005, rounds=1)


def test_every_form_runs(tmp_path):
    """The whole tool, on two kernels; nothing is said about speed at this size."""
    output = tmp_path / "measured.json"
    sides = ["--python", sys.executable, "--package", str(PACKAGE)]
    few = ["--kernels", "collatz,text", "--scale", "0.0005", "--rounds", "1", "--again", "0", "--output", str(output)]
    command = [sys.executable, str(BENCH / "kernels"), *sides, *few]
    outcome = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=120)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "share of the speed of full code" in outcome.stdout
    kernels = json.loads(output.read_text())["kernels"]
    assert list(kernels) == ["collatz", "text"]
    for measured in kernels.values():
        assert set(measured) == {"full jit"} | {f"{form} {side}" for form in forms.FORMS for side in ("plain", "jit")}
        assert len({answers[0]["result"] for answers in measured.values()}) == 1
        assert measured["full jit"][0]["statistics"]["compiled_full"] > 0
        assert all(0 < answer["seconds"] < 60 for answers in measured.values() for answer in answers)
    command = [sys.executable, str(BENCH / "performance_page.py"), "--kernels", str(output)]
    page = subprocess.run(command, capture_output=True, text=True, env=environment(), check=True).stdout
    (title, *rows) = [line for line in page.splitlines() if line.startswith(("| kernel", "| collatz", "| text"))][-3:]
    assert title == "| kernel | " + " | ".join(forms.FORMS) + " |"
    assert all(row.count(".") == len(forms.FORMS) for row in rows)


@pytest.mark.parametrize("name", forms.kernel_names())
def test_every_kernel_runs(name):
    measured = runs.run_kernel(name, ["once"], SETTINGS)
    assert measured.answers["once", "plain"][0]["result"] == measured.answers["full", "jit"][0]["result"]


@pytest.mark.parametrize(
    ("name", "text"), [("top", "size = 7"), ("generator", "    finally:"), ("imports", "import dataclasses")]
)
def test_forms_are_what_they_are_called(name, text):
    program = forms.FORMS[name].make(forms.read_kernel("collatz"), 7, True)
    assert text in program.files["main.py"].splitlines() and program.arguments == ("-m", "pyjion", "main.py")


def test_a_program_that_fails_is_no_measurement():
    with pytest.raises(runs.WrongRun, match="ZeroDivisionError"):
        runs.run_program(forms.script("1 / 0"), False, SETTINGS)


def test_a_program_without_the_jit_is_no_measurement():
    program = forms.script("""print('{"seconds": 1.0, "result": 1}')""")
    assert runs.run_program(program, False, SETTINGS)["seconds"] == 1.0
    with pytest.raises(runs.WrongRun, match="without the JIT"):
        runs.run_program(program, True, SETTINGS)


def test_a_program_without_an_end_is_no_measurement():
    settings = runs.Settings(sys.executable, PACKAGE, timeout=0.5)
    with pytest.raises(runs.WrongRun, match="no end in time"):
        runs.run_program(forms.script("while True: pass"), False, settings)


def test_a_wrong_result_is_noticed(monkeypatch):
    def answer(program, jit, settings):
        return {"seconds": 1.0, "result": -0.0 if jit else 0.0}

    monkeypatch.setattr(runs, "run_program", answer)
    with pytest.raises(runs.WrongRun, match="collatz: the sides disagree"):
        runs.run_kernel("collatz", ["once"], SETTINGS)


def test_further_rounds_are_added():
    before = runs.run_kernel("collatz", ["once", "top"], SETTINGS)
    after = runs.run_kernel("collatz", ["top"], SETTINGS, before)
    counts = {side: len(answers) for side, answers in after.answers.items()}
    assert counts == {
        runs.FULL: 2, ("once", "plain"): 1, ("once", "jit"): 1, ("top", "plain"): 2, ("top", "jit"): 2
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("SIZE = 1\n\n\ndef bad(size):\n    if size:\n        return 1\n    return 2\n", "one return"),
        ("SIZE = 1\n\n\ndef bad(size):\n    began = 1\n    return began\n", "began"),
        ("SIZE = 1\n\n\ndef bad(size):\n    yield 1\n", "no yield"),
    ],
)
def test_a_kernel_that_cannot_stand_everywhere_is_refused(tmp_path, monkeypatch, source, reason):
    (tmp_path / "bad.py").write_text(source)
    monkeypatch.setattr(forms, "PROGRAMS", tmp_path)
    with pytest.raises(ValueError, match=reason):
        forms.read_kernel("bad")


@pytest.mark.parametrize(
    ("form", "plain", "jit", "complaints"),
    [
        ("once", 2.0, 0.088, []),
        ("once", 2.0, 0.095, ["0.84 of full code's speed"]),
        ("once", 1.5, 0.08, ["18.8 times CPython's speed"]),
        ("top", 2.0, 0.26, []),
        ("top", 2.0, 0.27, ["0.30 of full code's speed, not 0.3"]),
    ],
)
def test_demands(form, plain, jit, complaints):
    """The median of three rounds counts."""
    answers = {runs.FULL: [{"seconds": 0.08}]}
    for side, seconds in ("plain", plain), ("jit", jit):
        answers[form, side] = [{"seconds": seconds * factor} for factor in (1, 0.5, 3)]
    run = runs.Runs(answers)
    assert demands.short_forms("collatz", run) == ([form] if complaints else [])
    found = demands.shortfalls({"collatz": run})
    assert len(found) == len(complaints) and all(text in line for text, line in zip(complaints, found))
