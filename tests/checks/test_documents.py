# SPDX-License-Identifier: MIT
"""The documents: every path that they name exists, every link leads somewhere, no machine's own paths are in them."""
from __future__ import annotations

import re
import subprocess

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


def test_make_help_is_complete(root):
    """Every target that is no file is listed, once, and nothing else."""
    makefile = (root / "Makefile").read_text()
    listed = re.findall(r"^make ([\w-]+) +\S", subprocess.run(["make", "help"], cwd=root, capture_output=True, text=True).stdout, re.M)
    rules = set(re.findall(r"^([a-z][\w-]*)(?: [^:=\n]*)?:(?!=)", makefile, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    assert sorted(listed) == sorted(phony) == sorted(rules)


def test_compatibility_names_its_tests(root):
    """Each line but those about what does not work."""
    rows = [line.split("|")[1:-1] for line in (root / "docs/compatibility.md").read_text().splitlines() if line.startswith("|")]
    rows = [row for row in rows if row[0].strip() != "what" and not row[0].startswith("---")]
    assert len(rows) > 20
    assert not [row for row in rows if "`" not in row[2] and "not at all" not in row[1] and "may crash" not in row[1]]


def test_the_comparison_has_no_figures_of_its_own(root):
    """What is said to have been measured is in the page that the tool makes."""
    performance = (root / "docs/performance.md").read_text()
    section = (root / "docs/comparison.md").read_text().split("## What was measured here")[1]
    figures = re.findall(r"(?<![\d.])\d+\.\d+(?![\d.]*\d)", section.replace("3.11.2", ""))
    figures = [figure for figure in figures if figure != "3.11"]
    assert len(figures) >= 9
    assert not [figure for figure in figures if not re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", performance)]
