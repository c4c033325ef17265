# SPDX-License-Identifier: MIT
# compiled: work spin
# report: none (the process ends in the middle)
# sys.exit from a callee of a loop, with a daemon thread that never stops looping.
import atexit
import sys
import threading
import time

sys.setswitchinterval(1e-4)


def spin():
    n = 0
    while True:
        n = n + 1


def work(n):
    total = 0
    for i in range(n):
        total = total + check(i)
    return total


def check(i):
    if i == 700:
        sys.exit(f"leaving at {i}")
    return 1


atexit.register(print, "at exit")
threading.Thread(target=spin, daemon=True).start()
time.sleep(0.03)
print("working", flush=True)
work(1000)
