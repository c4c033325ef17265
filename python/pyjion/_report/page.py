# SPDX-License-Identifier: MIT
"""A report as one file of HTML.

Input: the dictionary that `collect` makes. Output: text. The source and its colours are in the markup, so that the page
can be read without scripts; the forms of the code are in a JSON island that page.js shows on a click. The page's own
policy forbids it to load anything.
"""
from __future__ import annotations

import json
import os
import platform
import time

import pyjion
from pyjion._explanation import _printable
from pyjion._report.highlight import highlight
from pyjion._source import escape

KINDS = {
    "full": ("full", "optimised machine code"),
    "generic": ("generic", "optimised, but an operation is left to a helper"),
    "quick": ("quick", "machine code that calls a helper for each operation"),
    "interpreted": ("interp.", "run by the interpreter"),
    "left": ("left", "compiled code was left here more than once"),
}
_PARTS = ("interpreted", "quick", "full", "elsewhere")
# Lines that there is nothing to tell about are folded where there are more of them in a row; so many stay before what follows.
_FOLD = 8
_CONTEXT = 2


def render(report, title):
    head = _head(title)
    parts = [head, _summary(report, title), _table(report), '<main id="source">']
    parts += [_file(number, file, report) for number, file in enumerate(report["files"])]
    if not report["files"]:
        parts.append("<section class=empty><p>Nothing has run yet that there is anything to tell about.</p></section>")
    if report["left_out"]:
        parts.append(f"<section class=empty><p>{report['left_out']} more files took next to no time.</p></section>")
    parts += ["</main>", _DOCK, _island(report), f"<script>\n{_asset('page.js')}</script>\n</body>\n</html>\n"]
    return "\n".join(parts)


def _text(text):
    return escape(_printable(str(text)))


def _asset(name):
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()


