# SPDX-License-Identifier: MIT
"""Coroutines, asynchronous iteration and managers, driven by a loop of a few lines."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (3, "{V} = await Pause({m})", "coroutine"),
    (1, "{V} = await Pause({m})\nyield {n}", "stream"),
    (2, "{i1} = await soon({n})", "coroutine"),
    (2, "async for {i1} in Stream({k}):\n    ...", "coroutine"),
    (2, "async with Room({k}) as {i1}:\n    ...", "coroutine"),
    (1, """
try:
    await Pause({m})
    ...
except {E}:
    {V} = await soon({m})
finally:
    ...
""", "coroutine"),
    (1, "{l1} = [{x1} + {n} async for {x1} in Stream({k}) if {b}]", "coroutine"),
    (1, "{l1} = [await soon({x1}) for {x1} in range({k})]", "coroutine"),
    (1, """
async for {i1} in stream({m}):
    ...
    if {b}:
        break
""", "coroutine"),
    (0.7, """
for {i1} in range({N}):
    {V} = await soon({i1})
    ...
""", "coroutine"),
    (0.7, """
{x1} = stream({m})
{i1} = await {x1}.__anext__()
try:
    {i2} = await {x1}.athrow({R})
except {E}:
    ...
except StopAsyncIteration:
    {i2} = {m}
await {x1}.aclose()
""", "coroutine"),
    (2, "{i1} = driven(soon, {n})"),
    (1, """
async def {f1}(p1):
    ...
    return await Pause({n})

{i1} = driven({f1}, {m})
"""),
    (1, """
async def {f1}(p1):
    async for {i1} in stream(p1):
        ...
    return {n}

{i2} = driven({f1}, {m})
"""),
    (0.5, """
{x1} = soon({m})
try:
    {x1}.send(None)
    {x1}.throw({R})
except StopIteration as {e1}:
    {V} = {e1}.value
except {E} as {e2}:
    say(describe({e2}))
finally:
    {x1}.close()
"""),
)

FUNCTIONS = templates(
    (3, """
async def {F}(a, b, c):
    ...
    {i1} = await Pause({n})
    ...
    return {n}
"""),
    (2, """
async def {F}(a, b, c):
    {i2} = {m}
    async for {i1} in Stream(3):
        {V} = {n}
        ...
    async with Room(a):
        ...
    return {n}
"""),
)
WRAPPER = "driven"

PRELUDE = {
    "Pause": '''
class Pause:
    """Awaiting it stops the coroutine once; the result is what is sent, or the value."""

    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self
        if self.value == 13:
            raise Own(13)
        return self.value if got is None else got
''',
    "soon": '''
async def soon(value):
    if value == 2:
        raise ValueError(value)
    got = await Pause(value)
    return clip(got)
''',
    "Stream": '''
class Stream:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        self.n -= 1
        if self.n < 0:
            raise StopAsyncIteration
        await Pause(self.n)
        return self.n
''',
    "stream": '''
async def stream(value):
    try:
        for k in range(3):
            await Pause(k)
            try:
                yield value + k
            except ValueError:
                yield -k
    finally:
        say("stream ends")
''',
    "Room": '''
class Room:
    def __init__(self, kind):
        self.kind = kind

    async def __aenter__(self):
        await Pause(1)
        if self.kind == 3:
            raise KeyError(3)
        return self.kind

    async def __aexit__(self, kind, error, trace):
        await Pause(2)
        return self.kind == 1
''',
}
