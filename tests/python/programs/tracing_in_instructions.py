# SPDX-License-Identifier: MIT
# compiled: jumps loops finalizers
# Tracing switched on in the middle of an instruction: by __bool__ of a jump, at the end of an iterator, by finalizers.
import sys
import zlib

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
    """Switches tracing on the count-th time that anything is asked of it."""

    def __init__(self, count, how):
        self.left = count
        self.how = how

    def __call__(self, value):
        self.left -= 1
        if self.left == 0:
            on(self.how)
        return value


def on(how):
    if how == "profile":
        sys.setprofile(profiler)
        return
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name in WATCHED:
            frame.f_trace = tracer
            frame.f_trace_opcodes = OPCODES
        frame = frame.f_back
    sys.settrace(tracer)


class Truth:
    def __init__(self, switch, value):
        self.switch = switch
        self.value = value

    def __bool__(self):
        return self.switch(bool(self.value))


class Dying:
    def __init__(self, switch):
        self.switch = switch

    def __del__(self):
        self.switch(0)

    def __add__(self, other):
        return 1


class Ends:
    def __init__(self, switch, n):
        self.switch = switch
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        self.n -= 1
        self.switch(0)
        if self.n < 0:
            raise StopIteration
        return self.n


def jumps(switch, yes, no, n):
    r = 0
    for i in range(n):
        if yes:
            r = r + 1
        if no:
            r = r + 2
        else:
            r = r + 3
        x = yes and i
        y = no and i
        z = no or i
        r = r + (1 if yes
                 else 2)
        while no: r = r + 1
        k = 2
        while (Truth(switch, k > 0)): k = k - 1
        if not yes:
            r = r + 4
        assert yes
    return r


def loops(switch, yes, no, n):
    r = 0
    for i in range(n):
        for x in Ends(switch, 2):
            r = r + x
        r = r + sum([a
                     for a in Ends(switch, 2)])
        r = r + len([a
                     for a in Ends(switch, 3) if Truth(switch, a & 1)])
        for x in Ends(switch, 1): pass
        else:
            r = r + 1
        while True:
            if Truth(switch, True): break
    return r


def finalizers(switch, yes, no, n):
    r = 0
    for i in range(n):
        Dying(switch)
        x = Dying(switch)
        x = None
        if Dying(switch) is None:
            r = r + 1
        y = (Dying(switch) is
             None)
        if Dying(switch) is Dying(switch):
            r = r + 2
        z = Dying(switch) is not x
        if Dying(switch):
            r = r + 3
        r = r + (Dying(switch) + 1)
        while Dying(switch) is None: pass
        for _ in [Dying(switch)]: pass
        del _
        if (yes and
            Dying(switch)): r = r + 1
        x = [Dying(switch)]
        x.clear()
        w = 1 if Dying(switch) is not None else 2
    return r


def numbers(switch, n):
    for i in range(n):
        yield switch(i)
    return switch(1)


def delegating(switch, n):
    a = yield from numbers(switch, n)
    b = (yield
         a)
    return a


def generators(switch, yes, no, n):
    r = 0
    for i in range(n):
        for x in delegating(switch, 2):
            r = r + x
        r = r + sum(switch(a) for a in range(2))
        c, *d = numbers(switch, 3)
    return r


WATCHED = {"jumps", "loops", "finalizers", "generators", "numbers", "delegating", "<listcomp>", "<genexpr>"}
OPCODES = False


def run(function, count, how):
    switch = Switch(count, how)
    result = function(switch, Truth(switch, True), Truth(switch, False), 12)
    sys.settrace(None)
    sys.setprofile(None)
    return result, count - switch.left


for function in (jumps, loops, finalizers, generators):
    for _ in range(30):
        asked = run(function, -1, "trace")[1]
    for OPCODES, how, step in ((False, "trace", 1), (True, "trace", 2), (False, "profile", 5)):
        for count in range(asked - asked // 8, asked + 1, step):
            result = run(function, count, how)
            print(function.__name__, how, OPCODES, count, result, len(events), zlib.crc32(str(events).encode()))
            if len(events) <= 40:
                print(*events, sep="\n")
            events.clear()
