# SPDX-License-Identifier: MIT
"""What the checks share: the tree that they look at."""
from __future__ import annotations

import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def tree_files() -> list[pathlib.Path]:
    """The files that belong to the repository: tracked, or new and not ignored; without git, whatever is there."""
    try:
        command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        files = [ROOT / name for name in names]
    except (OSError, subprocess.CalledProcessError):
        ours = ("src", "python", "tests", "tools", "bench", "examples", "docs")
        files = [path for folder in ours for path in (ROOT / folder).rglob("*")] + list(ROOT.glob("*.*"))
    return sorted(path for path in files if path.is_file() and "__pycache__" not in path.parts)


@pytest.fixture(scope="session")
def root() -> pathlib.Path:
    return ROOT


@pytest.fixture(scope="session")
def tree() -> list[pathlib.Path]:
    return tree_files()


@pytest.fixture(scope="session")
def cpp_files(tree: list[pathlib.Path]) -> list[pathlib.Path]:
    return [path for path in tree if path.suffix in (".cpp", ".h")]
