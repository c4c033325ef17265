# SPDX-License-Identifier: MIT
"""What a piece of machine code is for, in words; explanations, listings and reports say the same."""
from __future__ import annotations

# Known to type checkers.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def place_of(piece: dict[str, Any]) -> str:
    """What the code of a piece (one of ``Explanation.entries``) runs: calls, a loop, or from a handler or where a generator goes on."""
    if piece["resumed"]:
        return f"the generator that goes on in line {piece['line']}"
    if piece["handler"]:
        return f"what handles exceptions in line {piece['line']}"
    return f"the loop in line {piece['line']}" if piece["loop"] else "calls"


def lines_of_loops(pieces: list[dict[str, Any]]) -> str:
    """The lines of loops that have code of their own, and of other places that have; empty when there is none."""
    parts = []
    for what, resumed, handler in (("loops", False, False), ("code where it goes on", True, False), ("handlers", False, True)):
        kind = resumed, handler
        lines = sorted({piece["line"] for piece in pieces if piece["loop"] and (piece["resumed"], piece["handler"]) == kind})
        if lines:
            parts.append(f"{what} (line {', '.join(map(str, lines))})")
    return " and ".join(parts)
