# SPDX-License-Identifier: MIT
"""The object that explain() returns, fed with facts that are written here."""
from __future__ import annotations

import copy
import pickle

import pytest

from pyjion import Explanation

FACTS = {
    "name": "area",
    "filename": "shapes.py",
    "line": 12,
    "compiled": True,
    "tier": "full",
    "reason": None,
    "reason_line": None,
    "under_way": None,
    "run_count": 3,
    "exits": [
        {"reason": "Overflow", "line": 14, "offset": 20, "count": 1, "text": "x * x"},
        {"reason": "WrongType", "line": 15, "offset": 30, "count": 4, "text": ""},
        {"reason": "Pending", "line": 16, "offset": 40, "count": 0, "text": ""},
    ],
    "il_bytes": 120,
    "code_bytes": 340,
    "bytecodes": 22,
    "compile_ms": 1.25,
    "entries": [0],
}


def test_attributes_are_the_facts():
    explanation = Explanation(FACTS)
    assert (explanation.name, explanation.tier, explanation.run_count) == ("area", "full", 3)
    assert "code_bytes" in dir(explanation)
    with pytest.raises(AttributeError):
        explanation.no_such_fact
    with pytest.raises(AttributeError):
        explanation.name = "other"


def test_to_dict_is_a_copy():
    explanation = Explanation(FACTS)
    taken = explanation.to_dict()
    assert taken == FACTS
    taken["exits"].clear()
    assert len(explanation.exits) == 3


def test_text_of_compiled():
    assert str(Explanation(FACTS)) == (
        "area (shapes.py:12): compiled, full code\n"
        "  entered 3 times\n"
        "  22 bytecodes -> 120 bytes of CIL -> 340 bytes of machine code, in 1.25 ms\n"
        "  left compiled code 5 times:\n"
        "    line 15: WrongType, 4 times\n"
        "    line 14: Overflow, once: x * x"
    )


def test_text_of_interpreted():
    facts = dict(FACTS, compiled=False, tier="interpreter", reason="`with` is not compiled", reason_line=13, exits=[])
    assert str(Explanation(facts)) == (
        "area (shapes.py:12): interpreted\n  reason: `with` is not compiled (line 13)\n  entered 3 times"
    )


def test_text_of_what_is_under_way():
    lines = str(Explanation(dict(FACTS, under_way="code for the loop in line 14"))).splitlines()
    assert lines[1] == "  being compiled in the background: code for the loop in line 14"


def test_copies_and_comparison():
    explanation = Explanation(FACTS)
    assert copy.deepcopy(explanation) == explanation == pickle.loads(pickle.dumps(explanation))
    assert explanation != Explanation(dict(FACTS, run_count=4)) and explanation != 3
    assert repr(explanation) == "<Explanation of area: full>"
