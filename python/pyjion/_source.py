# SPDX-License-Identifier: MIT
"""Source text and HTML text for what pyjion shows, made by the package's own code: library functions that it called
would be among the functions that a program has run, and be seen, counted and compiled."""
from __future__ import annotations

import sys

# By name: the lines of what was run and is in no file.
known: dict[str, list[str]] = {}


def lines_of(filename: str) -> list[str]:
    """The lines of a source file without their ends; empty where it cannot be found. Cells of notebooks are known too."""
    if filename in known:
        return known[filename]
    cached = _cached(filename)
    if cached is not None:
        return [line.rstrip("\n") for line in cached]
    try:
        with open(filename, "rb") as file:
            return file.read().decode("utf-8", "replace").splitlines()
    except (OSError, ValueError):
        return _loaded(filename)


def _cached(filename: str) -> list[str] | None:
    """What linecache has, if somebody has put it there, as notebooks do."""
    linecache = sys.modules.get("linecache")
    entry = linecache.cache.get(filename) if linecache is not None else None
    return entry[2] if entry is not None and len(entry) == 4 else None


def _loaded(filename: str) -> list[str]:
    """Of modules that are in no file of their own, such as those in archives."""
    if filename.startswith("<"):
        return []
    import linecache

    return [line.rstrip("\n") for line in linecache.getlines(filename)]


def escape(text: str) -> str:
    """The text as HTML, fit for attributes too."""
    for character, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;")):
        text = text.replace(character, name)
    return text
