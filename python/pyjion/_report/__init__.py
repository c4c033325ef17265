# SPDX-License-Identifier: MIT
"""The page that `pyjion.report` writes: the source of what has run, coloured by what it cost and what it became, with
the bytecode, HIR, CIL and machine code of each line.

    collect.py    what is known, as plain dictionaries
    highlight.py  the colours of Python source
    page.py       the dictionaries as one file of HTML; page.css and page.js are put inside of it

Input: what the compiler and the sampler have noted. Output: a file that needs nothing else, and no network.
"""
from __future__ import annotations

import os


def write(path, title, codes, times) -> None:
    """Writes the page. OSError: it cannot be written."""
    from pyjion._report.collect import collect
    from pyjion._report.page import render

    page = render(collect(codes, times), title)
    with open(os.fspath(path), "wb") as file:
        file.write(page.encode("utf-8", "backslashreplace"))
