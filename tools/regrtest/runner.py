# SPDX-License-Identifier: MIT
"""Runs one file of CPython's own tests and tells the outcome of each test.

usage: runner.py MODULE REPORT [--skip FILE | --only FILE]

Input: a module such as test.test_dict; files with one test id a line. Output: lines of JSON in REPORT, each written at
once so that a crash says which test it was: {"start": id}, then {"id": ..., "outcome": ..., "detail": ...}, at last
{"end": true}. Outcomes: passed, failed, error, skipped, expected failure, unexpected success.

The settings are those of CPython's own runner without extra resources (no network, no big files, no GUI).
"""
import faulthandler
import importlib
import json
import signal
import sys
import traceback
import unittest


def lines_of(path):
    with open(path) as file:
        return {line.rstrip("\n") for line in file}


class Report(unittest.TestResult):
    def __init__(self, file):
        super().__init__()
        self.file = file
        self.told = set()

    def tell(self, **record):
        print(json.dumps(record), file=self.file, flush=True)

    def outcome(self, test, outcome, error=None):
        detail = ""
        if error is not None:
            detail = "".join(traceback.format_exception(*error))[-2000:] if isinstance(error, tuple) else str(error)
        # Of several outcomes of one test (its parts, then itself) the first bad one counts.
        if test.id() not in self.told:
            self.told.add(test.id())
            self.tell(id=test.id(), outcome=outcome, detail=detail)

    def startTest(self, test):
        super().startTest(test)
        self.told.discard(test.id())
        self.tell(start=test.id())

    def addSuccess(self, test):
        self.outcome(test, "passed")

    def addFailure(self, test, error):
        self.outcome(test, "failed", error)

    def addError(self, test, error):
        self.outcome(test, "error", error)

    def addSkip(self, test, reason):
        self.outcome(test, "skipped", reason)

    def addExpectedFailure(self, test, error):
        self.outcome(test, "expected failure")

    def addUnexpectedSuccess(self, test):
        self.outcome(test, "unexpected success")

    def addSubTest(self, test, part, error):
        if error is not None:
            self.outcome(test, "failed" if issubclass(error[0], test.failureException) else "error", error)


def leave_out(suite, wanted):
    """The suite with the tests alone whose id is wanted; what is set up for classes and modules stays."""
    kept = unittest.TestSuite()
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            kept.addTest(leave_out(item, wanted))
        elif wanted(item.id()):
            kept.addTest(item)
    return kept


def main():
    module, report_path, *options = sys.argv[1:]
    sys.argv[1:] = []
    faulthandler.enable(all_threads=True)
    # A shell starts what runs in the background with SIGINT ignored: tests that interrupt themselves would go on for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from test import support

    support.use_resources = []
    with open(report_path, "a") as file:
        report = Report(file)
        try:
            loaded = unittest.defaultTestLoader.loadTestsFromModule(importlib.import_module(module))
        except unittest.SkipTest as reason:
            report.tell(end=True, skipped=str(reason))
            return
        if options[:1] == ["--skip"]:
            loaded = leave_out(loaded, lambda name, left=lines_of(options[1]): name not in left)
        elif options[:1] == ["--only"]:
            loaded = leave_out(loaded, lambda name, wanted=lines_of(options[1]): name in wanted)
        if "start_jit" in sys.modules:
            sys.modules["start_jit"].tests_loaded()
        loaded.run(report)
        report.tell(end=True)


if __name__ == "__main__":
    main()
