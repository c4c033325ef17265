# SPDX-License-Identifier: MIT
# compiled: conditional empty_loop loop_leaves deletes_in_try deletes_in_handler finally_uses unbinds_error groups
# compiled: matches comprehends closes_over parameters jumped added caught thrown suspended nested_finally
# Locals that have a value on some ways to a load and not on others; then those that a trace function, or somebody who
# writes to a suspended frame, takes away behind the back of compiled code.
import ctypes
import sys

from observing import outcome


def conditional(a, b):
    if a:
        x = 1
    if b:
        y = x
        return x + y
    return x


def empty_loop(n):
    for i in range(n):
        last = i
    return i, last


def loop_leaves(items):
    for item in items:
        if item == 3:
            found = item
            del item
            break
    else:
        return item
    return found, item


def deletes_in_try(where):
    x = [where]
    try:
        if where == 0:
            del x
        [].no_such if where == 1 else None
        if where == 2:
            del x
        1 // (where - 2)
    except AttributeError:
        return "attribute", x
    except ZeroDivisionError:
        return "division", x
    return x


def deletes_in_handler(n):
    x = n
    for k in range(3):
        try:
            if k == n:
                raise ValueError(x)
        except ValueError as error:
            del x
            kept = error.args
        else:
            kept = k
    return kept, x


def finally_uses(fail):
    try:
        if fail == 1:
            raise KeyError(fail)
        y = fail
        if fail == 2:
            raise KeyError(fail)
    finally:
        z = (fail, y)
    return z


def nested_finally(fail):
    done = []
    try:
        try:
            x = 1
            if fail == 1:
                del x
            if fail == 2:
                raise IndexError(fail)
            done.append(x)
        finally:
            done.append("inner")
            if fail == 3:
                del x
    except (UnboundLocalError, IndexError) as error:
        done.append(str(error))
    done.append(x)
    return done


def unbinds_error(kind):
    try:
        if kind:
            raise kind("text")
    except ValueError as error:
        seen = str(error)
    except TypeError as error:
        return error.args, seen
    return seen, error


def groups(kinds):
    try:
        if kinds:
            raise ExceptionGroup("all", [kind("text") for kind in kinds])
    except* ValueError as error:
        seen = len(error.exceptions)
    except* TypeError as error:
        other = len(error.exceptions)
    try:
        return seen, other
    except UnboundLocalError:
        return error


def matches(value):
    match value:
        case [x, y] if x == y:
            pass
        case {"k": x, **rest}:
            x = (x, rest)
        case int() | float() as y:
            pass
        case [1, *tail]:
            x = tail
    return x, y


def comprehends(n):
    if n > 1:
        base = n
    total = [base + k for k in range(n)] if n != 1 else [k for k in range(3)]
    return total, base


def closes_over(n):
    def inner():
        return cell + n

    if n:
        cell = 1
        plain = inner()
    del n
    try:
        inner()
    except NameError as error:
        plain = str(error) + str(plain)
    return plain, cell


def parameters(a, b=2, *rest, c, **more):
    if a == 1:
        del b
    if a == 2:
        del rest
    if a == 3:
        del c
    if a == 4:
        del more
    return a, b, rest, c, more


print([outcome(conditional, a, b) for a in (0, 1) for b in (0, 1)])
print(outcome(empty_loop, 3), outcome(empty_loop, 0))
print(outcome(loop_leaves, [1, 2]), outcome(loop_leaves, [2, 3]), outcome(loop_leaves, []))
print([outcome(deletes_in_try, where) for where in range(4)])
print([outcome(deletes_in_handler, n) for n in range(4)])
print([outcome(finally_uses, fail) for fail in range(3)])
print([outcome(nested_finally, fail) for fail in range(4)])
print([outcome(unbinds_error, kind) for kind in (None, ValueError, TypeError, KeyError)])
print([outcome(groups, kinds) for kinds in ([], [ValueError], [TypeError], [ValueError, TypeError])])
print([outcome(matches, value) for value in ([1, 1], [1, 2], {"k": 1}, 5, [1, 2, 3], "none")])
print([outcome(comprehends, n) for n in range(4)])
print(outcome(closes_over, 0), outcome(closes_over, 1))
print([outcome(lambda a: parameters(a, c=3), a) for a in range(5)])

