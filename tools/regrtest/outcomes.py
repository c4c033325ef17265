# SPDX-License-Identifier: MIT
"""Runs one test file in one environment, to its end whatever happens in it.

Input: an interpreter, a module name and a runner that writes what runner.py does. Output: {test id: (outcome, detail)}. A
test that crashes or hangs gets the outcome "crashed" or "timeout"; the tests behind it are then run in a new process.
"""
from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time

RUNNER = pathlib.Path(__file__).with_name("runner.py")
CRASHES_ALLOWED = 25


class FileRun:
    """`memory`: bytes of address space that each process may have."""

    def __init__(
        self,
        python: str,
        module: str,
        timeout: float,
        stats_file: pathlib.Path | None = None,
        runner: pathlib.Path = RUNNER,
        memory: int | None = None,
    ) -> None:
        limits = ["prlimit", f"--as={memory}"] if memory is not None else []
        self.command = [*limits, python, str(runner)]
        self.module = module
        self.timeout = timeout
        self.stats_file = stats_file
        self.outcomes: dict[str, tuple[str, str]] = {}
        self.problem: str | None = None  # why the file could not be run at all, or not to its end
        self.skipped: str | None = None
        self.seconds = 0.0

    def run(self, only: list[str] | None = None) -> FileRun:
        """All tests of the file, or `only` some."""
        start = time.monotonic()
        self.run_processes(only)
        self.seconds = time.monotonic() - start
        return self

    def run_processes(self, only: list[str] | None) -> None:
        with tempfile.TemporaryDirectory(prefix="regrtest-") as folder:
            choice = pathlib.Path(folder) / "ids"
            for _ in range(CRASHES_ALLOWED):
                if only is not None:
                    choice.write_text("".join(f"{name}\n" for name in only if name not in self.outcomes))
                else:
                    choice.write_text("".join(f"{name}\n" for name in self.outcomes))
                if self.run_once(pathlib.Path(folder), ["--only" if only is not None else "--skip", str(choice)]):
                    return
            self.problem = f"more than {CRASHES_ALLOWED} tests crash"

    def run_once(self, folder: pathlib.Path, options: list[str]) -> bool:
        """Whether nothing is left to be run."""
        report = folder / "report"
        report.unlink(missing_ok=True)
        ended, err = self.run_process([self.module, str(report), *options], folder)
        started, finished = None, False
        for line in report.read_text().splitlines() if report.exists() else []:
            record = json.loads(line)
            if "start" in record:
                started = record["start"]
            elif "id" in record:
                self.outcomes[record["id"]] = (record["outcome"], record["detail"])
                started = None if started == record["id"] else started
            else:
                finished = record["end"]
                self.skipped = record.get("skipped")
        if finished and ended == "status 0":
            return True
        if finished:
            self.problem = f"the process ended badly behind its last test: {ended}\n{err[-2000:]}"
            return True
        if started is None:
            self.problem = f"the process ended outside of any test: {ended}\n{err[-2000:]}"
            return True
        self.outcomes[started] = ("timeout" if ended == "timeout" else "crashed", f"{ended}\n{err[-2000:]}")
        return False

    def run_process(self, arguments: list[str], folder: pathlib.Path) -> tuple[str, str]:
        environment = {n: v for n, v in os.environ.items() if not n.startswith(("PYJION_", "PYTHON")) or n == "PYTHONMALLOC"}
        environment.update(PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1", TMPDIR=tempfile.mkdtemp(prefix="tmp-", dir=folder))
        if self.stats_file is not None:
            environment["STATS_OF_RUN"] = str(self.stats_file)
        process = subprocess.Popen(
            [*self.command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="backslashreplace",
            env=environment,
            cwd=tempfile.mkdtemp(prefix="cwd-", dir=folder),
            start_new_session=True,
        )
        ended = None
        try:
            _, err = process.communicate(timeout=self.timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # faulthandler then shows the stacks
            ended = "timeout"
            try:
                _, err = process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                end_group(process)
                _, err = process.communicate()
        end_group(process)
        if ended is None and process.returncode < 0:
            ended = signal.Signals(-process.returncode).name
        # faulthandler's list of modules would leave no room for the stacks.
        told = [line for line in (err or "").splitlines() if not line.startswith("Extension modules: ")]
        return ended or f"status {process.returncode}", "\n".join(told)


def end_group(process: subprocess.Popen) -> None:
    """Children that a test left behind."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
