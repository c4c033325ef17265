# SPDX-License-Identifier: MIT
"""What the statistics lines of processes prove: that compiled code ran in each, and how its activations ended.

Input: the file that processes appended to, and the list of those that were started. Output: Proof.
"""
from __future__ import annotations

import collections
import json
import pathlib
from dataclasses import dataclass, field


@dataclass
class Proof:
    started: int = 0
    told: int = 0  # processes that left statistics; those that are killed or replaced cannot
    without_activations: int = 0
    activations: int = 0
    compiled: int = 0
    refused: int = 0
    internal_errors: int = 0
    interpreted_ends: int | None = None  # activations that went over to the interpreter; None: nobody says
    exits: collections.Counter[str] = field(default_factory=collections.Counter)

    def add_file(self, path: pathlib.Path) -> None:
        started = path.with_name(path.name + ".started")
        self.started += len(started.read_text().splitlines()) if started.exists() else 0
        for line in path.read_text().splitlines() if path.exists() else []:
            self.add_line(json.loads(line))

    def add(self, other: Proof) -> None:
        self.started += other.started
        self.told += other.told
        self.without_activations += other.without_activations
        self.activations += other.activations
        self.compiled += other.compiled
        self.refused += other.refused
        self.internal_errors += other.internal_errors
        self.exits += other.exits
        if other.interpreted_ends is not None:
            self.interpreted_ends = (self.interpreted_ends or 0) + other.interpreted_ends

    def add_line(self, line: dict) -> None:
        self.told += 1
        self.without_activations += line["activations"] == 0
        self.activations += line["activations"]
        self.compiled += line["compiled"]
        self.refused += line["refused"]
        self.internal_errors += line["internal_errors"] + line["back_end_errors"]
        for name, count in line["exits"].items():
            self.exits[name] += count
        if "interpreted_ends" in line:
            self.interpreted_ends = (self.interpreted_ends or 0) + line["interpreted_ends"]

    def share_ended_compiled(self) -> float | None:
        """The others return, yield or raise in compiled code. None when the statistics do not say."""
        if self.interpreted_ends is None or not self.activations:
            return None
        return 1 - self.interpreted_ends / self.activations

    def text(self) -> str:
        lines = [
            f"processes: {self.started} started, {self.told} left statistics, {self.without_activations} of them without"
            " an activation",
            f"activations: {self.activations}; {self.compiled} pieces of code compiled, {self.refused} code objects"
            f" refused, {self.internal_errors} internal errors",
            "exits: " + (", ".join(f"{n} {c}" for n, c in sorted(self.exits.items(), key=lambda e: -e[1])) or "none"),
        ]
        share = self.share_ended_compiled()
        if share is None:
            lines.append("how activations end: the statistics do not say")
        else:
            lines.append(
                f"activations that end by return, yield or raise in compiled code: {share:.3%}"
                f" (all but {self.interpreted_ends})"
            )
        return "\n".join(lines)
