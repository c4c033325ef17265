# SPDX-License-Identifier: MIT
# compiled: simple with_else with_finally nested in_loop while_loop returns_in_finally breaks_in_finally raises_in_handler
# compiled: raises_from bare_raise bare_without reraised_outside deep many_kinds finally_order raises_class raises_nonsense
# compiled: cause_nonsense catches_nonsense asserts hot_loop raising_hot_loop recursive handler_loop state_in_handler
# try, except, else, finally, raise and assert: results, order of events, the handled exception at every point, errors
# with the positions in their tracebacks.
import sys

from observing import outcome, warm

log = []
note = log.append


def state():
    """The handled exception of the caller and of what is around it."""
    kind, value, traceback = sys.exc_info()
    return kind and f"{kind.__name__}({value}) at {traceback.tb_lineno}"


def shown():
    text = ", ".join(str(item) for item in log)
    log.clear()
    return text


def divide(a, b):
    return a // b


def simple(x):
    try:
        return 10 // x
    except ZeroDivisionError:
        return -1


def with_else(x):
    try:
        y = divide(10, x)
    except ZeroDivisionError:
        note("handler")
        return state()
    except TypeError:
        note("other handler")
        return state()
    else:
        note("else")
        y = y + 1
    finally:
        note("finally")
        note(state())
    return y


def with_finally(x):
    try:
        return divide(10, x)
    finally:
        note(state())


def nested(x, y):
    try:
        try:
            try:
                divide(1, x)
            finally:
                note(1)
                divide(2, y)
                note(2)
        except ZeroDivisionError:
            note(state())
            divide("a", y)
    except TypeError:
        note(state())
    finally:
        note(state())
    return state()


def in_loop(n):
    total = 0
    for i in range(n):
        try:
            total = total + divide(100, i % 4)
        except ZeroDivisionError:
            total = total + 1000
            continue
        finally:
            total = total + 1
        if i == 50:
            break
    else:
        total = -total
    return total


def while_loop(n):
    i = 0
    while True:
        try:
            i = i + 1
            if i > n:
                raise StopIteration
            if i % 3 == 0:
                raise ValueError
        except ValueError:
            note(i)
        except StopIteration:
            break
    return i


def returns_in_finally(x):
    try:
        divide(1, x)
        return "from try"
    finally:
        return "from finally"


def breaks_in_finally(n):
    for i in range(n):
        try:
            divide(1, 0)
        finally:
            note(i)
            break
    return state()


def raises_in_handler(x):
    try:
        divide(1, x)
    except ZeroDivisionError:
        note(state())
        int("text")


def raises_from(x):
    try:
        divide(1, x)
    except ZeroDivisionError:
        raise KeyError("from") from sys.exc_info()[1] if False else None


def cause():
    return IndexError("the cause")


def raises_with_cause(x):
    try:
        divide(1, x)
    except ZeroDivisionError:
        raise KeyError("with a cause") from cause()


def bare_raise(x):
    try:
        divide(1, x)
    except ZeroDivisionError:
        note(state())
        raise


def bare_without():
    raise


def again():
    raise


def reraised_outside(x):
    try:
        divide(1, x)
    except ZeroDivisionError:
        try:
            again()
        finally:
            note(state())


def deep(n):
    if n == 0:
        return divide(1, 0)
    try:
        return deep(n - 1)
    except KeyError:
        return "wrong"
    finally:
        note(n)


def many_kinds(x):
    try:
        try:
            divide(1, x)
        except (KeyError, IndexError):
            return "first"
        except (TypeError, ZeroDivisionError):
            return "second"
    except Exception:
        return "third"
    except:
        return "fourth"


def finally_order(x):
    try:
        note("a")
        try:
            note("b")
            divide(1, x)
            note("c")
        finally:
            note("d")
            try:
                divide("e", 1)
            except TypeError:
                note(state())
        note("f")
    except ZeroDivisionError:
        note(state())
    note(state())


class NeedsArgument(Exception):
    def __init__(self, argument):
        super().__init__(argument)


class MadeOfNothing(Exception):
    def __new__(cls):
        return 5


def raises_class(kind):
    raise kind


def raises_nonsense(kind, why):
    raise kind from why


def cause_nonsense(why):
    try:
        raise ValueError from why
    except ValueError:
        return state()


def catches_nonsense(kind):
    try:
        divide(1, 0)
    except kind:
        return state()


def asserts(x):
    assert x, "it is not"
    assert x > 1
    return x


def hot_loop(n):
    total = 0.5
    try:
        for i in range(n):
            total = total * 1.0001 + i
            if i == n - 1:
                total = total + divide(i, 0)
    except ZeroDivisionError:
        return total
    return -total


def raising_hot_loop(n):
    total = 0
    i = 0
    while i < n:
        try:
            while i < n:
                i = i + 1
                total = total + divide(i, i % 100)
        except ZeroDivisionError:
            total = total + 7
    return total


def recursive(n):
    try:
        return recursive(n + 1)
    except RecursionError:
        return n > 100


def handler_loop(n):
    try:
        divide(1, 0)
    except ZeroDivisionError:
        total = 0
        for i in range(n):
            total = total + i * i
            if i == n - 2:
                note(state())
        return total


def state_in_handler():
    try:
        divide(1, 0)
    except ZeroDivisionError:
        before = state()
        try:
            divide(1, "a")
        except TypeError:
            inner = state()
        after = state()
    return outcome(str, (before, inner, after, state()))


for x in (3, 0, None):
    for function in (simple, with_else, with_finally, returns_in_finally, raises_in_handler, raises_from, bare_raise,
                     reraised_outside, raises_with_cause, many_kinds, finally_order):
        print(function.__name__, x, outcome(function, x), shown(), sys.exc_info())
for x in (1, 0, "b"):
    for y in (1, 0):
        print(outcome(nested, x, y), shown())
print(outcome(in_loop, 40), outcome(in_loop, 100), outcome(while_loop, 11), shown())
print(outcome(breaks_in_finally, 3), outcome(bare_without), outcome(again), outcome(deep, 5), shown())
for kind in (KeyError, KeyError("instance"), NeedsArgument, MadeOfNothing, 5, "text", int, None, KeyboardInterrupt):
    print(outcome(raises_class, kind))
    for why in (None, 7, IndexError, IndexError("instance"), NeedsArgument):
        print(outcome(raises_nonsense, kind, why))
for why in (None, 7, IndexError, OSError(1, "b")):
    print(outcome(cause_nonsense, why))
for kind in (int, 5, (ValueError, 5), (ZeroDivisionError, 5), (), (ValueError,), ((ZeroDivisionError,),), ArithmeticError):
    print(outcome(catches_nonsense, kind))
print([outcome(asserts, x) for x in (5, 0, 1)])
AssertionError = KeyError
print(outcome(asserts, 0))
print(outcome(hot_loop, 5000), outcome(hot_loop, 5001), outcome(raising_hot_loop, 3000), outcome(recursive, 0))
print(outcome(handler_loop, 3000), shown(), outcome(state_in_handler))
warm(simple, 3)
warm(simple, 0)
warm(in_loop, 30)
warm(with_finally, 2)
log.clear()
print(outcome(simple, 0), outcome(simple, "x"), outcome(in_loop, 31), outcome(with_finally, 0), shown())


def handled_while_handling():
    try:
        raise ValueError("outer")
    except ValueError as outer:
        result = outcome(bare_raise, 0), outcome(simple, 0), outcome(again)
        return result, sys.exc_info()[1] is outer


print(handled_while_handling(), shown())
