# SPDX-License-Identifier: MIT
"""The modes in which generated programs run: options of pyjion by name. `SEED` stands for the program's seed."""
from __future__ import annotations

import random

ALL = "compile-all"
MODES: dict[str, dict[str, str]] = {
    # What users run.
    "default": {},
    "no-budget": {"budget": "inf"},
    # Everything that can be compiled is, before its first run; optimised from the third on.
    "compile-all": {"stress": ALL},
    "verify": {"stress": ALL, "verify": "1"},
    # Calls of compiled code come by the frame evaluator and by trampolines in turn.
    "trampolines": {"stress": f"{ALL},trampolines"},
    "trampolines-exit-random": {"stress": f"{ALL},trampolines,exit-random=SEED"},
    # Loops switch to optimised code early.
    "osr-1": {"budget": "inf", "osr": "every:1"},
    "osr-3": {"budget": "inf", "osr": "every:3"},
    "osr-50": {"budget": "inf", "osr": "every:50"},
    "osr-3-verify": {"budget": "inf", "osr": "every:3", "verify": "2"},
    # Nothing is compiled when it is called: frames of the interpreter are taken over in the middle of loops.
    "taken-over-1": {"threshold": "1000000000", "osr": "every:1"},
    "taken-over-3": {"threshold": "1000000000", "osr": "every:3"},
    "taken-over-3-exit-random": {"threshold": "1000000000", "osr": "every:3", "stress": "exit-random=SEED"},
    "taken-over-3-verify": {"threshold": "1000000000", "osr": "every:3", "verify": "2"},
    # Compiled code is left everywhere.
    "exit-every-1": {"stress": f"{ALL},exit-every=1"},
    "exit-every-2": {"stress": f"{ALL},exit-every=2"},
    "exit-every-7": {"stress": f"{ALL},exit-every=7"},
    "exit-random": {"stress": f"{ALL},exit-random=SEED"},
    "osr-1-exit-every-7": {"stress": "exit-every=7", "budget": "inf", "osr": "every:1"},
    "osr-3-exit-random": {"stress": f"{ALL},exit-random=SEED", "osr": "every:3"},
    "osr-50-exit-random": {"stress": "exit-random=SEED", "budget": "inf", "osr": "every:50"},
    # Objects that are not held die at once.
    "gc": {"stress": f"{ALL},gc"},
    "gc-osr-3": {"stress": "gc", "budget": "inf", "osr": "every:3"},
    "gc-exit-random": {"stress": f"{ALL},gc,exit-random=SEED"},
    # The code generator, and quick code with optimised code without passes.
    "no-passes-osr-1": {"stress": f"{ALL},no-passes", "osr": "every:1"},
    "spill-all-osr-3": {"stress": f"{ALL},spill-all", "osr": "every:3"},
}
DEFAULTS = {"threshold": "0", "budget": "50", "osr": "on", "stress": "", "verify": "0", "compile": "sync"}


# These cost ten times what others do: three times of four their programs run in the mode beside.
COSTLY = {"gc": "compile-all", "gc-osr-3": "osr-3", "gc-exit-random": "exit-random"}


def options(mode: str, seed: int) -> dict[str, str]:
    """All that `pyjion.config` shall set for a mode."""
    chosen = {**DEFAULTS, **MODES[mode]}
    return {name: value.replace("SEED", str(seed % 1000 + 1)) for name, value in chosen.items()}


def for_seed(seed: int, count: int, names: list[str]) -> list[str]:
    """Some of the modes: other ones for each seed."""
    chosen = random.Random(seed).sample(names, min(count, len(names)))
    if seed % 4:
        chosen = [other if (other := COSTLY.get(name, name)) in names else name for name in chosen]
    return list(dict.fromkeys(chosen))
