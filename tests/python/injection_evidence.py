# SPDX-License-Identifier: MIT
"""Lets each helper fail in compiled code that calls it, and says what did not go as in the interpreter.

usage: injection_evidence.py [HELPER...]

First in the program that injection_programs.py has for the helper, where all is known that must happen; then at the
first calls in each of instruction_programs.py, which must end somehow and work as before afterwards.

Output: one line of JSON:
    problems  [helper, variant, what is wrong]
    reached   helpers that were made to fail in a program written for them
    helpers   all helpers that can fail
    swept     how many failures there were in the other programs
"""
import array
import dis
import gc
import json
import re
import sys
import types
import warnings

import injection_programs
import instruction_programs
from injection_programs import Tracked
from instruction_programs import code_objects

import pyjion
from pyjion import _native

NO_LINE = -1
ROUNDS = 4  # a leak shows this often, other changes of a count at most once
SWEPT = 5  # calls of each helper in each program that fail in turn
WITNESSES = (None, True, False, Ellipsis, (), 0, 1, 2, "", int, list, MemoryError, Tracked, instruction_programs.Boom)


class Case:
    """A program in one variant: the failure is caught by the caller, or by a handler of the function."""

    def __init__(self, program, handler):
        self.program, self.handler = program, handler
        self.places, self.problems = [], []
        source = program.source(handler)
        self.namespace = injection_programs.namespace(self.caught)
        mode = "single" if program.kind == "single" else "exec"
        self.module = compile(source, "program", mode)
        self.line = next(k for k, line in enumerate(source.splitlines(), 1) if "#!" in line)
        self.is_module = program.kind in ("single", "exec")
        if not self.is_module:
            exec(self.module, self.namespace)
        self.codes = list(code_objects(self.module))
        if not self.is_module:
            del self.codes[0]

    def caught(self, error):
        trace, own = error.__traceback__, []
        while trace is not None:
            code = trace.tb_frame.f_code
            if code in self.codes:
                line = NO_LINE if trace.tb_lineno is None else trace.tb_lineno  # patch releases differ
                own.append((line, dis.opname[code.co_code[trace.tb_lasti]]))
            trace = trace.tb_next
        self.places.append(own)
        return "caught"

    def run_once(self):
        """What the program gives, as text."""
        if self.is_module:
            names = instruction_programs.Locals(self.namespace, a=Tracked(), b=Tracked(), names=1)
            exec(self.module, {"__builtins__": __builtins__, **names}, names)
            return sorted(name for name in names if not name.startswith("__"))
        a, b = Tracked(), Tracked()
        made = self.namespace["f"](a, b, [a, b])
        if self.program.kind == "list":
            made = list(made)
        elif self.program.kind == "drive":
            made = instruction_programs.drive(made)
        elif self.program.kind == "async list":
            made = instruction_programs.drive(collect(made))
        return re.sub("0x[0-9a-f]+", "", repr(made))

    def attempt(self):
        try:
            return self.run_once()
        except MemoryError as error:
            self.caught(error)
            return "caught by the caller"

    def compile(self, full):
        if full:  # from what the interpreter has found
            with pyjion.pause():
                for _ in range(30):
                    self.attempt()
        for code in self.codes:
            if not _native.compile(code):
                self.problems.append(f"{code.co_name} is not compiled: {_native.explain(code)['reason']}")
        if full:
            for name in ("count", "f", "f"):  # what is known of one is used in the other
                for _ in range(3):
                    self.attempt()
                if name in self.namespace and not _native.compile(self.namespace[name], full=True):
                    self.problems.append(f"{name} is not compiled again")


async def collect(iterator):
    return [item async for item in iterator]


class Measurements:
    """Reference counts and totals at several times. What keeps them is made before the first."""

    def __init__(self, case, times):
        self.witnesses = [*WITNESSES, *case.namespace.values()]
        for code in case.codes:
            self.witnesses += [*code.co_consts, *code.co_names]
        self.names = [repr(item) for item in self.witnesses] + ["all blocks", "all references"]
        self.rows = [array.array("q", [0] * len(self.names)) for _ in range(times)]

    def take(self, time):
        gc.collect()
        sys._clear_type_cache()  # it holds names and None
        row = self.rows[time]
        row[-2] = sys.getallocatedblocks()
        row[-1] = sys.gettotalrefcount() if hasattr(sys, "gettotalrefcount") else 0
        for k, item in enumerate(self.witnesses):
            row[k] = sys.getrefcount(item)

    def problems(self):
        """What changed each time, although the same was done."""
        for name, *counts in zip(self.names, *self.rows):
            changes = [after - before for before, after in zip(counts, counts[1:])]
            if min(changes) >= ROUNDS or max(changes) <= -ROUNDS:
                yield f"{name}: {changes} more"


