# SPDX-License-Identifier: MIT
"""The arrows of the architecture, read off the includes: who may use whom, and that nothing else names CPython's
private headers, CoreCLR or the disassembler."""
from __future__ import annotations

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
SHARED_TABLES = {"deopt/reasons.def"}
# Angle-bracket headers that only some folders may name.
RESERVED = {
    r"(Python|frameobject|opcode|structmember)\.h|internal/.*|cpython/.*": {
        "python", "bytecode", "deopt", "runtime", "frontend", "lower", "replay", "driver", "module",
    },
    r"internal/pycore_.*|pycore_.*": {"python"},
    r"Zydis/.*": {"driver", "clr"},
}


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
