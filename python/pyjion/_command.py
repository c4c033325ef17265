# SPDX-License-Identifier: MIT
"""`python -m pyjion [--report page] [-c code | -m module | script | -] [args]`: runs a program as `python` does, with
pyjion enabled.

Input: sys.argv. The interpreter is told the program's name and goes on in its own main function, which finds nothing of
this command: no frame lies below the program's, and its `__main__` is a new one. Where something else runs this command
in its own frames, such as a profiler, the program runs above those, by `runpy`.
"""
import os
import sys

import pyjion

_USAGE = """\
usage: {python} -m pyjion [--report PAGE | --check] [-c code | -m module | script | -] [arg] ...
       {python} -m pyjion --info | --version | --help

Runs a program with pyjion enabled.
  -c code     program passed in as a string
  -m module   run a library module as a script
  script      file, directory or zip archive that holds a __main__.py
  -           program read from standard input (the default; interactive where that is a terminal)
  arg ...     passed to the program in sys.argv[1:]
  --report PAGE
              write a page of HTML at the program's end: what its lines cost and what they became
  --check     run the program without and with pyjion, and compare output, exit status and time; the exit status
              is 0 if they are the same, 1 if they differ, 2 if they cannot be compared
  --info      print what a report of a bug needs: versions, processor, options, environment, status
  -h, --help  print this message
  --version   print pyjion's version
  --install-autoload  enable pyjion in every process of this environment, unless PYJION_ENABLE=0 is set
  --remove-autoload   take that back

Options are set by environment variables, PYJION_<NAME>; `pyjion.config()` lists them.
"""


def main():
    """Runs the program; leaves by its exception, or ends the process."""
    page, arguments = _report_option(sys.argv[1:])
    option, value, arguments = _parse(arguments, page)
    if page is not None:
        _report_at_end(page)
        _keep_source(option, value)
    sys.argv[:] = arguments
    _take_back_path0()
    if _is_interpreters_program():
        _hand_over(option, value, arguments)
    else:
        _run_above_frames(option, value)


def _report_option(arguments):
    """(the page that is wanted, or None; the other arguments)."""
    name, equals, page = arguments[0].partition("=") if arguments else ("", "", "")
    if name != "--report":
        return None, arguments
    rest = arguments[1:]
    if not equals and rest:
        page, rest = rest[0], rest[1:]
    if not page or (page.startswith("-") and not equals):
        _usage_error("argument expected for --report")
    return os.path.abspath(page), rest


def _parse(arguments, page=None):
    """(option, its value, the program's arguments); exits for --help and the like, and for what is no option."""
    if not arguments:
        return "", "", [""]
    first, rest = arguments[0], arguments[1:]
    if first in ("-h", "--help"):
        print(_USAGE.format(python=sys.executable), end="")
        sys.exit(0)
    if first == "--version":
        print("pyjion", pyjion.__version__)
        sys.exit(0)
    if first in ("--install-autoload", "--remove-autoload"):
        if rest:
            _usage_error(f"{first} takes no arguments")
        from pyjion import _autoload

        _autoload.run(first[2:].partition("-")[0])
        sys.exit(0)
    if page is None and first == "--info":
        from pyjion._info import text

        print(text(), end="")
        sys.exit(0)
    if page is None and first == "--check":
        if not rest or (rest[0] == "-" and (sys.stdin is None or sys.stdin.isatty())):
            _usage_error("--check needs a program: a script, -m, -c, or - with one on standard input")
        _parse(rest, page="")  # Is it one?
        from pyjion._check import check

        sys.exit(check(rest))
    if first == "-":
        return "", "", [first, *rest]
    if not first.startswith("-"):
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


