# SPDX-License-Identifier: MIT
"""The arrows of the architecture, read off the includes: who may use whom, that no two files need each other, and that
nothing else names CPython's private headers, CoreCLR or the disassembler."""
from __future__ import annotations

import graphlib
import re

# folder -> the folders that it builds on. Whoever is reached through them may be included too.
BUILDS_ON = {
    "base": [],
    "python": ["base"],
    "bytecode": ["python"],
    "hir": ["base"],
    "analysis": ["hir"],
    "passes": ["analysis"],
    "oracle": ["passes"],
    "cil": ["base"],
    "deopt": ["base", "python"],
    "runtime": ["deopt"],
    "frontend": ["bytecode", "hir"],
    "lower": ["hir", "analysis", "cil", "deopt", "runtime"],
    "clr": ["base", "cil"],
    "replay": ["bytecode", "runtime"],
    "driver": ["passes", "frontend", "lower", "clr", "replay"],
    "module": ["driver"],
}
# What tests compare with: tests of any folder that knows HIR may include it, and nothing else.
FOR_TESTS = {"oracle": {"passes", "driver"}}
# Lists without code: everybody may expand them.
SHARED_TABLES = {"deopt/reasons.def", "hir/operations.def"}
# Angle-bracket headers that only some folders may name.
RESERVED = {
    r"(Python|frameobject|opcode|structmember)\.h|internal/.*|cpython/.*": {
        "python", "bytecode", "deopt", "runtime", "frontend", "lower", "replay", "driver", "module",
    },
    r"internal/pycore_.*|pycore_.*": {"python"},
    r"Zydis/.*": {"driver", "clr"},
}

# Folders of headers, and the package that brings them: one that the set-up does not install is missing on other machines.
PACKAGE_OF_HEADERS = {"fmt": "libfmt-dev", "gtest": "libgtest-dev", "Zydis": "libzydis-dev", "internal": "python3.11-dev"}
FOLDERS_OF_THE_SYSTEM = {"sys", "linux"}


def reachable(folder: str) -> set[str]:
    found = {folder}
    pending = [folder]
    while pending:
        for below in BUILDS_ON[pending.pop()]:
            if below not in found:
                found.add(below)
                pending.append(below)
    return found


def includes(path):
    return re.findall(r'^\s*#\s*include\s+(["<])([^">]+)[">]', path.read_text(), re.MULTILINE)


def sources(root, cpp_files):
    for path in cpp_files:
        if path.is_relative_to(root / "src"):
            yield path.relative_to(root / "src").parts[0], path


def test_every_folder_has_its_place(root):
    folders = {path.name for path in (root / "src").iterdir() if path.is_dir()}
    assert folders == set(BUILDS_ON)


def test_there_is_no_circle():
    for folder, below in BUILDS_ON.items():
        assert all(folder not in reachable(other) for other in below), folder


def test_includes_follow_the_arrows(root, cpp_files):
    wrong = []
    for folder, path in sources(root, cpp_files):
        allowed = reachable(folder)
        if path.stem.endswith("_test"):
            allowed |= {other for other, users in FOR_TESTS.items() if folder in users}
        for kind, name in includes(path):
            if kind != '"' or name in SHARED_TABLES:
                continue
            if name.split("/")[0] not in allowed:
                wrong.append(f"{path.relative_to(root)} includes {name}")
    assert not wrong


def needed_units(root, cpp_files) -> dict[str, set[str]]:
    """For each unit (a header and the source file of its name, or one of them), the others that it includes."""
    needs: dict[str, set[str]] = {}
    for _, path in sources(root, cpp_files):
        unit = str(path.relative_to(root / "src").with_suffix(""))
        included = {name.removesuffix(".h") for kind, name in includes(path) if kind == '"' and name.endswith(".h")}
        needs.setdefault(unit, set()).update(included - {unit})
    return needs


def circle_in(needs: dict[str, set[str]]) -> list[str]:
    try:
        graphlib.TopologicalSorter(needs).prepare()
    except graphlib.CycleError as error:
        return error.args[1]
    return []


def test_no_files_need_each_other(root, cpp_files):
    """A part that must tell one above of something has a hook, which what is above both sets (driver/start.cpp)."""
    assert not circle_in(needed_units(root, cpp_files))


def test_a_circle_of_files_is_found():
    assert circle_in({"a/x": {"a/y"}, "a/y": {"b/z"}, "b/z": {"a/x"}})
    assert not circle_in({"a/x": {"a/y", "b/z"}, "a/y": {"b/z"}, "b/z": set()})


def test_includes_are_written_from_src(root, cpp_files):
    wrong = []
    for _, path in sources(root, cpp_files):
        for kind, name in includes(path):
            if kind == '"' and not (root / "src" / name).is_file():
                wrong.append(f"{path.relative_to(root)} includes {name}")
    assert not wrong


def test_foreign_headers_stay_in_their_folder(root, cpp_files):
    wrong = []
    for folder, path in sources(root, cpp_files):
        for kind, name in includes(path):
            for pattern, folders in RESERVED.items():
                if kind == "<" and re.fullmatch(pattern, name) and folder not in folders:
                    wrong.append(f"{path.relative_to(root)} includes <{name}>")
    assert not wrong


def test_headers_come_from_packages_that_are_installed(root, cpp_files):
    installed = (root / "tools" / "setup" / "install_missing.sh").read_text().split()
    wrong = []
    for _, path in sources(root, cpp_files):
        for kind, name in includes(path):
            folder, slash, _ = name.partition("/")
            if kind == "<" and slash and folder not in FOLDERS_OF_THE_SYSTEM:
                if PACKAGE_OF_HEADERS.get(folder) not in installed:
                    wrong.append(f"{path.relative_to(root)} includes {name}")
    assert not wrong
