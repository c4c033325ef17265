# SPDX-License-Identifier: MIT
"""What is inside the installed package, and what a process that uses it has in its memory."""
from __future__ import annotations

import pathlib
import textwrap

import pyjion
import running

FOLDER = pathlib.Path(pyjion.__path__[0]).resolve()
BUNDLED = ("libclrjit", "libZydis", "libZycore")
USE_EVERYTHING = """
    import pyjion, pyjion.dis, io
    pyjion.enable()
    def f(n):
        total = 0
        for i in range(n):
            total = total + i
        return total
    for i in range(30): f(300)
    pyjion.dis.dis(f, io.StringIO()); pyjion.dis.dis_native(f, io.StringIO())
    assert pyjion.info(f)["compiled"]
"""


def mapped(code, **variables):
    """The lines of the process's own map after running the code."""
    code = textwrap.dedent(code) + "\nprint(open('/proc/self/maps').read(), end='')\n"
    environment = dict(running.environment(), **variables)
    return running.succeed(running.run_python("-c", code, env=environment)).splitlines()


def test_only_the_packages_own_libraries_are_loaded():
    files = {line.split()[-1] for line in mapped(USE_EVERYTHING, DOTNET_ROOT="/nowhere") if "/" in line.split()[-1]}
    libraries = {path for path in files if pathlib.Path(path).name.startswith(BUNDLED)}
    assert any("libclrjit" in path for path in libraries) and any("libZydis" in path for path in libraries)
    assert {pathlib.Path(path).parent for path in libraries} == {FOLDER / "lib"}
    assert not [path for path in files if "dotnet" in path.lower() or "coreclr" in path or "libfmt" in path]


def test_library_path_does_not_replace_them(tmp_path):
    """A library of the same name on LD_LIBRARY_PATH is not taken."""
    for library in (FOLDER / "lib").glob("libZ*.so.*"):
        (tmp_path / library.name).write_bytes(library.read_bytes())
    lines = mapped(USE_EVERYTHING, LD_LIBRARY_PATH=str(tmp_path))
    assert not [line for line in lines if str(tmp_path) in line]


def test_status_names_the_library():
    code = "import pyjion; pyjion.enable(); print(pyjion.status()['library'])"
    assert running.succeed(running.run_code(code)).strip() == str(FOLDER / "lib" / "libclrjit.so")


def test_status_names_the_running_interpreter():
    """Its version and build, not those of the headers that the package was compiled with."""
    assert running.succeed(running.run_code("import pyjion, sys; print(pyjion.status()['python'] == sys.version)")) == "True\n"


def test_no_memory_is_writable_and_executable():
    for options in ({}, {"PYJION_STRESS": "compile-all"}, {"PYJION_STRESS": "compile-all,exit-every=2"}):
        assert not [line for line in mapped(USE_EVERYTHING, **options) if line.split()[1].startswith("rwx")]


def test_code_memory_is_private():
    executable = [line for line in mapped(USE_EVERYTHING) if "x" in line.split()[1] and "/" not in line and "[" not in line]
    assert executable and all(line.split()[1] == "r-xp" for line in executable)


def test_licences_are_inside():
    names = {path.name for path in (FOLDER / "lib").iterdir()}
    assert {"libclrjit.LICENSE.txt", "libclrjit.ThirdPartyNotices.txt", "zydis.txt", "zycore.txt", "fmt.txt", "NOTICE"} <= names
    assert "The MIT License (MIT)" in (FOLDER / "lib" / "libclrjit.LICENSE.txt").read_text()
    assert len((FOLDER / "lib" / "libclrjit.ThirdPartyNotices.txt").read_text()) > 10000


def test_process_state_is_left_alone():
    """Signals, floating-point state, locale, umask, file descriptors and threads are as they were, but for
    those that look for hot loops and compile."""
    code = """
        import locale, os, signal, threading, time, ctypes
        def files():
            # libclrjit keeps a pipe for itself; its two ends are all that is new.
            global pipes
            opened = []
            for number in os.listdir('/proc/self/fd'):
                try: opened.append(os.readlink('/proc/self/fd/' + number))
                except OSError: pass
            pipes = sum(name.startswith('pipe:') for name in opened)
            return sorted(name for name in opened if not name.startswith('pipe:'))
        def state():
            handlers = [open('/proc/self/status').read().split(name + ':')[1].split()[0] for name in ('SigIgn', 'SigCgt', 'SigBlk')]
            handlers[1] = int(handlers[1], 16) & ~(3 << 31)  # glibc's own, which it needs when there are threads
            mask = os.umask(0); os.umask(mask)
            return (handlers, mask, locale.setlocale(locale.LC_ALL), files(),
                    len([t for t in os.listdir('/proc/self/task') if not open(f'/proc/self/task/{t}/comm').read().startswith('pyjion')]),
                    ctypes.CDLL(None).fegetround(), [signal.getsignal(n) for n in (2, 13, 11)])
        before = state()
        pipes_before = pipes
    """
    after = """
        end = time.monotonic() + 5  # a thread has its name a moment after it began
        while state() != before and time.monotonic() < end: pass
        print(state() == before, pipes - pipes_before)
        if state() != before: print(before, state())
    """
    code = "".join(map(textwrap.dedent, (code, USE_EVERYTHING, after)))
    assert running.succeed(running.run_code(code, compile="background")) == "True 2\n"


def test_no_module_hides_a_name_of_the_package():
    """A module is bound in its package when it is imported: under a name of its own."""
    code = """
        import pkgutil, pyjion
        before = dict(vars(pyjion))
        for module in pkgutil.iter_modules(pyjion.__path__, "pyjion."):
            if not module.name.endswith("__main__"): __import__(module.name)
        print([name for name in before if vars(pyjion)[name] is not before[name]])
        def f(x): return x
        pyjion.enable()
        pyjion.functions()
        print(pyjion.suppress(f) is pyjion.unsuppress(f) is pyjion.compile(f) is f, pyjion.info(f)["compiled"])
    """
    assert running.succeed(running.run_code(textwrap.dedent(code))) == "[]\nTrue True\n"
