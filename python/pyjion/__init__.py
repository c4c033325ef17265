# SPDX-License-Identifier: MIT
"""A just-in-time compiler for CPython.

    import pyjion
    pyjion.enable()

From then on, Python functions are compiled to machine code while the program runs. What cannot be compiled, or what
stops being true, goes on in CPython's interpreter.

`info(f)` and `explain(f)` say what became of a function, `functions()` of all of them, `report(path)` writes a page about
that, `config()` lists the options, `status()` says whether compiling is possible here at all. `import pyjion.dis` shows
the code that was made.
"""
# Importing this package must stay cheap: nothing of the standard library is imported before it is needed.
from . import _native
from ._version import __version__

__all__ = [
    "Explanation",
    "NotFullyOptimised",
    "__version__",
    "compile",
    "config",
    "disable",
    "enable",
    "explain",
    "functions",
    "info",
    "load_config",
    "pause",
    "report",
    "require_full",
    "statistics",
    "status",
    "suppress",
    "unsuppress",
]

_native.initialise(__path__[0])
_warned = False


def enable(strict=False):
    """Compile functions from now on; return whether this changed anything.

    What runs is interpreted until it has used enough time to be worth compiling; what is running then goes on compiled.

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
    """What start-up files call: pyjion.pth where `PYJION_ENABLE` is set to anything but 0, the file of
    `--install-autoload` where it is not set. Unset, as with the value auto, it is a wish: where compiling is impossible,
    the process says nothing of that unless it calls enable() itself."""
    global _warned
    from os import environ

    try:
        if environ.get("PYJION_ENABLE", "") in ("", "auto"):
            _enable_if_possible()
        else:
            enable()
    except ValueError as error:
        import sys

        if not _warned:  # in a virtual environment, site reads such files twice
            print(error, file=sys.stderr)
        _warned = True


def _enable_if_possible():
    from ._children import hand_on

    if _native.enable(False):
        hand_on()
    if _native.status()["available"]:
        _warn()


def disable():
    """Stop compiling and leave compiled code; return whether this changed anything.

    Running compiled loops go on in the interpreter from their next iteration or return from a call.
    """
    return _native.disable()


def status():
    """Say whether compiling is possible and switched on, as a dictionary.

    `available`, `enabled`, `watches_calls` (false while calls are left to the interpreter), `reason` (None, or the
    sentence that says what is missing and what to do, or what keeps pyjion off), `library` (the .NET JIT in use),
    `library_version`, `python` (the running interpreter's version and build, as sys.version), `code_bytes`, `problems`
    (with variables of the environment).
    """
    return _native.status()


def info(f):
    """Return {'failed', 'compiled', 'run_count'} of a function, method or code object, or of what wraps one.

    `failed`: it cannot be compiled, `explain(f)` says why. `compiled`: calls have compiled code. `run_count`: entries
    that pyjion has seen, which watches calls only while it needs to. Of a function of the program's own that has run,
    quick code is made by asking. TypeError for anything that holds no Python function, or more than one.
    """
    return _native.info(_one_function(f))


def explain(f):
    """Return an `Explanation`: whether `f` is compiled, why not, what its loops run, what made it leave compiled code,
    which lines stay generic and why, and what would make it faster.

    Print it, or take it apart: it has one attribute per fact, and `to_dict()`. Of a class, a property or a
    singledispatchmethod, which may have several functions, it returns a tuple with the explanation of each, to be printed
    as well. Asking changes nothing.
    """
    if type(f) is not _Function:
        from pyjion._subjects import functions_of, holds_several

        if holds_several(f):
            from pyjion._explanations import Explanations

            return Explanations(map(explain, functions_of(f)))
        f = _one_function(f)
    # By its whole name: a relative import asks the module's spec, by a function that programs run too.
    from pyjion._explanation import Explanation

    return Explanation({**_native.explain(f), "calls": _native.helper_calls(f)})


def functions():
    """Return a list of `Explanation`s: what is compiled, refused or given up, or takes time, slowest first.

    Print it to see a table of time and exits. Asking changes nothing.
    """
    from pyjion._functions import functions

    return functions()


def report(path):
    """Write a page of HTML about what has run: its source, coloured by what each line cost and what it became; a click
    on a line shows its bytecode, HIR, CIL and machine code side by side.

    Times and HIR are there for what ran while the option `observe` was on. The page is one file that needs nothing
    else. OSError: it cannot be written. Asking changes nothing.
    """
    # What has been measured is taken first; the import system and the library functions that a page needs run behind it.
    measured = _native.codes(), _native.line_times()
    with pause():
        from pyjion._report import write

        write(path, _name_of_program(), *measured)


def _name_of_program():
    import sys

    from pyjion._source import known

    name = sys.argv[0] if getattr(sys, "argv", None) else ""
    if not name and "<stdin>" in known:
        name = "-"
    return {"": "interactive session", "-c": "command", "-": "standard input"}.get(name, name.rpartition("/")[2])


def compile(f, full=False):
    """Compile a function now, or every function of a class. Returns `f`, so that it can be a decorator.

    With full=True it is optimised for the types that it has met; generators and coroutines have quick code alone. Never
    raises for a function that cannot be compiled: `explain(f)` says what was done, or why it was not.
    """
    for function in _functions_of(f):
        _native.compile(function, full)
    return f


def suppress(f):
    """Keep a function interpreted, or every function of a class. Returns `f`, so that it can be a decorator."""
    for function in _functions_of(f):
        _native.suppress(function)
    return f


def unsuppress(f):
    """Take back what suppress() has done to a function, or to every function of a class. Returns `f`."""
    for function in _functions_of(f):
        _native.unsuppress(function)
    return f


def require_full(f):
    """Optimise a function as far as what it has met so far allows, and raise NotFullyOptimised if that is not all.

    Meant for tests: run the function with typical arguments first. Takes what compile() takes; returns `f`. The error's
    text has a line for each function that falls short, with the reason.
    """
    from pyjion._subjects import require_full

    return require_full(f)


class NotFullyOptimised(RuntimeError):
    """What require_full() raises."""


_Function = type(enable)


def _functions_of(f):
    if type(f) is _Function:
        return (f,)
    from pyjion._subjects import functions_of

    return functions_of(f)


def _one_function(f):
    if type(f) is _Function:
        return f
    from pyjion._subjects import one_function_of

    return one_function_of(f)


class _Pause:
    """What pause() returns: a context manager, and a decorator of functions."""

    __slots__ = ()

    def __enter__(self):
        _native.pause()
        return self

    def __exit__(self, *exception):
        _native.resume()

    def __call__(self, f):
        from pyjion._subjects import pausing

        return pausing(f)


def pause(f=None):
    """Context manager: inside its `with` block everything runs interpreted. Blocks may be nested.

    With a function, as a decorator, it returns a function that calls this one inside such a block; TypeError for
    generator and coroutine functions, whose bodies run after the call.
    """
    return _Pause() if f is None else _Pause()(f)


def statistics():
    """Return the process's counters: functions compiled, activations, exits by reason, bytes of code, compile time.

    What pyjion itself does is not counted.
    """
    return _native.statistics()


def config(**options):
    return _native.config(**options)


config.__doc__ = _native.config.__doc__


def load_config(path="pyproject.toml"):
    """Set the options that the table [tool.pyjion] of a TOML file has, and return all options as config() does.

    Nothing reads such a file unless it is asked to. OSError, tomllib.TOMLDecodeError (a ValueError), or ValueError for
    an option that is unknown or has a bad value; then nothing is changed.
    """
    import tomllib

    with open(path, "rb") as file:
        tools = tomllib.load(file).get("tool", {})
    table = tools.get("pyjion", {}) if isinstance(tools, dict) else {}
    if not isinstance(table, dict):
        raise ValueError(f"pyjion: [tool.pyjion] must be a table, not {table!r}")
    return config(**{name: _option_text(name, value) for name, value in table.items()})


def _option_text(name, value):
    if isinstance(value, list):
        return ",".join(str(_option_text(name, item)) for item in value)
    if not isinstance(value, (bool, int, float, str)):
        raise ValueError(f"pyjion: option {name} must be a string, a number, true, false or a list of such, not {value!r}")
    return int(value) if isinstance(value, bool) else value


def __getattr__(name):
    if name == "Explanation":
        from pyjion._explanation import Explanation

        return Explanation
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
