# SPDX-License-Identifier: MIT
"""What happens when something that pyjion asks the system for is refused: each request in turn, and all from one on.

usage: LD_PRELOAD=libfailing_calls.so python failing_evidence.py [SCENARIO...]

Each scenario is swept: its first request fails, then its second one, until it asks for no more. The process must live,
the results must be right, and afterwards compiling must work. Output: JSON with the requests counted per scenario, the
kinds that were made to fail, and problems.
"""
import ctypes
import gc
import json
import os
import sys
import time
import types
import warnings

import pyjion

calls = ctypes.CDLL(None)
calls.failing_arm.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_int]
calls.failing_disarm.restype = ctypes.c_long
calls.failing_what.restype = ctypes.c_char_p
STRIDE = int(os.environ.get("FAILING_STRIDE", "17"))

problems = []
kinds = set()


def small(x):
    return x + 1


def kernel(n, step):
    total = 0.5
    count = 0
    for i in range(n):
        total += i * step
        try:
            if i == 7:
                count = count + small(i)
        except ValueError:
            count = -1
    return total, count


def changes(values):
    total = 0
    for value in values:
        total = total + value
    return total


def hot(n):
    total = 0
    for i in range(n):
        total += i & 7
    return total


def wait(function):
    """Until nothing of it is being compiled in the background."""
    try:
        while pyjion.explain(function).under_way is not None:
            time.sleep(0.001)
    except MemoryError:
        time.sleep(0.02)


def fills(values, step):
    total = 0.25
    whole = 1 << 40
    for i in range(len(values)):
        total = total * 1.5 + i
        whole += i * step
        values[i] = total
        values[i - 1] = whole
    return values, [total * i for i in range(9)], whole


def fresh(function):
    """The same function with a code object that pyjion has not seen."""
    return types.FunctionType(function.__code__.replace(), function.__globals__, function.__name__)


def warm(function, *arguments):
    with pyjion.pause():
        for _ in range(20):
            function(*arguments)
    return function


def expect(what, right):
    if not right:
        problems.append(what)


class Scenario:
    python_memory = 0  # whether CPython's own requests count too
    most = 1 << 40  # requests that fail at most


class Quick(Scenario):
    """Compiling, showing and freeing a function."""

    full = False

    def prepare(self):
        self.function = warm(fresh(kernel), 9, 2)

    def run(self):
        return pyjion._native.compile(self.function, full=self.full)

    def check(self, outcome, where):
        expect(f"{where}: {outcome}", outcome is True or not pyjion.info(self.function)["failed"])
        expect(f"{where}: result", self.function(9, 2) == (72.5, 8))
        expect(f"{where}: again", pyjion._native.compile(self.function, full=self.full))
        expect(f"{where}: tier", pyjion.explain(self.function).tier == ("full" if self.full else "quick"))
        expect(f"{where}: result of compiled code", self.function(9, 2) == (72.5, 8))


class Full(Quick):
    full = True


class OnTheRun(Scenario):
    """Calls that compile by themselves: entries, hot loops, failed guesses, more resume points, promotion."""

    def prepare(self):
        pyjion.config(budget="inf", osr="every:3")
        pyjion.compile(fresh(small))  # ends the pause that a failure makes
        self.function = fresh(changes)
        self.kernel = fresh(kernel)

    def run(self):
        results = [self.function([1, 2, 3, 4, 5, 6, 7, 8, 9]) for _ in range(3)]
        results += [self.function([1, 2, 3, 0.5, 4, 5, True, 6]) for _ in range(10)]
        results += [self.kernel(12, 2), self.kernel(12, 2.5)]
        return results

    def check(self, outcome, where):
        expect(f"{where}: {outcome}", outcome == [45] * 3 + [22.5] * 10 + [(132.5, 8), (165.5, 8)])
        # What there was no memory for is tried again after a while.
        for _ in range(200):
            self.function([1, 2])
        expect(f"{where}: compiled", pyjion.info(self.function)["compiled"])


class Background(Scenario):
    """A loop becomes hot; its code is made by the thread in the background, which gets less than it asks for."""

    def prepare(self):
        pyjion.config(budget="inf", osr="on", compile="background")
        pyjion.compile(fresh(small))  # ends the pause that a failure makes
        self.function = fresh(hot)

    def run(self):
        result = self.function(3000)
        wait(self.function)
        return result

    def check(self, outcome, where):
        expect(f"{where}: {outcome}", outcome == hot(3000))
        pyjion.config(compile="sync")
        for _ in range(4):
            expect(f"{where}: result", self.function(40_000) == hot(40_000))
        expect(f"{where}: compiled", pyjion._native.compile(self.function))


class Listings(Scenario):
    """What is asked of the package: an answer or MemoryError."""

    def prepare(self):
        self.function = warm(fresh(kernel), 9, 2)
        pyjion.compile(self.function, full=True)
        self.function(9, 2)

    def run(self):
        for ask in (pyjion._native.hir, pyjion._native.cil, pyjion._native.native, pyjion._native.explain):
            try:
                ask(self.function)
            except MemoryError:
                pass
        for ask in (pyjion.status, pyjion.config, pyjion._native.statistics):
            try:
                ask()
            except MemoryError:
                pass
        try:
            pyjion.config(function_filter="*", stress="", disable_passes="simplify")
        except (MemoryError, ValueError):
            pass

    def check(self, outcome, where):
        pyjion.config(disable_passes="")
        expect(f"{where}: result", self.function(9, 2) == (72.5, 8))


