# SPDX-License-Identifier: MIT
"""Globals and builtins that are bound anew, `exec`, `eval`, class bodies, imports."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (3, "rebind({n})"),
    (2, "globals()['g0'] = {m}"),
    (1, "{V} = {n} + g0\nrebind({m})\n{V} = {n} + g0"),
    (0.5, "globals().pop('g3', None)\n{i1} = {m} if {b} else g3"),
    (1, "{V} = abs({m})\nhide({k})\n{V} = abs({m}) + len({l})"),
    (1, "exec(CODE, globals(), {d})"),
    (1, "{i1} = eval(EXPRESSION, {{'x': {m}, 'y': {n}}})"),
    (0.5, "{d1} = {{'x': {m}, 'y': {n}}}\n{i1} = eval(EXPRESSION, globals(), {d1})"),
    (0.7, "import math\n{V} = math.floor({m}) + math.pi"),
    (0.5, "from math import sqrt as {x1}\n{V} = {x1}({n})"),
    (0.4, "import missing_module"),
    (0.7, """
class {f1}:
    {i1} = {m}
    if {b}:
        {i2} = {i1} + g0
    def method(self, p1):
        return p1 + g1

{V} = {f1}().method({m})
""", "once"),
    (0.7, """
def {f1}(p1):
    global g3
    g3 = {n}
    ...
    del g3
    return p1

{i1} = {f1}({m})
"""),
    (0.4, "exec(BODY, {{'n': {m}}})"),
    (0.4, "{x1} = vars()\nsay(len({x1}))"),
    (0.5, "{i1} = (lambda: g2)() if {b} else undefined"),
)

PRELUDE = {
    "rebind": '''
def rebind(value):
    global g0, g2
    g2 = g0
    g0 = clip(value)
''',
    "hide": '''
def hide(k):
    """Hides a builtin, or shows it again."""
    if k == 1:
        globals()["abs"] = lambda x: 5
    elif k == 2:
        globals()["len"] = lambda x: 2
    else:
        globals().pop("abs", None)
        globals().pop("len", None)
''',
    "CODE": '''
CODE = compile("for k in range(3):\\n    g1 = k + g0\\nz = [k for k in range(2)]", "program.py", "exec")
''',
    "BODY": '''
BODY = compile("""
m: int = n
class A:
    x = n
    y: int = [x, m]
    def f(self):
        return __class__
    del x
from math import *
if n:
    del n
""", "program.py", "exec")
''',
    "EXPRESSION": '''
EXPRESSION = compile("x + y if x < y else x - g0", "program.py", "eval")
''',
}
