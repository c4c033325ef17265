# SPDX-License-Identifier: MIT
"""A just-in-time compiler for CPython.

    import pyjion
    pyjion.enable()

From then on, Python functions are compiled to machine code while the program runs. What cannot be compiled, or what
stops being true, goes on in CPython's interpreter.

`info(f)` and `explain(f)` say what became of a function, `config()` lists the options, `status()` says whether
compiling is possible here at all. `import pyjion.dis` shows the code that was made.
"""
# Importing this package must stay cheap: nothing of the standard library is imported before it is needed.
from . import _native
from ._version import __version__

__all__ = [
    "Explanation",
    "__version__",
    "compile",
    "config",
    "disable",
    "enable",
    "explain",
    "info",
    "pause",
    "statistics",
    "status",
    "suppress",
]

_native.initialise(__path__[0])
_warned = False


def enable(strict=False):
    """Compile functions from now on; return whether this changed anything.

    The threshold is set to 0, unless `config()` or `PYJION_THRESHOLD` has set it: one run makes a function eligible.

    Where compiling is not possible (`status()` says why), this returns False and a RuntimeWarning says once what is
    missing; with strict=True it raises RuntimeError with that text. Where `PYJION_ENABLE=0` is set, it returns False
    and that is all. ValueError: a variable `PYJION_<NAME>` has a value that is not allowed. One that is not known is a
    RuntimeWarning.
    """
    from ._children import hand_on  # before the import system runs under the JIT

    changed = _native.enable(strict)
    if changed:
        hand_on()
    _warn()
    return changed


def _warn():
    global _warned
    text = None if _warned else _native.warning()
    if text is not None:
        _warned = True
        import warnings

        warnings.warn(text, RuntimeWarning, stacklevel=3)


def _enable_from_outside():
    """What pyjion.pth calls at the start of each process where `PYJION_ENABLE` is set to anything but 0."""
    global _warned
    try:
        enable()
    except ValueError as error:
        import sys

        if not _warned:  # in a virtual environment, site reads such files twice
            print(error, file=sys.stderr)
        _warned = True


def disable():
    """Stop compiling and leave compiled code; return whether this changed anything.

    Running compiled loops go on in the interpreter from their next iteration or return from a call.
    """
    return _native.disable()


def status():
    """Say whether compiling is possible and switched on, as a dictionary.

    `available`, `enabled`, `watches_calls` (false while calls are left to the interpreter), `reason` (None, or the sentence that says what is missing and what to do, or what keeps
    pyjion off), `library` (the .NET JIT in use), `library_version`, `python`, `code_bytes`, `problems` (with variables
    of the environment).
    """
    return _native.status()


def info(f):
    """Return {'failed', 'compiled', 'run_count'} of a function, method or code object.

    `failed`: it cannot be compiled, `explain(f)` says why. `run_count`: how often it was entered while pyjion was
    enabled. TypeError for anything that is no Python function, method or code object.
    """
    return _native.info(f)


def explain(f):
    """Return an `Explanation`: whether `f` is compiled, why not, what made it leave compiled code, and its sizes.

    Print it, or take it apart: it has one attribute per fact, and `to_dict()`.
    """
    from ._explanation import Explanation

    return Explanation(_native.explain(f))


def compile(f, full=False):
    """Compile a function, method or code object now; return whether it is compiled.

    With full=True all optimisations are used, from the feedback that there is. Never raises for a function that
    cannot be compiled: `explain(f)` then has the reason.
    """
    return _native.compile(f, full)


def suppress(f):
    """Keep a function interpreted. Returns the function, so that it can be a decorator."""
    _native.suppress(f)
    return f


class pause:
    """Context manager: inside its `with` block everything runs interpreted. Blocks may be nested."""

    __slots__ = ()

    def __enter__(self):
        _native.pause()
        return self

    def __exit__(self, *exception):
        _native.resume()


def statistics():
    """Return the process's counters: functions compiled, activations, exits by reason, bytes of code, compile time."""
    return _native.statistics()


def config(**options):
    return _native.config(**options)


config.__doc__ = _native.config.__doc__


def __getattr__(name):
    if name == "Explanation":
        from ._explanation import Explanation

        return Explanation
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
