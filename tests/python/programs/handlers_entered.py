# SPDX-License-Identifier: MIT
# Exceptions that a function handles itself: what runs from the handler on is entered in the middle. Handlers of all
# kinds, in loops and around them, with values below the exception, and what can be seen of the frame meanwhile.
# compiled: looked_up counted machine nested_loops cleaned_up managed grouped in_handler renamed traced_back walked
# compiled: inner_handler loops_in_handler reraised asserted changes_type finalised returned_through weighed kept
import sys
import traceback
import warnings


def looked_up(table, key):
    try:
        return table[key]
    except KeyError:
        pass
    total = 0
    for i in range(4):
        total += i
    return total, key


def counted(items):
    counts = {}
    for item in items:
        try:
            counts[item] += 1
        except KeyError:
            counts[item] = 1
    return counts


class Stop(Exception):
    pass


def machine(program):
    at, total = 0, 0
    try:
        while True:
            step = program[at % len(program)]
            at += 1
            if at > 17:
                raise Stop(total, at)
            total += step
    except Stop as stop:
        return stop.args


def nested_loops(rows):
    found = []
    for number, row in enumerate(rows):
        for item in row:
            try:
                found.append(100 // item)
            except ZeroDivisionError:
                if item is False:
                    break
                continue
            except TypeError as error:
                found.append((number, type(error).__name__))
            else:
                found.append("else")
        else:
            found.append("whole")
    return found


def cleaned_up(values, log):
    for value in values:
        try:
            try:
                log.append(1 / value)
            finally:
                log.append(("finally", value))
        except ZeroDivisionError:
            log.append("zero")
    return len(log)


class Manager:
    def __init__(self, swallows):
        self.swallows = swallows
        self.seen = []

    def __enter__(self):
        return self

    def __exit__(self, kind, value, tb):
        self.seen.append((kind and kind.__name__, value and value.args, tb and tb.tb_lineno))
        return self.swallows


def managed(values):
    log = []
    for value in values:
        manager = Manager(value != 3)
        try:
            with manager as inside:
                if value % 2 == 0 or value == 3:
                    raise ValueError(value)
                log.append(inside.swallows)
        except ValueError as error:
            log.append(("out", error.args))
        log += manager.seen
    return log


def grouped(values):
    log = []
    for value in values:
        try:
            if value % 2:
                raise ExceptionGroup("two", [ValueError(value), KeyError(value)])
            raise ExceptionGroup("one", [KeyError(value)])
        except* ValueError as group:
            log.append(("values", len(group.exceptions)))
        except* KeyError as group:
            log.append(("keys", group.message))
    return log


def in_handler(values):
    """What is handled can be asked for, also by who is called, and is gone behind the handler."""
    log = []
    for value in values:
        try:
            raise LookupError(value)
        except LookupError:
            log.append(handled())
            try:
                raise TypeError(value)
            except TypeError as error:
                log.append((handled(), error.__context__.args))
            log.append(handled())
        log.append(handled())
    return log


def handled():
    kind, value, _ = sys.exc_info()
    return kind and (kind.__name__, value.args)


def renamed(values):
    """The name of the exception is unbound behind its handler."""
    log = []
    for value in values:
        error = value
        try:
            raise ValueError(value)
        except ValueError as error:
            log.append(repr(error))
        try:
            log.append(error)
        except UnboundLocalError as error:
            log.append(str(error))
    return log


def traced_back(values):
    """Tracebacks name the lines, and their frames show the locals."""
    log = []
    for value in values:
        doubled = value * 2
        try:
            fails(doubled)
        except ArithmeticError as error:
            tb = error.__traceback__
            log.append([(f.name, f.lineno - traced_back.__code__.co_firstlineno) for f in traceback.extract_tb(tb)])
            log.append({name: seen for name, seen in tb.tb_frame.f_locals.items() if name in ("value", "doubled")})
            tb = None
        doubled = None
        log.append(sys._getframe().f_locals["doubled"])
    return log


def fails(number):
    if number > 2:
        return number % 0
    raise ArithmeticError(number)


def walked(values):
    for value in values:
        try:
            yield 10 // value
        except ZeroDivisionError:
            yield "zero"
        except RuntimeError as error:
            yield error.args[0]


def inner_handler(value):
    try:
        return holder(value)
    except TypeError as error:
        return str(error)[:12]


def holder(value):
    try:
        return value + 1
    except AttributeError:
        return None


def loops_in_handler(limit):
    total = 0
    try:
        for i in range(limit):
            total += i
        raise Stop(total)
    except Stop as stop:
        for i in range(limit):
            try:
                total += stop.args[i % 3]
            except IndexError:
                total += 0.5
    return total


def reraised(values):
    log = []
    for value in values:
        try:
            try:
                raise ValueError(value)
            except ValueError:
                if value % 2:
                    raise
                raise KeyError(value) from None
        except (ValueError, KeyError) as error:
            log.append((type(error).__name__, error.__suppress_context__, type(error.__context__).__name__))
    return log


def asserted(values):
    log = []
    for value in values:
        try:
            assert value < 2, f"it is {value}"
            log.append(value)
        except AssertionError as error:
            log.append(str(error))
    return log


def changes_type(values):
    """The locals have other types from one run of the handler to the next."""
    kept = 0
    log = []
    for value in values:
        try:
            kept = value + 1
        except TypeError:
            kept = value
        log.append(kept)
    return log


class Finalised:
    def __init__(self, log):
        self.log = log

    def __del__(self):
        self.log.append("del")
        sys._getframe(1).f_locals


def finalised(values, log):
    for value in values:
        held = Finalised(log)
        try:
            held = value / 0
        except ZeroDivisionError:
            log.append("handler")
            held = None
        log.append("behind")
    return len(log)


def returned_through(value):
    try:
        try:
            return 1 // value
        finally:
            value += 5
            if value == 5:
                return "finally"
    except TypeError:
        return "type"


def weighed(values):
    """Warnings in handlers name the line that they are in."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for value in values:
            try:
                raise ValueError(value)
            except ValueError:
                warnings.warn("weighed", stacklevel=1)
        return [w.lineno - weighed.__code__.co_firstlineno for w in caught]


def kept(value, tracebacks):
    """Who holds a traceback sees the locals that its frame ended with, and the line."""
    try:
        fails(value)
    except ArithmeticError as error:
        if tracebacks is not None:
            tracebacks.append(error.__traceback__)
    total = value
    for i in range(4):
        total += i
    return [total]


def throws(generator):
    log = [next(generator)]
    for i in range(4):
        log.append(generator.throw(RuntimeError(i)))
        log.append(next(generator))
    return log


table = {1: "one", 2: "two"}
for turn in range(40):
    results = [
        [looked_up(table, key) for key in (1, 3, 2, "x")],
        counted("a man a plan"),
        machine([1, 2, 3, turn % 2]),
        nested_loops([(1, 0, 2), (3, "x", 0, 5), (False, 1), (7,)]),
        managed(range(5)),
        grouped(range(3)),
        in_handler(range(2)),
        renamed(range(2)),
        traced_back(range(3)),
        list(walked([1, 0, 5, 0])),
        [inner_handler(value) for value in (1, "a", 2.5)],
        loops_in_handler(6),
        reraised(range(3)),
        asserted(range(4)),
        changes_type([1, 2.5, "x", 3, None, 4.5]),
        [returned_through(value) for value in (1, 0, "x")],
        weighed(range(3)),
        throws(walked([1] * 20)),
    ]
    tracebacks = []
    results += [kept(turn, None), kept(turn, tracebacks), kept(0, tracebacks)]
    results += [{name: seen for name, seen in tb.tb_frame.f_locals.items() if name in ("i", "total")} for tb in tracebacks]
    results += [tb.tb_frame.f_lineno - kept.__code__.co_firstlineno for tb in tracebacks]
    log = []
    results += [cleaned_up((1, 0, 2), log), finalised((1, 2), log), log]
    if turn % 13 == 0:
        print(results)
    elif turn == 1:
        first = results
    assert turn % 13 == 0 or turn % 2 == 0 or results[3:18] == first[3:18], turn
print(sys.exc_info())
