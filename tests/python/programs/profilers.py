# SPDX-License-Identifier: MIT
# compiled: leaf work
# cProfile counts every call; tracemalloc and faulthandler name the right lines.
import cProfile
import faulthandler
import pstats
import re
import tempfile
import tracemalloc


def leaf(a, b):
    return a + b


def work(n):
    total = ""
    for i in range(n):
        total = leaf(total, "xyz")
    return total


profile = cProfile.Profile()
profile.enable()
work(300)
abs(-1)
profile.disable()
stats = pstats.Stats(profile).stats
print(sorted((name[2], name[1], value[0], value[1]) for name, value in stats.items() if name[2] in ("leaf", "work")))

tracemalloc.start(5)
text = work(300)
place = tracemalloc.get_object_traceback(text)
print([(frame.lineno) for frame in place][-3:])
tracemalloc.stop()


def dump(n):
    with tempfile.TemporaryFile("w+") as file:
        faulthandler.dump_traceback(file, all_threads=False)
        file.seek(0)
        dumped.append(re.findall(r"line (\d+) in (\w+)", file.read())[:3])
    return n


dumped = []


def caller(n):
    total = 0
    for i in range(n):
        if i == 250:
            total = total + dump(i)
        total = total + 1
    return total


print(caller(300), dumped)
