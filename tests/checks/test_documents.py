# SPDX-License-Identifier: MIT
"""The documents: every path that they name exists, every link leads somewhere, no machine's own paths are in them."""
from __future__ import annotations

import re

# A path in back quotes: has a slash or a file ending, and begins with one of the repository's folders or files.
QUOTED = re.compile(r"`([\w.*{},/-]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
FOLDERS = ("src/", "python/", "tests/", "tools/", "bench/", "docs/", "examples/", "licenses/")
# Written without a placeholder, these are made by building or by running.
MADE = ("build/",)


def documents(tree):
    return [path for path in tree if path.suffix == ".md"]


def test_quoted_paths_exist(root, tree):
    missing = []
    for document in documents(tree):
        for name in QUOTED.findall(document.read_text()):
            if name.startswith(FOLDERS) and not any(char in name for char in "*{"):
                if not (root / name).exists():
                    missing.append(f"{document.relative_to(root)}: {name}")
    assert not missing


def test_quoted_patterns_match(root, tree):
    missing = []
    for document in documents(tree):
        for name in QUOTED.findall(document.read_text()):
            if name.startswith(FOLDERS) and "*" in name and not list(root.glob(name)):
                missing.append(f"{document.relative_to(root)}: {name}")
    assert not missing


def test_links_lead_somewhere(root, tree):
    missing = []
    for document in documents(tree):
        for target in LINK.findall(document.read_text()):
            if "://" not in target and not (document.parent / target).exists():
                missing.append(f"{document.relative_to(root)}: {target}")
    assert not missing


def test_make_targets_exist(root, tree):
    makefile = (root / "Makefile").read_text()
    missing = []
    for document in documents(tree):
        for target in re.findall(r"`make ([\w-]+)", document.read_text()):
            if not re.search(rf"^{target}:", makefile, re.MULTILINE):
                missing.append(f"{document.relative_to(root)}: make {target}")
    assert not missing


def test_no_paths_of_one_machine(root, tree):
    """Home folders and the like say something about a machine, not about the project."""
    personal = re.compile(r"/(root|home/\w+|work|Users/\w+)/")
    wrong = []
    for path in tree:
        if path.suffix in (".md", ".py", ".pyi", ".cpp", ".h", ".def", ".build", ".sh", ".txt", ".toml", ".cil", ".hir"):
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if personal.search(line) and "personal" not in line:
                    wrong.append(f"{path.relative_to(root)}:{number}: {line.strip()}")
    assert not wrong
