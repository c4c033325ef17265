# SPDX-License-Identifier: MIT
"""Values whose type or size changes while a loop runs: what optimised code has guessed fails in the middle."""
from __future__ import annotations

from ..writer import templates

STATEMENTS = templates(
    (2, """
{i2} = 1
for {i1} in range({N}):
    {i2} = {i2} + {i2} if {i1} < 70 else {i2} - {i1}
    ...
{V} = {i2}
"""),
    (2, """
{i2} = {m}
for {i1} in range({N}):
    {i2} = {i2} + (0.5 if {i1} % 7 == {k} else 1)
    ...
"""),
    (1, """
for {i1} in range({N}):
    {i2} = ({m}, 0.5, 2**62, True, {n})[{i1} % 5]
    {V} = {i2} - {i1}
    ...
"""),
    (2, """
{i2} = 0
for {i1} in range({N}):
    {i2} = {i2} + turning({i1})
    ...
"""),
    (2, """
{i2} = {n}
for {i1} in range({N}):
    if {i1} > {k}:
        {i3} = {i2} * 2 % 1009
    ...
    {i2} = {i3} + 1 if {i1} > 4 else {i1}
"""),
    (2, """
{i2}, {i3} = {n}, 0.25
for {i1} in range({N}):
    {i4} = {i2} * 0.5
    for {i5} in range({i1} & 3):
        {i3} = {i3} + {i4}
        ...
    {i2} = {i3} - {i1}
"""),
    (1, """
{i2}, {i3} = {m}, {n}
for {i1} in range({N}):
    {i2}, {i3} = {i3}, {i2} - {i3}
    ...
"""),
    (1, """
for {i1} in range({N}):
    {V} = {V} - 1
    if {V} == {k} and {i1} < 5:
        {V} = None
    try:
        {V} += 2
    except TypeError:
        {V} = {n}
"""),
    (1, """
for {i1} in range({N}):
    {i2} = {n}
    if {i1} & 1:
        del {i2}
    try:
        {V} = {i2} + 1
    except UnboundLocalError:
        {V} = {i1}
    ...
"""),
    (1, """
{i2} = {m}
for {i1} in range({N}):
    {i2} = spin({i2}, {i1})
    ...
"""),
    (1, """
for {i1} in range(2**62 - 2, 2**62 + {k}):
    {V} = {i1} + {k}
    ...
"""),
    (1, """
for {i1} in (1, 2, 3, 0.5, 2**70, '4', {m}):
    try:
        {V} = {i1} * 2 - 1
        ...
    except TypeError:
        continue
"""),
)

EXPRESSIONS = {"n": templates((0.5, "turning({m})"), (0.4, "spin({m}, {m})"))}

PRELUDE = {
    "turning": '''
def turning(k):
    """An int, most often."""
    if k % 16 == 15:
        return 0.25
    return k + 1
''',
    "spin": '''
def spin(a, k):
    b = a
    for j in range(3):
        b = b - j if j != k else b + 0.5
    return b
''',
}
