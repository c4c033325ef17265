# SPDX-License-Identifier: MIT
"""Weaves mutants into a copy of the sources: one build holds all of them, a variable of the environment chooses one.

Input: the list (mutants.toml) and the tree. Output: a copy of the tree in which each place of the list reads
`on(17) ? new : old`, or `if (on(17)) { new } else { old }` where whole statements change.
"""
from __future__ import annotations

import os
import pathlib
import re
import subprocess
import tomllib
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LIST = HERE / "mutants.toml"
# The number of the mutant that is active; no name of pyjion's own options, which tests take out of the environment.
SWITCH = "ACTIVE_MUTANT"

# What an expression does not begin or end with.
DANGLING = re.compile(r"^(if|return|while|for)\b|^(\|\||&&|[|/%<>=?:,.])|(\|\||&&|[|&*/%<>=?:,.+-])$")

DECLARATION = "namespace pyjion::mutants { bool on(int number); }\n"
# In a file that everything links.
DEFINITION_FILE = "src/base/check.cpp"
DEFINITION = f"""
#include <cstdlib>
namespace pyjion::mutants {{
bool on(int number) {{
    static const int active = [] {{
        const char* text = std::getenv("{SWITCH}");
        return text != nullptr ? std::atoi(text) : 0;
    }}();
    return number == active;
}}
}}  // namespace pyjion::mutants
"""


class ListError(Exception):
    """An entry of the list does not fit the tree; the text names it."""


@dataclass
class Mutant:
    number: int
    name: str
    file: str
    old: str
    new: str
    what: str
    inside: str = ""
    tests: list[str] = field(default_factory=list)

    def span(self, text: str) -> tuple[int, int]:
        """Where `old` stands in the file, as offsets. `inside` is a longer text that is there once and has `old` once."""
        start, scope = 0, text
        if self.inside:
            if text.count(self.inside) != 1:
                raise ListError(f"{self.name}: `inside` is {text.count(self.inside)} times in {self.file}")
            start, scope = text.index(self.inside), self.inside
        if scope.count(self.old) != 1:
            raise ListError(f"{self.name}: `old` is {scope.count(self.old)} times in {self.file}")
        start += scope.index(self.old)
        return start, start + len(self.old)

    def can_be_woven(self) -> bool:
        """Whether both texts are whole: statements, or expressions that stand for themselves between parentheses."""
        texts = (self.old, self.new)
        if any(text.count(left) != text.count(right) for text in texts for left, right in ("()", "[]", "{}")):
            return False
        return self.changes_statements() or all(text.strip() and not DANGLING.search(text.strip()) for text in texts)

    def changes_statements(self) -> bool:
        return self.old.rstrip().endswith((";", "}"))

    def woven(self) -> str:
        condition = f"::pyjion::mutants::on({self.number})"
        if self.changes_statements():
            return f"if ({condition}) {{ {self.new} }} else {{ {self.old} }}"
        return f"({condition} ? ({self.new}) : ({self.old}))"


def read_list(path: pathlib.Path = LIST) -> list[Mutant]:
    rows = tomllib.loads(path.read_text())["mutant"]
    mutants = [Mutant(number, **row) for number, row in enumerate(rows, 1)]
    names = [mutant.name for mutant in mutants]
    if duplicates := {name for name in names if names.count(name) > 1}:
        raise ListError(f"names that are there twice: {', '.join(sorted(duplicates))}")
    if parts := [mutant.name for mutant in mutants if not mutant.can_be_woven()]:
        raise ListError(f"neither whole expressions nor whole statements: {', '.join(parts)}")
    return mutants


def weave_file(text: str, mutants: list[Mutant]) -> str:
    """The text of one file with its mutants woven in."""
    places = sorted((*mutant.span(text), mutant) for mutant in mutants)
    for (_, end, first), (start, _, second) in zip(places, places[1:]):
        if start < end:
            raise ListError(f"{first.name} and {second.name} overlap in {first.file}")
    for start, end, mutant in reversed(places):
        text = text[:start] + mutant.woven() + text[end:]
    return DECLARATION + text


def weave(mutants: list[Mutant], root: pathlib.Path = ROOT) -> dict[str, str]:
    """By file, relative to the root: its new text. Raises ListError with all that does not fit."""
    by_file: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        by_file.setdefault(mutant.file, []).append(mutant)
    woven, problems = {}, []
    for file, group in by_file.items():
        try:
            woven[file] = weave_file((root / file).read_text(), group)
        except (ListError, OSError) as problem:
            problems.append(str(problem))
    if problems:
        raise ListError("\n".join(problems))
    woven[DEFINITION_FILE] = woven.get(DEFINITION_FILE, (root / DEFINITION_FILE).read_text()) + DEFINITION
    return woven


def copy_tree(target: pathlib.Path, woven: dict[str, str], root: pathlib.Path = ROOT) -> None:
    """Brings a copy of the tree up to date. Files that stay as they are keep their time, so that little is built again."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout.split("\0")
    for name in filter(None, listed):
        source, copy = root / name, target / name
        if not source.is_file():
            continue
        content = woven[name].encode() if name in woven else source.read_bytes()
        if copy.exists() and copy.read_bytes() == content:
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)
        copy.chmod(source.stat().st_mode)
        os.utime(copy)
