# SPDX-License-Identifier: MIT
"""A site with Jinja2: templates that inherit, include and call macros, rendered for many pages."""
import datetime
import sys
import zlib

from jinja2 import DictLoader, Environment

TEMPLATES = {
    "base.html": """<html><head><title>{% block title %}site{% endblock %}</title></head>
<body>{% include "menu.html" %}{% block body %}{% endblock %}<footer>{{ today.isoformat() }}</footer></body></html>""",
    "menu.html": """<ul>
{% for name in menu %}<li{% if name == here %} class="here"{% endif %}>{{ name|e }}</li>{% endfor %}</ul>""",
    "macros.html": """{% macro cell(value, places=2) -%}
<td class="{{ 'negative' if value < 0 else 'positive' }}">{{ "%.*f"|format(places, value) }}</td>{%- endmacro %}""",
    "report.html": """{% extends "base.html" %}{% from "macros.html" import cell %}
{% block title %}{{ super() }} / {{ here|title }}{% endblock %}
{% block body %}<table>{% for row in rows|sort(attribute="name") %}
<tr><th>{{ loop.index }}. {{ row.name|capitalize|truncate(12) }}</th>
{% for value in row.cells %}{{ cell(value) }}{% endfor %}
{{ cell(row.cells|sum, places=1) }}</tr>{% else %}<tr/>{% endfor %}</table>
<p>{{ rows|map(attribute="name")|join(", ") }}</p>{% endblock %}""",
}


def table_rows(page):
    return [
        {"name": f"row {(page * 7 + row) % 23}", "cells": [(page * row - column * 31) / 8 for column in range(6)]}
        for row in range(30)
    ]


def main(size):
    environment = Environment(loader=DictLoader(TEMPLATES), autoescape=True)
    menu = ["start", "news", "numbers & sums", "about"]
    length = checksum = 0
    for page in range(size):
        template = environment.get_template("report.html")
        day = datetime.date(2020, 1, 1) + datetime.timedelta(days=page)
        text = template.render(rows=table_rows(page), menu=menu, here=menu[page % 4], today=day)
        length += len(text)
        checksum = zlib.crc32(text.encode(), checksum)
    print(length, checksum)


if __name__ == "__main__":
    main(int(sys.argv[1]))
