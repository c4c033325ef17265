# SPDX-License-Identifier: MIT
"""The option verify=2 sees when compiled code and the interpreter would not have the same frame.

The differences are made by somebody who writes to a running function's locals, which Python does not allow: what
compiled code believes and what its frame holds are then two things.
"""
from __future__ import annotations

import textwrap

import pytest

import running

TAMPER = """
import ctypes, sys
import pyjion

def overwrite(name, value):
    frame = sys._getframe(2)
    frame.f_locals[name] = value
    ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))

asked = False

def visit():
    if asked:
        {tamper}

{program}

pyjion.enable()
for i in range(300):
    function(7)
before = pyjion.statistics()
assert before["internal_errors"] == 0 and before["replayed"] > 50 and before["not_replayed"] == 0, before
asked = True
try:
    function(7)
except ZeroDivisionError:
    pass
after = pyjion.statistics()
print(after["internal_errors"], after["replayed"] - before["replayed"] > 0)
"""

LOOP = """
def function(n):
    total = 0
    kept = [n]
    for i in range(n):
        total += i
        if i == 4:
            visit()
            1 // (not asked)
    return total, kept
"""
CASES = {
    # What the loop keeps unboxed is written to the frame for the call; the value that is then put there in its place is
    # no longer the loop's.
    "number": "overwrite('total', 99)",
    "type": "overwrite('total', 10.0)",
    "object": "overwrite('kept', [7])",
    "minus zero": "overwrite('n', -0.0)",
    "loop variable": "overwrite('i', 3)",
}


def outcome(tamper, **options):
    code = textwrap.dedent(TAMPER).format(tamper=tamper, program=LOOP)
    return running.run_code(code, budget="inf", **options)


@pytest.mark.parametrize("name", CASES)
def test_differences_are_internal_errors(name):
    done = outcome(CASES[name], verify="2", dump="errors")
    assert done.stdout == "1 True\n"
    local = CASES[name].split("'")[1]
    assert done.stderr.startswith("; function: ") and f"the local {local} is " in done.stderr
    assert "the interpreter would have " in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_same_value_is_no_difference():
    assert outcome("overwrite('total', 10)", verify="2", dump="errors").stdout == "0 True\n"
    assert outcome("pass", verify="2", dump="errors").stdout == "0 True\n"


@pytest.mark.parametrize("verify", ["0", "1"])
def test_nothing_is_replayed_unless_asked(verify):
    code = LOOP + "def visit(): pass\nasked = False\nimport pyjion\npyjion.enable()\n"
    code += "for i in range(300):\n    function(7)\nprint([pyjion.statistics()[key] for key in ('replayed', 'not_replayed')])\n"
    assert running.succeed(running.run_code(code, budget="inf", verify=verify)) == "[0, 0]\n"
