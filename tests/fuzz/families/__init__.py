# SPDX-License-Identifier: MIT
"""The families of the grammar, with their weights: one file per family.

A family may have STATEMENTS, EXPRESSIONS (by kind: n s l d o b), FUNCTIONS (whole functions, with how they are called),
CLASSES (text and how an instance is made), METHODS, and PRELUDE (source by the name that needs it).
"""
from __future__ import annotations

from . import (
    changing,
    classes,
    closures,
    containers,
    contexts,
    control,
    coroutines,
    destructors,
    errors,
    frames,
    generators,
    hierarchies,
    identity,
    matching,
    namespaces,
    numbers,
    recursion,
    strings,
    threads,
    tracing,
)

# family -> how often its templates are chosen. Each program multiplies some of them: it has a subject.
TABLE = {
    numbers: 6,
    control: 5,
    changing: 3,
    containers: 4,
    strings: 2,
    classes: 3,
    hierarchies: 2,
    closures: 2.5,
    errors: 4,
    contexts: 1.5,
    matching: 1.5,
    generators: 2.5,
    coroutines: 1.5,
    identity: 1,
    frames: 1.5,
    namespaces: 1.5,
    recursion: 0.8,
    tracing: 0.6,
    destructors: 0.5,
    threads: 0.3,
}
NAMES = {family.__name__.rpartition(".")[2]: family for family in TABLE}
