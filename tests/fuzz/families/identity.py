# SPDX-License-Identifier: MIT
"""Which object a number is: `is`, containers that compare by identity first, NaN."""
from __future__ import annotations

from ..writer import templates

# `is` itself comes apart from the rest: a compiler may treat functions with it in another way.
STATEMENTS = templates(
    (3, "{i1} = {n}\n{i2} = {i1}\nsay(same({i1}, {i2}))"),
    (2, "{i1} = {m} + 0.5\n{i2} = {i1}\nsay(same({i2}, {i1}), [{i1}].count({i2}))"),
    (2, "{i1} = {m} * nan\n{i2} = {i1}\nsay({{{i1}: 1}}.get({i2}), [{i1}].count({i2}), {i1} == {i2})"),
    (2, "{i1} = {m} * nan\n{l1} = [{i1}, {i1}]\nsay({i1} in {l1}, {l1}.index({i1}))"),
    (1, "{i1} = {m} - nan\n{d1} = {{{i1}: 1}}\nsay({d1}.get({i1}))"),
    (1, "{i1} = {m} * 1.5\n{x1} = ({i1}, {i1})\nsay(same(*{x1}))", "once"),
    (2, "{i1} = {m} + 1000\n{i2} = passed({i1})\nsay(same({i1}, {i2}))"),
    (2, """
{i1} = {m} + 2.5
{x1} = []
for {i2} in range({N}):
    {i3} = {i1}
    {i1} = {i1} + 1.0 if {i2} & 1 else {i1}
    {x1}.append({i3})
    {x1}.append({i1})
    ...
say(len({{id({x2}) for {x2} in {x1}}}), len({x1}), same({i1}, {x1}[-1]))
"""),
    (2, """
{i1} = {m} * nan
{x1} = set()
for {i2} in range({N}):
    {i3} = {i1}
    {x1}.add({i3})
say(len({x1}))
"""),
    (1, """
{i1} = {m} + 1000
{i2} = 0
for {i3} in range({N}):
    {i2} += {i1}
    ...
say(same({i1}, passed({i1})), same({i2}, passed({i2})))
"""),
    (1, "{i1} = {n}\n{l1} = [{i1}]\n{l1}.append({i1})\nsay(len({{id({x1}) for {x1} in {l1}}}))"),
    (0.7, "{i1} = {n}\ndef {f1}(p1):\n    return same(p1, {i1})\n\nsay({f1}({i1}))"),
    (1, "{i1} = {n}\n{i2} = {i1}\n{x1} = {i1} is {i2}\nsay({x1})"),
    (0.5, "{x1} = {a} is {a}\nsay({x1})"),
    (0.5, """
{i1} = {m} + 2.5
for {i2} in range({N}):
    {i3} = {i1}
    {i1} = {i1} + 1.0
    {x1} = {i3} is {i1}
    ...
say({x1}, {i3} is not {i1})
"""),
)

EXPRESSIONS = {"b": templates((0.1, "{m} is {m}"), (0.1, "{m} is not {n}")), "n": templates((0.3, "passed({n})"))}

PRELUDE = {
    "passed": '''
def passed(a):
    total = 0
    for j in range(3):
        total += a
    return a
''',
    "same": '''
def same(a, b):
    c = a
    return (a is b, c is b, [a].count(b), a == b)
''',
}
