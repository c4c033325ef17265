#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Generate docs/maintainer/one-function.md: one small function in every form that the pipeline gives it.

Input:  the function below, and the pyjion that is installed in the interpreter that runs this.
Output: the page. ``--check`` writes nothing and fails when the page is out of date.

The machine code depends on the processor, so that the check compares only what it names (helpers, pool words, source
lines). An interpreter without pyjion can check the source and the bytecode, and writes nothing.
"""
from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/maintainer/one-function.md"
FILE_NAME = "norm.py"
SOURCE = """\
def norm(x, y):
    return x * x + y * y
"""

INTRODUCTION = """\
# One function, from bytecode to machine code

Made by `tools/generate/gen_one_function.py`; a test compares it with what the installed package does. The names are explained in
[GLOSSARY.md](../../GLOSSARY.md), the stages in [pipeline.md](pipeline.md).

The function has run three times with floats; then `pyjion.require_full(norm)` made this."""

# Heading, kind of listing, what to look at. In the order of the pipeline; PARTS' keys are those of the listings.
PARTS = {
    "source": ("Source", "python", ""),
    "bytecode": (
        "Bytecode",
        "text",
        "What CPython compiled. The left column is the source line, the next the offset in bytes. HIR counts code units of two bytes: "
        "its `@3` is offset 6 here.",
    ),
    "hir": (
        "HIR, as the front end makes it",
        "text",
        "No guesses yet: every load takes a reference (`own`), every operation is generic and may fail (`exit` names the snapshot that "
        "says how to go on). What the sites have seen travels along as `seenLeft` and `seenRight`. `-` in a snapshot: the local's "
        "slot in the frame is right.",
    ),
    "optimised": (
        "Optimised HIR",
        "text",
        "One `GuardType` per argument, unboxed arithmetic between them, and no reference counting. `BoxDouble` in front of the second "
        "guard is sinkable: only its exit makes that float, when it is taken.",
    ),
    "cil": (
        "CIL",
        "text",
        "`arg.0` is the thread state, `arg.1` the interpreter's frame. Numbers from 0x7e0000000000 on are no addresses: they name "
        "words of the constant pool. Behind `ret` come the exits: each stores what its snapshot needs into the exit buffer, and its "
        "number; the last block hands both to `leave`.",
    ),
    "native": (
        "Machine code",
        "text",
        "As RyuJIT made it for a processor with AVX2; another one may get other instructions, and the test does not compare them. "
        "Offsets are from the start of the function. The pool lies behind the code, hence `[RIP+...]`.",
    ),
}


class Unavailable(Exception):
    """Why the listings cannot be made here."""


def compiled_source():
    """The function, with its source where listings look for it."""
    import linecache

    linecache.cache[FILE_NAME] = (len(SOURCE), None, SOURCE.splitlines(keepends=True), FILE_NAME)
    namespace = {}
    exec(compile(SOURCE, FILE_NAME, "exec", dont_inherit=True), namespace)
    return namespace["norm"]


def plain_listings() -> dict[str, str]:
    """What needs no pyjion. The function has not run: it would show specialised opcodes."""
    import dis

    bytecode = io.StringIO()
    dis.dis(compiled_source(), file=bytecode)
    return {"source": SOURCE, "bytecode": bytecode.getvalue()}


def run_child() -> None:
    """Prints what is asked from the package as JSON; the HIR goes to stderr, as PYJION_DUMP=hir has it."""
    import pyjion
    import pyjion.dis

    function = compiled_source()
    # Only what is ordered below is compiled to full code.
    pyjion.config(osr="off", budget="inf")
    pyjion.enable(strict=True)
    for _ in range(3):
        function(1.5, 2.0)
    pyjion.config(dump="hir")
    pyjion.require_full(function)
    pyjion.config(dump="")
    pyjion.disable()
    listings = {}
    for name, show in (("cil", pyjion.dis.dis), ("native", pyjion.dis.dis_native)):
        with contextlib.redirect_stdout(io.StringIO()) as text:
            show(function)
        listings[name] = text.getvalue()
    print(json.dumps(listings))


def compiled_listings() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYJION_")}
    child = subprocess.run([sys.executable, __file__, "--child"], env=environment, capture_output=True, text=True)
    if child.returncode != 0:
        raise Unavailable(child.stderr)
    # A dump is a line `; name: what` and the text below it.
    dumps = dict(re.findall(r"^; norm: ([\w ]+)\n(.*?\n)\n", child.stderr, re.MULTILINE | re.DOTALL))
    if not {"HIR", "optimised HIR"} <= dumps.keys():
        raise Unavailable(f"no HIR in what was printed:\n{child.stderr}")
    return {"hir": dumps["HIR"], "optimised": dumps["optimised HIR"], **json.loads(child.stdout)}


def page_text(listings: dict[str, str]) -> str:
    parts = [INTRODUCTION]
    for key, (heading, language, remark) in PARTS.items():
        parts += [f"## {heading}", *([remark] if remark else []), f"```{language}\n{listings[key].rstrip()}\n```"]
    return "\n\n".join(parts) + "\n"


def parts_of(page: str) -> dict[str, str]:
    """The page's listings by key; a part that is missing is empty."""
    found = {}
    for key, (heading, language, _) in PARTS.items():
        match = re.search(rf"^## {re.escape(heading)}\n.*?^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
        found[key] = match[1] if match else ""
    return found


def names_in(native: str) -> set[str]:
    """What machine code names in its comments: the same whatever instructions the processor has."""
    return set(re.findall(r"; (.+)$", native, re.MULTILINE))


def differences(page: str, listings: dict[str, str]) -> list[str]:
    shown = parts_of(page)
    wrong = []
    for key, listing in listings.items():
        same = names_in(shown[key]) == names_in(listing) if key == "native" else shown[key].rstrip() == listing.rstrip()
        if not same:
            wrong.append(PARTS[key][0])
    if listings.keys() == PARTS.keys() and page != page_text({**listings, **shown}) and not wrong:
        wrong.append("the text between the listings")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail when the page is not up to date")
    parser.add_argument("--page", type=Path, default=PAGE, help="the page to write or check")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        run_child()
        return 0
    installed = importlib.util.find_spec("pyjion") is not None
    if not installed and not arguments.check:
        print("run this with an interpreter that has pyjion installed", file=sys.stderr)
        return 1
    try:
        listings = {**plain_listings(), **(compiled_listings() if installed else {})}
    except Unavailable as reason:
        print(reason, file=sys.stderr)
        return 1
    if not arguments.check:
        arguments.page.write_text(page_text(listings), encoding="utf-8")
        return 0
    page = arguments.page.read_text(encoding="utf-8") if arguments.page.exists() else ""
    wrong = differences(page, listings)
    for part in wrong:
        print(f"{arguments.page.name} is not what gen_one_function.py makes: {part}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
