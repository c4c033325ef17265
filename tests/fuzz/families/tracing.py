# SPDX-License-Identifier: MIT
"""Trace and profile functions that are switched on and off from inside."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (2, "sys.settrace(tracer)\n...\nsys.settrace(None)"),
    (2, "sys.setprofile(profiler)\n...\nsys.setprofile(None)"),
    (2, "trace_caller()\n...\nsys.settrace(None)"),
    (2, """
for {i1} in range({N}):
    if {i1} == {k}:
        trace_caller()
    {V} = {V} + {i1}
    ...
sys.settrace(None)
"""),
    (1, """
for {i1} in range({N}):
    {V} = {V} + {m}
    sys.setprofile(profiler if {i1} & 1 else None)
    ...
sys.setprofile(None)
"""),
    (1, """
try:
    trace_caller()
    ...
    raise {R}
except {E}:
    ...
finally:
    sys.settrace(None)
"""),
    (0.5, "sys.settrace(failing_tracer)\ntry:\n    {i1} = {n}\n    ...\nexcept {E}:\n    ...\nsys.settrace(None)"),
)

PRELUDE = {
    "failing_tracer": '''
def failing_tracer(frame, event, argument):
    if event == "call" and frame.f_code.co_name.startswith("f"):
        raise ValueError("tracer")
    return None
''',
}
