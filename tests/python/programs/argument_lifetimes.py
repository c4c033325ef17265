# SPDX-License-Identifier: MIT
# compiled: argument nested
# modes: compile-all no-passes spill-all gc (with a PEP 523 evaluator the interpreter itself holds a call's arguments until
# it has returned, so that callers must be compiled for this to be as without pyjion)
# The arguments of a call belong to the callee: rebinding the parameter drops the object.
import sys

log = []


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        log.append(f"{self.name} dies in {frame.f_code.co_name}:{frame.f_lineno}")

    def __add__(self, other):
        return Noisy(f"({self.name}+{getattr(other, 'name', other)})")


def note(text):
    log.append(text)
    return 0


def make(name):
    return Noisy(name)


def argument(value):
    value = value + 1
    note("rebound")
    return value


def nested(n):
    return argument(make("inner")) + argument(make("other"))


for attempt in range(4):
    nested(1)
print("\n".join(log))
