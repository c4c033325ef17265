# SPDX-License-Identifier: MIT
"""Tracing, profiling and coverage switched on at random points inside of functions of the standard library: the same.

`make events` does it for more seeds (EVENT_SEEDS).
"""
from __future__ import annotations

import functools
import os

import pytest

import running

MODES = {
    "default": {},
    "osr-every-1": {"budget": "inf", "osr": "every:1"},
    "taken-over": {"threshold": "1000000000", "osr": "every:1"},
    "compile-all": {"stress": "compile-all"},
}
SEEDS = range(1, 1 + int(os.environ.get("EVENT_SEEDS", "2")))
RECORDER = running.HERE / "event_streams.py"
EVENTS = "lines,opcodes,profile"

pytestmark = [
    pytest.mark.skipif(running.SHORT, reason="the events of another patch release differ in nothing that is compiled"),
    pytest.mark.parametrize("seed", SEEDS),
    pytest.mark.parametrize("mode", MODES),
]


def streams(*before, seed, kinds, **options):
    child = running.environment_with_packages(**options)
    lines = running.succeed(running.run_python(*before, RECORDER, seed, kinds, env=child, timeout=100)).splitlines()
    return {tuple(line.split()[:2]): line for line in lines}


@functools.cache
def plain_streams(seed, kinds):
    plain = streams(seed=seed, kinds=kinds)
    assert len({name for name, _ in plain}) >= 200
    assert all(int(line.split()[-2]) > 0 for line in plain.values())
    return plain


def check(seed, kinds, mode):
    plain = plain_streams(seed, kinds)
    compiled = streams("-m", "pyjion", seed=seed, kinds=kinds, **MODES[mode])
    assert not {key for key in plain if compiled.get(key) != plain[key]}
    assert plain.keys() == compiled.keys()


def test_same_events(seed, mode):
    check(seed, EVENTS, mode)


@running.needs("coverage", "python3-coverage")
def test_same_coverage(seed, mode):
    check(seed, "arcs" if seed % 2 else "coverage", mode)
