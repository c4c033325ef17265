# SPDX-License-Identifier: MIT
"""`python -m pyjion ...` is `python ...`: the same output, errors and exit status for every way to name a program."""
from __future__ import annotations

import os
import py_compile
import pty
import re
import sys
import zipfile

import pytest

import running

SHOW = """
import sys, os
print(__name__, __doc__, __package__, __spec__ and __spec__.name, sorted(k for k in globals() if k not in ("sys", "os")))
print(globals().get("__file__"), globals().get("__cached__"), type(__loader__).__name__, __builtins__.__name__)
print(sys.argv, repr(sys.path[0]), sys.modules["__main__"].__dict__ is globals())
"""
FAIL = """
def f(n):
    return 1 // n

def g(n):
    return f(n)
g(0)
"""


STACK = """
import atexit, inspect, sys, traceback

class Global:
    def __del__(self): print("a global dies")

def depth(n=1):
    try: return depth(n + 1)
    except RecursionError: return n

def stack(): return [(frame.filename, frame.function) for frame in inspect.stack()]

def note(frame, event, argument):
    events.append((frame.f_code.co_name, event))
    return note

value = Global()
events = []
print(list(vars()), depth(), stack(), sys.exc_info())
traceback.print_stack(file=sys.stdout)
atexit.register(lambda: print(stack(), depth()))
atexit.register(lambda: (sys.settrace(None), sys.setprofile(None), print(events)))
sys.setprofile(note)
sys.settrace(note)
"""


def both(*arguments, stdin="", cwd=None, flags=(), **options):
    """The program under plain `python` and under `python -m pyjion`, which must agree; returns the former."""
    plain = running.run_python(*flags, *arguments, stdin=stdin, cwd=cwd)
    env = running.environment(**options)
    ours = running.run_python(*flags, "-m", "pyjion", *arguments, stdin=stdin, cwd=cwd, env=env)
    assert (ours.stdout, ours.stderr, ours.returncode) == (plain.stdout, plain.stderr, plain.returncode)
    return plain


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "script.py").write_text(SHOW)
    (tmp_path / "failing.py").write_text(FAIL)
    (tmp_path / "broken.py").write_text("x = 1\ny = (\n")
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "__main__.py").write_text(SHOW)
    (package / "module.py").write_text(SHOW)
    (package / "failing.py").write_text(FAIL)
    return tmp_path


def test_pyjion_is_enabled():
    outcome = running.run_python("-m", "pyjion", "-c", "import pyjion; print(pyjion.enable(), pyjion.status()['enabled'])")
    assert running.succeed(outcome) == "False True\n"


def test_command(folder):
    assert "['-c', 'a', '-b', '--', '-m']" in both("-c", SHOW, "a", "-b", "--", "-m", cwd=folder).stdout
    both("-cprint(1)", cwd=folder)
    both("-c", "", cwd=folder)
    both("-c", "import sys; print(sys.flags.optimize, __debug__)", flags=["-O"])


def test_script(folder):
    assert str(folder / "script.py") in both("script.py", "a", "-h", cwd=folder).stdout
    both("./script.py", cwd=folder)
    both(folder / "script.py", cwd="/")
    both("package/module.py", "-c", cwd=folder)
    (folder / "link.py").symlink_to(folder / "package" / "module.py")
    both("link.py", cwd=folder)
    both("package/../script.py", cwd=folder)


def test_script_with_an_encoding(folder):
    (folder / "latin.py").write_bytes(b"# coding: latin-1\nprint(ascii('\xe9'))\n")
    (folder / "wrong.py").write_bytes(b"print('\xe9')\n")
    both("latin.py", cwd=folder)
    outcome = running.run_python("-m", "pyjion", "wrong.py", cwd=folder)
    assert outcome.returncode == 1 and "SyntaxError" in outcome.stderr and "Traceback" not in outcome.stderr


