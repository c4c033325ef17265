# SPDX-License-Identifier: MIT
"""Listings of compiled functions: `dis` prints the CIL, `dis_native` the machine code.

Input: a Python function, method or code object, or what wraps one. Output: lines on `file` (standard output if None). What is shown is the
code that calls enter; where the interpreter runs the calls and enters loops alone, the code of these. `loop=7` shows the
code of the loop in line 7, `all=True` every piece of code that there is, also what was given up. A function that has no
code yet gets some to be shown, which nobody enters; one that cannot have any prints the reason instead.
"""
from . import _native, _one_function
from ._pieces import place_of
from ._source import lines_of

__all__ = ["dis", "dis_native"]


def dis(f, file=None, *, loop=None, all=False):
    """Print the CIL of a compiled function: `IL_0000: name operand`, one instruction a line.

    ValueError: there is no code for a loop in the line `loop`.
    """
    print(_listing(f, "cil", "//", loop, all), file=file)


def dis_native(f, file=None, *, loop=None, all=False):
    """Print the machine code of a compiled function: `00000000: PUSH RBP`, offsets from the start of the function.

    Calls name the function that is called; comments between the instructions are the lines of the Python source.
    ValueError: there is no code for a loop in the line `loop`.
    """
    print(_listing(f, "native", ";", loop, all), file=file)


def _listing(f, kind, comment, loop, everything):
    f = _one_function(f)
    pieces = _native.listings(f, kind)
    chosen = pieces if everything else _choose(f, pieces, loop)
    if not chosen:
        return _why_not(f)
    texts = []
    for piece in chosen:
        title = _title(piece, everything or piece["loop"])
        texts += [f"{comment} {title}"] * bool(title)
        texts.append(_with_source(f, piece[kind]))
    if not everything and loop is None and not chosen[0]["loop"]:
        more = sorted({(piece["line"], place_of(piece)) for piece in pieces if piece["loop"] and not piece["retired"]})
        texts += [f"{comment} {place} has code of its own: loop={line}" for line, place in more]
    return "\n".join(texts)


def _choose(f, pieces, loop):
    """The code that runs, or that of one loop."""
    live = [piece for piece in pieces if not piece["retired"]]
    if loop is None:
        # The first is the most optimised that calls enter.
        return [piece for piece in live if not piece["loop"]][:1] or live
    found = [piece for piece in live if piece["loop"] and piece["line"] == loop]
    if not found:
        lines = sorted({piece["line"] for piece in live if piece["loop"]})
        known = f"it has for loops in these lines: {lines}" if lines else "it has none for loops"
        raise ValueError(f"{_native.explain(f)['name']} has no code for a loop in line {loop}; {known}")
    return found


def _title(piece, wanted):
    if piece["shown"]:
        return "made to be shown: until now it is interpreted"
    if not wanted:
        return ""
    return f"{piece['tier']} code for {place_of(piece)}{', given up' if piece['retired'] else ''}"


def _with_source(f, listing):
    """The listing with the text of the source behind its comments `line N`, as far as the source can be found."""
    source = lines_of(_native.explain(f)["filename"])
    shown = []
    for text in listing.rstrip("\n").split("\n"):
        first, _, number = text.partition(" line ")
        line = int(number) if first in (";", "//") and number.isdigit() else 0
        if 0 < line <= len(source) and source[line - 1].strip():
            text = f"{text}: {source[line - 1].strip()}"
        shown.append(text)
    return "\n".join(shown)


def _why_not(f):
    facts = _native.explain(f)
    reason = facts["reason"] or "it has not run yet"
    line = facts["reason_line"]
    where = "" if line is None else f" (line {line})"
    return f"{facts['name']} is not compiled: {reason}{where}"
