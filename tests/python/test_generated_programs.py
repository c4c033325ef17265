# SPDX-License-Identifier: MIT
"""Random programs, the same ones every time: plain and compiled runs must agree to the byte.

`make fuzz` runs the same comparison over new seeds for as long as one likes.
"""
from __future__ import annotations

import functools

import fuzzing
import pytest
import running

SEEDS = range(1, 4 if running.SHORT else 13)


@functools.cache
def runs():
    """All runs, started together and side by side."""
    return {key: fuzzing.pool().submit(fuzzing.compare, *key) for key in ((s, m) for s in SEEDS for m in fuzzing.MODES)}


@pytest.mark.parametrize("mode", fuzzing.MODES)
@pytest.mark.parametrize("seed", SEEDS)
def test_generated(seed, mode):
    assert runs()[seed, mode].result() is None