def test_compiled_script(folder):
    py_compile.compile(str(folder / "script.py"), str(folder / "compiled.pyc"))
    both("compiled.pyc", "x", cwd=folder)


def test_module(folder):
    both("-m", "package.module", "a", cwd=folder)
    both("-mscript", "a", "-m", cwd=folder)
    assert both("-m", "package", "a", cwd=folder).stdout.startswith("__main__ None package package.__main__")


def test_folder_and_archive(folder):
    both("package", "a", cwd=folder)
    with zipfile.ZipFile(folder / "program.zip", "w") as archive:
        archive.writestr("__main__.py", SHOW + "import beside\n")
        archive.writestr("beside.py", "print('beside')\n")
    assert "beside" in both("program.zip", "a", cwd=folder).stdout
    (folder / "empty").mkdir()
    assert both("empty", cwd=folder).returncode == 1


@pytest.mark.parametrize("arguments", [("-",), ("-", "a", "-c"), ()], ids=["dash", "dash-arguments", "nothing"])
def test_standard_input(arguments, folder):
    assert "<stdin>" in both(*arguments, stdin=SHOW, cwd=folder).stdout
    assert both(*arguments, stdin=FAIL, cwd=folder).returncode == 1


def test_isolated(folder):
    both("-c", SHOW, flags=["-P"], cwd=folder)
    both("script.py", flags=["-P"], cwd=folder)
    both("package", flags=["-P"], cwd=folder)


@pytest.mark.parametrize(
    "end",
    ["sys.exit()", "sys.exit(3)", "sys.exit('message')", "sys.exit(None)", "sys.exit(2**40)", "raise SystemExit(True)",
     "raise SystemExit", "os._exit(7)", "os.abort()", "raise KeyboardInterrupt", "raise KeyboardInterrupt('text')",
     "os.kill(os.getpid(), 2)", "os.kill(os.getpid(), 15)", "raise GeneratorExit", "1/0", "undefined", "import nowhere"],
)
def test_ends(end, folder):
    assert both("-c", f"import sys, os; print('on', flush=True); {end}").returncode != 0 or "exit" in end.lower()
    (folder / "end.py").write_text(f"import sys, os\nprint('on', flush=True)\n{end}\n")
    both("end.py", cwd=folder)
    both("-m", "end", cwd=folder)


def test_tracebacks(folder):
    assert "pyjion" not in both("failing.py", cwd=folder).stderr
    both("-c", FAIL)
    both("-m", "failing", cwd=folder)
    both("-m", "package.failing", cwd=folder)
    both("-c", "x = (")
    both("broken.py", cwd=folder)
    both("-m", "broken", cwd=folder)
    both("-c", "import broken", cwd=folder)
    both("-c", "try: 1/0\nfinally: undefined")


# What compiled code does with frames does not depend on the patch release.
@pytest.mark.parametrize("stress", [""] if running.SHORT else ["", "compile-all", "compile-all,exit-every=2"])
def test_no_frame_lies_below_the_program(folder, stress):
    """The stack, the recursion limit, and what trace and profile functions see, also after the program's end."""
    enable = "1" if stress else ""  # the frames of `python -m pyjion` are compiled, too
    (folder / "stack.py").write_text(STACK)
    plain = both("-c", STACK, stress=stress, enable=enable)
    assert " 999 " in plain.stdout and plain.stdout.endswith("a global dies\n")
    if "exit" in stress:  # once: it compiles as much as the mode without exits
        return
    both("stack.py", cwd=folder, stress=stress, enable=enable)
    both("-", stdin=STACK, stress=stress, enable=enable)
    if not stress:  # runpy's frames, which `python -m` has too: how they count is a known difference of compiled code
        both("-m", "stack", cwd=folder)


