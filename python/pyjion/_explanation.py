# SPDX-License-Identifier: MIT
"""What became of one function: the object that `pyjion.explain` returns.

Input: the dictionary of facts from the compiler. Output: read-only attributes, `to_dict()` for tools, `str()` for
people, HTML for notebooks. Nothing is looked up here: an explanation is a snapshot of the moment that it was asked for.
"""
from __future__ import annotations

from pyjion._pieces import lines_of_loops, place_of

# Known to type checkers. Modules of the library that were imported here would run among what a program has run.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal


class Explanation:
    """Facts about one function, each an attribute.

    name, filename, line    the function
    kind                    'function', 'generator', 'coroutine', 'asynchronous generator', or 'body' of a module or class
    state                   'compiled', 'on trial', 'given up', 'refused', 'suppressed' or 'interpreted'
    compiled, tier          whether calls have compiled code, and 'interpreter', 'quick' or 'full'
    reason, reason_line     why it is not compiled, and the line that stands in the way; None if it is compiled
    under_way               what is being compiled of it in the background, in words; None for nothing
    run_count               entries that pyjion has seen
    interpreted_seconds, compiled_seconds
                            time that it has used in the interpreter and in compiled code: a sample every 5 ms
    exits                   one dictionary per place where compiled code was left: reason, line, offset, count, text
    bytecodes, il_bytes, code_bytes, compile_ms
                            size of its bytecode, of the CIL and machine code of all its pieces of code, and the time
                            that compiling these took
    entries                 one dictionary per piece of code: tier, loop (entered in the middle), resumed (where a generator
                            goes on), handler (of exceptions), line, compiled_callers_only, retired, takeovers, exits, code_bytes, ...
    calls                   one dictionary per operation that compiled code leaves to a helper
    generic                 the same in words: line, what, why
    advice                  what would make it faster: line (0: the whole function) and text
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
    kind: str
    state: str
    interpreted_seconds: float
    compiled_seconds: float
    calls: list[dict[str, Any]]

    def __init__(self, facts: dict[str, Any]) -> None:
        object.__setattr__(self, "_facts", facts)

    if TYPE_CHECKING:
        _facts: dict[str, Any]
    else:  # For type checkers a name that is none of those above is an error.

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

    @property
    def generic(self) -> list[dict[str, Any]]:
        from pyjion._advice import generic_lines

        return generic_lines(self._facts.get("calls", []))

    @property
    def advice(self) -> list[dict[str, Any]]:
        from pyjion._advice import advice

        return advice(self._facts, self._facts.get("calls", [])) if "state" in self._facts else []

    def to_dict(self) -> dict[str, Any]:
        """A copy of all facts, of plain types only."""
        from copy import deepcopy

        return deepcopy(self._facts)

    def __str__(self) -> str:
        lines = [self._headline()]
        for title, items in self._sections():
            lines.append(f"  {title}")
            lines += [f"    {item}" for item in items]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from pyjion._source import escape

        parts = [f"<p style='margin:.2em 0'><b>{escape(self._headline())}</b></p>"]
        for title, items in self._sections():
            shown = "".join(f"<li>{escape(item)}</li>" for item in items)
            parts.append(f"<p style='margin:.2em 0'>{escape(title)}</p>")
            if shown:
                parts.append(f"<ul style='margin:0'>{shown}</ul>")
        return f"<div class='pyjion-explanation'>{''.join(parts)}</div>"

    def _headline(self) -> str:
        place = f"{_printable(self.name)} ({_printable(self.filename)}:{self.line})"
        if self.compiled:
            callers = ", for calls that compiled code makes" if self._passes_interpreter_by() else ""
            return f"{place}: compiled, {self.tier} code{callers}"
        loops = lines_of_loops(self._pieces())
        if loops and self._facts.get("state") == "compiled":
            return f"{place}: interpreted, with compiled {loops}"
        return f"{place}: interpreted"

    def _pieces(self) -> list[dict[str, Any]]:
        """The pieces of code that may run."""
        return [piece for piece in self.entries if isinstance(piece, dict) and not piece["retired"]]

    def _passes_interpreter_by(self) -> bool:
        return any(piece.get("compiled_callers_only", False) for piece in self._pieces())

    def _sections(self) -> list[tuple[str, list[str]]]:
        """Titles, each with the lines below it."""
        sections: list[tuple[str, list[str]]] = []
        if self.reason is not None:
            where = f" (line {self.reason_line})" if self.reason_line is not None else ""
            sections.append((f"reason: {self.reason}{where}", []))
        if self.under_way is not None:
            sections.append((f"being compiled in the background: {self.under_way}", []))
        sections.append((self._entered(), []))
        if self._passes_interpreter_by():
            sections.append(("calls that interpreted code makes are interpreted: to lead them to the code takes what it saves", []))
        if self.compiled or self._pieces():
            sections.append((self._sizes(), []))
        pieces = [self._piece_text(piece) for piece in self._pieces()]
        if len(pieces) > 1 or any(piece["loop"] for piece in self._pieces()) or self._resumes():
            sections.append(("what runs:", pieces))
        sections += self._exit_section()
        optimised = [item for item in self.generic if item["tier"] == "full"]
        if optimised:
            sections.append(("stays generic in optimised code:", _by_line(optimised)))
        tips = [f"line {tip['line']}: {tip['text']}" if tip["line"] else tip["text"] for tip in self.advice]
        if tips:
            sections.append(("to make it faster:", tips))
        return sections

    def _entered(self) -> str:
        spent = self._facts.get("interpreted_seconds", 0), self._facts.get("compiled_seconds", 0)
        time = f", about {spent[0]:.2f} s interpreted and {spent[1]:.2f} s compiled" if any(spent) else ""
        has_run = any(spent) or any(piece["takeovers"] for piece in self._pieces())
        unwatched = " (calls were not watched)" if self.run_count == 0 and has_run else ""
        return f"entries counted: {self.run_count}{unwatched}{time}"

    def _sizes(self) -> str:
        return (
            f"{self.bytecodes} bytecodes -> {self.il_bytes} bytes of CIL -> {self.code_bytes} bytes of machine"
            f" code, in {self.compile_ms:.2f} ms"
        )

    def _resumes(self) -> bool:
        return self.compiled and self._facts.get("kind", "function") not in ("function", "body")

    def _piece_text(self, piece: dict[str, Any]) -> str:
        where = place_of(piece)
        if piece.get("compiled_callers_only", False):
            where = "calls that compiled code makes"
        if not piece["loop"] and self._resumes():
            where = f"the {self.kind}, wherever it goes on"
        optimised = " optimised by RyuJIT" if piece["tier"] == "quick" and piece["optimised"] else ""
        notes = [f"{piece['code_bytes']} bytes"]
        if piece["takeovers"]:
            notes.append(f"entered from the interpreter {_times(piece['takeovers'])}")
        if piece["exits"]:
            notes.append(f"left {_times(piece['exits'])}")
        return f"{where}: {piece['tier']} code{optimised}, {', '.join(notes)}"

    def _exit_section(self) -> list[tuple[str, list[str]]]:
        taken = [place for place in self.exits if place["count"]]
        if not taken:
            return []
        # Several pieces of code, or several instructions, may be left in one line for one reason.
        counts: dict[tuple[int, str, str], int] = {}
        for place in sorted(taken, key=lambda place: int(place["offset"])):
            why = place["line"], place["reason"], place["text"]
            counts[why] = counts.get(why, 0) + place["count"]
        lines = []
        for (line, reason, text), count in sorted(counts.items(), key=lambda item: -item[1]):
            lines.append(f"line {line}: {reason}, {_times(count)}" + (f": {text}" if text else ""))
        return [(f"left compiled code {_times(sum(place['count'] for place in taken))}:", lines)]


def _by_line(items: list[dict[str, Any]]) -> list[str]:
    return [f"line {item['line']}: {item['what']}: {item['why']}" for item in items]


def _printable(text: str) -> str:
    """The text, with lone surrogates escaped: it can be written to any file in UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
