# SPDX-License-Identifier: MIT
"""What cannot be measured here: reasons, and the packages of Debian that would help."""
from __future__ import annotations

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Obstacle:
    """Why something cannot run; `packages`: of Debian, which would help."""

    reason: str
    packages: tuple[str, ...] = ()


def present_modules(python: str, modules: Iterable[str]) -> set[str]:
    """Those that this interpreter finds."""
    question = f"import importlib.util as u; print(*[n for n in {sorted(modules)!r} if u.find_spec(n)])"
    return set(subprocess.run([python, "-c", question], capture_output=True, text=True, check=True).stdout.split())


def missing_packages(needed: dict[str, str], present: set[str]) -> Obstacle | None:
    """`needed`: modules, with the packages that bring them."""
    packages = [package for module, package in needed.items() if module not in present]
    return Obstacle(f"needs {' '.join(packages)}", tuple(packages)) if packages else None


def print_obstacles(obstacles: dict[str, Obstacle]) -> None:
    if not obstacles:
        return
    print("\nnot measured:")
    for name, found in obstacles.items():
        print(f"  {name:32}{found.reason}")
    packages = sorted({package for found in obstacles.values() for package in found.packages})
    if packages:
        print(f"as root: apt-get install --no-install-recommends {' '.join(packages)}")
