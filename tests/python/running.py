# SPDX-License-Identifier: MIT
"""Runs interpreters for the tests: this one, with a clean environment, with or without pyjion's options.

Input: command line, options of pyjion, standard input. Output: subprocess.CompletedProcess with text. Nothing of the
test run (pytest's module path, PYJION_* of the shell) reaches the child.
"""
from __future__ import annotations

import concurrent.futures
import os
import pathlib
import signal
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
# On a second interpreter the long tests are shortened and the modes thinned out: what is looked for there are
# differences between patch releases.
SHORT = os.environ.get("TEST_SCOPE") == "short"
# Where lines of src/ are counted, what runs the same lines again is left out.
LINES = os.environ.get("TEST_SCOPE") == "lines"
# How long a child may take; one that counts lines is slower.
SECONDS = 600 if LINES else 120
DEBIAN_PACKAGES = pathlib.Path("/usr/lib/python3/dist-packages")
DRIVER = HERE / "run_program.py"
PROGRAMS = sorted((HERE / "programs").glob("*.py"))


def environment(**options: str) -> dict[str, str]:
    """The environment of a child; `stress="compile-all"` becomes PYJION_STRESS=compile-all. Code is compiled in place
    unless `compile` says something else."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("PYJION_", "PYTHON"))}
    keep["PYTHONDONTWRITEBYTECODE"] = "1"
    keep["PYTHONHASHSEED"] = "0"
    # So that runs can be repeated; test_background.py is about the default.
    keep["PYJION_COMPILE"] = "sync"
    keep.update({f"PYJION_{name.upper()}": str(value) for name, value in options.items()})
    return keep


def environment_with_packages(**options: str) -> dict[str, str]:
    """The same, with Debian's packages, if the interpreter does not see them by itself."""
    child = environment(**options)
    child["PYTHONPATH"] = str(DEBIAN_PACKAGES)
    return child


def has(module: str) -> bool:
    """Whether Debian's package of this module is there, and made for this interpreter."""
    return (DEBIAN_PACKAGES / module).exists() and sys.version_info[:2] == (3, 11)


def needs(module: str, package: str):
    """Skips where that is not so."""
    return pytest.mark.skipif(not has(module), reason=f"{module} is missing; to have it: apt-get install {package}")


def run_python(*arguments, stdin="", env=None, timeout=SECONDS, cwd=None) -> subprocess.CompletedProcess:
    """Runs this interpreter. A child that hangs is asked for its stacks (faulthandler's signal) and then killed."""
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="backslashreplace",
        env=environment() if env is None else env,
        cwd=cwd,
    )
    try:
        out, err = process.communicate(stdin, timeout=timeout)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        try:
            out, err = process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
        err += f"\n[no end within {timeout} s]"
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def run_code(code: str, **options: str) -> subprocess.CompletedProcess:
    """Runs a piece of code with `-c`, with these options of pyjion."""
    return run_python("-c", code, env=environment(**options))


def succeed(outcome: subprocess.CompletedProcess) -> str:
    """Standard output of a child that must have ended well and silently."""
    assert (outcome.returncode, outcome.stderr) == (0, ""), f"{outcome.returncode}\n{outcome.stdout}\n{outcome.stderr}"
    return outcome.stdout


class Early:
    """A long run of a child that starts when the session does, beside the other tests, and is waited for by its test.

    `@run.test` marks that test; conftest.py starts what the selected tests have marked.
    """

    _pool = concurrent.futures.ThreadPoolExecutor(1)

    def __init__(self, function) -> None:
        self._function = function
        self._future = None

    def start(self, item=None) -> None:
        if self._future is None:
            self._future = self._pool.submit(self._function)

    def stop(self) -> None:
        self._future.cancel()

    def result(self):
        self.start()
        return self._future.result()

    def test(self, function):
        function.early_run = self
        return function
