# SPDX-License-Identifier: MIT
# compiled: decisions raises checks ends moves delegates
# A trace function installed in the middle of an instruction that then leads, by a jump or to a handler, to its own line
# over other lines, or back; and f_lineno set at the first event. Every line event is compared.
import sys

events = []
MOVES = {}


def tracer(frame, event, argument):
    name = frame.f_code.co_name
    if name in WATCHED:
        frame.f_trace_opcodes = OPCODES
        shown = argument[0].__name__ if event == "exception" else repr(argument)
        events.append((name, event, (frame.f_lineno or 0) - frame.f_code.co_firstlineno, frame.f_lasti if event == "opcode" else "", shown))
        if event == "line" and MOVES.get(name):
            frame.f_lineno = frame.f_code.co_firstlineno + MOVES.pop(name)
    return tracer


class Switch:
    """Installs the tracer the count-th time that anything is asked of it."""

    def __init__(self, count):
        self.left = count

    def __call__(self, value=0):
        self.left -= 1
        if self.left == 0:
            frame = sys._getframe(1)
            while frame is not None:
                if frame.f_code.co_name in WATCHED:
                    frame.f_trace = tracer
                    frame.f_trace_opcodes = OPCODES
                frame = frame.f_back
            sys.settrace(tracer)
        return value


class Truth:
    def __init__(self, switch, value):
        self.switch = switch
        self.value = value

    def __bool__(self):
        return self.switch(self.value)


class Ends:
    def __init__(self, switch, n, result=None):
        self.switch = switch
        self.n = n
        self.result = result

    def __iter__(self):
        return self

    def step(self):
        self.n -= 1
        self.switch()
        if self.n < 0:
            raise StopIteration(self.result)
        return self.n

    def __next__(self):
        return self.step()

    def __del__(self):
        self.switch()


class Sends(Ends):
    def send(self, value):
        return self.step()


class Context:
    def __init__(self, switch, stops=True):
        self.switch = switch
        self.stops = stops

    def __enter__(self):
        self.switch()
        return self

    def __exit__(self, *arguments):
        self.switch()
        return self.stops


def fails(switch, error=KeyError):
    switch()
    raise error


def decisions(switch):
    yes, no = Truth(switch, True), Truth(switch, False)
    x = [1 if no else 2, (3
         if no else 4), 5 if yes
         else 6]
    x = [no and
         yes and
         x or 1, no or (
         7), yes or
         no]
    x = ((yes and 1)
         if (no or
             yes) else
         2) if not no else (
         3)
    if yes and (
        no): x = 1
    elif (no
          or yes): x = 2
    while (yes
           and no): x = 3
    for i in range(2):
        if (
            yes): continue
        x = i
    for i in range(2):
        x = 1 if (
            no) else 2; x = 2 if yes else (
            i)
    return x


def raises(switch):
    if Truth(switch, False):
        raise KeyError(
            1)


def checks(switch):
    for i in range(2):
        raises(switch)
        if Truth(switch, False) or Truth(switch, i == 9):
            fails(
                switch)
    while Truth(switch, i == 1):
        i = 2
        if Truth(switch, False) and i:
            i = 3
    with Context(switch):
        if not Truth(switch, True):
            i = 4
    for x in Ends(switch, 1):
        i = 5
        for y in Ends(switch, 0):
            i = 6
    if Truth(switch, False):
        i = 7
    elif Truth(switch, False):
        i = 8


def contexts(switch):
    x = 0
    with Context(switch) as c, Context(switch, False): fails(switch)
    with (Context(switch),
          Context(switch, False)): fails(switch)
    with Context(switch): x = 1; fails(
            switch); x = 2
    try: fails(switch)
    except (ValueError,
            KeyError): x = x + 1
    try:
        try: fails(switch)
        finally: x = x + 1
    except KeyError as e: x = x + 1; fails2 = e
    for i in range(2):
        with Context(switch): fails(switch) if i else x
    while x < 6:
        try: x = x + 1; fails(switch)
        except KeyError: continue
    return x


def ends(switch):
    x = [a
         for a in Ends(switch, 2)
         if Truth(switch, a == 1)]; y = [a for a
         in Ends(switch, 1)]
    for a in Ends(switch, 1): y = [
        a]
    for a in Ends(switch, 1): y = (
        a); x = y
    else: y = a
    z = [*Ends(switch, 1)], sum(
        b for b in Ends(switch, 2)
        if b); u = {a: 1 for a
        in Ends(switch, 1)}; a, b = Ends(switch, 2)
    return x


def moves(switch):
    x = 1
    while Truth(switch, x < 3): x = x + 1
    x = 2 if Truth(switch, False) else (
        3); y = 2
    x = x + 1; y = 1
    for a in Ends(switch, 1): x = x + 1; y = a
    x = x + 1; y = 2
    return x


def delegates(switch):
    x = (yield from
         Ends(switch, 1, 4)); y = (yield
         x); x = yield from Ends(
         switch, 1)
    x = yield from Sends(switch, 1, 2)
    x = yield from map(switch, Ends(switch, 1))
    x = yield from (switch(a) for a in
                    Ends(switch, 1))
    return x


class Awaits:
    def __init__(self, iterator):
        self.iterator = iterator

    def __await__(self):
        return self.iterator


async def awaits(switch):
    x = await Awaits(Ends(switch, 1, 2)); y = (await
        Awaits(Sends(switch, 1, 3)))
    return x


def drive(generator):
    values = []
    try:
        for _ in range(12):
            values.append(generator.send(None))
    except StopIteration as e:
        values.append(repr(e))
    return values


WATCHED = {"decisions", "raises", "checks", "contexts", "ends", "moves", "delegates", "awaits", "<listcomp>", "<dictcomp>", "<genexpr>"}
OPCODES = False


def run(function, count):
    switch = Switch(count)
    result = function(switch)
    result = drive(result) if function in (delegates, awaits) else result
    sys.settrace(None)
    return result, count - switch.left


for function in (decisions, checks, contexts, ends, moves, delegates, awaits):
    for _ in range(30):
        asked = run(function, 0)[1]
    for OPCODES in (False, True):
        for count in range(1, asked + 1):
            for move in (0, 4, 5, 6, 7) if function is moves else (0,):
                MOVES["moves"] = move
                print(function.__name__, OPCODES, count, move, *run(function, count))
                print(*events[:12], len(events), sep="\n")
                events.clear()
