# SPDX-License-Identifier: MIT
"""Other interpreters in the process of the one that pyjion works for: subinterpreters, and those that follow it.

They get a clear refusal, and change nothing for the main interpreter.
"""
from __future__ import annotations

import pathlib
import subprocess
import sysconfig
import textwrap

import pytest

import running

MODES = [{}, {"budget": "inf"}, {"stress": "compile-all"}, {"stress": "compile-all,exit-every=3"}]
COMMON = """
    import warnings
    warnings.simplefilter("error")
    import _xxsubinterpreters as si
    def sub(code):
        i = si.create()
        try: si.run_string(i, textwrap.dedent(code))
        finally: si.destroy(i)
    import textwrap
    def work(n):
        total = 0
        for i in range(n): total += step(i)
        return total
    def step(i): return i * 2
    def runs(f):
        before = pyjion.info(f)["run_count"]
        f(1)
        return pyjion.info(f)["run_count"] - before
"""


def run(code, **options):
    code = textwrap.dedent(COMMON) + textwrap.dedent(code)
    return running.succeed(running.run_code(code, **options))


@pytest.mark.parametrize("options", MODES, ids=str)
def test_enabling_in_a_subinterpreter_is_refused_with_a_reason(options):
    code = """
    REFUSED = '''
    import warnings, pyjion
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert pyjion.enable() is False
        assert pyjion.enable() is False
    assert len(seen) == 1 and seen[0].category is RuntimeWarning, seen
    reason = str(seen[0].message)
    assert "subinterpreter" in reason, reason
    try: pyjion.enable(strict=True)
    except RuntimeError as error: assert str(error) == reason
    else: raise AssertionError
    status = pyjion.status()
    assert (status["available"], status["enabled"], status["reason"]) == (False, False, reason), status
    def f(n): return n + 1
    assert [f(i) for i in range(300)] == [*range(1, 301)]
    assert pyjion.info(f) == {"failed": False, "compiled": False, "run_count": 0}
    assert pyjion._native.compile(f) is False and pyjion.suppress(f) is f and reason in str(pyjion.explain(f))
    assert pyjion.disable() is False
    with pyjion.pause(): assert f(1) == 2
    '''
    sub(REFUSED)
    print(work(300))
    import pyjion
    print(pyjion.enable(), runs(step), work(300), runs(work))
    for _ in range(40): sub(REFUSED)
    print(pyjion.status()["enabled"], runs(step), work(300), pyjion._native.compile(work))
    with pyjion.pause():
        sub(REFUSED)
        print(runs(step))
    print(runs(step), pyjion.disable(), runs(step), pyjion.enable(), work(300))
    """
    assert run(code, **options) == (
        "89700\nTrue 1 89700 1\nTrue 1 89700 True\n0\n1 True 0 True 89700\n"
    )


@pytest.mark.parametrize("options", MODES, ids=str)
def test_functions_of_the_main_interpreter_run_in_a_subinterpreter(options):
    """By every way from C and from bytecode; while they run there they run interpreted."""
    code = """
    import pyjion
    pyjion.enable()
    def values(n):
        for i in range(n): yield step(i)
    class Object:
        def __init__(self, n): self.n = step(n)
        def __add__(self, n): return self.n + work(n)
    for _ in range(300): work(10), [*values(10)], Object(2) + 3
    names = [work, step, values, Object]
    before = [pyjion.info(f)["run_count"] for f in names[:3]]
    i = si.create()
    si.run_string(i, '''
    import ctypes
    work, step, values, Object = [ctypes.cast(int(a), ctypes.py_object).value for a in addresses.split()]
    assert work(100) == 9900 and step(3) == 6
    assert [*map(work, [10, 20])] == [90, 380] and sorted([3, 1], key=work) == [1, 3]
    assert [*values(5)] == [0, 2, 4, 6, 8] and Object(2) + 3 == 10
    ''', {"addresses": " ".join(str(id(name)) for name in names)})
    si.destroy(i)
    print(before == [pyjion.info(f)["run_count"] for f in names[:3]], work(100), [*values(5)], Object(2) + 3)
    """
    assert run(code, **options) == "True 9900 [0, 2, 4, 6, 8] 10\n"


def test_importing_in_a_subinterpreter_leaves_options_alone():
    code = """
    import pyjion
    pyjion.config(threshold=7)
    sub("import pyjion")
    print(pyjion.config()["threshold"])
    """
    assert run(code) == "7\n"


@pytest.fixture(scope="module")
def embedding(tmp_path_factory):
    """The program of embedding.c, linked with this interpreter's library."""
    program = tmp_path_factory.mktemp("embedding") / "embedding"
    get = sysconfig.get_config_var
    command = ["gcc", "-o", program, running.HERE / "embedding.c", f"-I{sysconfig.get_path('include')}"]
    command += [f"-L{get('LIBPL')}", f"-L{get('LIBDIR')}", f"-Wl,-rpath,{get('LIBDIR')}", "-Wl,-E"]
    command += [f"-lpython{get('LDVERSION')}", *get("LIBS").split(), *get("SYSLIBS").split()]
    subprocess.run(command, check=True)
    return program


def embed(program, code, **options):
    import pyjion

    folder = pathlib.Path(pyjion.__file__).parents[1]
    code = f"import sys\nsys.path.insert(0, {str(folder)!r})\n" + textwrap.dedent(code)
    outcome = subprocess.run(
        [program, code], env=running.environment(**options), capture_output=True, text=True, timeout=100
    )
    assert (outcome.returncode, outcome.stderr) == (0, ""), outcome
    return outcome.stdout


ROUND = """
import threading, warnings, pyjion
def f(n):
    s = 0
    for i in range(n): s += i
    return s
def g(n):
    yield from (f(i) for i in range(n))
with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    enabled = pyjion.enable()
for i in range(600): f(50), sum(g(3))
threads = [threading.Thread(target=f, args=(10000,)) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
status = pyjion.status()
assert [str(w.message) for w in seen] == [status["reason"]] * (not enabled)
info = pyjion.info(f)
print(ROUND, enabled, status["enabled"], "started again" in (status["reason"] or ""), info["run_count"] > 600,
      pyjion._native.compile(f), f(1000), pyjion.disable(), str(pyjion.explain(f)).count("started again"), flush=True)
"""


@pytest.mark.parametrize("options", MODES, ids=str)
def test_an_interpreter_started_again_is_refused_with_a_reason(embedding, options):
    refused = "False False True False False 499500 False 1"
    assert embed(embedding, ROUND, **options) == (
        f"1 True True False True True 499500 True 0\n2 {refused}\n3 {refused}\n"
    )


def test_an_interpreter_started_again_may_be_the_first_that_enables(embedding):
    code = "import pyjion\nif ROUND > 1:\n" + textwrap.indent(ROUND, "    ")
    assert embed(embedding, code) == (
        "2 True True False True True 499500 True 0\n3 False False True False False 499500 False 1\n"
    )
