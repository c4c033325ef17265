# SPDX-License-Identifier: MIT
"""Runs a command several times. usage: counting.py TIMES COMMAND...

Output: a JSON list of seconds, CPU seconds and the most memory of one run in bytes. Imports next to nothing: what this
process has of memory is the least that can be seen of a child's.
"""
import os
import sys
import time


def main():
    times = int(sys.argv[1])
    command = sys.argv[2:]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    cpu = 0.0
    peak = 0
    began = time.perf_counter()
    for _ in range(times):
        process = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, 1)])
        _, status, usage = os.wait4(process, 0)
        if status != 0:
            sys.exit(f"{command[0]} fails with wait status {status}")
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss * 1024)
    print([time.perf_counter() - began, cpu, peak])


main()
