# SPDX-License-Identifier: MIT
"""What became of one function: the object that `pyjion.explain` returns.

Input: the dictionary of facts from the compiler. Output: read-only attributes, `to_dict()` for tools, `str()` for
people. Nothing is looked up here: an explanation is a snapshot of the moment that it was asked for.
"""
from __future__ import annotations

from typing import Any, Literal


class Explanation:
    """Facts about one function, each an attribute.

    name, filename, line    the function
    compiled, tier          whether it is compiled, and 'interpreter', 'quick' or 'full'
    reason, reason_line     why it is not compiled, and the line that stands in the way; None if it is compiled
    under_way               what is being compiled of it in the background, in words; None for nothing
    run_count               entries while pyjion was enabled
    exits                   one dictionary per place where compiled code was left: reason, line, offset, count, text
    bytecodes, il_bytes, code_bytes, compile_ms
                            size of its bytecode, CIL and machine code, and the time that compiling took
    entries                 where compiled code can be entered
    """

    __slots__ = ("_facts",)

    name: str
    filename: str
    line: int
    compiled: bool
    tier: Literal["interpreter", "quick", "full"]
    reason: str | None
    reason_line: int | None
    under_way: str | None
    run_count: int
    exits: list[dict[str, Any]]
    bytecodes: int
    il_bytes: int
    il_blocks: int
    unconditional_exits: int
    code_bytes: int
    compile_ms: float
    back_end_ms: float
    entries: list[dict[str, Any]]

    def __init__(self, facts: dict[str, Any]) -> None:
        object.__setattr__(self, "_facts", facts)

    def __getattr__(self, name: str) -> Any:
        # Also reached for a missing `_facts` while an instance is copied: that must not recurse.
        if not name.startswith("_") and name in self._facts:
            return self._facts[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__!r} object is read-only")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._facts]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Explanation) and self._facts == other._facts

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.to_dict(),)

    def __repr__(self) -> str:
        return f"<Explanation of {self.name}: {self.tier}>"

    def to_dict(self) -> dict[str, Any]:
        """A copy of all facts, of plain types only."""
        from copy import deepcopy

        return deepcopy(self._facts)

    def __str__(self) -> str:
        return "\n".join([self._headline(), *self._body()])

    def _headline(self) -> str:
        place = f"{_printable(self.name)} ({_printable(self.filename)}:{self.line})"
        if not self.compiled:
            return f"{place}: interpreted"
        return f"{place}: compiled, {self.tier} code"

    def _body(self) -> list[str]:
        lines = []
        if self.reason is not None:
            where = f" (line {self.reason_line})" if self.reason_line is not None else ""
            lines.append(f"  reason: {self.reason}{where}")
        if self.under_way is not None:
            lines.append(f"  being compiled in the background: {self.under_way}")
        lines.append(f"  entered {_times(self.run_count)}")
        if self.compiled:
            lines.append(
                f"  {self.bytecodes} bytecodes -> {self.il_bytes} bytes of CIL -> {self.code_bytes} bytes of machine"
                f" code, in {self.compile_ms:.2f} ms"
            )
        taken = [place for place in self.exits if place["count"]]
        if taken:
            lines.append(f"  left compiled code {_times(sum(place['count'] for place in taken))}:")
        for place in sorted(taken, key=lambda place: (-place["count"], place["offset"])):
            detail = f": {place['text']}" if place["text"] else ""
            lines.append(f"    line {place['line']}: {place['reason']}, {_times(place['count'])}{detail}")
        return lines


def _printable(text: str) -> str:
    """The text, with lone surrogates escaped: it can be written to any file in UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
