# SPDX-License-Identifier: MIT
"""Operators on ints, floats and bools in optimised code: what CPython's own give, for thousands of values."""
from __future__ import annotations

import json

import pytest

import running


@running.Early
def run():
    return running.run_python(running.HERE / "number_evidence.py", timeout=300)


@run.test
def test_results_are_those_of_cpython():
    assert evidence()["differences"] == []


def test_optimised_code_was_called():
    facts = evidence()
    assert facts["not_full"] == []
    assert len(facts["calls"]) == 11 and min(facts["calls"].values()) > 500


@pytest.mark.parametrize("reason", ["IntTooBig", "DivisionByZero", "TypeChanged"])
def test_it_was_left_at_the_edges(reason):
    """Values that compiled code cannot represent were among them, for every reason that arithmetic has."""
    assert evidence()["exits"][reason] > 100


def evidence():
    return json.loads(running.succeed(run.result()))