# As many locals as need several words of bits, each of them bound on one way and not on the other.
lines = ["def many(n):", " if n:"]
lines += [f"  v{k} = n + {k}" for k in range(300)]
lines += [" for k in range(2):", "  if k == n: del v299"]
lines += [" return " + " + ".join(f"v{k}" for k in range(300))]
exec("\n".join(lines))
print([outcome(many, n) for n in range(4)])  # noqa: F821


def tracing(lines, change):
    """A trace function that calls `change` with a generator's frame at these lines, counted from its first."""

    def trace(frame, event, argument):
        if frame.f_code not in (jumped.__code__, added.__code__, thrown.__code__):
            return None
        if event == "line" and frame.f_lineno - frame.f_code.co_firstlineno in lines:
            change(frame)
        return trace

    return trace


def stepped(generator, plain, trace):
    """Some steps untraced, one traced, one untraced."""
    steps = [outcome(next, generator) for _ in range(plain)]
    frame = generator.gi_frame
    frame.f_trace = trace
    sys.settrace(trace)
    try:
        steps.append(outcome(next, generator))
    finally:
        sys.settrace(None)
    steps.append(outcome(next, generator))
    steps.append(outcome(next, generator))
    return steps


def jumped():
    yield "first"
    x = 5
    yield "second"
    yield x
    yield "third"


def added(step):
    total = 0
    for k in range(1000):
        yield total
        total += step


def thrown(x):
    try:
        yield 1
        yield 2
    except ValueError:
        yield x
    yield x


def to_line(number):
    def change(frame):
        frame.f_lineno = frame.f_code.co_firstlineno + number

    return change


def without(name):
    def change(frame):
        del frame.f_locals[name]

    return change


for plain in (1, 2):
    print(stepped(jumped(), plain, tracing({2}, to_line(3))))
print(stepped(added(2), 3, tracing({3}, without("step"))))
print(stepped(added(3), 3, tracing({3}, without("total"))))
print(stepped(added(4), 3, tracing({3}, lambda frame: frame.f_locals.update(step=50))))
print(stepped(thrown(4), 1, tracing({3}, without("x"))))


def throws(generator, change):
    steps = [outcome(next, generator), outcome(next, generator)]
    change(generator.gi_frame)
    steps.append(outcome(generator.throw, ValueError("thrown")))
    return steps


def unbind(*names):
    """As a debugger does it to a frame that waits."""

    def change(frame):
        for name in names:
            del frame.f_locals[name]
        ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(1))

    return change


print(throws(thrown(5), unbind("x")))
print(throws(thrown(6), lambda frame: frame.f_locals))


async def suspended(value):
    factor = 3
    got = await value
    return got * factor


class Ready:
    def __await__(self):
        return (yield "waiting")


for change in (unbind("factor"), unbind("value"), lambda frame: frame.f_locals):
    coroutine = suspended(Ready())
    first = coroutine.send(None)
    change(coroutine.cr_frame)
    print(first, outcome(coroutine.send, 7))


def fail(change):
    def trace(frame, event, argument):
        if event == "exception":
            change(frame)
            sys.settrace(None)
        return trace

    sys._getframe(1).f_trace = trace
    sys.settrace(trace)
    raise ValueError(5)


def caught(change, x):
    y = 1
    try:
        fail(change)
    except ValueError as error:
        return x, y, error.args
    return x


print(outcome(caught, without("x"), 2), outcome(caught, without("y"), 3))
print(outcome(caught, lambda frame: frame.f_locals.update(x=9), 4), outcome(caught, without("change"), 4))