def _head(title):
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<title>{_text(title)} - pyjion report</title>
<style>
{_asset('page.css')}</style>
</head>
<body>"""


def _summary(report, title):
    whole = sum(report["seconds"])
    made = f"pyjion {pyjion.__version__}, CPython {platform.python_version()}, {time.strftime('%Y-%m-%d %H:%M')}"
    parts = [f"<header><div class=top><h1>{_text(title)}</h1><p class=made>{made}</p></div>"]
    if report["reason"] is not None:
        parts.append(f"<p class=warning>Nothing is compiled: {_text(report['reason'])}</p>")
    if not report["observed"]:
        parts.append(
            "<p class=warning>The option <code>observe</code> is off: there are no times by line and no HIR. Set"
            " <code>PYJION_OBSERVE=1</code>, or run the program with <code>python -m pyjion --report</code>.</p>"
        )
    if whole:
        shares = [(name, spent) for name, spent in zip(_PARTS, report["seconds"]) if spent]
        bar = "".join(f'<i class="{name}" style="width:{100 * spent / whole:.2f}%"></i>' for name, spent in shares)
        named = "".join(
            f'<li><i class="dot {name}"></i>{name if name != "elsewhere" else "outside of Python functions"}'
            f" <b>{spent:.2f} s</b> <span>{100 * spent / whole:.0f} %</span></li>"
            for name, spent in shares
        )
        parts.append(f'<div class=split aria-hidden="true">{bar}</div><ul class=shares aria-label="processor time">{named}</ul>')
    legend = "".join(f'<li title="{means}"><b class="kind {kind}">{name}</b> {means}</li>' for kind, (name, means) in KINDS.items())
    parts.append(f"<ul class=legend aria-label=\"what lines became\">{legend}</ul></header>")
    return "\n".join(parts)


def _table(report):
    if not report["functions"]:
        return ""
    whole = sum(report["seconds"]) or sum(sum(each["seconds"]) for each in report["functions"]) or 1
    rows = "".join(_row(number, each, report, whole) for number, each in enumerate(report["functions"]))
    columns = "<th>function<th class=r>time<th><th>code<th>state<th class=r>exits"
    folded = f"<p><button id=more aria-expanded=false>all {len(report['functions'])} functions</button></p>" * (len(report["functions"]) > 12)
    return f"<section class=functions><h2>Functions</h2><table><thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table>{folded}</section>"


def _row(number, each, report, whole):
    spent = sum(each["seconds"])
    place = f"{os.path.basename(report['files'][each['file']]['name'])}:{each['line']}"
    code = " + ".join(each["tiers"]) + (" (loops)" if each["loops"] else "") if each["tiers"] else "interpreted"
    kind = each["tiers"][0] if len(each["tiers"]) == 1 else "full" if each["tiers"] else "interpreted"
    rare = " class=rare" if number >= 12 else ""
    return (
        f'<tr{rare}><td><a href="#f{each["file"]}-{each["line"]}">{_text(each["name"])}</a> <span class=place>{_text(place)}</span></td>'
        f"<td class=r>{spent:.2f} s</td><td class=cost>{_bar(each['seconds'], whole)}</td>"
        f'<td><i class="dot {kind}"></i>{code}</td><td>{_text(each["state"])}</td><td class=r>{each["exits"] or ""}</td></tr>'
    )


def _bar(seconds, most):
    widths = [(name, 100 * spent / most) for name, spent in zip(_PARTS, seconds) if spent]
    return '<i class=bar aria-hidden="true">' + "".join(f'<i class="{name}" style="width:{width:.1f}%"></i>' for name, width in widths) + "</i>"


def _file(number, file, report):
    lines = highlight(file["lines"])
    whole = sum(report["seconds"][:3])
    most = max((sum(spent) for other in report["files"] for spent in other["seconds"].values()), default=0)
    # A module's first instruction has line 0.
    known = {line for line in (*file["kinds"], *file["seconds"]) if line > 0}
    last = max([len(lines), *known]) if lines or known else 0
    spent = sum(map(sum, file["seconds"].values()))
    share = f"<span>{spent:.2f} s</span>" if spent else ""
    parts = [f'<section class=file><h2><span class=path>{_text(file["name"])}</span>{share}</h2>']
    if not lines:
        parts.append("<p class=empty>The source cannot be found.</p>")
    parts.append('<div class=code><div class="ln head" aria-hidden="true"><span class=no>line</span><span class=percent>% time</span><span></span><span>became</span><span></span></div>')
    for first, behind, folded in _ranges(known, last, bool(lines)):
        rows = "".join(_line(number, line, file, lines, most, whole) for line in range(first, behind))
        count = behind - first
        parts.append(f"<details><summary>{count} lines that took no noticeable time</summary>{rows}</details>" if folded else rows)
    parts.append("</div></section>")
    return "\n".join(parts)


def _ranges(known, last, has_source):
    """(first, behind, whether it is folded) for all lines, or for those that are known where there is no source."""
    if not has_source:
        return [(line, line + 1, False) for line in sorted(known)]
    ranges, line = [], 1
    for wanted in [*sorted(known), last + 1]:
        gap = wanted - line
        if gap > _FOLD:
            ends = line + (_CONTEXT if line > 1 else 0), wanted - (_CONTEXT if wanted <= last else 0)
            ranges += [(line, ends[0], False), (*ends, True), (ends[1], wanted, False)]
            line = wanted
        elif gap > 0:
            ranges.append((line, wanted, False))
            line = wanted
        if wanted <= last:
            ranges.append((wanted, wanted + 1, False))
            line = wanted + 1
    return [each for each in ranges if each[0] < each[1]]


def _line(number, line, file, lines, most, whole):
    kind = file["kinds"].get(line)
    source = lines[line - 1] if line <= len(lines) else ""
    if kind is None:
        return f"<div class=ln><span class=no>{line}</span><span></span><span></span><span></span><code>{source}</code></div>"
    seconds = file["seconds"].get(line, (0, 0, 0))
    spent = sum(seconds)
    percent = f"{100 * spent / whole:.1f}" if whole and spent >= 0.0005 * whole else ""
    left = file["left"].get(line, 0)
    badge = f'<em title="compiled code was left here">left {left}&times;</em>' if left else ""
    spoken = f"line {line}, {kind}" + (f", {percent} percent of the time" if percent else "")
    return (
        f'<a class="ln {kind}" id="f{number}-{line}" href="#f{number}-{line}" aria-label="{spoken}"><span class=no>{line}</span>'
        f"<span class=percent>{percent}</span><span class=cost>{_bar(seconds, most) if spent and most else ''}</span>"
        f'<span class="kind {kind}">{KINDS[kind][0]}</span><code>{source}{badge}</code></a>'
    )


_DOCK = """<aside id="dock" hidden aria-label="the code of a line">
<div id="grip" title="drag to resize"></div>
<div class=bar1><h2 id="where" tabindex="-1"></h2><span class=space></span>
<span role="group" aria-label="what is shown" class=modes><button id="aligned" aria-pressed="true">this line</button><button id="ordered" aria-pressed="false">all of it, in order</button></span>
<button id="tall" aria-pressed="false" title="more room (m)">&#x2922;</button><button id="close" title="close (Escape)">&#x2715;</button></div>
<ul id="notes"></ul><div id="pieces" role="tablist" aria-label="pieces of code"></div><div id="forms"></div>
</aside>"""


def _island(report):
    """What the script needs; no `<` in it could end the element."""
    data = {
        "files": [{"name": file["name"], "notes": file["notes"], "source": _sources(file)} for file in report["files"]],
        "functions": [
            {key: each[key] for key in ("name", "file", "line", "summary", "bytecode", "pieces")} for each in report["functions"]
        ],
    }
    text = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="data">{text}</script>'


def _sources(file):
    return {line: file["lines"][line - 1].strip() for line in file["kinds"] if 0 < line <= len(file["lines"])}
