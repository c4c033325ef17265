# SPDX-License-Identifier: MIT
"""What a report shows, as dictionaries of plain types.

Input: code objects, and seconds by line as `pyjion._native.line_times` returns them. Output of `collect`:

    observed     whether the option `observe` is on
    reason       why pyjion cannot compile or is kept off; None
    seconds      of the whole process: interpreted, quick, full, elsewhere
    functions    name, file (number), line, state, tier, seconds, exits, summary, bytecode, pieces
    files        name, lines (the source), seconds (by line), kinds (by line), left (by line), notes (by line)

`bytecode` has [code unit, text, line] for each instruction, `pieces` the forms of each piece of code as text.
"""
from __future__ import annotations

import dis
import os
import sys

import pyjion
from pyjion import _native
from pyjion._explanation import Explanation
from pyjion._pieces import place_of
from pyjion._source import lines_of

# The forms of so many functions are on the page, those that take most time, and so much text of them at most.
MOST_FUNCTIONS = 80
MOST_TEXT = 12_000_000
# Files in which less happened are named and not shown.
LEAST_SHARE = 0.002

# Exits that are part of the plan: they say nothing about the line that they are in.
_PLANNED = {"HotLoop", "Pending", "Suspending", "Forced"}


def collect(codes, times):
    by_place, elsewhere = times
    seconds = {}
    for name, line, *spent in by_place:
        seconds.setdefault(name, {})[line] = spent
    described = [_Described(code, seconds.get(code.co_filename, {})) for code in codes]
    described.sort(key=lambda each: (-sum(each.seconds), -each.told, each.facts.filename, each.facts.line))
    names = _files(described, seconds)
    numbers = {name: number for number, name in enumerate(names)}
    shown = [each for each in described if each.facts.filename in numbers]
    room = MOST_TEXT
    functions = []
    for count, each in enumerate(shown):
        pieces = each.pieces() if count < MOST_FUNCTIONS and room > 0 else []
        room -= sum(len(piece[form] or "") for piece in pieces for form in ("hir", "cil", "native"))
        functions.append(each.dictionary(numbers[each.facts.filename], pieces))
    totals = [sum(spent[k] for lines in seconds.values() for spent in lines.values()) for k in range(3)]
    return {
        "observed": pyjion.config()["observe"],
        "reason": pyjion.status()["reason"],
        "seconds": [*totals, elsewhere],
        "functions": functions,
        "files": [_file(name, seconds.get(name, {}), [e for e in shown if e.facts.filename == name]) for name in names],
        "left_out": sum(1 for name in seconds if name not in numbers),
    }


def _files(described, seconds):
    """The files that are shown, the program's own first, then by time: those with code, and those that took time."""
    # `__main__.__file__` is gone when the interpreter ends.
    own = {os.path.basename(sys.argv[0] if sys.argv else ""), "<string>", "<stdin>"}
    spent = {name: sum(map(sum, lines.values())) for name, lines in seconds.items()}
    whole = sum(spent.values())
    wanted = {each.facts.filename for each in described if each.facts.entries}
    wanted |= {name for name, own in spent.items() if own > LEAST_SHARE * whole}
    wanted |= {each.facts.filename for each in described if each.told and not whole}
    return sorted(wanted, key=lambda name: (os.path.basename(name) not in own, -spent.get(name, 0), name))


