# SPDX-License-Identifier: MIT
"""Source text and HTML text for what pyjion shows, made by the package's own code: library functions that it called
would be among the functions that a program has run, and be seen, counted and compiled."""
from __future__ import annotations

import sys

# By name: the lines of what was run and is in no file.
known: dict[str, list[str]] = {}


# What the name of an encoding is made of.
_IN_NAMES = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."


def lines_of(filename: str) -> list[str]:
    """The lines of a source file without their ends; empty where it cannot be found. Cells of notebooks are known too."""
    if filename in known:
        return known[filename]
    cached = _cached(filename)
    if cached is not None:
        return [line.rstrip("\n") for line in cached]
    try:
        with open(filename, "rb") as file:
            return lines_of_program(file.read())
    except (OSError, ValueError):
        return _loaded(filename)


def lines_of_program(source: bytes | str) -> list[str]:
    """The lines of a program without their ends, as the compiler counts them: form feeds and the like end none. Bytes
    are decoded as their first two lines say (PEP 263), and as UTF-8 where these say nothing or nonsense."""
    text = source if isinstance(source, str) else _decoded(source.removeprefix(b"\xef\xbb\xbf"))
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines if lines[-1] else lines[:-1]


def _decoded(source: bytes) -> str:
    try:
        return source.decode(_encoding_of(source), "replace")
    except (LookupError, UnicodeError):
        return source.decode("utf-8", "replace")


def _encoding_of(source: bytes) -> str:
    """What a comment `coding: name` says, which may be in the second line if there is no code in the first."""
    for line in source[:4096].splitlines()[:2]:
        text = line.strip(b" \t\f")
        if text and not text.startswith(b"#"):
            break
        _, found, rest = text.replace(b"coding=", b"coding:").partition(b"coding:")
        rest = rest.lstrip(b" \t")
        name = rest.removesuffix(rest.lstrip(_IN_NAMES))
        if found and name:
            return name.decode()
    return "utf-8"


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
