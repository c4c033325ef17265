# SPDX-License-Identifier: MIT
"""Runs a command several times. usage: counting.py TIMES DESCRIPTOR COMMAND...

Output, on that file descriptor: a JSON list of seconds, CPU seconds and the most memory that one process had, in bytes;
children that were waited for count. A command that fails ends this process with its status. Imports next to nothing:
what this process has of memory is the least that can be seen of a child's.
"""
import os
import sys
import time


def main():
    times, descriptor = map(int, sys.argv[1:3])
    command = sys.argv[3:]
    os.set_inheritable(descriptor, False)
    cpu = 0.0
    peak = 0
    began = time.perf_counter()
    for _ in range(times):
        process = os.posix_spawnp(command[0], command, os.environ)
        _, status, usage = os.wait4(process, 0)
        if status != 0:
            end_like(command[0], os.waitstatus_to_exitcode(status))
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss * 1024)
    os.write(descriptor, str([time.perf_counter() - began, cpu, peak]).encode())


def end_like(name, code):
    if code < 0:
        print(f"{name} was ended by signal {-code}", file=sys.stderr)
        code = 128 - code
    sys.exit(code)


main()
