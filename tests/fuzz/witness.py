# SPDX-License-Identifier: MIT
"""What generated programs use to show what happens in them.

Output: LINES, the transcript: values with their types, exceptions with chain and positions, frames that a callee sees,
events of tracing. Nothing here runs code of the program's objects, and no address gets into the transcript. What is in
this file is kept interpreted, so that looking costs no compilation.
"""
from __future__ import annotations

import gc
import re
import sys
import threading

LINES: list[str] = []
MOST_LINES = 20000
MOST_EVENTS = 400
LOOKS = 40  # so many looks at frames are written down, then each 64th

_ADDRESS = re.compile(r"0x[0-9a-f]+")
_positions: dict = {}
_state = {"looks": 0, "events": 0}
PROGRAM = "program.py"


def write(line):
    if len(LINES) < MOST_LINES:
        LINES.append(line)


def say(*values):
    write("say " + ", ".join([text(value) for value in values]))


# Values


def _number(value):
    if value.bit_length() > 400:
        return f"{value.bit_length()} bits, {value % 1000000007}"
    return int.__repr__(value)


def _items(values, depth):
    shown = [text(value, depth + 1) for value in values[:30]]
    return f"{len(values)}[{', '.join(shown)}]"


def _pairs(value, depth):
    pairs = list(dict.items(value))
    return f"{len(pairs)}{{{', '.join(f'{text(k, depth + 1)}: {text(v, depth + 1)}' for k, v in pairs[:30])}}}"


def _instance(value, depth):
    try:
        state = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return ""
    return _pairs(state, depth) if isinstance(state, dict) else ""


_SHOWN = (
    (bool, lambda value, depth: repr(value)),
    (int, lambda value, depth: _number(value)),
    (float, lambda value, depth: float.hex(value) if float.__eq__(value, value) else "nan"),
    (str, lambda value, depth: f"{str.__len__(value)} {_ADDRESS.sub('0x', str.__repr__(str.__getitem__(value, slice(60))))}"),
    (bytes, lambda value, depth: bytes.__repr__(value)[:60]),
    (complex, lambda value, depth: complex.__repr__(value)),
    (tuple, lambda value, depth: _items(list(tuple.__iter__(value)), depth)),
    (list, lambda value, depth: _items(list(list.__iter__(value)), depth)),
    (dict, _pairs),
    ((set, frozenset), lambda value, depth: " ".join(sorted([text(item, depth + 1) for item in value]))),
    (range, lambda value, depth: repr(value)),
    (slice, lambda value, depth: f"{text(value.start, 3)}:{text(value.stop, 3)}:{text(value.step, 3)}"),
    (type, lambda value, depth: type.__repr__(value)),
    (BaseException, lambda value, depth: message(value)),
)
_PLAIN = (int, float, str, bool, type(None))


def text(value, depth=0):
    """A value without addresses, its type beside it; floats by their bits, so that -0.0 and nan show."""
    kind = type(value)
    name = type.__dict__["__name__"].__get__(kind)
    if value is None:
        return "None"
    if depth > 3:
        return name
    if value is gc.callbacks:
        return "gc.callbacks"  # the mode gc has one of its own there
    for base, show in _SHOWN:
        if type.__instancecheck__(base, value) if isinstance(base, type) else isinstance(value, base):
            shown = f"{name} {show(value, depth)}"
            return shown if kind in _PLAIN else shown + _instance(value, depth)
    return f"{name} {_instance(value, depth)}"


# Exceptions


def message(error):
    if isinstance(error, RecursionError):
        return "recursion"  # which operation meets the limit first is no property of the program
    try:
        return _ADDRESS.sub("0x", str(error))[:300]
    except BaseException as other:
        return f"no text: {type(other).__name__}"


