# SPDX-License-Identifier: MIT
# compiled: work
# A trace function that a callee sets on its caller may change the caller's locals and leave it at another line.
import sys


def change(frame, event, argument):
    if event == "line" and frame.f_locals.get("i") == 205 and "mark" not in frame.f_locals:
        frame.f_locals["total"] = 1000000
        frame.f_locals["step"] = 0.5
        frame.f_locals["mark"] = 1
    return change


def attach(i):
    if i == 200:
        sys.settrace(change)
        sys._getframe(1).f_trace = change
    if i == 250:
        sys.settrace(None)
    return 0


def work(n):
    total = 0
    step = 1
    for i in range(n):
        total = total + step + attach(i)
    return total


print(work(100), work(300), work(300))
sys.settrace(None)
print(work(100))
