# SPDX-License-Identifier: MIT
# compiled: squares filtered waits_with_values waits_in_calls waits_in_methods drive other_types unbinds delegates in_blocks
# compiled: looks takes watched ends holds deep chained many managed numbers summed run
# Generators and coroutines go on where they were suspended: with values on the value stack, or an empty half of a call's
# pair; with locals of another type, unbound, or changed from outside; traced from the middle on; at the recursion limit;
# seen by who looks at their frames; ended by what they raise.
import gc
import sys

from observing import outcome, value_text


def squares(n):
    for i in range(n):
        yield i * i


def filtered(items, wanted):
    for item in items:
        if item % 3 == 0:
            continue
        if item > wanted:
            yield -item
        yield item


def waits_with_values(n):
    total = 1
    for i in range(n):
        total = total + 2 * (yield total) + (yield i, total)
    return total


def waits_in_calls(n):
    for i in range(n):
        print(max(i, (yield "max")), str((yield "str")), [1, (yield "list"), *range((yield "range"))], end=" ")


def waits_in_methods(texts):
    for text in texts:
        got = "-".join((text, (yield text)))
        yield got.replace("a", (yield got))


def drive(generator, answers):
    given = [next(generator)]
    try:
        for answer in answers:
            given.append(generator.send(answer))
    except StopIteration as end:
        given.append(("ended", end.value))
    return given


def other_types(n):
    value = 0
    for _ in range(n):
        value = value + (yield value)
    return value


def unbinds(n):
    for i in range(n):
        if i % 5 == 4:
            del value
        else:
            value = i
        yield i
        try:
            yield value
        except UnboundLocalError as error:
            yield type(error).__name__


def delegates(n, depth):
    if depth == 0:
        result = yield from squares(n)
        return result
    result = yield from delegates(n, depth - 1)
    yield depth
    return result


def in_blocks(n):
    with_log = []
    for i in range(n):
        try:
            yield i
            with open("/dev/null") as file:
                yield file.closed
            if i % 4 == 3:
                raise ValueError(i)
        except ValueError as error:
            yield str(error)
            with_log.append(error.__context__)
        finally:
            with_log.append(i)
    yield with_log


def looks(n):
    for i in range(n):
        frame = sys._getframe()
        yield frame.f_back.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_locals["i"], frame.f_lasti > 0


def takes(generator):
    return [item for item in generator]


print(list(squares(40)), takes(squares(9)), sum(squares(100)), list(filtered(range(40), 20)))
print(drive(waits_with_values(30), [k for k in range(70)]))
print(drive(waits_in_calls(8), [7, "s", None, 2] * 8))
print(drive(waits_in_methods(["abc", "data", "banana"] * 5), ["x", "y", None] * 15))
for answers in ([1] * 20, [1.5] * 9, [1] * 10 + [0.5] * 10, [10**30] * 5 + [True] * 5, [1] * 8 + ["no"]):
    print(outcome(drive, other_types(20), answers))
print(list(unbinds(20)))
print(list(delegates(5, 12)), [list(delegates(2, depth)) for depth in range(6)])
print(value_text(list(in_blocks(12))))
print(takes(looks(6)), list(looks(3)), [next(iter(looks(1))) for _ in range(3)])


# --- from outside ---------------------------------------------------------------------------------------------------

def watched(n):
    for i in range(n):
        j = i + 1
        yield j


def seen_from_outside():
    seen = []
    generator = watched(20)
    for k in range(12):
        next(generator)
        frame = generator.gi_frame
        seen.append((frame.f_locals["i"], frame.f_locals["j"], frame.f_lineno - frame.f_code.co_firstlineno,
                     generator.gi_running, generator.gi_suspended, generator.gi_yieldfrom))
    generator.close()
    seen.append((generator.gi_frame, generator.gi_suspended))
    return seen


def waited_for():
    inner = watched(3)

    def outer():
        yield from inner

    generator = outer()
    return [(next(generator), generator.gi_yieldfrom is inner) for _ in range(3)], next(generator, "end"), inner.gi_frame


