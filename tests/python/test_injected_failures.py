# SPDX-License-Identifier: MIT
"""Every helper that can fail is made to fail in compiled code: MemoryError arrives where the interpreter would have it,
at the right instruction, with every reference given back once, and the function works afterwards.

Input: injection_programs.py, run by injection_evidence.py.
"""
from __future__ import annotations

import json

import pytest

import injection_programs
import running


@pytest.fixture(scope="module")
def evidence():
    outcome = running.run_python(running.HERE / "injection_evidence.py", timeout=200)
    return json.loads(running.succeed(outcome))


def test_failures_are_those_of_the_interpreter(evidence):
    assert evidence["problems"] == []


def test_every_helper_that_can_fail_did(evidence):
    assert set(evidence["helpers"]) - set(evidence["reached"]) == set()


def test_the_other_programs_were_made_to_fail(evidence):
    assert evidence["swept"] > 300


def test_the_table_has_no_helper_that_cannot_fail(evidence):
    assert {program.helper for program in injection_programs.programs()} == set(evidence["helpers"])
