# SPDX-License-Identifier: MIT
"""Audit hooks of others hear what they hear without pyjion, whichever came first; id() stays the function that it is."""
from __future__ import annotations

import textwrap

import pytest

import running

CODE = """
    import sys
    heard = []
    hearing = lambda event, arguments: event == "builtins.id" and heard.append(arguments)
    before = id, id.__name__, id.__doc__, repr(id), id.__self__
    def f(n):
        s = 0
        for i in range(n): s += i
        return s
    if {first!r} == "theirs": sys.addaudithook(hearing)
    import pyjion
    pyjion.enable()
    pyjion.compile(f)
    for i in range(50): f(100)
    if {first!r} == "ours": assert id(f) and not heard; sys.addaudithook(hearing)
    heard.clear()
    things = [f, 1, None, object(), id]
    same = [id(thing) for thing in things] == list(map(id, things))
    print(same, len(heard), heard[0] == (id(f),), heard[3] == (id(things[3]),))
    print(before == (id, id.__name__, id.__doc__, repr(id), id.__self__), len({{id(a) for a in things}}))
    for wrong in ((), (1, 2)):
        try: id(*wrong)
        except TypeError as error: print(error)
    print(pyjion.info(f)['compiled'])
"""


@pytest.mark.parametrize("options", [{}, {"budget": "inf"}, {"compile": "background"}], ids=str)
@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_id_is_heard_by_others(first, options):
    child = running.environment(**options)
    outcome = running.run_python("-c", textwrap.dedent(CODE.format(first=first)), env=child)
    assert running.succeed(outcome) == (
        "True 10 True True\nTrue 5\nid() takes exactly one argument (0 given)\n"
        "id() takes exactly one argument (2 given)\nTrue\n"
    )
