# SPDX-License-Identifier: MIT
"""Ways to run the JIT, written as one word: `default`, `compile-all`, `budget=inf,osr=every:1`, `compile-all,exit-random=7`.

Input: such a word, a comma list of switches of PYJION_STRESS and of options. Output: what start_jit.py wants, an
environment made for it, and what may be demanded of the statistics.
"""
from __future__ import annotations

import pathlib
import re
import sys
from dataclasses import dataclass

from environments import check_activation, make_jit

SWITCHES = ("compile-all", "exit-every", "exit-random", "exit-after", "no-passes", "spill-all", "tiny-code", "gc")


@dataclass
class Mode:
    text: str
    python: str = ""
    stray: pathlib.Path = pathlib.Path()  # statistics of children whose environment was emptied

    def settings(self) -> dict:
        parts = [part for part in self.text.split(",") if part != "default"]
        switches = [part for part in parts if part.split("=")[0] in SWITCHES]
        options = dict(part.split("=", 1) for part in parts if part not in switches)
        return {"stress": ",".join(switches), "options": options, "stats_file": str(self.stray)}

    def compiles_everything(self) -> bool:
        return "compile-all" in self.text.split(",")

    def forces_exits(self) -> bool:
        return "exit-" in self.text or "osr=" in self.text

    def prepare(self, folder: pathlib.Path, package_folder: pathlib.Path, empty_environment: bool = True, **how) -> Mode:
        """Makes the environment, in a subfolder with the mode's name; ends the program if a process there has no JIT.

        `empty_environment`: including processes that inherit no variable.
        """
        place = folder / re.sub(r"\W+", "-", self.text)
        self.stray = folder / f"{place.name}.stats"
        self.python = make_jit(place, package_folder, self.settings(), **how)
        problem = check_activation(self.python, self.stray, self.compiles_everything(), empty_environment)
        if problem is not None:
            sys.exit(f"the test environment does not switch the JIT on in every process: {problem}")
        self.stray.with_name(self.stray.name + ".started").unlink(missing_ok=True)
        return self


def installed_package(build: pathlib.Path) -> pathlib.Path:
    """The folder that has the package which `make install` has installed."""
    package = next((build / "venv" / "lib").glob("python*/site-packages/pyjion"), None)
    if package is None:
        sys.exit("pyjion is not installed: make install")
    return package.parent.resolve()
