# SPDX-License-Identifier: MIT
"""`with`: managers that suppress, that raise at their start or end, nested and left by jumps."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (4, "with Manager({k}) as {i1}:\n    ..."),
    (2, "with Manager({k}), Manager({k}) as {i1}:\n    ..."),
    (2, """
for {i1} in range({N}):
    with Manager({k}) as {i2}:
        ...
        if {b}:
            continue
        if {b}:
            break
"""),
    (2, """
with Manager({k}):
    for {i1} in range({N}):
        {V} = {V} + {i1}
        ...
    raise {R}
"""),
    (1, """
with Manager({k}) as {i1}:
    if {b}:
        return {n}
    ...
"""),
    (1, """
try:
    with Manager({k}) as {i1}, {o}:
        ...
except {E}:
    ...
"""),
    (0.5, "with {o} as {i1}:\n    ..."),
    (0.5, "with made({m}) as {i1}:\n    ..."),
)

PRELUDE = {
    "Manager": '''
class Manager:
    """0: lets pass; 1: suppresses; 2: raises at its end; 3: raises at its start; 5: suppresses some."""

    def __init__(self, kind):
        self.kind = kind

    def __enter__(self):
        if self.kind == 3:
            raise Own(3)
        return self.kind

    def __exit__(self, kind, error, trace):
        if kind is not None:
            say(kind, error, trace.tb_lineno if kind is not UnboundLocalError else 0)
        if self.kind == 2:
            raise KeyError("exit")
        return self.kind == 1 or (self.kind == 5 and kind is ValueError)
''',
    "made": '''
@contextlib.contextmanager
def made(value):
    try:
        yield value
    except ValueError:
        say("suppressed")
    finally:
        look()
''',
}
