# SPDX-License-Identifier: MIT
"""What is generated and checked in is what the generators make today."""
from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

GENERATORS = sorted((pathlib.Path(__file__).resolve().parents[2] / "tools" / "generate").glob("gen_*.py"))


def test_there_are_generators():
    assert GENERATORS


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda path: path.stem)
def test_output_is_up_to_date(generator, root):
    outcome = subprocess.run([sys.executable, str(generator), "--check"], cwd=root, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
