# SPDX-License-Identifier: MIT
"""Recursion, its limit, and the ways to recurse.

CPython's specialised calls of builtins count no recursion where the same instruction did when it was cold: depths are not
compared to the last frame (plain CPython is up to two frames off itself), and nothing is traced at the limit.
"""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (3, "{i1} = down({k}, {m})"),
    (2, """
try:
    with limited({N} + 20):
        {i1} = down(500, {m})
except RecursionError as {e1}:
    say(type({e1}))
""", "once"),
    (1, """
try:
    with limited({N} + 25):
        {i1} = sorting(200)
except RecursionError as {e1}:
    say(type({e1}))
""", "once"),
    (1, """
try:
    with limited(30):
        {i1} = -Deep({m}) + Deep(1)
except RecursionError as {e1}:
    say(type({e1}))
""", "once"),
    (1, """
{x1} = 0
try:
    with limited(40):
        {x1} = deepest(0)
except RecursionError:
    {x1} = -1
say(20 < {x1} < 40)
""", "once"),
    (2, """
{i1} = set_limit({N} + 20)
{x1} = deepest(0)
set_limit(900)
say({i1} - 12 < {x1} < {i1} + 3)
""", "once"),
    (1, "{i1} = ackermann(2, {k})"),
)

EXPRESSIONS = {"n": templates((0.5, "down({k}, {m})"),)}

PRELUDE = {
    "down": '''
def down(n, value):
    return value if n <= 0 else down(n - 1, value)
''',
    "set_limit": '''
def set_limit(more):
    sys.settrace(None)
    sys.setprofile(None)
    sys.setrecursionlimit(depth() + more)
    return more
''',
    "sorting": '''
def sorting(n):
    return n if n <= 0 else max([n, 1], key=lambda x: sorting(n - 1))
''',
    "Deep": '''
class Deep:
    def __init__(self, value):
        self.value = value

    def __neg__(self):
        return -self

    def __getattr__(self, name):
        return getattr(self, name + "_")

    def __add__(self, other):
        return other + self
''',
    "deepest": '''
def deepest(n):
    try:
        return deepest(n + 1)
    except RecursionError:
        return n
''',
    "ackermann": '''
def ackermann(m, n):
    if m == 0:
        return n + 1
    return ackermann(m - 1, ackermann(m, n - 1) if n else 1)
''',
}
