#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Runs every test of the project and prints how many passed and failed.

Input: the build folder of the Makefile, with the unit tests built and the package installed into its virtual
environment. Output: each stage's own report, a table, and a last line `N passed, N failed`; exit status 1 if anything
failed or a stage ran nothing.

The stages: `unit` (C++, through Meson), `checks` (the source tree itself), `python` (the installed package), `other`
(the wheel installed for another patch release of the interpreter, if this machine has one).
"""
from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

import other_python

ROOT = pathlib.Path(__file__).resolve().parents[1]
DEBIAN_PACKAGES = pathlib.Path("/usr/lib/python3/dist-packages")
PYTEST_PACKAGES = (
    "_hypothesis_ftz_detector.py",
    "_hypothesis_pytestplugin.py",
    "_pytest",
    "attr",
    "attrs",
    "hypothesis",
    "iniconfig",
    "iniconfig.py",
    "packaging",
    "pluggy",
    "py",
    "py.py",
    "pytest",
    "sortedcontainers",
)


@dataclass
class Outcome:
    stage: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0


def read_junit(outcome: Outcome, report: pathlib.Path, exit_status: int) -> Outcome:
    """Adds up a JUnit file. A stage that left none, or ended badly without a failed test, counts as one failure."""
    cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    for case in cases:
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
        elif case.find("skipped") is not None:
            outcome.skipped += 1
        else:
            outcome.passed += 1
    if not cases or (exit_status != 0 and outcome.failed == 0):
        outcome.failed += 1
    return outcome


def run_unit(build: pathlib.Path) -> Outcome:
    report = build / "meson" / "meson-logs" / "testlog.junit.xml"
    report.unlink(missing_ok=True)
    command = ["meson", "test", "-C", str(build / "meson"), "--no-rebuild", "--print-errorlogs"]
    status = subprocess.run(command, cwd=ROOT).returncode
    return read_junit(Outcome("unit"), report, status)


def pytest_folder(build: pathlib.Path) -> pathlib.Path:
    """A folder with Debian's pytest and hypothesis alone, for interpreters that do not see Debian's packages."""
    folder = build / "pytest-site"
    folder.mkdir(exist_ok=True)
    for name in PYTEST_PACKAGES:
        link = folder / name
        if (DEBIAN_PACKAGES / name).exists() and not link.is_symlink():
            link.symlink_to(DEBIAN_PACKAGES / name)
    return folder


def pytest_environment(build: pathlib.Path, scope: str = "full") -> dict[str, str]:
    """What tests/checks and tests/python need around them. `scope`: see tests/python."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYJION_")}
    environment.update(
        PYTHONPATH=str(pytest_folder(build).resolve()),
        PYTHONDONTWRITEBYTECODE="1",
        TEST_BUILD_FOLDER=str(build.resolve()),
        TEST_SCOPE=scope,
    )
    return environment


def run_pytest(stage: str, python: str, tests: str, build: pathlib.Path, scope: str = "full") -> Outcome:
    """One run of pytest; `scope` as for pytest_environment()."""
    reports = build / "reports"
    reports.mkdir(exist_ok=True)
    report = (reports / f"{stage}.xml").resolve()
    report.unlink(missing_ok=True)
    environment = pytest_environment(build, scope)
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", "--durations=5"]
    status = subprocess.run([*command, str(ROOT / "tests" / tests)], cwd=ROOT, env=environment).returncode
    return read_junit(Outcome(stage), report, status)


def run_other(build: pathlib.Path) -> Outcome | None:
    found = other_python.find("3.11", other_than=venv_python(build))
    if found is None:
        print("another patch release of CPython 3.11: none", flush=True)
        return None
    print(f"another patch release of CPython 3.11: {found.version} ({found.path})", flush=True)
    return run_pytest("other", environment_with_the_wheel(build, found), "python", build, "short")


def environment_with_the_wheel(build: pathlib.Path, other: other_python.Interpreter) -> str:
    """Installs the wheel that the Makefile has made into a new environment of the other interpreter; returns its python."""
    folder = build / f"venv-{other.version}"
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([other.path, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = str(folder / "bin" / "python3.11")
    wheels = [str(path) for path in (build / "wheels").glob("*.whl")]
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", python]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", *wheels], check=True)
    return python


def venv_python(build: pathlib.Path) -> str:
    return str(build / "venv" / "bin" / "python3.11")


def stages(build: pathlib.Path, scope: str):
    return {
        "unit": lambda: run_unit(build),
        "checks": lambda: run_pytest("checks", "/usr/bin/python3.11", "checks", build),
        "python": lambda: run_pytest("python", venv_python(build), "python", build, scope=scope),
        "other": lambda: run_other(build),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--only", choices=["unit", "checks", "python", "other"], action="append")
    parser.add_argument("--scope", choices=["full", "lines"], default="full", help="lines: for make coverage")
    arguments = parser.parse_args()
    # A shell lets what it runs in the background ignore Ctrl-C, and so would all children: some tests press it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    outcomes = []
    for name, run in stages(arguments.build, arguments.scope).items():
        if arguments.only and name not in arguments.only:
            continue
        print(f"== {name}", flush=True)
        start = time.monotonic()
        outcome = run()
        if outcome is not None:
            outcome.seconds = time.monotonic() - start
            outcomes.append(outcome)
    for outcome in outcomes:
        print(
            f"{outcome.stage:8} {outcome.passed:6} passed {outcome.failed:4} failed {outcome.skipped:4} skipped"
            f" {outcome.seconds:7.1f} s"
        )
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
