# SPDX-License-Identifier: MIT
"""The page that shows one function in every form says what the installed package does.

Its machine code depends on the processor; of that only the names in it are compared (tools/generate/gen_one_function.py).
"""
from __future__ import annotations

import pathlib
import re

import pytest

import running

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "tools/generate/gen_one_function.py"
PAGE = ROOT / "docs/maintainer/one-function.md"


def check(page):
    return running.run_python(GENERATOR, "--check", "--page", page)


def test_page_is_up_to_date():
    outcome = check(PAGE)
    assert outcome.returncode == 0, f"{outcome.stderr}\nrun {GENERATOR.name} with the installed interpreter"


@pytest.mark.parametrize(
    "old, new, part",
    [
        ("BINARY_OP ", "BINARY_OQ ", "Bytecode"),
        ("seenLeft FloatExact", "seenLeft LongExact", "HIR, as the front end makes it"),
        ("DoubleAdd", "DoubleSubtract", "Optimised HIR"),
        ("ldind.r8", "ldind.r4", "CIL"),
        ("; BoxDouble", "; BoxInt", "Machine code"),
        ("every load takes", "no load takes", "the text between the listings"),
    ],
)
def test_a_changed_page_is_noticed(old, new, part, tmp_path):
    page = PAGE.read_text()
    assert old in page
    changed = tmp_path / "one-function.md"
    changed.write_text(page.replace(old, new))
    outcome = check(changed)
    assert outcome.returncode == 1 and outcome.stderr.rstrip().endswith(part)


def test_no_addresses():
    """The page must be the same in every process; what looks like an address is a name of a pool word."""
    numbers = re.findall(r"0x[0-9a-f]{9,}", PAGE.read_text())
    assert numbers and all(number.startswith("0x7e000000") for number in numbers)
