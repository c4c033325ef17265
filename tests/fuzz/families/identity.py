# SPDX-License-Identifier: MIT
"""Which object a number is: `is`, containers that compare by identity first, NaN."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (2, "{i1} = {n}\n{i2} = {i1}\n{x1} = {i1} is {i2}\nsay({x1}, same({i1}, {i2}))"),
    (2, "{i1} = {n} + 0.5\n{l1} = [{i1}, {i1}]\nsay({i1} in {l1}, {l1}[0] is {l1}[1], {l1}.index({i1}))"),
    (1, "{i1} = nan + {m}\n{d1} = {{{i1}: 1}}\nsay({d1}.get({i1}), {i1} in [{i1}], {i1} == {i1})"),
    (1, "{i1} = {n} * 1.5\n{x1} = ({i1}, {i1})\nsay({x1}[0] is {x1}[1], same(*{x1}))", "once"),
    (2, """
{i1} = {m} + 2.5
for {i2} in range({N}):
    {i3} = {i1}
    {i1} = {i1} + 1.0
    {x1} = {i3} is {i1}
    ...
say({x1}, same({i1}, {i3}), {i3} is not {i1})
"""),
    (1, "{x1} = {a} is {a}\nsay({x1})"),
    (1, "{i1} = {n}\n{l1} = [{i1}]\n{l1}.append({i1})\nsay(len({{id({x1}) for {x1} in {l1}}}))"),
    (0.7, "{i1} = {n}\ndef {f1}(p1):\n    return p1 is {i1}\n\nsay({f1}({i1}))"),
)

EXPRESSIONS = {"b": templates((0.4, "{m} is {m}"), (0.3, "{m} is not {n}"))}

PRELUDE = {
    "same": '''
def same(a, b):
    c = a
    return (a is b, c is b, [a].count(b), a == b)
''',
}
