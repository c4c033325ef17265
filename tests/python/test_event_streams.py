# SPDX-License-Identifier: MIT
"""Tracing and profiling switched on at random points inside of functions of the standard library: the same events.

`make events` does it for more seeds (EVENT_SEEDS).
"""
from __future__ import annotations

import os

import pytest

import running

MODES = {
    "default": {},
    "osr-every-1": {"budget": "inf", "osr": "every:1"},
    "compile-all": {"stress": "compile-all"},
}
SEEDS = range(1, 1 + int(os.environ.get("EVENT_SEEDS", "2")))
RECORDER = running.HERE / "event_streams.py"


def streams(*before, seed, **options):
    outcome = running.run_python(*before, RECORDER, seed, env=running.environment(**options), timeout=100)
    lines = running.succeed(outcome).splitlines()
    return {tuple(line.split()[:2]): line for line in lines}


@pytest.mark.skipif(running.SHORT, reason="the events of another patch release differ in nothing that is compiled")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("seed", SEEDS)
def test_same_events(seed, mode):
    plain = streams(seed=seed)
    compiled = streams("-m", "pyjion", seed=seed, **MODES[mode])
    assert len({name for name, _ in plain}) >= 200
    assert all(int(line.split()[-2]) > 0 for line in plain.values())
    assert not {key for key in plain if compiled.get(key) != plain[key]}
    assert plain.keys() == compiled.keys()
