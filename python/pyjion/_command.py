# SPDX-License-Identifier: MIT
"""`python -m pyjion [-c code | -m module | script | -] [args]`: runs a program as `python` does, with pyjion enabled.

Input: sys.argv. The program finds what it finds under plain `python`: `sys.argv`, `sys.path[0]`, a `__main__` of its
own, exit status, and tracebacks that begin with its own frames. Only what the form at hand needs is imported.
"""
import os
import sys

import pyjion

_USAGE = """\
usage: {python} -m pyjion [-c code | -m module | script | -] [arg] ...

Runs a program with pyjion enabled.
  -c code     program passed in as a string
  -m module   run a library module as a script
  script      file, directory or zip archive that holds a __main__.py
  -           program read from standard input (the default; interactive where that is a terminal)
  arg ...     passed to the program in sys.argv[1:]
  -h, --help  print this message
  --version   print pyjion's version

Options are set by environment variables, PYJION_<NAME>; `pyjion.config()` lists them.
"""


def main():
    """Runs the program; leaves by its exception, or returns at its end."""
    option, value, arguments = _parse(sys.argv[1:])
    namespace = sys.modules["__main__"].__dict__
    if option == "-m":
        run = _prepare_module(value, arguments)
    elif option == "-c":
        run = _prepare_command(value, arguments)
    elif value in ("", "-"):
        run = _prepare_stdin(value, arguments)
    else:
        run = _prepare_script(value, arguments)
    _reset(namespace)
    try:
        run(namespace)
    except BaseException:
        _hide_own_frames()
        raise


def _parse(arguments):
    """(option, its value, the program's arguments); exits for --help and for what is no option."""
    if not arguments:
        return "", "", [""]
    first, rest = arguments[0], arguments[1:]
    if first in ("-h", "--help"):
        print(_USAGE.format(python=sys.executable), end="")
        sys.exit(0)
    if first == "--version":
        print("pyjion", pyjion.__version__)
        sys.exit(0)
    if first == "-" or not first.startswith("-"):
        return "", first, [first, *rest]
    option, value = first[:2], first[2:]
    if option not in ("-c", "-m"):
        _usage_error(f"unknown option {first}")
    if not value:
        if not rest:
            _usage_error(f"argument expected for the {option} option")
        value, rest = rest[0], rest[1:]
    return option, value, [option, *rest]


def _usage_error(message):
    print(message, _USAGE.format(python=sys.executable), sep="\n", end="", file=sys.stderr)
    sys.exit(2)


def _reset(namespace):
    """Gives `__main__` the content that it has when an interpreter starts."""
    from _frozen_importlib import BuiltinImporter

    builtins = namespace["__builtins__"]
    namespace.clear()
    namespace.update(
        __name__="__main__",
        __doc__=None,
        __package__=None,
        __loader__=BuiltinImporter,
        __spec__=None,
        __annotations__={},
        __builtins__=builtins,
    )


def _set_path0(entry):
    """`python -m pyjion` has put the current folder there; with -P and -I there is no such entry."""
    if not sys.flags.safe_path:
        sys.path[0] = entry


def _prepare_command(source, arguments):
    sys.argv[:] = arguments
    _set_path0("")

    def run(namespace):
        code = compile(source, "<string>", "exec", dont_inherit=True)
        pyjion.enable()
        exec(code, namespace)

    return run


def _prepare_module(name, arguments):
    sys.argv[:] = arguments
    import runpy

    def run(namespace):
        pyjion.enable()
        # runpy's own frames stand in the traceback of `python -m` too.
        runpy._run_module_as_main(name, True)

    return run


def _prepare_stdin(name, arguments):
    sys.argv[:] = arguments
    _set_path0("")
    if name == "" and sys.stdin.isatty():
        return _interactive

    def run(namespace):
        _run_source(sys.stdin.buffer.read(), "<stdin>", namespace)

    return run


def _interactive(namespace):
    """Enables pyjion and has the interpreter go on at its own prompt, where it reads PYTHONINSPECT."""
    os.environ["PYTHONINSPECT"] = "1"

    class FirstPrompt:
        def __str__(self):
            # By now the variable has been read; child processes must not see it.
            os.environ.pop("PYTHONINSPECT", None)
            sys.ps1 = ">>> "
            return sys.ps1

    print(f"Python {sys.version} on {sys.platform}, pyjion {pyjion.__version__}", file=sys.stderr)
    if hasattr(sys, "__interactivehook__"):
        sys.__interactivehook__()
    sys.ps1 = FirstPrompt()
    pyjion.enable()


def _prepare_script(name, arguments):
    sys.argv[:] = arguments
    path = name if os.path.isabs(name) else os.path.join(os.getcwd(), name)
    if _is_importable_archive(path):
        import runpy

        if sys.flags.safe_path:
            sys.path.insert(0, path)
        else:
            sys.path[0] = path

        def run(namespace):
            pyjion.enable()
            runpy._run_module_as_main("__main__", False)

        return run
    _set_path0(os.path.dirname(os.path.realpath(name)))
    content = _read(path)

    def run(namespace):
        from importlib.machinery import SourceFileLoader, SourcelessFileLoader

        if _is_bytecode(path, content):
            namespace["__loader__"] = SourcelessFileLoader("__main__", path)
            namespace.update(__file__=path, __cached__=None)
            code = namespace["__loader__"].get_code("__main__")
            pyjion.enable()
            exec(code, namespace)
            return
        namespace["__loader__"] = SourceFileLoader("__main__", path)
        _run_source(content, path, namespace)

    return run


def _run_source(source, filename, namespace):
    namespace.update(__file__=filename, __cached__=None)
    code = compile(source, filename, "exec", dont_inherit=True)
    pyjion.enable()
    exec(code, namespace)


def _is_importable_archive(path):
    """Whether the import system takes the path for a folder or archive of modules, as `python path` asks it."""
    for hook in sys.path_hooks:
        try:
            hook(path)
        except ImportError:
            continue
        return True
    return False


def _read(path):
    import io

    try:
        with io.open_code(path) as file:
            return file.read()
    except OSError as error:
        python = sys.orig_argv[0]
        print(f"{python}: can't open file {path!r}: [Errno {error.errno}] {error.strerror}", file=sys.stderr)
        sys.exit(2)


def _is_bytecode(path, content):
    from importlib.util import MAGIC_NUMBER

    return path.endswith(".pyc") or content[:4] == MAGIC_NUMBER


def _hide_own_frames():
    """Has the traceback printed without the frames of `python -m pyjion` that lie below the program's.

    The exception itself travels on to the interpreter, which gives SystemExit and KeyboardInterrupt their meaning; the
    hook that the interpreter then calls shortens the traceback and hands it to the hook that was there.
    """
    program_hook = getattr(sys, "excepthook", None)
    if program_hook is None:
        program_hook = _without_hook

    def shortened(kind, value, traceback):
        sys.excepthook = program_hook
        own = traceback
        while own is not None:
            if own.tb_frame.f_code.co_filename == __file__:
                traceback = own.tb_next
            own = own.tb_next
        sys.last_traceback = traceback
        program_hook(kind, value.with_traceback(traceback), traceback)

    sys.excepthook = shortened


def _without_hook(kind, value, traceback):
    """What the interpreter does when the program has deleted sys.excepthook."""
    del sys.excepthook
    print("sys.excepthook is missing", file=sys.stderr)
    sys.__excepthook__(kind, value, traceback)
