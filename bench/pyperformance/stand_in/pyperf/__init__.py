# SPDX-License-Identifier: MIT
"""Stands in for the package pyperf in programs of pyperformance: measures one benchmark of a program in this process.

Input: environment variables. STAND_IN_TASK: which of the program's benchmarks, counted from 0 (-1: none, only names are
wanted); STAND_IN_SECONDS: how long the steady state may take, warming up included; STAND_IN_REPORT: where to write the
answer, one object in JSON, when the process ends; STAND_IN_JIT: set where commands, too, shall run under pyjion.

The answer: `names`, all benchmarks of the program; `command`, whether the one measured runs other processes; `first`,
`first_cpu`, seconds of its first iteration; `values`, seconds for an iteration in the steady state, each the mean of
`loops` iterations; `cpu`, CPU seconds for an iteration there, all threads and children included; `peak`, bytes.
"""
import argparse
import atexit
import json
import os
import resource
import sys
from time import perf_counter

from .commands import command_timer

# Bound now: a program may put functions of its own in their places.
_open, _write, _close = os.open, os.write, os.close
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_TASK = int(os.environ.get("STAND_IN_TASK", "0"))
_SECONDS = float(os.environ.get("STAND_IN_SECONDS", "1"))
_REPORT = os.environ.get("STAND_IN_REPORT")
_PROCESS = os.getpid()

# Share of the time for warming up; shortest value, as a share of the time; fewest values.
_WARM_UP = 0.5
_VALUE = 1 / 40
_FEWEST_VALUES = 3


def python_implementation():
    return sys.implementation.name


class Runner:
    """pyperf's, as far as benchmark programs use it. What they say about numbers of processes and values is ignored."""

    def __init__(self, **_settings):
        self.metadata = {}
        self.argparser = argparse.ArgumentParser(allow_abbrev=False)
        self.args = None
        self._answer = {"names": []}
        atexit.register(self._report)

    def parse_args(self, args=None):
        if self.args is None:
            self.args = self.argparser.parse_args(args)
        return self.args

    def bench_func(self, name, func, *args, inner_loops=None):
        def time_loops(loops):
            began = perf_counter()
            for _ in range(loops):
                func(*args)
            return perf_counter() - began

        self._bench(name, _with_cpu(time_loops))

    def bench_time_func(self, name, time_func, *args, inner_loops=None):
        self._bench(name, _with_cpu(lambda loops: time_func(loops, *args)))

    def bench_async_func(self, name, func, *args, inner_loops=None, loop_factory=None):
        import asyncio

        async def time_loops(loops):
            began = perf_counter()
            for _ in range(loops):
                await func(*args)
            return perf_counter() - began

        def run(loops):
            with asyncio.Runner(loop_factory=loop_factory) as runner:
                return runner.run(time_loops(loops))

        self._bench(name, _with_cpu(run))

    def bench_command(self, name, command):
        timer = command_timer(command)
        self._bench(name, timer, timer)

    def _bench(self, name, time_loops, command=None):
        self._answer["names"].append(name)
        if len(self._answer["names"]) != _TASK + 1:
            return
        # A program need not do it.
        self.parse_args()
        began = perf_counter()
        first, first_cpu = time_loops(1)
        self._answer.update(first=first, first_cpu=first_cpu, **_steady_state(time_loops, began))
        self._answer.update(command=command is not None, peak=command.peak if command else _peak())

    def _report(self):
        if _REPORT is None or os.getpid() != _PROCESS:
            return
        file = _open(_REPORT, _FLAGS, 0o644)
        _write(file, json.dumps(self._answer).encode())
        _close(file)


def _with_cpu(time_loops):
    def timed(loops):
        began = _cpu_seconds()
        seconds = time_loops(loops)
        return seconds, _cpu_seconds() - began

    return timed


def _cpu_seconds():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _peak():
    """Of this process, without what the one that started it had; or of a child, if it had more."""
    with os.fdopen(_open("/proc/self/status", os.O_RDONLY)) as status:
        own = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024


def _steady_state(time_loops, began):
    """Doubles the iterations of a value until it is long enough, goes on until warm, and takes values in the time left.

    What counts for time is the clock: a benchmark may measure a small part of what it does. `began`: when the first
    iteration did; a long one has warmed up enough.
    """
    loops = 1
    now = perf_counter()
    last = now - began
    while last < _SECONDS * _VALUE or now - began < _SECONDS * _WARM_UP:
        if last < _SECONDS * _VALUE:
            loops *= 2
        start = now
        time_loops(loops)
        now = perf_counter()
        last = now - start
    values = []
    cpu = 0.0
    while len(values) < _FEWEST_VALUES or perf_counter() - began < _SECONDS:
        seconds, used = time_loops(loops)
        values.append(seconds / loops)
        cpu += used
    return {"loops": loops, "values": values, "cpu": cpu / (loops * len(values))}