def failures(helper):
    return next(row["failures"] for row in _native.helpers() if row["name"] == helper)


def check_failures(case, expected, nth):
    """ROUNDS times: the nth call of the helper fails, then the program works."""
    helper, problems = case.program.helper, case.problems
    for _ in range(ROUNDS):
        before = failures(helper)
        _native.inject_failure(helper, nth)
        case.places.clear()
        results = [case.attempt()]
        while failures(helper) == before and len(results) < nth:
            results.append(case.attempt())
        _native.clear_injected_failures()
        if failures(helper) == before:
            return False
        if len(case.places) != 1:
            problems.append(f"caught {len(case.places)} times: {results}")
        if case.handler and results[-1] == "caught by the caller":
            problems.append("the handler in the function did not catch it")
        check_place(case)
        if case.attempt() != expected:
            problems.append("the next call does not work")
    return True


def check_place(case):
    opcode = case.program.opcode
    line = NO_LINE if opcode in injection_programs.WITHOUT_LINE else case.line
    expected = [] if opcode in injection_programs.WITHOUT_ENTRY else [(line, opcode)]
    for own in case.places:
        if own[-1:] != expected:
            case.problems.append(f"raised at {own[-1:]}, not at {expected}")


def check(program, handler, full):
    """The problems, or None when the helper was not called."""
    case = Case(program, handler)
    expected = case.attempt()
    if case.places:
        return [f"without the JIT: {expected}"]
    _native.inject_failure(program.helper, 1_000_000)
    pyjion.config(budget=0, osr="off")  # code that is made again meanwhile would call the helper itself
    pyjion.enable(strict=True)
    case.compile(full)
    case.attempt()
    for nth in (1, 2):
        measurements = Measurements(case, 3)
        for time in range(3):
            if not check_failures(case, expected, nth):
                pyjion.disable()
                return None
            case.places.clear()
            with pyjion.pause():
                measurements.take(time)
        case.problems += measurements.problems()
    pyjion.disable()
    if Tracked.live:
        case.problems.append(f"{Tracked.live} objects live on or died twice")
        Tracked.live = 0
    return case.problems


def run_instructions(module, codes):
    """What one of instruction_programs gives; a failure may end it anywhere."""
    namespace = instruction_programs.namespace(codes)
    namespace["__builtins__"] = __builtins__
    try:
        exec(module, namespace)
    except MemoryError:
        return None
    return repr(namespace["result"])


def sweep(helpers, problems):
    """How many failures there were."""
    count, displayhook = 0, sys.displayhook
    for name, source in instruction_programs.PROGRAMS.items():
        module = compile(source, name, "exec")
        expected = run_instructions(module, [])
        for helper in helpers:
            _native.inject_failure(helper, 1_000_000)
        pyjion.enable(strict=True)
        for code in code_objects(module):
            _native.compile(code)
        for helper in helpers:
            for nth in range(1, SWEPT + 1):
                before = failures(helper)
                _native.inject_failure(helper, nth)
                run_instructions(module, [])
                _native.clear_injected_failures()
                sys.displayhook = displayhook
                if failures(helper) == before:
                    break
                count += 1
                if run_instructions(module, []) != expected:
                    problems.append([helper, f"call {nth} in {name}", "the program does not work afterwards"])
        pyjion.disable()
    return count


def main():
    sys.displayhook = repr
    warnings.simplefilter("ignore", RuntimeWarning)  # of coroutines whose await never came
    pyjion.config(budget=0, verify=1)
    for kind in (Tracked, *Tracked.__bases__, instruction_programs.OddIterator, instruction_programs.OddAsyncIterator):
        for member in vars(kind).values():
            if isinstance(member, types.FunctionType):
                pyjion.suppress(member)
    only = sys.argv[1:]
    result = {"problems": [], "reached": [], "helpers": [row["name"] for row in _native.helpers() if row["may_fail"]]}
    for program in injection_programs.programs():
        if only and program.helper not in only:
            continue
        for handler in (False, True):
            if program.source(handler) is None:
                continue
            problems = check(program, handler, program.full)
            variant = "handler in the function" if handler else "handler in the caller"
            if problems is None:
                result["problems"].append([program.helper, variant, "not called"])
            else:
                result["reached"].append(program.helper)
                result["problems"] += [[program.helper, variant, text] for text in dict.fromkeys(problems)]
    result["swept"] = sweep(only or result["helpers"], result["problems"])
    json.dump(result, sys.stdout)


main()
