# SPDX-License-Identifier: MIT
"""What the programs use to make everything visible that compiled code could get wrong: values with their types,
exceptions with the positions in their tracebacks, locals of frames. Written in what the compiler leaves to the
interpreter, so that looking does not change what is looked at.
"""
import contextlib
import os
import sys
import types


def value_text(value):
    """A value without addresses, its type beside it; floats by their bits' spelling, so that -0.0 and nan show."""
    if type(value) is float:
        return f"float {value.hex() if value == value else 'nan'}"
    if type(value) is int and value.bit_length() > 4000:
        return f"int of {value.bit_length()} bits, {value % 1000000007}"
    if type(value) in (tuple, list):
        return f"{type(value).__name__} [{', '.join(value_text(item) for item in value)}]"
    return f"{type(value).__name__} {value!r}"


def outcome(function, *arguments):
    """The result of a call as text, or the exception with the positions that its traceback names."""
    try:
        value = function(*arguments)
    except BaseException as error:
        return describe(error)
    return value_text(value)


def describe(error):
    """Type, text and, frame by frame, function, line and columns of an exception; then what it came from."""
    parts = [f"{type(error).__name__}: {error}"]
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if code.co_filename != __file__:
            # Where two instructions are one superinstruction, a quickened function names the first when the second fails;
            # that may be the line before.
            innermost_unbound = isinstance(error, UnboundLocalError) and step.tb_next is None
            where = "" if innermost_unbound else f":{step.tb_lineno}:{columns(code, step.tb_lasti)}"
            parts.append(f"{code.co_name}{where}")
        step = step.tb_next
    for label, other in (("cause", error.__cause__), ("context", error.__context__)):
        if other is not None:
            parts.append(f"{label} ({describe(other)})")
    return " | ".join(parts)


def columns(code, offset):
    for index, (_, _, start, end) in enumerate(code.co_positions()):
        if index == offset // 2:
            return f"{start}-{end}"
    return "?"


def trace_functions(names, most):
    """Sets a trace function that notes the events in functions of these names, with lines counted from their starts,
    and takes itself away behind so many. The list to which it adds."""
    events = []

    def trace(frame, event, argument):
        if frame.f_code.co_name in names:
            events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
        if len(events) > most:
            sys.settrace(None)
        return trace

    sys.settrace(trace)
    return events


def frames_text(error):
    """The locals of each of the program's frames in a traceback."""
    parts = []
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename != __file__ and step.tb_frame.f_code.co_name not in ("<module>", "show"):
            parts.append(f"{step.tb_frame.f_code.co_name} {locals_text(step.tb_frame)}")
        step = step.tb_next
    return "; ".join(parts)


def locals_text(frame):
    return "{" + ", ".join(f"{name}={value_text(value)}" for name, value in frame.f_locals.items()) + "}"


def caller(depth=1):
    """Where the calling function's caller is, and with which locals."""
    frame = sys._getframe(depth + 1)
    return f"{frame.f_code.co_name}:{frame.f_lineno} {locals_text(frame)}"


def warm(function, *arguments, times=300):
    """Calls a function so often that it is worth compiling; its result does not matter here."""
    for _ in range(times):
        function(*arguments)


def specialised(function, exercise, times=70):
    """A copy of a function that the interpreter has run until it has specialised its instructions, and that is compiled
    with what was found that way, if there is a compiler. Where loops are taken over from the interpreter, nothing is
    compiled here. `exercise` calls the copy."""
    copy = types.FunctionType(
        function.__code__.replace(), function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    specialise(copy, lambda: exercise(copy), times)
    return copy


def specialise(function, exercise, times=70):
    """The same for a function itself, which may call itself."""
    pyjion = sys.modules.get("pyjion")
    with pyjion.pause() if pyjion else contextlib.nullcontext():
        for _ in range(times):
            exercise()
    if pyjion and "PYJION_THRESHOLD" not in os.environ:
        pyjion.compile(function, full=True)
