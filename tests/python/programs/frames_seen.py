# SPDX-License-Identifier: MIT
# compiled: work float_work nested keeps
# Callees that look at their caller: line, instruction, locals; frames that outlive their call.
import sys

from observing import caller, locals_text

seen = []


def look(n):
    if n % 97 == 0:
        seen.append(caller())
    return n


def keep(n):
    if n == 120:
        kept.append(sys._getframe(1))
    return n


kept = []


def work(n):
    total = 0
    for i in range(n):
        total = total + look(i)
        twice = total * 2
    return twice


def float_work(n):
    x = 0.5
    for i in range(n):
        x = x * 1.01 + 0.25
        look(i)
    look(0)
    return x


def nested(n):
    count = 0
    for i in range(n):
        for j in range(n):
            count = count + 1
            look(count * 97)
    return count


def keeps(n):
    total = 0
    for i in range(n):
        keep(i)
        total = total + i * i
    done = True
    return total


print(work(300), float_work(300), nested(6))
for place in seen:
    print(place)
print(keeps(200))
frame = kept[0]
print(frame.f_lineno, frame.f_code.co_name, locals_text(frame), frame.f_back is None)
frame.clear()
print(frame.f_locals)
print(keeps(130), locals_text(kept[1]))
