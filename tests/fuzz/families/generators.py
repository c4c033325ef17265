# SPDX-License-Identifier: MIT
"""Generators: sent to, thrown into, closed, delegating, left half done."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (2, "{V} = yield {n}", "generator"),
    (2, "yield {n}", "generator"),
    (1, "yield from {l}", "generator"),
    (1, "{i1} = yield from counted({k})", "generator"),
    (1, """
try:
    {i1} = yield {n}
except {E} as {e1}:
    {V} = {n}
    yield {m}
finally:
    ...
""", "generator"),
    (0.7, "with Manager({k}):\n    yield {n}\n    ...", "generator"),
    (0.7, "for {i1} in range({N}):\n    yield {i1}\n    ...", "generator"),
    (0.3, "return {n}", "generator loop"),
    (2, """
for {i1} in counted({N}):
    ...
"""),
    (2, """
{x1} = counted({k})
try:
    {i1} = next({x1})
    {i2} = {x1}.send({n})
    ...
    {i3} = {x1}.throw({R})
except StopIteration as {e1}:
    {V} = {e1}.value
except {E} as {e2}:
    say(describe({e2}))
finally:
    {x1}.close()
"""),
    (1, """
def {f1}(p1):
    try:
        for {i1} in range({k}):
            {i2} = yield {n}
            ...
    finally:
        {V} = {n}

{l1} = drained({f1}, {m})
"""),
    (1, """
def {f1}(p1):
    {i1} = yield from counted(2)
    yield {n}
    return {m}

{x1} = {f1}({m})
for {i2} in {x1}:
    ...
    if {b}:
        {x1}.close()
"""),
    (1, "{x1} = ({n} for {x2} in {l})\n{i1} = next({x1}, {m})\n{l1} = list({x1})"),
    (0.7, """
{x1} = stubborn({m})
{i1} = next({x1})
try:
    {x1}.close()
except RuntimeError as {e1}:
    say({e1})
{i2} = next({x1}, {m})
"""),
    (0.5, "{l1} = list(zip(counted({k}), counted(2)))"),
    (0.5, "{i1} = sum(counted({k}))\n{i2}, {i3} = counted(2)"),
)

EXPRESSIONS = {"l": templates((0.6, "list(counted({k}))"), (0.4, "[*counted({k}), {m}]"))}

# (weight, text, wrapper)
FUNCTIONS = templates(
    (3, """
def {F}(a, b, c):
    ...
    yield {n}
    ...
"""),
    (3, """
def {F}(a, b, c):
    for {i1} in range({N}):
        ...
        {V} = yield {n}
    return {n}
"""),
    (2, """
def {F}(a, b, c):
    try:
        yield from counted(c)
        for {i1} in range({N}):
            try:
                yield {n}
                ...
            except {E}:
                ...
    finally:
        ...
"""),
)
WRAPPER = "drained"

PRELUDE = {
    "counted": '''
def counted(n):
    """Yields numbers; answers to what is sent; returns how many."""
    k = 0
    try:
        while k < n:
            got = yield k
            k += 1 if got is None else 2
    except ValueError as error:
        say(error)
        yield -1
    return k
''',
    "stubborn": '''
def stubborn(a):
    for k in range(3):
        try:
            yield (a, k)
        except GeneratorExit:
            yield "no"
''',
}