def traced_from_the_middle():
    events = []

    def tracer(frame, event, argument):
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, argument))
        return tracer

    generator = watched(30)
    for k in range(20):
        if k == 15:
            sys.settrace(tracer)
        if k == 17:
            sys.settrace(None)
        next(generator)
    return [event for event in events if event[0] == "watched"]


def profiled_inside():
    events = []

    def inside(n):
        for i in range(n):
            if i == 12:
                sys.setprofile(lambda frame, event, argument: events.append((frame.f_code.co_name, event)))
            yield i
        sys.setprofile(None)

    given = list(inside(15))
    return given, [event for event in events if event[0] == "inside"]


def enters_itself():
    def entered():
        for i in range(12):
            try:
                next(generator)
            except ValueError as error:
                yield f"{i} {error}"

    generator = entered()
    return list(generator)


def cleared():
    generator = watched(20)
    for _ in range(10):
        next(generator)
    result = outcome(generator.gi_frame.clear)
    return result, next(generator, "nothing"), generator.gi_frame is None


print(seen_from_outside()[-3:], waited_for())
print(traced_from_the_middle())
print(profiled_inside())
print(enters_itself())
print(cleared())


# --- ends -----------------------------------------------------------------------------------------------------------

def ends(how, n):
    for i in range(n):
        yield i
    if how == "stop":
        raise StopIteration("stopped")
    if how == "error":
        raise KeyError("missing")
    if how == "next":
        next(iter(()))
    return how


def end_of(how):
    generator = ends(how, 11)
    items = []
    while True:
        try:
            items.append(next(generator))
        except StopIteration as end:
            return len(items), "ended", end.value, generator.gi_frame
        except Exception as error:
            return len(items), type(error).__name__, str(error), type(error.__cause__).__name__, next(generator, "over")


print([end_of(how) for how in ("value", None, "stop", "error", "next") for _ in range(3)])


class Dying:
    def __init__(self, log, name):
        self.log = log
        self.name = name

    def __del__(self):
        self.log.append(self.name)


def holds(log, n):
    for i in range(n):
        value = Dying(log, i)
        yield i
        del value
    last = Dying(log, "last")
    yield "last"


def lifetimes():
    log = []
    generator = holds(log, 12)
    for item in generator:
        log.append(f"got {item}")
        if item == "last":
            break
    del generator
    gc.collect()
    return log


def deep(n):
    if n == 0:
        yield "bottom"
    else:
        yield from deep(n - 1)


def at_the_limit():
    limit = sys.getrecursionlimit()
    results = []
    for depth in (10, 50, 10 * limit):
        results.append(outcome(lambda: list(deep(depth))).partition(":")[0])
    return results


print(lifetimes())
print(at_the_limit())


# --- coroutines -----------------------------------------------------------------------------------------------------

class Pause:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return got


async def chained(n):
    if n == 0:
        return await Pause("down")
    return await chained(n - 1) + await chained(0) * 2


async def many(n):
    total = 0
    for i in range(n):
        total += await Pause(i)
        total += max(1, await Pause(-i))
    return total


async def managed(n, log):
    class Manager:
        async def __aenter__(self):
            return await Pause("enter")

        async def __aexit__(self, kind, value, traceback):
            log.append((await Pause("exit"), kind and kind.__name__))
            return True

    for i in range(n):
        async with Manager() as entered:
            log.append(entered)
            if i % 2:
                raise KeyError(i)
    return len(log)


async def numbers(n):
    for i in range(n):
        yield i
        await Pause(i)


async def summed(n):
    total = 0
    async for number in numbers(n):
        total += number
    return total, [number async for number in numbers(4) if number % 2]


def run(coroutine, answer):
    given = []
    try:
        value = coroutine.send(None)
        while True:
            given.append(value)
            value = coroutine.send(answer)
    except StopIteration as end:
        return given, end.value


for _ in range(12):
    result = run(chained(6), 1), run(many(9), 2), run(summed(7), None)
print(result)
log = []
print(run(managed(9, log), "a"), log)
print(outcome(run, many(4), "text"))