class Numbers(Scenario):
    """Numbers that optimised code has computed, of which CPython can make no objects."""

    python_memory = 1
    most = 600

    def prepare(self):
        self.function = warm(fresh(fills), [0.5] * 400, 3)
        pyjion.compile(self.function, full=True)
        self.right = self.function([0.5] * 400, 3)
        self.values = [0.5] * 400

    def run(self):
        return self.function(self.values, 3)

    def check(self, outcome, where):
        expect(f"{where}: {outcome!r}", isinstance(outcome, MemoryError) or outcome == self.right)
        expect(f"{where}: again", self.function([0.5] * 400, 3) == self.right)
        # The reserve is full again.
        expect(f"{where}: compiled", pyjion._native.compile(fresh(small)) and small(1) == 2)


class Death(Scenario):
    """Code objects that die."""

    def prepare(self):
        self.functions = [warm(fresh(kernel), 9, 2) for _ in range(4)]
        for function in self.functions:
            pyjion.compile(function, full=True)
            function(9, 2)

    def run(self):
        self.functions.clear()

    def check(self, outcome, where):
        pass


class Names(Scenario):
    """gdb and perf are told about compiled code."""

    def prepare(self):
        pyjion.config(gdb=1, perf_map=1)
        self.function = fresh(small)

    def run(self):
        return pyjion._native.compile(self.function)

    def check(self, outcome, where):
        pyjion.config(gdb=0, perf_map=0)
        expect(f"{where}: result", self.function(2) == 3 and pyjion._native.compile(self.function))


WITHOUT_HEAP = 2


def attempt(scenario, first, length, where, mode=None):
    """Runs it with one request or a stretch of them failing; returns how many there were."""
    scenario.prepare()
    gc.disable()
    try:
        calls.failing_arm(first, length, scenario.python_memory if mode is None else mode)
        outcome = scenario.run()
    except BaseException as error:
        outcome = error
    counted = None
    while counted is None:
        try:
            counted = calls.failing_disarm()
        except MemoryError:  # the call itself needs some
            pass
    gc.enable()
    kinds.add(calls.failing_what().decode())
    scenario.check(outcome, where)
    return counted


def sweep(scenario, name):
    """All of the first requests; of the many of one compilation that follow, every `STRIDE`-th."""
    number = 1
    while (counted := attempt(scenario, number, 1, f"{name}, request {number}")) >= number:
        number += 1 if number < 100 else STRIDE
    mapping = 1  # and files: few, so each of them
    while attempt(scenario, mapping, 1, f"{name}, mapping {mapping}", WITHOUT_HEAP) >= mapping:
        mapping += 1
    for start in (1, 2, 5, 20, 100, counted // 2):
        attempt(scenario, start, scenario.most, f"{name}, all from {start} on")
    return counted


def enabling():
    """Switching on, in a process of its own for each request."""
    number = 0
    counted = 1
    while number < counted:
        number += 1
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            calls.failing_arm(number, 1, 0)
            try:
                pyjion.enable(strict=True)
            except (MemoryError, RuntimeError):
                pass
            counted = calls.failing_disarm()
            what = calls.failing_what().decode()
            again = pyjion.enable() or pyjion.status()["enabled"] or pyjion.status()["reason"]
            right = again is not None and kernel(9, 2) == (72.5, 8)
            right = right and (not pyjion.status()["available"] or pyjion._native.compile(kernel, full=True))
            right = right and kernel(9, 2) == (72.5, 8)
            os.write(writing, json.dumps([counted, what, bool(right), str(again)]).encode())
            os._exit(0)
        os.close(writing)
        text = os.read(reading, 10000).decode()
        os.close(reading)
        status = os.waitpid(child, 0)[1]
        expect(f"enabling, request {number}: status {status}", status == 0 and text != "")
        if not text:
            break
        counted, what, right, again = json.loads(text)
        kinds.add(what)
        expect(f"enabling, request {number} ({what}): {again}", right)
    return counted


SCENARIOS = {"quick": Quick, "full": Full, "run": OnTheRun, "background": Background, "listings": Listings, "death": Death, "names": Names,
             "numbers": Numbers}


def main():
    warnings.simplefilter("ignore")  # that it cannot be switched on, in enabling()
    wanted = sys.argv[1:] or ["enabling", *SCENARIOS]
    requests = {}
    if "enabling" in wanted:
        requests["enabling"] = enabling()
    pyjion.enable(strict=True)
    pyjion.config(budget="0")
    calls.failing_take_python()
    for name, scenario in SCENARIOS.items():
        if name in wanted:
            requests[name] = sweep(scenario(), name)
            pyjion.config(budget="0", osr="off")
    gc.collect()
    statistics = pyjion.statistics()
    expect(f"internal errors: {statistics}", statistics["internal_errors"] == 0)
    json.dump({"requests": requests, "kinds": sorted(kinds - {""}), "problems": problems}, sys.stdout)


main()
