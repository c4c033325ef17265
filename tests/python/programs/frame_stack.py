# SPDX-License-Identifier: MIT
# compiled: top middle bottom loop
# What inspect, traceback and warnings see from inside compiled callers.
import inspect
import io
import traceback
import warnings

report = []


def observe(n):
    if n % 150 == 0:
        report.append([(f.function, f.lineno) for f in inspect.stack() if f.function != "<module>"][:5])
        report.append([(f.name, f.lineno, f.line) for f in traceback.extract_stack() if f.name != "<module>"][-4:])
    return n


def warn(n):
    if n in (100, 250):
        warnings.warn(f"at {n}", stacklevel=2)
    if n == 299:
        warnings.warn("far", stacklevel=3)
    return 1


def top(n):
    return middle(n) + 1


def middle(n):
    return bottom(n) + 1


def bottom(n):
    return observe(n) + 1


def loop(n):
    total = 0
    for i in range(n):
        total = total + warn(i) + top(i)
    return total


warnings.simplefilter("always")
target = io.StringIO()
warnings.showwarning = lambda message, category, filename, lineno, *rest: print(message, lineno, file=target)
print(loop(301))
for entry in report:
    for frame in entry:
        if "programs" not in str(frame[-1]) and frame[0] not in ("main",):
            print(frame)
print(target.getvalue())
