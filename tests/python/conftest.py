# SPDX-License-Identifier: MIT
"""Starts the long runs of the selected tests before the first test (running.Early), and drops those that nobody has
waited for when the session ends."""
import running

# Another interpreter tests the wheel; the tools that measure are no part of it.
MEASURING = ["test_bench_apps.py", "test_bench_kernels.py", "test_bench_pyperformance.py"]
collect_ignore = MEASURING if running.SHORT else []


def early_runs(session):
    return [(item.function.early_run, item) for item in session.items if hasattr(item.function, "early_run")]


def pytest_collection_finish(session):
    if not session.config.option.collectonly:
        for run, item in early_runs(session):
            run.start(item)


def pytest_sessionfinish(session):
    if not session.config.option.collectonly:
        for run in {run for run, _ in early_runs(session)}:
            run.stop()
