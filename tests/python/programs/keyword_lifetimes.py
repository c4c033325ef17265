# SPDX-License-Identifier: MIT
# compiled: by_name mixed methods errors
# modes: compile-all no-passes spill-all gc (with a PEP 523 evaluator the interpreter itself holds a call's arguments until
# it has returned, so that callers must be compiled for this to be as without pyjion)
# Arguments that are passed by name belong to the callee too, and are bound as the interpreter binds them.
import sys

log = []


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        frame = sys._getframe(1)
        log.append(f"{self.name} dies in {frame.f_code.co_name}:{frame.f_lineno}")


def drop(a, b="default b", c="default c"):
    a = getattr(a, "name", a)
    b = getattr(b, "name", b)
    log.append("rebound")
    return a, b, getattr(c, "name", c)


def only(a, /, b, *, c=3):
    return a, b, c


def captured(a, b=2):
    def inner():
        return a, b

    a = 1
    return inner()


class Class:
    def method(self, a, b=5):
        a = getattr(a, "name", a)
        log.append("in the method")
        return a, b


def by_name(n):
    log.append(drop(a=Noisy(f"a{n}")))
    log.append(drop(b=Noisy(f"b{n}"), a=n))
    log.append(drop(c=Noisy(f"c{n}"), b=Noisy(f"d{n}"), a=Noisy(f"e{n}")))


def mixed(n):
    log.append(drop(Noisy(f"f{n}"), c=n))
    log.append(drop(n, Noisy(f"g{n}"), c=Noisy(f"h{n}")))
    log.append(only(n, b=1, c=2))
    log.append(only(n, b=1))
    log.append(captured(b=7, a=Noisy(f"i{n}")))


def methods(n):
    o = Class()
    log.append(o.method(a=Noisy(f"j{n}")))
    log.append(o.method(Noisy(f"k{n}"), b=n))
    bound = o.method
    log.append(bound(b=1, a=2))
    log.append(Class.method(o, b=1, a=2))


def errors(case):
    try:
        if case == 0:
            drop(b=1)
        if case == 1:
            drop(1, a=2)
        if case == 2:
            drop(1, d=2)
        if case == 3:
            only(a=1, b=2)
        if case == 4:
            only(1, 2, c=3, d=4)
        if case == 5:
            drop(1, 2, 3, c=4)
        if case == 6:
            drop(1, 2, 3, 4, c=5)
        if case == 7:
            Class().method(b=1)
    except TypeError as error:
        log.append(str(error))


for attempt in range(4):
    by_name(attempt)
    mixed(attempt)
    methods(attempt)
    for case in range(8):
        errors(case)
    drop.__defaults__ = ("too many", f"other b{attempt}", "other c") if attempt % 2 else (attempt, [])
    drop.__defaults__ = drop.__defaults__[-2:]
print("\n".join(map(str, log)))
