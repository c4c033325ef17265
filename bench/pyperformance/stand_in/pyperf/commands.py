# SPDX-License-Identifier: MIT
"""Measures commands: processes that are started again and again.

They are the children of a small process (bench/counting.py), since Linux counts the memory of the parent for a child.
"""
import json
import os
import pathlib
import subprocess
import sys

COUNTING = pathlib.Path(__file__).resolve().parents[3] / "counting.py"
# Options of the interpreter with a value of their own.
WITH_VALUE = ("-W", "-X", "--check-hash-based-pycs")


def under_pyjion(command):
    """The same Python program under pyjion; what is none stays as it is."""
    if command[0] != sys.executable:
        return command
    place = 1
    while place < len(command) and command[place].startswith("-") and command[place] not in ("-c", "-m", "-"):
        place += 2 if command[place] in WITH_VALUE else 1
    return [*command[:place], "-m", "pyjion", *command[place:]]


def command_timer(command):
    if os.environ.get("STAND_IN_JIT"):
        command = under_pyjion(command)

    def timed(loops):
        reading, writing = os.pipe()
        counting = [sys.executable, "-I", "-S", str(COUNTING), str(loops), str(writing), *command]
        with open(reading) as report:
            try:
                subprocess.run(counting, stdout=subprocess.DEVNULL, pass_fds=(writing,), check=True)
            finally:
                os.close(writing)
            seconds, cpu, peak = json.load(report)
        timed.peak = max(timed.peak, peak)
        return seconds, cpu

    timed.peak = 0
    return timed