class _Described:
    """One code object and what became of it."""

    def __init__(self, code, times):
        self.code = code
        self.facts = Explanation({**_native.explain(code), "calls": _native.helper_calls(code)})
        self.bytecode = _bytecode(code)
        self.lines = {line for _, _, line in self.bytecode if line}
        self.seconds = [sum(times[line][k] for line in self.lines if line in times) for k in range(3)]
        if not any(self.seconds):
            self.seconds = [self.facts.interpreted_seconds, 0.0, self.facts.compiled_seconds]
        self.told = len(self.facts.entries)
        self._pieces = None

    def pieces(self):
        """Live ones, optimised ones first; where there are none, the latest of those that were given up."""
        if self._pieces is None:
            found = _native.listings(self.code, "all") if self.facts.entries else []
            latest = {(piece["tier"], piece["offset"]): piece for piece in found}
            self._pieces = [piece for piece in found if not piece["retired"]] or list(latest.values())
            self._pieces.sort(key=lambda piece: (piece["tier"] != "full", piece["line"]))
        return self._pieces

    def covered(self):
        """Lines that quick code and full code run. What lies between is in them too, though nothing may be left of it."""
        lines = {"quick": set(), "full": set()}
        for piece in self.pieces():
            units = [unit for unit, _ in _positions(piece["cil"])]
            if units and not piece["retired"]:
                first, last = piece["offset"] // 2 and min(units), max(units)
                lines[piece["tier"]] |= {line for unit, _, line in self.bytecode if first <= unit <= last and line}
        return lines

    def left(self):
        """How often compiled code was left against the plan, by line."""
        counts = {}
        for place in self.facts.exits:
            if place["reason"] not in _PLANNED:
                counts[place["line"]] = counts.get(place["line"], 0) + place["count"]
        return counts

    def dictionary(self, file, pieces):
        facts = self.facts
        return {
            "name": facts.name,
            "file": file,
            "line": facts.line,
            "state": facts.state,
            "tiers": sorted({piece["tier"] for piece in facts.entries if not piece["retired"]}),
            "loops": any(piece["loop"] and not piece["retired"] for piece in facts.entries),
            "seconds": self.seconds,
            "exits": sum(place["count"] for place in facts.exits),
            "summary": str(facts),
            "bytecode": self.bytecode,
            "pieces": [{**piece, "title": _title(facts, piece)} for piece in pieces],
        }


def _title(facts, piece):
    return f"{facts.name}: {piece['tier']} code for {place_of(piece)}{', given up' if piece['retired'] else ''}"


def _bytecode(code):
    """[code unit, text, line] of each instruction; line 0: none."""
    lines = [position[0] or 0 for position in code.co_positions()]
    found = []
    for instruction in dis.get_instructions(code):
        unit = instruction.offset // 2
        jumps = ">> " if instruction.is_jump_target else ""
        argument = instruction.argrepr if instruction.argrepr or instruction.arg is None else str(instruction.arg)
        found.append([unit, f"{jumps}{instruction.opname} {argument}".rstrip(), lines[unit]])
    return found


def _positions(listing):
    """(code unit, line) of the comments `@unit line N` of a listing of CIL."""
    found = []
    for text in listing.split("\n"):
        if text.startswith("// @"):
            unit, _, line = text[4:].partition(" line ")
            found.append((int(unit), int(line)))
    return found


def _file(name, seconds, described):
    kinds, left, notes = {}, {}, {}
    for each in described:
        covered = each.covered() if each.facts.entries else {"quick": set(), "full": set()}
        generic = {item["line"] for item in each.facts.generic if item["tier"] == "full"}
        for line in each.lines:
            in_full = "generic" if line in generic else "full"
            kind = in_full if line in covered["full"] else "quick" if line in covered["quick"] else "interpreted"
            kinds[line] = _stronger(kinds.get(line), kind)
        for line, count in each.left().items():
            left[line] = left.get(line, 0) + count
        _note(each, notes)
    for line, spent in seconds.items():
        kinds.setdefault(line, "interpreted" if not spent[1] + spent[2] else "full" if spent[2] else "quick")
    for line, count in left.items():
        # Once is how code learns what it has to expect.
        if count > 1:
            kinds[line] = "left"
    return {"name": name, "lines": lines_of(name), "seconds": seconds, "kinds": kinds, "left": left, "notes": notes}


def _stronger(known, kind):
    """What a line is that several code objects have: what needs attention, else the most optimised."""
    order = ("generic", "full", "quick", "interpreted")
    return kind if known is None or order.index(kind) < order.index(known) else known


def _note(each, notes):
    """Adds [kind, text] for each thing there is to say about a line."""

    def add(line, kind, text):
        if [kind, text] not in notes.setdefault(line, []):
            notes[line].append([kind, text])

    facts = each.facts
    for item in facts.generic:
        if item["tier"] == "full":
            add(item["line"], "generic", f"{item['what']}: {item['why']}")
    exits = {}
    for place in facts.exits:
        if place["count"] and place["reason"] not in _PLANNED:
            why = place["line"], f"{place['reason']}: {place['text']}"
            exits[why] = exits.get(why, 0) + place["count"]
    for (line, why), count in exits.items():
        add(line, "left", f"left {'once' if count == 1 else f'{count} times'}, {why}")
    for tip in facts.advice:
        add(tip["line"] or facts.line, "tip", tip["text"])
    if facts.reason is not None:
        add(facts.reason_line or facts.line, "interpreted", f"{facts.name}: {facts.reason}")
