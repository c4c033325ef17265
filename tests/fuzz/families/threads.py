# SPDX-License-Identifier: MIT
"""Threads: one that runs alone while it is waited for, and several that share nothing."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (2, """
def {f1}(p1):
    ...
    return {n}

{x1} = in_thread({f1}, {m})
""", "once"),
    (1, "{x1} = side_by_side(collatz, ({k},), (27,), (31,))\nsay({x1})", "once"),
    (1, "{x1} = in_thread(collatz, {m})\nsay({x1})", "once"),
)

PRELUDE = {
    "collatz": '''
def collatz(n):
    steps = 0
    while n != 1 and steps < 200:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps
''',
}
