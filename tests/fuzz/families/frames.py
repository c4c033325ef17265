# SPDX-License-Identifier: MIT
"""What callees see: locals, lines, callers."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (4, "look()"),
    (2, "{i1} = look() + {n}"),
    (1, "say(locals_of_caller())"),
    (1, "say(sorted(locals()))"),
    # A frame, or its dictionary, in a local of its own is a cycle, which dies when the collector runs.
    (1, "{x1} = keep(sys._getframe())\nsay({x1}, sorted(locals()))"),
    (1, "{i1} = {n}\n{x1} = dict(locals())\n{i1} = {n}\nsay({x1}.get('{i1}'))"),
    (0.7, "{x1} = sys._getframe().f_back\nsay({x1}.f_code.co_name)"),
    (1, """
for {i1} in range({N}):
    {V} = {V} + {i1}
    if {i1} == {k}:
        look()
    ...
"""),
    (0.7, """
def {f1}(p1):
    look(2)
    return sys._getframe(1).f_lineno

{i1} = {f1}({m})
"""),
    (0.5, "{i1} = eval('{m} + 1')" .replace("{m}", "a"), "once"),
)
