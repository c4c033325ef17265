#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Compares the explicit file lists of src/*/meson.build with the folders; `--fix` rewrites the lists.

Input: the C++ files below src. Output: the folders whose list is out of date (exit status 1), or nothing.
Only the two assignments `<folder>_sources` and `<folder>_tests` are touched; what stands behind them is kept.
"""
from __future__ import annotations

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = "# SPDX-License-Identifier: MIT\n"


def assignment(name: str, files: list[str]) -> str:
    if not files:
        return f"{name} = files()\n"
    lines = "".join(f"    '{file}',\n" for file in files)
    return f"{name} = files(\n{lines})\n"


def is_test(file: str) -> bool:
    """Tests, and what several of them share: `foo_test.cpp`, `test_foo.cpp`."""
    name = file.rsplit("/", 1)[-1]
    return name.endswith("_test.cpp") or name.startswith("test_")


def expected(folder: pathlib.Path) -> str:
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.cpp"))
    tests = [file for file in files if is_test(file)]
    sources = [file for file in files if not is_test(file)]
    return assignment(f"{folder.name}_sources", sources) + assignment(f"{folder.name}_tests", tests)


def split(text: str, name: str) -> tuple[str, str]:
    """The text with the two assignments taken out: what stands before them, and behind them."""
    pattern = re.compile(rf"^{name}_sources = files\([^)]*\)\n{name}_tests = files\([^)]*\)\n", re.MULTILINE)
    match = pattern.search(text)
    if match is None:
        return text or HEADER, ""
    return text[: match.start()], text[match.end() :]


def outdated(fix: bool = False) -> list[str]:
    stale = []
    for folder in sorted(path for path in (ROOT / "src").iterdir() if path.is_dir()):
        build_file = folder / "meson.build"
        old = build_file.read_text() if build_file.exists() else ""
        before, behind = split(old, folder.name)
        new = before + expected(folder) + behind
        if new != old:
            stale.append(str(build_file.relative_to(ROOT)))
            if fix:
                build_file.write_text(new)
    return stale


if __name__ == "__main__":
    fixing = "--fix" in sys.argv[1:]
    found = outdated(fix=fixing)
    for path in found:
        print(("rewritten: " if fixing else "out of date: ") + path)
    sys.exit(1 if found and not fixing else 0)
