# SPDX-License-Identifier: MIT
"""Functions inside of functions, cells that are shared, deleted and filled later; arguments in every form; decorators."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (3, """
def {f1}(p1, p2=2):
    ...
    return {n}

{i1} = {f1}({m})
"""),
    (3, """
{i2} = {n}
def {f1}(p1):
    nonlocal {w1}
    {w1} = clip({n})
    ...
    return {n}

{i1} = {f1}({m}) + {f1}({n})
"""),
    (1, """
{i3} = {m}
def {f1}(p1):
    def {f2}(p2):
        return {n}
    return {f2}

{i1} = {f1}({m})({m})
"""),
    (1, """
{l1} = []
for {i1} in range({N}):
    {l1}.append(lambda p1=1: {i1} + p1)
{i2} = sum({x1}() for {x1} in {l1})
"""),
    (1, """
{x1} = lambda p1, *args, p2=3, **kw: ({n}, args, sorted(kw))
{l1} = {x1}({m}, *{l}, p2={m}, z={m})
"""),
    (1, """
def {f1}(p1, /, p2=2, *args, p3={m}, **kw):
    return (p1, p2, args, p3, sorted(kw))

{l1} = {f1}(*{l}, **{{'y': {m}}})
"""),
    (0.7, """
{i2} = {m}
def {f1}():
    return {i2}

del {i2}
try:
    {i1} = {f1}()
except NameError as {e1}:
    say({e1})
"""),
    (0.7, """
def {f1}():
    return {x1}

if {b}:
    {x1} = {n}
{i1} = {f1}()
"""),
    (0.6, """
@twice
def {f1}(p1):
    return {n}

{i1} = {f1}({m})
"""),
    (0.5, """
def {f1}(p1={l1}):
    p1.append(1)
    return len(p1)

{i1} = {f1}() + {f1}()
""".replace("{l1}", "[]")),
    (0.3, "{i1} = (lambda: {n})()"),
    (0.3, "{i1} = (lambda *p1, **p2: len(p1) - len(p2))(*{l}, a={m})"),
    (0.4, """
def {f1}(p1):
    return {f1}(p1 - 1) + 1 if p1 > 0 else {n}

{i1} = {f1}({k})
"""),
)

EXPRESSIONS = {
    "n": templates((0.4, "(lambda p1: p1 + {m})({n})"), (0.3, "spread({m}, *{l})"), (0.3, "spread({m}, **{{'c': {m}}})")),
}

# How functions of a program take their arguments; each can be called with three.
PARAMETERS = ("a, b, c", "a, b, c", "a, b, c", "a, b=2, c=3", "a, b=1, /, c=0.5", "a, *rest, b=4, c=5", "*abc, a=1, b=2, c=3",
              "a, b, c, d=7, *, e=8", "a, b, c=1, *rest, **kw")

PRELUDE = {
    "spread": '''
def spread(a, *rest, b=3, **kw):
    return a if rest else b + len(kw)
''',
    "twice": '''
def twice(f):
    def inner(*args, **kw):
        return (f(*args, **kw), f(*args, **kw))

    inner.__name__ = f.__name__
    return inner
''',
}
