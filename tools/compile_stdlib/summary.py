# SPDX-License-Identifier: MIT
"""Adds the figures of code objects up and prints them.

Input: records of worker.py. Output: text; `shortfalls` says which demands are not met.
"""
from __future__ import annotations

import collections
import re
from dataclasses import dataclass, field

INTERNAL = "an error inside of pyjion"
SHARE_DEMANDED = 0.999
IL_BYTES_ALLOWED = 80
BLOCKS_ALLOWED = 2.0
EXAMPLES = 3


def kind_of(reason: str) -> str:
    """The reason without what differs from one code object to the next."""
    return re.sub(r"\b\d+\b", "N", reason)


@dataclass
class Summary:
    title: str
    files: int = 0
    unreadable: int = 0
    codes: int = 0
    compiled: int = 0
    bytecodes: int = 0  # of all code objects
    measured: int = 0  # bytecodes of those that are compiled
    il_bytes: int = 0
    blocks: int = 0
    our_ms: float = 0.0
    back_end_ms: float = 0.0
    internal_errors: int = 0
    reasons: dict[str, list[str]] = field(default_factory=lambda: collections.defaultdict(list))
    crashes: list[str] = field(default_factory=list)
    optimised: int = 0  # tried with full optimisation
    switched: list[str] = field(default_factory=list)
    not_optimised: list[str] = field(default_factory=list)

    def add(self, record: dict) -> None:
        if "counters" in record:
            self.internal_errors += sum(record["counters"].values())
            return
        if "crashed" in record:
            self.crashes.append(f"{record['file']}: {record['crashed']}")
            return
        self.files += 1
        if "unreadable" in record:
            self.unreadable += 1
            return
        for row in record["codes"]:
            self.add_code(record["file"], *row)

    def add_code(
        self, file, name, line, compiled, reason, bytecodes, il_bytes, blocks, our_ms, back_end_ms, optimised
    ) -> None:
        place = f"{file}:{line} {name}"
        self.codes += 1
        self.bytecodes += bytecodes
        if not compiled:
            self.reasons[kind_of(reason or "no reason given")].append(place)
        else:
            self.compiled += 1
            self.measured += bytecodes
            self.il_bytes += il_bytes
            self.blocks += blocks
            self.our_ms += our_ms
            self.back_end_ms += back_end_ms
        if optimised is not None:
            self.optimised += 1
            if optimised == "minopts":
                self.switched.append(f"{place} ({bytecodes} bytecodes, {il_bytes} IL bytes, {blocks} blocks)")
            elif optimised == "failed":
                self.not_optimised.append(place)

    @property
    def share(self) -> float:
        return self.compiled / self.codes if self.codes else 0.0

    def shortfalls(self) -> list[str]:
        found = []
        if self.share < SHARE_DEMANDED:
            found.append(f"{self.title}: {self.share:.3%} of the code objects are compiled, not {SHARE_DEMANDED:.1%}")
        if self.internal_errors or self.crashes:
            found.append(f"{self.title}: {self.internal_errors} internal errors, {len(self.crashes)} crashes")
        if self.measured and self.il_bytes > IL_BYTES_ALLOWED * self.measured:
            found.append(f"{self.title}: more than {IL_BYTES_ALLOWED} IL bytes per bytecode")
        if self.measured and self.blocks > BLOCKS_ALLOWED * self.measured:
            found.append(f"{self.title}: more than {BLOCKS_ALLOWED:g} CIL blocks per bytecode")
        if self.switched or self.not_optimised:
            count = len(self.switched) + len(self.not_optimised)
            found.append(f"{self.title}: RyuJIT does not optimise {count} code objects although it was asked to")
        return found

    def text(self, every_place: bool = False) -> str:
        lines = [f"== {self.title}"]
        lines.append(
            f"{self.files} files ({self.unreadable} that CPython itself does not compile), {self.codes} code objects,"
            f" {self.bytecodes} bytecodes"
        )
        lines.append(f"compiled: {self.compiled} of {self.codes} code objects, {self.share:.3%}")
        lines.append(f"internal errors: {self.internal_errors}; crashes: {len(self.crashes)}")
        lines += [f"    {crash}" for crash in self.crashes]
        if self.measured:
            per = 1000 / self.measured
            lines.append(
                f"per 1,000 bytecodes: {self.il_bytes * per:,.0f} IL bytes, {self.blocks * per:,.0f} blocks,"
                f" {self.our_ms * per:.2f} ms in pyjion, {self.back_end_ms * per:.2f} ms in RyuJIT"
            )
        if self.optimised:
            lines.append(
                f"with full optimisation: {self.optimised} code objects, {len(self.switched)} of them"
                f" ({len(self.switched) / self.optimised:.3%}) end in MinOpts, {len(self.not_optimised)} fail"
            )
            lines += [f"    {place}" for place in (self.switched + self.not_optimised)[: None if every_place else 20]]
        if self.reasons:
            lines.append("not compiled:")
        for reason, places in sorted(self.reasons.items(), key=lambda item: -len(item[1])):
            lines.append(f"  {len(places):7}  {reason}")
            lines += [f"             {place}" for place in (places if every_place else places[:EXAMPLES])]
        return "\n".join(lines)
