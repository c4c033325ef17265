# SPDX-License-Identifier: MIT
"""Runs the tests of one package with pytest and tells the outcome of each test.

usage: runner.py SUITE REPORT [--skip FILE | --only FILE]

Input: a name in suites.toml; files with one test id a line. Output: the same lines of JSON as tools/regrtest/runner.py
writes, so that a crash says which test it was. What a package's own configuration of pytest would switch on (coverage,
random order, parallel runs) is left out.
"""
import faulthandler
import json
import os
import pathlib
import sys
import tomllib

import pytest

LIBRARIES = "/usr/lib/python3/dist-packages"
HERE = pathlib.Path(__file__).resolve().parent


def lines_of(path):
    return set(pathlib.Path(path).read_text().splitlines())


class Report:
    """The plugin. A test's outcome is that of its worst part: set-up, call, tear-down."""

    def __init__(self, file, wanted):
        self.file = file
        self.wanted = wanted
        self.parts = []

    def tell(self, **record):
        print(json.dumps(record), file=self.file, flush=True)

    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if self.wanted(item.nodeid)]

    def pytest_collectreport(self, report):
        # A module that cannot be imported counts as one test. Those that skip themselves have none.
        if report.failed and self.wanted(report.nodeid):
            self.tell(id=report.nodeid, outcome="error", detail=str(report.longrepr)[-2000:])

    def pytest_runtest_logstart(self, nodeid):
        self.parts = []
        self.tell(start=nodeid)

    def pytest_runtest_logreport(self, report):
        self.parts.append((self.outcome_of(report), report.longreprtext[-2000:] if report.failed else ""))

    @staticmethod
    def outcome_of(report):
        if report.failed:
            return "failed" if report.when == "call" else "error"
        if hasattr(report, "wasxfail"):
            return "expected failure" if report.skipped else "unexpected success"
        return "skipped" if report.skipped else "passed"

    def pytest_runtest_logfinish(self, nodeid):
        worst = next((part for part in self.parts if part[0] != "passed"), ("passed", ""))
        self.tell(id=nodeid, outcome=worst[0], detail=worst[1])


def repeatable():
    """Tests that draw their inputs draw the same ones in every run, however long each takes."""
    try:
        from hypothesis import HealthCheck, settings
    except ImportError:
        return
    settings.register_profile("same", derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    settings.load_profile("same")


def arguments_of(suite, folder):
    arguments = ["-q", "-p", "no:cacheprovider", "--rootdir", folder, "-c", os.devnull, "-o", "addopts="]
    for name in suite.get("leave_out", []):
        arguments += ["--deselect" if "::" in name else "--ignore-glob", name if "::" in name else os.path.join(folder, name)]
    arguments += suite.get("pytest", [])
    return arguments + [os.path.join(folder, path) for path in suite["tests"]]


def main():
    name, report_path, *options = sys.argv[1:]
    sys.argv[1:] = []
    faulthandler.enable(all_threads=True)
    suite = tomllib.loads((HERE / "suites.toml").read_text())[name]
    wanted = lambda nodeid: True  # noqa: E731
    if options[:1] == ["--skip"]:
        wanted = lambda nodeid, left=lines_of(options[1]): nodeid not in left  # noqa: E731
    elif options[:1] == ["--only"]:
        wanted = lambda nodeid, chosen=lines_of(options[1]): nodeid in chosen  # noqa: E731
    repeatable()
    with open(report_path, "a") as file:
        report = Report(file, wanted)
        status = pytest.main(arguments_of(suite, LIBRARIES), plugins=[report])
        if status in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.INTERRUPTED):
            report.tell(end=True)


if __name__ == "__main__":
    main()
