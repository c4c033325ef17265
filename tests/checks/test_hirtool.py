# SPDX-License-Identifier: MIT
"""The tool for HIR in text files: its commands, on the files that the passes are tested with, and bad input."""
from __future__ import annotations

import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / "build" / "meson" / "tools" / "hirtool" / "hirtool"
PIPELINE = sorted((ROOT / "tests" / "filetests" / "pipeline").glob("*.hir"))

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason="hirtool is not built")


def run(*arguments: object, text: str | None = None) -> subprocess.CompletedProcess:
    return subprocess.run([str(TOOL), *map(str, arguments)], input=text, capture_output=True, text=True)


def optimised(path: pathlib.Path) -> str:
    outcome = run("opt", path)
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


@pytest.mark.parametrize("path", PIPELINE, ids=lambda path: path.stem)
def test_every_command(path):
    text = optimised(path)
    assert run("cat", "-", text=text).stdout == text
    assert run("verify", "-", text=text).returncode == 0
    assert "loop depth" in run("dom", path).stdout


@pytest.mark.parametrize("path", PIPELINE, ids=lambda path: path.stem)
@pytest.mark.parametrize("options", [(), ("--spill-all",), ("--listing",)], ids=lambda options: " ".join(options) or "text")
def test_lower(path, options):
    outcome = run("lower", "-", *options, text=optimised(path))
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.rstrip().endswith(", 0 errors")
    assert ("IL_0000: " in outcome.stdout) == ("--listing" in options)
    assert "exit 0: " in outcome.stdout


def test_run():
    outcome = run("run", ROOT / "tests" / "filetests" / "pipeline" / "range_sum.hir", "(4, 5)", "(0, 3)")
    assert (outcome.returncode, outcome.stdout) == (0, "(4, 5) == return 60\n(0, 3) == return 0\n")
    assert run("run", PIPELINE[0], "4, 5").returncode == 2


def test_bad_input(tmp_path):
    assert run("lower").returncode == 2
    assert "usage" in run("nothing", PIPELINE[0]).stderr
    assert "cannot read" in run("cat", tmp_path / "missing.hir").stderr
    broken = tmp_path / "broken.hir"
    broken.write_text("function %f(locals 0, stack 0, entry 0) {\nblock0:\n  Nonsense\n}\n")
    outcome = run("lower", broken)
    assert outcome.returncode == 1 and f"{broken}:3:" in outcome.stderr
