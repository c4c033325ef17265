# SPDX-License-Identifier: MIT
"""Compiles every code object of some source files and tells the figures of each.

Runs in an interpreter with pyjion installed. Input: the paths of source files on standard input, one a line.
Output: lines of JSON on standard output: {"start": path} before a file, so that the parent knows where a crash was,
then {"file": path, "codes": [...]} with one row per code object, or {"file": path, "unreadable": why} for what CPython
itself cannot compile. A row: [qualified name, line, compiled, reason, bytecodes, IL bytes, blocks, our ms, RyuJIT's ms,
optimised], where `optimised` is None (not tried), "yes", "minopts" (RyuJIT switched, although it was asked to optimise)
or "failed".

usage: worker.py [--optimise BELOW]    optimise the quick code of functions with fewer than BELOW bytecodes, too
"""
import json
import sys
import types
import warnings

import pyjion
from pyjion import _native


def code_objects(code):
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from code_objects(constant)


def optimised(code):
    """What becomes of the same lowering when RyuJIT is asked to optimise it."""
    if not _native.compile(code, False, True):
        return "failed"
    entry = next(entry for entry in _native.explain(code)["entries"] if entry["tier"] == "quick")
    return "minopts" if entry["switched_to_minopts"] else "yes"


def row(code, below):
    pyjion.compile(code)
    facts = _native.explain(code)
    compiled, reason = facts["compiled"], facts["reason"]
    if compiled and facts["unconditional_exits"]:
        compiled, reason = False, "an instruction is lowered to an unconditional exit"
    ours = facts["compile_ms"] - facts["back_end_ms"]
    tried = optimised(code) if facts["compiled"] and facts["bytecodes"] < below else None
    bytecodes = facts["bytecodes"] or len(code.co_code) // 2
    figures = [bytecodes, facts["il_bytes"], facts["il_blocks"], ours, facts["back_end_ms"], tried]
    return [code.co_qualname, code.co_firstlineno, compiled, reason, *figures]


def survey(path, below):
    try:
        with open(path, "rb") as file:
            module = compile(file.read(), path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        return {"file": path, "unreadable": f"{type(error).__name__}: {error}"}
    return {"file": path, "codes": [row(code, below) for code in code_objects(module)]}


def main():
    below = int(sys.argv[2]) if sys.argv[1:2] == ["--optimise"] else 0
    warnings.simplefilter("ignore")
    pyjion.config(code_memory="1g")
    state = pyjion.status()
    if not state["available"]:
        sys.exit(state["reason"])
    out = sys.stdout
    for line in sys.stdin:
        path = line.rstrip("\n")
        print(json.dumps({"start": path}), file=out, flush=True)
        print(json.dumps(survey(path, below)), file=out, flush=True)
    counters = pyjion.statistics()
    print(json.dumps({"counters": {name: counters[name] for name in ("internal_errors", "back_end_errors")}}), file=out)


main()
