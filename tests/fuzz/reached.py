# SPDX-License-Identifier: MIT
"""What the programs of a run have reached in the compiler: instructions by tier, exits by reason, entries."""
from __future__ import annotations

import dis
import types
from collections import Counter

# Instructions that no function of CPython's own compiler holds in its code, or that only quickened code has.
NOT_COMPILED = {"CACHE", "<0>", "DO_TRACING"}
REASONS = ("TypeChanged", "IntTooBig", "DivisionByZero", "GlobalChanged", "ResultChanged", "RangeChanged",
           "UnboundLocal", "Raised", "Traced", "FrameObserved", "Pending", "HotLoop", "Forced")


def code_objects(namespace: dict) -> set:
    """The code objects of a module's functions and of its classes' methods, with all that are nested in them."""
    found, pending = set(), [namespace]
    while pending:
        item = pending.pop()
        if isinstance(item, types.CodeType):
            if item not in found:
                found.add(item)
                pending.extend(constant for constant in item.co_consts if isinstance(constant, types.CodeType))
        elif isinstance(item, types.FunctionType):
            pending.append(item.__code__)
        elif isinstance(item, type):
            pending.extend(type.__dict__["__dict__"].__get__(item).values())
        elif type(item) is dict:
            pending.extend(value for value in item.values() if type(value) is not dict)
    return found


def facts(module) -> dict:
    """(what, name) -> how often, of the code that a program has compiled."""
    from pyjion import _native

    counts: Counter = Counter()
    for code in code_objects(vars(module)):
        if code.co_filename != "program.py":
            continue
        explanation = _native.explain(code)
        if not explanation["run_count"]:
            continue
        if not explanation["compiled"]:
            counts["not compiled", explanation["reason"] or "never entered compiled"] += 1
            continue
        tier = explanation["tier"]
        counts["tier", tier] += 1
        for name in {dis.opname[opcode] for opcode in code.co_code[::2]}:
            counts[tier, name] += 1
        entries = len(explanation["entries"])
        counts["entries", "of loops"] += max(0, entries - 1)
        for place in explanation["exits"]:
            if place["count"]:
                counts["exit", f"{place['reason']} {place.get('mode', '')}".strip()] += place["count"]
                name = dis.opname[code.co_code[place["offset"]]] if place["offset"] >= 0 else "?"
                counts["left at", name] += 1
    return dict(counts)


def report(counts: Counter) -> str:
    """What was reached, and what never was."""
    lines = []
    for kind in ("tier", "entries", "exit", "not compiled"):
        rows = sorted((name, count) for (what, name), count in counts.items() if what == kind)
        lines.append(f"{kind}: " + (", ".join(f"{name} {count}" for name, count in rows) or "none"))
    everything = {name for name in dis.opmap if name not in NOT_COMPILED}
    for kind in ("quick", "full", "left at"):
        seen = {name for what, name in counts if what == kind}
        missing = sorted(everything - seen)
        label = "left at" if kind == "left at" else f"{kind} code with"
        lines.append(f"{label}: {len(seen)} of {len(everything)} instructions; never {' '.join(missing) or 'none'}")
    seen = {name.split()[0] for what, name in counts if what == "exit"}
    lines.append(f"exits never taken: {' '.join(name for name in REASONS if name not in seen) or 'none'}")
    return "\n".join(lines)
