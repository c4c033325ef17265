# SPDX-License-Identifier: MIT
"""Starts the long runs of the selected tests before the first test (running.Early)."""


def pytest_collection_finish(session):
    for item in session.items:
        early_run = getattr(item.function, "early_run", None)
        if early_run is not None and not session.config.option.collectonly:
            early_run.start()
