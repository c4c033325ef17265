# SPDX-License-Identifier: MIT
"""Loops whose variables are global names: they are compiled as loops over locals are, and what binds the names behind
their back is found out, at a bounded cost. Each test is a process of its own."""
from __future__ import annotations

import json
import textwrap

import pytest

import running

# Frames of the interpreter are taken over at back-edges, of which each is looked at.
TAKEN_OVER = {"threshold": "1000000000", "osr": "every:1", "compile": "sync"}
FAILURES_ALLOWED = 8  # of one guess, see driver/verdicts.cpp

LOOP = """
total = 0
last = None
i = 0
while i < 2000:
    total = total + i % 7
    last = total
    i += 1
"""
PLACES = {
    "module": LOOP,
    "exec with one dict": f"names = {{}}\nexec({LOOP!r}, names)\n",
    "function with global": "def run():\n    global total, last, i\n" + textwrap.indent(LOOP, "    ") + "\nrun()\n",
    "prompt": f"""
import code
console = code.InteractiveConsole({{}})
for part in ('total = i = 0', 'last = None'):
    console.push(part)
console.push({LOOP[LOOP.index('while'):]!r})
""",
}


def optimised(text: str) -> list[str]:
    """The optimised HIR of each piece of code, from what PYJION_DUMP=hir prints."""
    parts = text.split(": optimised HIR\n")[1:]
    return [part[: part.index("\n}")] for part in parts]


@pytest.mark.parametrize("place", PLACES)
def test_names_are_kept_as_locals(place):
    options = running.environment(**TAKEN_OVER, dump="hir")
    outcome = running.run_python("-c", "import pyjion\npyjion.enable()\n" + PLACES[place], env=options)
    assert outcome.returncode == 0, outcome.stderr
    loops = [text for text in optimised(outcome.stdout + outcome.stderr) if "CheckedIntModulo" in text]
    assert loops
    for text in loops:
        assert "StoreGlobal" not in text and "LoadGlobal name 0" not in text
        assert "GuardType" not in text[text.index("block1("):], "names are checked in each iteration"


BOUND = """
import json, pyjion
def bind():
    global other
    other += 1
def leave_alone():
    pass
pyjion.enable()
other = total = 0
for i in range(3000):
    total += i
    {call}()
print(json.dumps([total, other, i, pyjion.statistics()["exits"].get("NameBound", 0)]))
"""


@pytest.mark.parametrize("call, count", [("bind", 3000), ("leave_alone", 0)])
def test_what_binds_names_is_remembered(call, count):
    result = running.succeed(running.run_code(BOUND.format(call=call), **TAKEN_OVER))
    total, other, last, exits = json.loads(result)
    assert (total, other, last) == (sum(range(3000)), count, 2999)
    assert exits == (FAILURES_ALLOWED if count else 0)


CHANGED = """
import json, pyjion
pyjion.enable()
value = 0
shown = []
for turn in range(40):
    value = [1, 1.5, None, "a", 1 << 80][turn % 5]
    n = 0
    while n < 50:
        kept = value
        value = kept if n % 10 else value
        n += 1
    shown.append(repr(kept))
statistics = pyjion.statistics()
print(json.dumps([shown == [repr([1, 1.5, None, "a", 1 << 80][turn % 5]) for turn in range(40)],
                  sum(statistics["exits"].get(name, 0) for name in ("TypeChanged", "UnboundLocal", "IntTooBig"))]))
"""


def test_names_of_many_types_do_not_leave_for_ever():
    right, exits = json.loads(running.succeed(running.run_code(CHANGED, **TAKEN_OVER)))
    assert right
    assert exits < 200


MODULE_THAT_CHANGES = """
import types, pyjion
tools = types.ModuleType("tools")
exec('''
count = 0
def counted(value):
    global count
    count += 1
    return value + count
def other(value):
    return value
''', vars(tools))
def first(turns):
    total = 0
    for i in range(turns):
        total += tools.counted(i)
    return total
def second(turns):
    total = 0
    for i in range(turns):
        tools.counted(i)
        total += tools.other(i)
    return total
pyjion.enable()
def failures(function):
    return sum(place["count"] for place in pyjion.explain(function).exits if place["reason"] == "LayoutChanged")
for function in first, second:
    results = {function(100) - 100 * i * 100 * (function is first) for i in range(20)}
    print(len(results) == 1, failures(function))
"""


def test_modules_that_change():
    """One piece of code finds out, at a bounded cost; what is compiled afterwards does not guess."""
    output = running.succeed(running.run_code(MODULE_THAT_CHANGES, **TAKEN_OVER))
    assert output == f"True {FAILURES_ALLOWED}\nTrue 0\n"
