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
EVENTS = ("lines", "opcodes", "profile")

pytestmark = [
    pytest.mark.skipif(running.SHORT, reason="the events of another patch release differ in nothing that is compiled"),
    pytest.mark.parametrize("seed", SEEDS),
    pytest.mark.parametrize("mode", MODES),
]


def streams(*before, seed, kinds, **options):
    child = running.environment_with_packages(**options)
    lines = running.succeed(running.run_python(*before, RECORDER, seed, kinds, env=child, timeout=100)).splitlines()
    return {tuple(line.split()[:2]): line for line in lines}


def coverage_kind(seed):
    return "arcs" if seed % 2 else "coverage"


@functools.cache
def all_streams(seed, mode):
    """Of every kind, from one process: most of its time goes by while the functions are compiled."""
    kinds = EVENTS + ((coverage_kind(seed),) if running.has("coverage") else ())
    before, options = ((), {}) if mode is None else (("-m", "pyjion"), MODES[mode])
    return streams(*before, seed=seed, kinds=",".join(kinds), **options)


def check(seed, kinds, mode):
    plain, compiled = ({key: line for key, line in all_streams(seed, which).items() if key[1] in kinds} for which in (None, mode))
    assert len({name for name, _ in plain}) >= 200
    assert all(int(line.split()[-2]) > 0 for line in plain.values())
    assert not {key for key in plain if compiled.get(key) != plain[key]}
    assert plain.keys() == compiled.keys()


def test_same_events(seed, mode):
    check(seed, EVENTS, mode)


@running.needs("coverage", "python3-coverage")
def test_same_coverage(seed, mode):
    check(seed, (coverage_kind(seed),), mode)