def _report_at_end(page):
    """Has the report written when the program has ended, and behind what it has registered with atexit."""
    import atexit

    try:
        open(page, "ab").close()
    except OSError as error:
        print(f"{sys.orig_argv[0]}: can't write {page!r}: [Errno {error.errno}] {error.strerror}", file=sys.stderr)
        sys.exit(2)
    # Imported before the program runs: at the end, strings that are evaluated by library modules would have the
    # interpreter forget that it ends because of a KeyboardInterrupt.
    from pyjion._report import collect, page as renderer  # noqa: F401

    pyjion.config(observe=True)
    process = os.getpid()

    def write():
        if os.getpid() != process:  # a forked child
            return
        try:
            pyjion.report(page)
            outcome = f"report: {page}"
        except OSError as error:
            outcome = f"no report: {error}"
        if sys.stderr is not None:
            print("pyjion:", outcome, file=sys.stderr)

    atexit.register(write)


def _keep_source(option, value):
    """Keeps the source of a program that is in no file, for the report."""
    from pyjion._source import known, lines_of_program

    if option == "-c":
        known["<string>"] = lines_of_program(value)
    elif not option and not value:
        source = _standard_input()
        if source is not None:
            known["<stdin>"] = lines_of_program(source)


def _standard_input():
    """The program that the interpreter will read from standard input, where it finds it all the same; None where it is
    typed. A pipe is replaced by a file in memory."""
    if sys.stdin is None or sys.stdin.isatty() or sys.flags.interactive:
        return None
    source = b"".join(iter(lambda: os.read(0, 1 << 16), b""))
    try:
        os.lseek(0, -len(source), os.SEEK_CUR)
    except OSError:
        with open(os.memfd_create("stdin"), "wb") as copy:
            copy.write(source)
            copy.flush()
            os.lseek(copy.fileno(), 0, os.SEEK_SET)
            os.dup2(copy.fileno(), 0)
    return source


def _take_back_path0():
    """Removes the current folder from sys.path, where `-m` has put it: what comes there depends on the program."""
    try:
        here = os.getcwd()
    except OSError:  # the folder is gone, and `-m` has put nothing there
        return
    if not sys.flags.safe_path and sys.path and sys.path[0] == here:
        del sys.path[0]


def _is_interpreters_program():
    """Whether the frames below are those of `python -m` alone: this module's, `__main__.py`'s, and two of runpy's."""
    frame = sys._getframe()
    depth = 0
    while frame is not None:
        last, frame = frame, frame.f_back
        depth += 1
    return depth == 5 and last.f_code.co_name == "_run_module_as_main"


def _hand_over(option, value, arguments):
    """Has the interpreter's main function run the program. Does not return."""
    if not option and value and not os.path.isabs(value):
        try:
            value = os.path.join(os.getcwd(), value)
        except OSError:
            pass
    run = pyjion._native.main_program(option, value, arguments)
    if not option and not value and sys.stdin is not None and sys.stdin.isatty() and not sys.flags.quiet:
        print("pyjion", pyjion.__version__, file=sys.stderr)
    sys.modules["__main__"] = _new_main()
    pyjion.enable()
    run()


def _new_main():
    """`__main__` as it is when an interpreter starts."""
    from _frozen_importlib import BuiltinImporter

    main = type(sys)("__main__")
    main.__loader__ = BuiltinImporter
    main.__annotations__ = {}
    main.__builtins__ = sys.modules["builtins"]
    return main


def _run_above_frames(option, value):
    """Runs the program as `runpy` does for profilers and debuggers."""
    import runpy

    if not sys.flags.safe_path and not (value and not option and os.path.isdir(value)):
        folder = os.path.dirname(os.path.realpath(value)) if value and not option else ""
        sys.path.insert(0, os.getcwd() if option == "-m" else folder)
    pyjion.enable()
    if option == "-m":
        runpy.run_module(value, run_name="__main__", alter_sys=True)
        return
    if not option and value:
        runpy.run_path(value, run_name="__main__")
        return
    source, name = (value, "<string>") if option else (sys.stdin.buffer.read(), "<stdin>")
    sys.modules["__main__"] = _new_main()
    exec(compile(source, name, "exec", dont_inherit=True), sys.modules["__main__"].__dict__)
