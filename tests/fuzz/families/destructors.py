# SPDX-License-Identifier: MIT
"""When objects die. They are made into locals: while an interpreted caller holds the temporaries that it has passed,
they live longer (user's guide, known differences)."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (3, "{x1} = Dying({k})\n...\n{x1} = None"),
    (2, "{x1} = Dying({k})\n{x2} = {x1}\n{x1} = Dying({k})\ndel {x2}\n..."),
    (2, "{x1} = [Dying(1), Dying(2)]\n...\n{x1} = {n}"),
    (1, """
for {i1} in range({N}):
    {x1} = Dying({i1})
    ...
{x1} = 0
"""),
    (1, "{x1} = Dying({k})\ntry:\n    ...\nfinally:\n    {x1} = None"),
    (1, "{x1} = Dying(4)\n{x2} = lambda: {x1}\n...\n{x1} = 0"),
    (0.7, "{x1}, {x2} = Dying(1), Dying(2)\n{x1}, {x2} = {x2}, 0\n..."),
    (0.5, "{x1} = Dying(9)\ndel {x1}"),
)

PRELUDE = {
    "Dying": '''
class Dying:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        say("dies", self.name)
        if self.name == 9:
            raise ValueError(9)
''',
}
