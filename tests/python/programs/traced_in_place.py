# SPDX-License-Identifier: MIT
# compiled: attributes items unpacked loops truths
# Tracing and profiling that a finalizer switches on in the middle of each kind of instruction that compiled code does in
# place: loads, stores and calls of attributes, loads, stores and unpacking of items, loops and what they release.
import sys
import zlib

from observing import specialised, warm

events = []


def tracer(frame, event, argument):
    if frame.f_code.co_name in WATCHED:
        shown = argument[0].__name__ if event == "exception" else argument
        events.append((frame.f_code.co_name, event, frame.f_lineno, frame.f_lasti if event == "opcode" else "", repr(shown)))
        if OPCODES:
            frame.f_trace_opcodes = True
    return tracer


def profiler(frame, event, argument):
    if frame.f_code.co_name in WATCHED:
        events.append((frame.f_code.co_name, event, frame.f_lineno, getattr(argument, "__name__", argument)))


class Switch:
    """Switches tracing on when so many objects have died."""

    def __init__(self, left, how):
        self.left = left
        self.how = how

    def count(self):
        self.left -= 1
        if self.left == 0:
            switch_on(self.how)


def switch_on(how):
    if how == "profile":
        sys.setprofile(profiler)
        return
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name in WATCHED:
            frame.f_trace = tracer
            frame.f_trace_opcodes = OPCODES
        frame = frame.f_back
    if how == "frames":  # for one frame, by whoever has asked for tracing before
        return
    sys.settrace(tracer)


class Dying:
    def __init__(self, switch):
        self.switch = switch
        self.a = 1
        self.b = 2

    def m(self, x):
        return x

    def __del__(self):
        self.switch.count()

    def __repr__(self):
        return "Dying"


class DyingSlots:
    __slots__ = ("switch", "a", "b")
    __init__ = Dying.__init__
    __del__ = Dying.__del__
    __repr__ = Dying.__repr__

    def m(self, x):
        return x


def attributes(switch, new, n):
    owner = new(switch)
    r = 0
    for i in range(n):
        r = r + new(switch).a
        owner.a = new(switch)
        owner.a = i; owner.b = new(switch)
        owner.b = owner.a
        new(switch).a = i
        new(switch).b = new(switch)
        r = r + (new(switch)
                 .m(i))
        owner.a = owner = new(switch)
        r = r + owner.b
    return r


def items(switch, new, n):
    r = 0
    l = [1, 2, 3]
    t = (1, 2)
    for i in range(n):
        l[0] = new(switch)
        l[0] = i; l[-1] = new(switch)
        l[-1] = (l[0] +
                 t[-1])
        r = r + [new(switch), i][1]
        r = r + (new(switch), i)[1]
        [new(switch)][0] = i
        [1, new(switch)][-1] = new(switch)
        l[0], l[1] = new(switch), l[0]
        l[0], l[1] = l[1], i
        l[1] = l = [1, new(switch), i]
        r = r + l[0]
    return r


# Two stores into locals in a row are one instruction to the interpreter, which does not look at tracing between them: the
# first must not release anything that dies.
def unpacked(switch, new, n):
    r = 0
    a = b = c = d = e = None
    for i in range(n):
        a, b = x = [i, new(switch)]
        x = None
        b = None
        a, b = [new(switch), i]
        a = None
        r = r + b
        c, d, e = (lambda *v: v)(new(switch), a, b)
        c = None
        [a, (b, c)] = [new(switch),
                       (new(switch), i)]
        a = None
        b = None
        (r, i), = [(r, i)] if new(switch) else None
    return r


def loops(switch, new, n):
    r = 0
    for i in range(n):
        for x in [new(switch), i]:
            r = r + 1
        for x in (new(switch), new(switch)): pass
        else:
            r = r + 1
        for x in [new(switch), new(switch)]:
            break
        for a, b in [(new(switch), i), (i, new(switch))]:
            a = None
            b = None
        x = None
        l = [new(switch), new(switch), i]
        for x in l:
            l.clear()
        x = None
        l = None
    return r


def truths(switch, new, n):
    r = 0
    values = [True, False, None, new(switch)]
    for i in range(n):
        for value in values:
            if value:
                r = r + 1
            if value is None:
                r = r + 2
        if new(switch) is None: r = r + 1
        if new(switch):
            r = r + 1
        while new(switch) is not None:
            break
        value = values[i & 3] = new(switch)
        value = None
    return r


WATCHED = {"attributes", "items", "unpacked", "loops", "truths"}
OPCODES = False


def run(function, new, count, how):
    switch = Switch(count, how)
    result = function(switch, new, 5)
    sys.settrace(None)
    sys.setprofile(None)
    return result, count - switch.left


for function in (attributes, items, unpacked, loops, truths):
    warm(run, function, Dying, -1, "trace", times=3)
    for new in (Dying, DyingSlots) if function is attributes else (Dying,):
        asked = run(function, new, -1, "trace")[1]
        for OPCODES, how, step in ((False, "trace", 1), (True, "trace", 2), (False, "profile", 3), (False, "frames", 4)):
            copy = specialised(function, lambda f: run(f, new, -1, "trace"))
            for count in range(asked - asked // 2, asked + 1, step):
                result = run(copy, new, count, how)
                print(function.__name__, how, OPCODES, count, result, len(events), zlib.crc32(str(events).encode()))
                if len(events) <= 12:
                    print(*events, sep="\n")
                events.clear()
