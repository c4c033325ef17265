# SPDX-License-Identifier: MIT
"""Branches, loops inside of loops, and leaving them."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (5, """
if {b}:
    ...
"""),
    (4, """
if {b}:
    ...
else:
    ...
"""),
    (1, """
if {b}:
    ...
elif {b}:
    ...
else:
    {V} = {n}
"""),
    (8, """
for {i1} in range({N}):
    ...
"""),
    (3, """
for {i1} in range({N}):
    {V} = {V} + {n}
    ...
"""),
    (2, """
{i2} = 0
for {i1} in range({N}):
    {i2} += {m}
    if {b}:
        ...
"""),
    (1, """
for {i1} in range({k}, {N}, {k}):
    ...
"""),
    (1, """
for {i1} in range({N}, -1, -2):
    ...
"""),
    (0.5, """
for {i1} in range({V}, {V} + {N}):
    ...
    if {i1} > 50:
        break
"""),
    (3, """
{x1} = {N}
while {x1} > 0:
    {x1} -= 1
    ...
"""),
    (1, """
{x1} = {N}
while True:
    {x1} -= 1
    if {x1} < 0:
        break
    ...
"""),
    (1, """
{x1} = 0
while ({x1} := {x1} + 1) < {N} and {b}:
    ...
"""),
    (1, """
for {i1} in range({N}):
    if {b}:
        continue
    ...
else:
    ...
"""),
    (1, """
for {i1} in range({N}):
    for {i2} in range({N}):
        {V} = {V} + {i2}
        ...
    {V} = {n}
"""),
    (1, """
for {i1} in ({m}, {m}, {m}):
    ...
"""),
    (1, """
if {b}:
    break
""", "loop"),
    (1, """
if {b}:
    continue
""", "loop"),
    (0.5, """
if {b}:
    return {n}
"""),
    (0.3, """
while {b}:
    {V} = {n}
    break
"""),
    (0.3, """
for {i1} in {l}:
    ...
    if {b}:
        break
"""),
)