def _columns(code, offset):
    positions = _positions.get(code)
    if positions is None:
        positions = _positions[code] = list(code.co_positions())
    _, last, start, end = positions[offset // 2]
    return f"{last}:{start}-{end}"


def _steps(error):
    """Function, line and columns, frame by frame.

    Where two instructions are one superinstruction, CPython's quickened code names the first when the second finds an
    unbound local, which may be one of the line before: this place is left out.
    """
    steps = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename == PROGRAM:
            unbound = step.tb_next is None and isinstance(error, UnboundLocalError)
            where = "" if unbound else f":{step.tb_lineno}:{_columns(code, step.tb_lasti)}"
            steps.append(code.co_name + where)
        step = step.tb_next
    if isinstance(error, RecursionError):
        return steps[:2]  # cold and specialised instructions of CPython do not count the same
    if len(steps) > 12:
        steps = [*steps[:5], f"({len(steps)})", *steps[-5:]]
    return steps


def describe(error, seen=()):
    """Type, text and traceback of an exception; then what it came from."""
    if error in seen or len(seen) > 5:
        return "..."
    seen = (*seen, error)
    parts = [f"{type(error).__name__}: {message(error)}", *_steps(error)]
    for label, other in (("cause", error.__cause__), ("context", error.__context__)):
        if other is not None:
            parts.append(f"{label} ({describe(other, seen)})")
    if error.__suppress_context__:
        parts.append("suppressed")
    for note in getattr(error, "__notes__", ()):
        parts.append(f"note {text(note)}")
    if isinstance(error, BaseExceptionGroup):
        parts.extend(f"member ({describe(member, seen)})" for member in error.exceptions)
    return " | ".join(parts)


def call(function, *arguments):
    """Calls a function of the program and writes down what becomes of it."""
    try:
        value = function(*arguments)
    except BaseException as error:
        write(f"{function.__name__} raises {describe(error)}")
    else:
        write(f"{function.__name__} -> {text(value)}")
    sys.settrace(None)
    sys.setprofile(None)
    sys.setrecursionlimit(1000)


def drained(function, *arguments, most=300):
    """What a generator of the program yields, in a list of which the last is how it ended."""
    values = []
    try:
        for value in function(*arguments):
            values.append(value)
            if len(values) >= most:
                break
    except BaseException as error:
        values.append(describe(error))
    return values


def drive(coroutine, most=300):
    """Runs a coroutine to its end; sends it the number of its stops."""
    stops = 0
    try:
        while stops < most:
            coroutine.send(None if stops == 0 else stops)
            stops += 1
    except StopIteration as end:
        return end.value
    coroutine.close()
    return "closed"


def driven(function, *arguments):
    return drive(function(*arguments))


# Frames


def look(depth=1):
    """Where the caller is, with which locals, and who called it."""
    _state["looks"] += 1
    if _state["looks"] > LOOKS and _state["looks"] % 64:
        return 0
    frame = sys._getframe(depth)
    parts = [f"look {_state['looks']} {frame.f_code.co_name}:{frame.f_lineno} {_pairs(frame.f_locals, 1)}"]
    frame = frame.f_back
    while frame is not None and len(parts) < 8:
        if frame.f_code.co_filename == PROGRAM:
            parts.append(f"{frame.f_code.co_name}:{frame.f_lineno}")
        frame = frame.f_back
    write(" < ".join(parts))
    return len(parts)


def keep(frame):
    """Holds a frame until the next one comes, also when its function has ended; the line that it stands at."""
    _state["kept"] = frame
    return frame.f_lineno


def locals_of_caller():
    """The names that are bound in the caller, and the caller's own dictionary of them."""
    return sorted(sys._getframe(1).f_locals)


# Tracing


def _event(label, frame, event, argument):
    if frame.f_code.co_filename != PROGRAM:
        return False
    _state["events"] += 1
    if _state["events"] < MOST_EVENTS or _state["events"] % 256 == 0:
        if event in ("return", "c_call", "c_return", "c_exception"):
            shown = getattr(argument, "__name__", "") if event != "return" else text(argument, 2)
        else:
            shown = argument[0].__name__ if event == "exception" else ""
        write(f"{label} {_state['events']} {frame.f_code.co_name}:{frame.f_lineno} {event} {shown}")
    return True


def tracer(frame, event, argument):
    return tracer if _event("trace", frame, event, argument) else None


def profiler(frame, event, argument):
    _event("profile", frame, event, argument)


def trace_caller():
    """Switches tracing on for new frames and for the one that calls."""
    sys.settrace(tracer)
    sys._getframe(1).f_trace = tracer
    return 1


def in_thread(function, *arguments):
    """Runs a function in a thread of its own; what it returns, or the exception as text."""
    results = []

    def run():
        try:
            results.append(function(*arguments))
        except BaseException as error:
            results.append(describe(error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]


def side_by_side(function, *rows):
    """Runs a function that touches nothing but its arguments in several threads at once."""
    results = [None] * len(rows)

    def run(k):
        try:
            results[k] = function(*rows[k])
        except BaseException as error:
            results[k] = describe(error)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(len(rows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def depth():
    """How many frames there are."""
    frame, count = sys._getframe(), 0
    while frame is not None:
        frame, count = frame.f_back, count + 1
    return count


class limited:
    """Context manager: so many more frames than now are allowed inside."""

    def __init__(self, more):
        self.more = more

    def __enter__(self):
        sys.settrace(None)
        sys.setprofile(None)
        self.before = sys.getrecursionlimit()
        sys.setrecursionlimit(depth() + self.more)

    def __exit__(self, *exception):
        sys.setrecursionlimit(self.before)


def unraisable(report):
    where = getattr(report.object, "__qualname__", type(report.object).__name__)
    write(f"unraisable {type(report.exc_value).__name__}: {message(report.exc_value)} in {where}")


def run_phases(functions, wrappers, times, trained, odd):
    """Calls the functions of a program cold, often, with other types often enough to be compiled anew, and as before."""
    gc.freeze()  # what there is need not be looked at again: collections at every allocation stay affordable
    forms = {"": call, "drained": _call_drained, "driven": _call_driven}
    plan = [(forms[wrapper], function, count) for function, wrapper, count in zip(functions, wrappers, times)]
    for form, function, _ in plan:
        form(function, 1, 2, 3)
    for form, function, count in plan:
        for k in range(count):
            form(function, *trained(k))
    for form, function, count in plan:
        for row in odd[: max(2, count)]:
            for _ in range(2 if count < 60 else 4):
                form(function, *row)
    for form, function, count in plan:
        for k in range(count // 2):
            form(function, *trained(k))


def _call_drained(function, *arguments):
    call(drained, function, *arguments)


def _call_driven(function, *arguments):
    call(driven, function, *arguments)
