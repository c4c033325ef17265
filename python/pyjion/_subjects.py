# SPDX-License-Identifier: MIT
"""What an object is made of, for the functions of the package that take more than one plain function.

Input: a function, method or code object, or something that holds such: a class, a property, a `functools.partial`, what
`functools.lru_cache` returns, a classmethod, staticmethod or singledispatchmethod. Output: those functions, in the order of their definition.
"""
import functools
from types import CodeType, FunctionType, MethodType

import pyjion
from pyjion import _native

# The flags of generators, coroutines and asynchronous generators; `inspect`, which has names for them, is large.
_RUNS_LATER = 0x20 | 0x80 | 0x200


def functions_of(x):
    """A list of one or more functions or code objects, each once. TypeError where there is none."""
    found = list({id(function): function for function in _inside(x, set())}.values())
    if not found:
        what = f"the type {x.__qualname__}, which defines none" if isinstance(x, type) else type(x).__name__
        raise TypeError(f"expected a Python function, method or code object, not {what}")
    return found


def one_function_of(x):
    """The function that `x` is or holds. TypeError where there is none, or more than one."""
    found = functions_of(x)
    if len(found) == 1:
        return found[0]
    names = ", ".join(f.__qualname__ for f in found)
    raise TypeError(f"expected one function, not a {type(x).__name__} of {len(found)}: {names}")


def holds_several(x):
    """Whether `x` is of a kind that may hold more than one function, as a class does."""
    return isinstance(x, (type, property, functools.singledispatchmethod))


def _inside(x, seen):
    if isinstance(x, MethodType):
        return _inside(x.__func__, seen)
    if isinstance(x, (FunctionType, CodeType)):
        return [x]
    if isinstance(x, type):
        return _inside_class(x, seen)
    return [function for part in _wrapped(x) for function in _inside(part, seen)]


def _wrapped(x):
    """What is wrapped directly by an object that is no function and no class."""
    if isinstance(x, property):
        return [part for part in (x.fget, x.fset, x.fdel) if part is not None]
    if isinstance(x, (classmethod, staticmethod)):
        return [x.__func__]
    if isinstance(x, (functools.partial, functools.partialmethod, functools.cached_property)):
        return [x.func]
    if isinstance(x, functools._lru_cache_wrapper):
        return [x.__wrapped__]
    if isinstance(x, functools.singledispatchmethod):
        # For `object`, the method itself; for other types, what has been registered.
        return list(x.dispatcher.registry.values())
    return []


def _inside_class(cls, seen):
    """Its own functions and those of the classes that are defined inside it; what it inherits is another class's."""
    if cls in seen:
        return []
    seen.add(cls)
    found = []
    for value in list(vars(cls).values()):
        if isinstance(value, type):
            if value.__qualname__.startswith(cls.__qualname__ + ".") and value.__module__ == cls.__module__:
                found += _inside_class(value, seen)
        else:
            found += _inside(value, seen)
    return found


def pausing(f):
    """A function that calls `f` while everything is interpreted."""
    if any(getattr(function, "__code__", function).co_flags & _RUNS_LATER for function in functions_of(f)):
        raise TypeError(
            f"pause() cannot decorate {f.__qualname__}: the body of a generator or coroutine function runs after the"
            " call; suppress() keeps it interpreted"
        )

    @functools.wraps(f)
    def paused(*args, **kwargs):
        with pyjion.pause():
            return f(*args, **kwargs)

    return paused


def require_full(f):
    """See pyjion.require_full()."""
    lines = []
    for function in functions_of(f):
        missing = _native.missing_of_full(function)
        if missing is not None:
            code = getattr(function, "__code__", function)
            lines.append(f"{code.co_qualname} ({code.co_filename}:{code.co_firstlineno}): {missing}")
    if lines:
        raise pyjion.NotFullyOptimised("\n".join(lines))
    return f