@pytest.mark.parametrize("tool", ["cProfile", "profile", "pdb"])
def test_above_the_frames_of_a_tool(folder, tool):
    """What runs `python -m pyjion` in its own frames gets control back."""
    (folder / "report.py").write_text("import pyjion, sys\nprint(__name__, __file__, sys.argv, pyjion.status()['enabled'])\n")
    for name in ("report.py", "-mreport"):
        outcome = running.run_python("-m", tool, "-m", "pyjion", name, "a", stdin="c\nq\n", cwd=folder)
        assert re.search(r"^(\(Pdb\) )?__main__ \S*report.py \['\S*report.py', 'a'\] True$", outcome.stdout, re.M)
        assert ("The program finished" if tool == "pdb" else "function calls") in outcome.stdout
    for arguments, stdin in ((("-c", "print(__name__)"), ""), (("-",), "print(__name__)")):
        if tool != "pdb":
            outcome = running.run_python("-m", tool, "-m", "pyjion", *arguments, stdin=stdin)
            assert outcome.stdout.startswith("__main__\n") and "function calls" in outcome.stdout


def test_hooks_of_the_program():
    both("-c", "import sys; sys.excepthook = lambda *error: print('hook', error[0], error[2].tb_lineno); 1/0")
    both("-c", "import sys; del sys.excepthook; 1/0")
    code = "import atexit, sys; atexit.register(lambda: print(sys.last_type, sys.last_traceback.tb_frame.f_code.co_name))"
    both("-c", code + "; 1/0")
    code = "import sys\ndef hook(*error): raise ValueError('in the hook')\nsys.excepthook = hook\n1/0"
    outcome = running.run_python("-m", "pyjion", "-c", code)
    assert outcome.returncode == 1 and "ValueError: in the hook\n\nOriginal exception was:\n" in outcome.stderr


def test_what_cannot_be_run(folder):
    assert both("nowhere.py", cwd=folder).returncode == 2
    assert both("-m", "nowhere", cwd=folder).returncode == 1
    both("-m", "package.nowhere", cwd=folder)
    both("-m", "script.py", cwd=folder)


def test_unknown_options():
    for arguments in (["-z"], ["--unknown"], ["-c"], ["-m"]):
        outcome = running.run_python("-m", "pyjion", *arguments)
        assert outcome.returncode == 2 and outcome.stdout == ""
        assert outcome.stderr.splitlines()[1].startswith("usage: ")


def test_help_and_version():
    import pyjion

    assert running.succeed(running.run_python("-m", "pyjion", "--help")).startswith("usage: ")
    assert running.succeed(running.run_python("-m", "pyjion", "--version")) == f"pyjion {pyjion.__version__}\n"


def test_multiprocessing_finds_main(folder):
    (folder / "spawns.py").write_text(
        "import multiprocessing\n"
        "def double(n):\n    return n * 2\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        print(pool.map(double, range(5)))\n"
    )
    assert both("spawns.py", cwd=folder).stdout == "[0, 2, 4, 6, 8]\n"


def test_pickle_finds_main():
    both("-c", "import pickle\nclass A: pass\nprint(type(pickle.loads(pickle.dumps(A()))) is A)")


def test_inspecting_afterwards():
    """`python -i` goes on in the program's namespace."""
    plain = running.run_python("-i", "-c", "value = 41", stdin="print(value + 1)\n")
    ours = running.run_python("-i", "-m", "pyjion", "-c", "value = 41", stdin="print(value + 1)\n")
    assert ours.stdout == plain.stdout == "42\n"


def test_interactive_on_a_terminal():
    """Without a program and on a terminal there is a prompt, with pyjion enabled and a clean environment."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, "-m", "pyjion"], running.environment())
    shown = b""
    for line in (b"import pyjion, os\n", b"pyjion.status()['enabled'], os.environ.get('PYTHONINSPECT')\n", b"exit()\n"):
        while not shown.endswith(b">>> "):
            shown += os.read(terminal, 4096)
        os.write(terminal, line)
        shown += b"\n"
    try:
        while data := os.read(terminal, 4096):
            shown += data
    except OSError:
        pass
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())
    assert "(True, None)" in text and text.startswith("pyjion ") and "Python 3.11" in text
