# SPDX-License-Identifier: MIT
"""The list that `pyjion.functions` returns: what became of each function that there is something to tell about."""
from __future__ import annotations

from . import _native
from ._explanation import TYPE_CHECKING, Explanation, _printable

if TYPE_CHECKING:
    from typing import Any

_COLUMNS = ("state", "code", "interpreted", "compiled", "compiling", "exits", "function")


class Functions(list[Explanation]):
    """Explanations, those that take most time first. `print()` shows them as a table, a notebook as one of HTML."""

    def rows(self) -> list[tuple[str, ...]]:
        """The table's cells: state, tiers of its code, seconds, milliseconds of compiling, exits, the function."""
        return [_row(item) for item in self]

    def __str__(self) -> str:
        table = [_COLUMNS, *self.rows()]
        widths = [max(len(row[i]) for row in table) for i in range(len(_COLUMNS) - 1)]
        return "\n".join(_line(row, widths) for row in table)

    def _repr_html_(self) -> str:
        from pyjion._source import escape

        head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in self.rows())
        return f"<table class='pyjion-functions'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = [cell.ljust(width) if i < 2 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
    return "  ".join([*cells, row[-1]])


def _row(item: Explanation) -> tuple[str, ...]:
    live = [piece for piece in item.entries if not piece["retired"]]
    tiers = [piece["tier"] for piece in live if not piece["loop"]] + ["loops"] * any(piece["loop"] for piece in live)
    return (
        item.state,
        "+".join(tiers) or "-",
        f"{item.interpreted_seconds:.2f} s",
        f"{item.compiled_seconds:.2f} s",
        f"{item.compile_ms:.1f} ms",
        str(sum(place["count"] for place in item.exits)),
        f"{_printable(item.name)} ({_printable(item.filename)}:{item.line})",
    )


def functions() -> Functions:
    facts: list[dict[str, Any]] = [_native.explain(code) for code in _native.codes()]
    facts.sort(key=lambda fact: (-fact["interpreted_seconds"] - fact["compiled_seconds"], -fact["compile_ms"], fact["filename"], fact["line"]))
    return Functions(Explanation(fact) for fact in facts)
