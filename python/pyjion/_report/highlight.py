# SPDX-License-Identifier: MIT
"""Lines of Python source as HTML, with the classes k (keyword), s (string), n (number) and c (comment).

Input: lines of text, which need not be Python. Output: as many lines of HTML; what cannot be read stays without colours.
"""
from __future__ import annotations

import io
import keyword
import tokenize

from pyjion._explanation import _printable
from pyjion._source import escape

_CLASSES = {tokenize.STRING: "s", tokenize.NUMBER: "n", tokenize.COMMENT: "c"}


def highlight(lines):
    spans = _spans(lines)
    return [_html(text, spans.get(number, ())) for number, text in enumerate(lines, 1)]


def _spans(lines):
    """(first column, column behind, class) by line, in order."""
    spans = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO("\n".join(lines) + "\n").readline):
            kind = _CLASSES.get(token.type) or ("k" if token.type == tokenize.NAME and keyword.iskeyword(token.string) else None)
            if kind is not None:
                (first, column), (last, end) = token.start, token.end
                for number in range(first, last + 1):
                    begin = column if number == first else 0
                    spans.setdefault(number, []).append((begin, end if number == last else len(lines[number - 1]), kind))
    except (tokenize.TokenError, SyntaxError):
        pass  # What was read until there keeps its colours.
    return spans


def _html(text, spans):
    parts, at = [], 0
    for begin, end, kind in spans:
        parts += [_escaped(text[at:begin]), f"<i class={kind}>{_escaped(text[begin:end])}</i>"]
        at = end
    return "".join([*parts, _escaped(text[at:])])


def _escaped(text):
    return escape(_printable(text))
