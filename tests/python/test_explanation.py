# SPDX-License-Identifier: MIT
"""The object that explain() returns, fed with facts that are written here."""
from __future__ import annotations

import copy
import pickle
import re

import pytest

from pyjion import Explanation, _native
from pyjion._advice import generic_lines

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
        "  entries counted: 3\n"
        "  22 bytecodes -> 120 bytes of CIL -> 340 bytes of machine code, in 1.25 ms\n"
        "  left compiled code 5 times:\n"
        "    line 15: WrongType, 4 times\n"
        "    line 14: Overflow, once: x * x"
    )


def test_exits_of_one_line_for_one_reason_are_one():
    exits = [{"reason": "IntTooBig", "line": 14, "offset": offset, "count": 2, "text": "large"} for offset in (20, 30, 40)]
    assert str(Explanation(dict(FACTS, exits=exits))).splitlines()[-2:] == [
        "  left compiled code 6 times:",
        "    line 14: IntTooBig, 6 times: large",
    ]


def test_entries_that_nobody_has_counted():
    """Calls are not always watched: the text does not say that what has run was never entered."""
    piece = {"retired": False, "loop": False, "resumed": False, "handler": False, "line": 12, "tier": "full", "code_bytes": 1, "exits": 0, "takeovers": 0}
    for change, text in (
        ({}, "0"),
        ({"interpreted_seconds": 0.5, "compiled_seconds": 0.25}, "0 (calls were not watched), about 0.50 s interpreted and 0.25 s compiled"),
        ({"entries": [piece]}, "0"),
        ({"entries": [dict(piece, loop=True, takeovers=1)]}, "0 (calls were not watched)"),
    ):
        assert str(Explanation(dict(FACTS, run_count=0, **change))).splitlines()[1] == f"  entries counted: {text}"


def test_code_that_calls_of_interpreted_code_pass_by():
    piece = {"retired": False, "loop": False, "resumed": False, "handler": False, "line": 12, "tier": "full", "code_bytes": 340, "exits": 0, "takeovers": 0}
    loop = dict(piece, loop=True, line=14)
    lines = str(Explanation(dict(FACTS, exits=[], entries=[dict(piece, compiled_callers_only=True), loop]))).splitlines()
    assert lines[0] == "area (shapes.py:12): compiled, full code, for calls that compiled code makes"
    assert lines[2] == "  calls that interpreted code makes are interpreted: to lead them to the code takes what it saves"
    assert "    calls that compiled code makes: full code, 340 bytes" in lines
    assert "interpreted" not in str(Explanation(dict(FACTS, entries=[dict(piece, compiled_callers_only=False)])))


def test_places_where_a_generator_goes_on():
    piece = {"retired": False, "loop": True, "resumed": True, "handler": False, "line": 14, "tier": "full", "code_bytes": 9, "exits": 0, "takeovers": 0}
    loop = dict(piece, resumed=False, line=15)
    handler = dict(loop, handler=True, line=17)
    facts = dict(FACTS, compiled=False, kind="generator", state="compiled", tier="interpreter", reason="so it is", entries=[piece, loop, dict(piece, line=16), handler])
    lines = str(Explanation(facts)).splitlines()
    assert lines[0] == "area (shapes.py:12): interpreted, with compiled loops (line 15) and code where it goes on (line 14, 16) and handlers (line 17)"
    assert "    the generator that goes on in line 16: full code, 9 bytes" in lines
    assert "    what handles exceptions in line 17: full code, 9 bytes" in lines


def test_operations_have_no_names_of_helpers():
    """What stays generic is named in words, also where the table has none for a helper."""
    calls = [{"line": 1, "offset": 2, "tier": "full", "helper": helper["name"], "name": "x", "left": "", "right": ""} for helper in _native.helpers()]
    assert not [item["what"] for item in generic_lines(calls) if re.search("[a-z][A-Z]", item["what"])]


def test_text_of_interpreted():
    facts = dict(FACTS, compiled=False, tier="interpreter", reason="`with` is not compiled", reason_line=13, exits=[])
    assert str(Explanation(facts)) == (
        "area (shapes.py:12): interpreted\n  reason: `with` is not compiled (line 13)\n  entries counted: 3"
    )


def test_text_of_what_is_under_way():
    lines = str(Explanation(dict(FACTS, under_way="code for the loop in line 14"))).splitlines()
    assert lines[1] == "  being compiled in the background: code for the loop in line 14"


def test_copies_and_comparison():
    explanation = Explanation(FACTS)
    assert copy.deepcopy(explanation) == explanation == pickle.loads(pickle.dumps(explanation))
    assert explanation != Explanation(dict(FACTS, run_count=4)) and explanation != 3
    assert repr(explanation) == "<Explanation of area: full>"
