# SPDX-License-Identifier: MIT
"""Functions in a module of their own, as programs import them: they have to earn optimised code by the time they use."""
from __future__ import annotations

import textwrap

import running

# Calls again and again, with one result, until something has happened or much time is used; whether it has happened.
UNTIL = """
import time
def until(ended, call, *arguments):
    end = time.process_time() + 20
    while not ended() and time.process_time() < end:
        results = {call(*arguments) for _ in range(20)}
        assert len(results) == 1
    return bool(ended())
"""


def run(module: str, code: str, compile: str = "background", **options: str) -> str:
    """What the code prints that uses the names of the module, `until` and `pyjion` among them."""
    text = f"""
        import sys, types, pyjion
        pyjion.enable()
        module = types.ModuleType("imported")
        module.pyjion = pyjion
        exec({module + UNTIL!r}, vars(module))
        globals().update({{name: value for name, value in vars(module).items() if name[:2] != "__"}})
    """
    return running.succeed(running.run_code(textwrap.dedent(text) + textwrap.dedent(code), compile=compile, **options))
