# SPDX-License-Identifier: MIT
"""Exceptions: handlers inside of handlers, chains, groups, `finally` that is left otherwise than it was entered."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (6, """
try:
    ...
except {E}:
    ...
"""),
    (4, """
try:
    ...
except {E} as {e1}:
    say({e1})
    ...
"""),
    (3, """
try:
    {i1} = {n}
    for {i2} in range({N}):
        for {i3} in range({N}):
            {V} = {V} + {i3}
            ...
        {V} = {n}
except {E}:
    {V} = {n}
"""),
    (3, """
for {i1} in range({N}):
    try:
        ...
        if {b}:
            raise {R}
    except {E}:
        {V} = {n}
        ...
"""),
    (2, """
try:
    ...
finally:
    {V} = {n}
    ...
"""),
    (1, """
try:
    ...
except {E}:
    ...
else:
    ...
finally:
    ...
"""),
    (1, """
for {i1} in range({N}):
    try:
        ...
        if {b}:
            continue
        if {b}:
            break
    finally:
        {V} = {n}
"""),
    (1, """
try:
    if {b}:
        return {n}
    ...
finally:
    {i1} = {n}
    ...
"""),
    (0.5, """
for {i1} in range({N}):
    try:
        raise {R}
    finally:
        if {b}:
            break
        continue
"""),
    (0.4, """
try:
    raise {R}
finally:
    return {n}
"""),
    (1, """
try:
    ...
    raise {R}
except {E} as {e1}:
    raise {R} from {e1}
"""),
    (1, """
try:
    try:
        ...
        raise {R}
    except {E} as {e1}:
        ...
        raise {R}
except Exception as {e2}:
    say(type({e2}), {e2}.__context__ is None)
    {V} = {n}
"""),
    (1, """
try:
    ...
except {E}:
    ...
    raise
"""),
    (0.7, """
try:
    raise {R}
except {E} as {e1}:
    {x1} = {e1}
    {e1}.add_note('note')
    raise {R} from None
finally:
    ...
"""),
    (1, """
try:
    try:
        raise ExceptionGroup('g', [ValueError({m}), TypeError('t'), {R}])
    except* ValueError as {e1}:
        say({e1})
        ...
    except* (TypeError, KeyError) as {e2}:
        {V} = {n}
        if {b}:
            raise
except ExceptionGroup as {e3}:
    say(describe({e3}))
"""),
    (0.5, """
try:
    ...
except* {E}:
    ...
"""),
    (2, """
try:
    missing()
except Exception:
    ...
"""),
    (1, """
{x2} = {k}
while {x2} < 30:
    {x2} += 9
    try:
        {x1} = {k} + 2
        while True:
            {x1} -= 1
            if {x1} < 0:
                break
            ...
    except {E}:
        {V} = {n}
    else:
        {V} = ~{k} + {x1}
"""),
    (1, "if {b}:\n    raise {R}"),
    (0.4, "raise {R}", "loop"),
    (0.5, """
{x1} = None
try:
    ...
except Exception as {e1}:
    {x1} = {e1}
if {x1} is not None:
    say(describe({x1}))
"""),
    (0.4, """
try:
    assert {b}, {s}
except AssertionError as {e1}:
    say({e1})
"""),
    (0.4, """
try:
    {i1} = {o}.missing
except (AttributeError, KeyError):
    {i1} = sys.exc_info()[0].__name__
"""),
    (0.5, """
try:
    for {i1} in range({N}):
        ...
        if {b}:
            raise StopIteration({i1})
except StopIteration as {e1}:
    {V} = {e1}.value
"""),
    (0.3, """
try:
    try:
        1 // 0
    except ZeroDivisionError:
        {x1}
    finally:
        ...
except NameError as {e1}:
    say(describe({e1}))
"""),
)

PRELUDE = {
    "Own": '''
class Own(ValueError):
    """An exception with something of its own."""

    def __init__(self, value=0):
        super().__init__("own", value)
        self.value = value
''',
}
