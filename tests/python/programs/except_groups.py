# SPDX-License-Identifier: MIT
# compiled: leaf divided raising nonsense in_loop text
# except*: which part goes to which clause, what is raised behind the last one, notes, causes, classes of groups.
import sys

from observing import outcome


def leaf(error):
    raise error


def text(error):
    if isinstance(error, BaseExceptionGroup):
        return f"{type(error).__name__}({error.message!r}: {', '.join(text(one) for one in error.exceptions)})"
    return f"{type(error).__name__}({', '.join(map(repr, error.args))})"


def full(error):
    if error is None:
        return "None"
    lines = []
    step = error.__traceback__
    while step:
        lines.append(step.tb_lineno)
        step = step.tb_next
    return (f"{text(error)} lines {lines} notes {getattr(error, '__notes__', None)} cause {error.__cause__!r} "
            f"context {error.__context__ and text(error.__context__)}")


def divided(error):
    seen = []
    try:
        leaf(error)
    except* ValueError as group:
        seen.append("V " + full(group))
        seen.append(text(sys.exc_info()[1]))
    except* (TypeError, OSError) as group:
        seen.append("T " + full(group))
    else:
        seen.append("else")
    finally:
        seen.append("finally " + str(sys.exc_info()[1] and text(sys.exc_info()[1])))
    return seen


def raising(error, what):
    try:
        leaf(error)
    except* ValueError:
        if what == "bare":
            raise
        if what == "new":
            raise KeyError("new")
        if what == "from":
            raise KeyError("from") from IndexError("i")
    except* TypeError as group:
        if what == "group":
            raise ExceptionGroup("another", [IndexError(9)])
        if what == "same":
            raise group
    return "behind"


def nonsense(kind):
    try:
        raise ValueError(1)
    except* kind:
        result = 1
    return result


def in_loop(n):
    count = 0
    for i in range(n):
        try:
            raise ExceptionGroup("loop", [ValueError(i), TypeError(i)])
        except* ValueError:
            continue_at = i
        except* TypeError:
            count += continue_at
    return count


class Special(ExceptionGroup):
    def derive(self, parts):
        return Special("derived " + self.message, parts)


class BadDerive(ExceptionGroup):
    def derive(self, parts):
        return 5


class BadSplit(ExceptionGroup):
    def split(self, kind):
        raise IndexError("in split")


def groups():
    inner = ExceptionGroup("inner", [ValueError(1), TypeError(2), KeyError(3)])
    yield ValueError("naked")
    yield TypeError("naked")
    yield KeyError("naked")
    yield inner
    yield ExceptionGroup("outer", [inner, OSError(4), ValueError(5)])
    yield ExceptionGroup("only", [ValueError(1), ValueError(2)])
    yield BaseExceptionGroup("base", [KeyboardInterrupt(), ValueError(1)])
    yield Special("s", [ValueError(1), Special("t", [TypeError(2), ValueError(6)])])
    yield BadDerive("b", [ValueError(1), TypeError(2)])
    yield BadSplit("c", [ValueError(1), TypeError(2)])
    noted = ExceptionGroup("noted", [ValueError(1), TypeError(2), KeyError(3)])
    noted.add_note("a note")
    noted.__cause__ = IndexError("cause")
    yield noted
    odd = ExceptionGroup("odd", [ValueError(1), KeyError(3)])
    odd.__notes__ = 5
    yield odd


def shown(function, *arguments):
    try:
        return function(*arguments)
    except BaseException as error:
        return "raised " + full(error)


for error in groups():
    print(shown(divided, error))
for what in ("bare", "new", "from", "group", "same", "none"):
    for error in groups():
        print(what, shown(raising, error, what))
for kind in (int, 5, ExceptionGroup, (ValueError, ExceptionGroup), BaseException, (ValueError, 5)):
    print(outcome(nonsense, kind))
print(in_loop(300))
