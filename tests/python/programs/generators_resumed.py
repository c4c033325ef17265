# SPDX-License-Identifier: MIT
# compiled: count echo guarded delegates reenters closing ignores_close in_handler nested_handlers returns_value
# compiled: levels returns_when_thrown infinite raises_stop loops_and_catches finally_yields swallows
# Generators that are sent to, thrown into, closed, entered again while they run, forgotten while suspended; delegation;
# the handled exception inside and outside.
import gc
import sys
import weakref

from observing import outcome, value_text

log = []
note = log.append


def state():
    value = sys.exc_info()[1]
    return value and f"{type(value).__name__}({value})"


sys.unraisablehook = lambda info: note(f"ignored {type(info.exc_value).__name__} {info.exc_value}")


def shown():
    text = ", ".join(str(item) for item in log)
    log.clear()
    return text


def count(n):
    for i in range(n):
        yield i


def echo(first):
    value = first
    while True:
        value = yield value
        if value is None:
            return "nothing came"


def guarded(n):
    i = 0
    while i < n:
        try:
            got = yield i
            note(got)
        except ValueError:
            note(state())
            yield "caught"
            note(state())
        except GeneratorExit:
            note("closing")
            raise
        finally:
            note("finally")
        i = i + 1
    return "end"


def delegates(inner):
    result = yield from inner
    note(result)
    yield "behind"


def reenters(me):
    yield 1
    try:
        next(me())
    except ValueError:
        note(state())
    yield 2


def closing():
    try:
        yield 1
        yield 2
    finally:
        note("closed")


def ignores_close():
    while True:
        try:
            yield 1
        except GeneratorExit:
            yield "ignored"


def in_handler():
    try:
        1 // 0
    except ZeroDivisionError:
        note(state())
        yield 1
        note(state())
        yield 2
        note(state())
    note(state())
    yield 3


def nested_handlers(depth):
    try:
        raise KeyError(depth)
    except KeyError:
        note(state())
        if depth:
            yield from nested_handlers(depth - 1)
        yield depth
        note(state())


def returns_value(x):
    if x:
        yield x
    return x


def returns_when_thrown():
    try:
        yield 1
    except KeyError:
        return "returned"


def infinite(x):
    while True:
        yield x
        x = x * 3 % 1000003


def raises_stop(kind):
    yield 1
    raise kind("inside")


def loops_and_catches(items):
    for item in items:
        try:
            yield 100 // item
        except ZeroDivisionError:
            yield "division"


def finally_yields(x):
    try:
        yield 1
        x // 0
    finally:
        yield 2
        note(state())


def swallows():
    while True:
        try:
            yield 1
        except Exception:
            note(state())


def steps(generator, *operations):
    """Each operation's result, until one raises, and on."""
    results = []
    for operation in operations:
        if operation is None:
            results.append(outcome(next, generator))
        elif isinstance(operation, tuple):
            results.append(outcome(generator.send, *operation))
        elif operation == "close":
            results.append(outcome(generator.close))
        else:
            results.append(outcome(generator.throw, operation))
    frame = generator.gi_frame
    results.append(f"running {generator.gi_running} suspended {generator.gi_suspended} frame "
                   f"{frame and (frame.f_lineno, frame.f_lasti)} from {value_text(generator.gi_yieldfrom)[:9]}")
    return results


print(list(count(5)), sum(count(1000)), [x for x in count(3)], tuple(count(0)))
print(steps(echo(1), None, (2,), (3,), None, None), steps(echo(1), (5,), (None,)), steps(echo(1), ValueError("t"), None))
for operations in (
    (None, None, None, None, None), (None, (5,), (6,), None), (None, ValueError("in"), None, None),
    (None, "close", None), ("close", None), (ValueError("first"), None), (None, KeyError("other"), None),
    (None, ValueError, ValueError("twice"), None), (None, GeneratorExit, None), (None, 5, None),
):
    print(steps(guarded(2), *operations), shown())
    print(steps(delegates(guarded(2)), *operations), shown())
    print(steps(delegates(iter([1, 2, 3])), *operations), shown())
    print(steps(delegates(delegates(closing())), *operations), shown())
    print(steps(ignores_close(), *operations), steps(swallows(), *operations), shown())
    print(steps(in_handler(), *operations), shown())
    print(steps(delegates(returns_when_thrown()), *operations), shown())
    print(steps(nested_handlers(2), *operations), shown())
    print(steps(returns_value(0), *operations), steps(returns_value(3), *operations))
    print(steps(raises_stop(StopIteration), *operations), steps(raises_stop(KeyError), *operations))
    print(steps(finally_yields(1), *operations), shown())
me = None
me = reenters(lambda: me)
print(list(me), shown(), outcome(next, me))
print(list(loops_and_catches([1, 0, 7, "x"][:3])), outcome(list, loops_and_catches([1, 0, "x"])))


def forgotten():
    generator = closing()
    next(generator)
    del generator
    print("forgotten", shown())
    generator = in_handler()
    next(generator)
    generator.gi_frame
    del generator
    gc.collect()
    print(shown(), sys.exc_info())


forgotten()


class Cycle:
    pass


def in_cycle():
    cycle = Cycle()
    cycle.generator = delegates(closing())
    cycle.generator.gi_frame
    next(cycle.generator)
    cycle.again = cycle
    reference = weakref.ref(cycle)
    del cycle
    gc.collect()
    return reference() is None


print(in_cycle(), shown())


def outside():
    """The handled exception outside does not change that inside, and the other way round."""
    generator = in_handler()
    try:
        raise IndexError("outside")
    except IndexError:
        results = [next(generator), state(), next(generator), state()]
    results += [state(), next(generator), state()]
    return results


print(outside(), shown())


def levels(n):
    yield n
    yield from levels(n + 1)


def depth_reached():
    reached = 0
    try:
        for n in levels(0):
            reached = n
    except RecursionError:
        return reached
    return -1


sys.setrecursionlimit(300)
print(depth_reached(), depth_reached())
sys.setrecursionlimit(1000)
total = 0
for position, x in enumerate(infinite(7)):
    total += x
    if position == 5000:
        break
print(total, sum(count(3000)))


def counts():
    generator = count(5)
    function = sys.getrefcount(count.__code__)
    next(generator)
    more = sys.getrefcount(count.__code__) - function
    del generator
    return more, sys.getrefcount(count.__code__) - function


print(counts())
generator = count(3)
print(generator.__name__, generator.__qualname__, type(generator).__name__, generator.gi_code is count.__code__, generator.gi_frame.f_locals)
print(next(generator), generator.gi_frame.f_locals, generator.gi_frame.f_back, outcome(generator.send, 5), generator.gi_frame.f_lineno)


def traced():
    """Tracing that begins and ends while a generator is suspended."""
    events = []

    def tracer(frame, event, argument):
        events.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
        return tracer

    generator = guarded(3)
    next(generator)
    sys.settrace(tracer)
    outcome(next, generator)
    try:
        generator.throw(ValueError("traced"))
    finally:
        sys.settrace(None)
    next(generator)
    generator.close()
    return events


print(traced(), shown())
