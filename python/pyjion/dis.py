# SPDX-License-Identifier: MIT
"""Listings of compiled functions: `dis` prints the CIL, `dis_native` the machine code.

Input: a Python function, method or code object. Output: lines on `file` (standard output if None). A function that
is not compiled prints the reason instead.
"""
import linecache
import re

from . import _native

__all__ = ["dis", "dis_native"]


def dis(f, file=None):
    """Print the CIL of a compiled function: `IL_0000: name operand`, one instruction a line."""
    print(_with_source(f, _native.cil(f)) or _why_not(f), file=file)


def dis_native(f, file=None):
    """Print the machine code of a compiled function: `00000000: PUSH RBP`, offsets from the start of the function.

    Calls name the function that is called; comments between the instructions are the lines of the Python source.
    """
    print(_with_source(f, _native.native(f)) or _why_not(f), file=file)


def _with_source(f, listing):
    """The listing with the text of the source behind its comments `line N`, as far as the source can be found."""
    if not listing:
        return None
    filename = _native.explain(f)["filename"]

    def add_text(match):
        text = linecache.getline(filename, int(match[2])).strip()
        return f"{match[0]}: {text}" if text else match[0]

    return re.sub(r"^(;|//) line (\d+)$", add_text, listing.rstrip("\n"), flags=re.MULTILINE)


def _why_not(f):
    facts = _native.explain(f)
    reason = facts["reason"] or "it has not run yet"
    line = facts["reason_line"]
    where = "" if line is None else f" (line {line})"
    return f"{facts['name']} is not compiled: {reason}{where}"
