# SPDX-License-Identifier: MIT
"""Hands source files to workers, a batch to a process, and outlives workers that crash.

Input: paths. Output: what worker.py prints, parsed; a crash is a record {"file", "crashed"} and the rest of its batch
goes to a new process. A process per batch bounds the memory that is in use at a time.
"""
from __future__ import annotations

import concurrent.futures
import json
import os
import pathlib
import signal
import subprocess
from collections.abc import Iterator

WORKER = pathlib.Path(__file__).with_name("worker.py")
FILES_OF_A_BATCH = 40
SECONDS_OF_A_BATCH = 600


def run_worker(python: str, paths: list[str], options: list[str], environment: dict[str, str]) -> tuple[str, str | None]:
    """Standard output of one worker, and how it ended if it ended badly."""
    worker = subprocess.Popen(
        [python, str(WORKER), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="backslashreplace",
        env=environment,
    )
    try:
        out, error = worker.communicate("".join(f"{path}\n" for path in paths), SECONDS_OF_A_BATCH)
    except subprocess.TimeoutExpired:
        worker.kill()
        out, error = worker.communicate()
        return out, f"no end within {SECONDS_OF_A_BATCH} s"
    if worker.returncode == 0:
        return out, None
    if worker.returncode < 0:
        error = f"{signal.Signals(-worker.returncode).name} {error}"
    return out, error.strip().splitlines()[-1] if error.strip() else f"exit status {worker.returncode}"


def run_batch(python: str, paths: list[str], options: list[str], environment: dict[str, str]) -> list[dict]:
    records: list[dict] = []
    left = list(paths)
    while left:
        out, ended = run_worker(python, left, options, environment)
        # The last line may be cut where the process died.
        lines = [json.loads(line) for line in out.splitlines() if line.startswith("{") and line.endswith("}")]
        records += [line for line in lines if "start" not in line]
        if ended is None:
            break
        started = [line["start"] for line in lines if "start" in line]
        culprit = started[-1] if started else left[0]
        records.append({"file": culprit, "crashed": ended})
        left = left[left.index(culprit) + 1 :]
    return records


def run_all(
    python: str, paths: list[str], options: list[str], jobs: int, environment: dict[str, str] | None = None
) -> Iterator[dict]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYJION_", "PYTHON"))}
    kept.update(environment or {})
    batches = [paths[i : i + FILES_OF_A_BATCH] for i in range(0, len(paths), FILES_OF_A_BATCH)]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for records in pool.map(lambda batch: run_batch(python, batch, options, kept), batches):
            yield from records
