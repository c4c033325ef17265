# SPDX-License-Identifier: MIT
"""The functions of the package, each against its documentation. Every test is a process of its own, because what is
compiled and enabled belongs to the process."""
from __future__ import annotations

import json
import os
import textwrap

import pytest

import running


def run(code, **options):
    return running.succeed(running.run_code(textwrap.dedent(code), **options))


# --- enable and disable --------------------------------------------------------------------------------------------


def test_enable_and_disable_say_whether_they_changed_anything():
    code = "import pyjion as p\nprint(p.disable(), p.enable(), p.enable(), p.disable(), p.disable(), p.enable(strict=True))"
    assert run(code) == "False True False True False True\n"


def test_import_alone_changes_nothing():
    code = """
        import pyjion
        def f(n):
            return n + 1
        for i in range(2000): f(i)
        print(pyjion.status()["enabled"], pyjion.info(f))
    """
    assert run(code) == "False {'failed': False, 'compiled': False, 'run_count': 0}\n"


def test_nothing_runs_compiled_after_disable():
    code = """
        import pyjion, sys
        def leaf(i):
            if i == 500: print(pyjion.disable())
            return i
        def loop(n):
            total = 0
            for i in range(n):
                total = total + leaf(i)
            return total
        def later(n):
            return n + 1
        pyjion.enable()
        later(1)
        before = pyjion.info(later)["run_count"]
        print(loop(1000))
        count = pyjion.info(leaf)["run_count"]
        for i in range(100): later(i); leaf(0)
        print(pyjion.info(later)["run_count"] - before, pyjion.info(leaf)["run_count"] - count)
        print(pyjion.enable(), later(1), pyjion.info(later)["run_count"] - before)
    """
    assert run(code) == "True\n499500\n0 0\nTrue 2 1\n"


def test_disable_from_another_thread_ends_a_compiled_loop():
    code = """
        import pyjion, threading, time
        def spin():
            n = 0
            while not stop:
                n = n + 1
            return n > 0
        stop = False
        pyjion.enable()
        thread = threading.Thread(target=lambda: print(spin()))
        thread.start()
        time.sleep(0.1)
        print(pyjion.disable(), flush=True)
        time.sleep(0.1)
        stop = True
        thread.join()
    """
    assert run(code) == "True\nTrue\n"


# --- where compiling is not possible -----------------------------------------------------------------------------


def test_disable_inside_a_compiled_loop():
    """The call that switches the JIT off is left behind it: the rest of the loop is interpreted."""
    code = """
        import pyjion
        pyjion.enable()
        def loop(n):
            total = 0
            for i in range(n):
                if i == 20000:
                    switch_off()
                total = total + i
            return total
        switch_off = pyjion.disable
        loop(15000)
        before = [exit for exit in pyjion.explain(loop).exits if exit["line"] == 8]
        print(loop(30000) == sum(range(30000)), pyjion.status()["enabled"])
        after = [exit for exit in pyjion.explain(loop).exits if exit["line"] == 8]
        print(before, [exit["count"] for exit in after])
    """
    assert run(code) == "True False\n[] [1]\n"


def test_missing_library(tmp_path):
    missing = str(tmp_path / "nowhere" / "libclrjit.so")
    code = """
        import pyjion, warnings
        print(pyjion.enable(), pyjion.enable())
        status = pyjion.status()
        print(status["available"], status["enabled"], status["library"])
        print(ascii(status["reason"]))
        try:
            pyjion.enable(strict=True)
        except RuntimeError as error:
            print(str(error) == status["reason"])
        def f(n): return n + 1
        print(f(1), pyjion._native.compile(f), pyjion.info(f)["compiled"], pyjion.explain(f).compiled, pyjion.disable())
    """
    outcome = running.run_code(textwrap.dedent(code), clrjit=missing)
    lines = outcome.stdout.splitlines()
    assert lines[0] == "False False"
    assert lines[1] == "False False None"
    assert f"{missing}: no such file. The environment variable PYJION_CLRJIT " in lines[2]
    assert lines[3:] == ["True", "2 False False False False"]
    # One warning, although enable() was called twice, and it points at the caller.
    assert outcome.stderr.count("RuntimeWarning") == 1
    assert outcome.stderr.startswith("<string>:3: RuntimeWarning: ") and missing in outcome.stderr


def test_a_library_of_another_kind(tmp_path):
    other = tmp_path / "libclrjit.so"
    other.write_bytes(b"not a library at all")
    code = "import pyjion\nprint(pyjion.enable(), pyjion.status()['reason'])"
    outcome = running.run_code(code, clrjit=str(other))
    assert outcome.returncode == 0 and outcome.stdout.startswith("False ") and str(other) in outcome.stdout


def test_a_library_without_a_jit():
    """libZydis is a library, but has no getJit."""
    code = (
        "import glob, os, pyjion\n"
        "os.environ['X'] = 'y'\n"
        "print(glob.glob(os.path.join(pyjion.__path__[0], 'lib', 'libZydis*'))[0])"
    )
    other = running.succeed(running.run_code(code)).strip()
    outcome = running.run_code("import pyjion\nprint(pyjion.enable(), pyjion.status()['reason'])", clrjit=other)
    assert outcome.returncode == 0 and outcome.stdout.startswith("False ") and other in outcome.stdout


# --- info ------------------------------------------------------------------------------------------------------------


def test_info_counts_entries_exactly():
    code = """
        import pyjion
        def f(n):
            return n + 1
        def g(n):
            total = 0
            for i in range(n):
                total = total + f(i)
            return total
        pyjion.enable()
        for k in (1, 1, 3, 20, 500):
            g(k)
        print(pyjion.info(f)["run_count"], pyjion.info(g)["run_count"], pyjion.info(f.__code__) == pyjion.info(f))
        for i in range(250): f(i)
        list(map(f, range(250)))
        print(pyjion.info(f)["run_count"])
    """
    assert run(code) == "525 5 True\n1025\n"
    for stress in ("compile-all", "compile-all,exit-every=1", "compile-all,exit-every=3", "compile-all,exit-random=7"):
        assert run(code, stress=stress) == "525 5 True\n1025\n"


def test_info_counts_recursion():
    code = """
        import pyjion
        def fib(n):
            if n < 2: return n
            return fib(n - 1) + fib(n - 2)
        pyjion.enable()
        print(fib(15), pyjion.info(fib)["run_count"])
    """
    assert run(code) == "610 1973\n"
    assert run(code, stress="compile-all,exit-every=2") == "610 1973\n"


def test_info_knows_methods_and_refuses_the_rest():
    code = """
        import pyjion
        class C:
            def method(self, n): return n + 1
            @staticmethod
            def static(n): return n
        pyjion.enable()
        C().method(1); C.static(2)
        print(pyjion.info(C().method), pyjion.info(C.static)["run_count"], pyjion.info(C.method)["compiled"])
        for wrong in (1, None, "f", len, C, [], print, C(), type(C.method)):
            try:
                pyjion.info(wrong)
            except TypeError as error:
                print(type(wrong).__name__ in str(error), end=" ")
    """
    expected = "{'failed': False, 'compiled': True, 'run_count': 1} 1 True\n" + "True " * 9
    assert run(code) == expected


# A function that the code generator's limits exclude: its stack is too deep in too many places.
TOO_LARGE = """
        exec("def f(a):\\n    b = a\\n    " + ", ".join(f"x{i}" for i in range(2000)) + " = b\\n    return x0\\n", globals())
"""


def test_a_generator_is_counted_and_compiled():
    code = """
        import pyjion
        def g(n):
            for i in range(n): yield i
        pyjion.enable()
        print(sum(g(5)), pyjion.info(g)["compiled"])
    """
    assert run(code) == "10 True\n"


def test_what_cannot_be_compiled_fails_once():
    code = """
        import pyjion
    """ + TOO_LARGE + """
        pyjion.enable()
        for i in range(100): f(range(2000))
        print(pyjion.info(f), pyjion.explain(f).reason_line, pyjion.compile(f) is f, pyjion.info(f)["compiled"])
    """
    out = run(code)
    assert out.startswith("{'failed': True, 'compiled': False, 'run_count': 100} ") and out.endswith(" True False\n")


def test_called_a_thousand_times_compiled_once(tmp_path):
    code = """
        import pyjion
        def f(n):
            return n + 1
        pyjion.enable()
        f(0)
        before = pyjion.statistics()["compiled"]
        for i in range(999): f(i)
        print(pyjion.statistics()["compiled"] - before <= 1, pyjion.info(f)["compiled"])
    """
    assert run(code) == "True True\n"


# --- explain -----------------------------------------------------------------------------------------------------


def test_explain_compiled():
    code = """
        import json, pyjion
        def f(a, b):
            total = 0
            for i in range(a):
                total = total + b
            return total
        pyjion.enable()
        f(3000, 1); f(3000, 1); f(3000, 0.5)
        facts = pyjion.explain(f)
        print(json.dumps(facts.to_dict()))
        print(facts)
    """
    out = run(code)
    facts = json.loads(out.splitlines()[0])
    assert facts["name"] == "f" and facts["compiled"] and facts["tier"] in ("quick", "full")
    assert facts["reason"] is None and facts["line"] == 3 and facts["filename"] == "<string>"
    assert facts["run_count"] == 3
    assert all(facts[name] > 0 for name in ("il_bytes", "code_bytes", "bytecodes", "compile_ms"))
    assert all(set(place) >= {"reason", "line", "offset", "count", "text"} for place in facts["exits"])
    assert sum(place["count"] for place in facts["exits"]) > 0
    assert "f (<string>:3): compiled" in out and "left compiled code" in out


def test_explain_not_compiled():
    code = """
        import pyjion
    """ + TOO_LARGE + """
        pyjion.enable()
        f(range(2000))
        facts = pyjion.explain(f)
        print(facts.compiled, facts.tier, bool(facts.reason))
        print(facts)
    """
    out = run(code)
    assert out.startswith("False interpreter True\nf (<string>:1): interpreted\n  reason: ") and "stack" in out


def test_explain_of_what_has_not_run():
    code = """
        import pyjion
        def f(x): return x
        facts = pyjion.explain(f)
        print(facts.compiled, facts.run_count, facts.exits)
        try: pyjion.explain(3)
        except TypeError as error: print("int" in str(error))
    """
    assert run(code) == "False 0 []\nTrue\n"


# --- compile, suppress, pause ------------------------------------------------------------------------------------


def test_compile_now():
    code = """
        import pyjion, types
        def f(n): return n + 1
        class C:
            def m(self, n): return n * 2
        def loop(n):
            total = 0
            for i in range(n): total = total + i
            return total
        print(pyjion.compile(f) is f, pyjion.info(f), pyjion.compile(C().m)(1), pyjion.compile(f.__code__) is f.__code__)
        pyjion.enable()
        loop(10)
        print(pyjion.compile(loop, full=True) is loop, pyjion.explain(loop).tier, loop(1000), f(1), C().m(4))
        for anything in ((lambda: (yield)), compile("import os", "x", "exec")):
            print(pyjion.info(pyjion.compile(anything))["compiled"])
    """ + TOO_LARGE + """
        print(pyjion.info(pyjion.compile(f))["compiled"])
        for wrong in (3, len):
            try: pyjion.compile(wrong)
            except TypeError as error: print(type(wrong).__name__ in str(error))
    """
    expected = (
        "True {'failed': False, 'compiled': True, 'run_count': 0} 2 True\n"
        "True full 499500 2 8\nTrue\nTrue\nFalse\nTrue\nTrue\n"
    )
    assert run(code) == expected


def test_suppress():
    code = """
        import pyjion
        @pyjion.suppress
        def f(n): return n + 1
        def g(n): return n + 1
        pyjion.enable()
        for i in range(300): f(i); g(i)
        print(pyjion.info(f)["compiled"], pyjion.info(g)["compiled"], pyjion.suppress(g) is g, g(1), f(1))
        print(pyjion.explain(f).reason is not None, pyjion.info(pyjion.compile(f))["compiled"])
    """
    assert run(code) == "False True True 2 2\nTrue False\n"


def test_pause_nests_and_survives_errors():
    code = """
        import pyjion
        def f(n): return n + 1
        def g(n): return n + 1
        def h(n): return n + 1
        pyjion.enable()
        with pyjion.pause():
            with pyjion.pause(): f(1)
            f(1)
        print(pyjion.info(f)["compiled"], end=" ")
        try:
            with pyjion.pause():
                g(1)
                raise KeyError
        except KeyError: pass
        print(pyjion.info(g)["compiled"], end=" ")
        pause = pyjion.pause()
        with pause:
            with pause: h(1)
            h(1)
        print(pyjion.info(h)["compiled"], end=" ")
        f(1); g(1); h(1)
        print([pyjion.info(x)["compiled"] for x in (f, g, h)], pyjion.status()["enabled"])
    """
    assert run(code, budget="inf") == "False False False [True, True, True] True\n"


# --- options -----------------------------------------------------------------------------------------------------


OPTIONS = ("threshold", "budget", "osr", "stress", "stats_file", "dump", "function_filter", "code_memory")


def test_config_returns_all_options():
    code = "import pyjion, json\nprint(json.dumps(pyjion.config()))"
    options = json.loads(run(code))
    assert set(OPTIONS) <= set(options)


def test_config_sets_and_returns():
    code = """
        import pyjion
        print(pyjion.config(threshold=7)["threshold"], pyjion.config()["threshold"])
        for name, value in (("osr", "off"), ("osr", "every:3"), ("osr", "on"), ("budget", "inf"), ("budget", 0),
                            ("stress", "compile-all,exit-every=3"), ("stress", ""), ("function_filter", "a*")):
            print(name, pyjion.config(**{name: value})[name])
    """
    lines = run(code).splitlines()
    assert lines[0] == "7 7"
    assert lines[1:4] == ["osr off", "osr every:3", "osr on"] and lines[4] == "budget inf"


@pytest.mark.parametrize(
    "options",
    ["threshold=-1", "threshold='many'", "budget='lots'", "budget=-2", "osr='sometimes'", "osr='every:0'",
     "stress='nonsense'", "stress='exit-every=0'", "stress='exit-every=x'", "code_memory='big'", "dump='everything'",
     "include='app lib'", "include='app: f'", "exclude='app\\tlib'", "function_filter='f g'", "function_filter='f,g'",
     "stats_file=None", "observe=None", "no_such_option=1"],
)
def test_config_refuses(options):
    code = f"""
        import pyjion
        before = pyjion.config()
        try:
            pyjion.config({options})
        except ValueError as error:
            print(error)
        print(pyjion.config() == before)
    """
    message, unchanged = run(code).splitlines()
    name = options.split("=")[0]
    assert name in message and unchanged == "True"
    # The message says what is allowed: for an unknown name, the names.
    assert ("threshold" in message and "osr" in message) if name == "no_such_option" else "must" in message


def test_config_takes_all_or_nothing():
    code = """
        import pyjion
        before = pyjion.config()
        try: pyjion.config(threshold=3, osr="sometimes")
        except ValueError: print(pyjion.config() == before)
    """
    assert run(code) == "True\n"


def test_options_come_from_the_environment():
    code = "import pyjion\nprint(pyjion.config()['threshold'], pyjion.config()['osr'])\npyjion.enable()\n"
    code += "print(pyjion.config()['threshold'])"
    assert run(code, threshold="9", osr="off") == "9 off\n9\n"
    assert run(code).splitlines()[1] == "0"


def test_threshold_is_the_number_of_runs_before_compiling():
    code = """
        import pyjion
        def f(n): return n + 1
        pyjion.config(threshold=5)
        pyjion.enable()
        states = []
        for i in range(8):
            f(i)
            states.append(pyjion.info(f)["compiled"])
        print(states.index(True))
    """
    assert int(run(code, budget="inf")) in (4, 5)


def test_function_filter():
    code = """
        import pyjion
        def wanted_one(n): return n + 1
        def other(n): return n + 1
        pyjion.enable()
        for i in range(100): wanted_one(i); other(i)
        print(pyjion.info(wanted_one)["compiled"], pyjion.info(other)["compiled"])
    """
    assert run(code, function_filter="wanted*") == "True False\n"


def test_a_budget_limits_what_is_compiled():
    code = """
        import pyjion
        def f(n):
            total = 0
            for i in range(n): total = total + i
            return total
        pyjion.enable()
        for i in range(50): f(100)
        print(pyjion.statistics()["compiled"])
    """
    out = int(run(code, budget="0"))
    assert out <= int(run(code, budget="inf"))


def test_statistics_file(tmp_path):
    path = tmp_path / "statistics"
    code = """
        import os, pyjion
        pyjion.enable()
        def f(n):
            total = 0
            for i in range(n): total = total + i
            return total
        for i in range(20): f(1000)
        if os.fork() == 0:
            f(10)
            raise SystemExit
        os.wait()
    """
    run(code, stats_file=str(path))
    run(code, stats_file=str(path), stress="compile-all,exit-every=2")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(lines) == 4
    for line in lines:
        assert {"compiled", "activations", "interpreted_ends", "exits", "code_bytes", "compile_ms"} <= set(line)
        assert line["interpreted_ends"] <= line["activations"]
        assert isinstance(line["exits"], dict)
    assert all(line["compiled"] > 0 and line["code_bytes"] > 0 for line in lines)
    assert sum(lines[-1]["exits"].values()) > 0


def test_activations_end_in_compiled_code():
    """Handlers, generators and failed guesses need no interpreter; a forced exit does."""
    code = """
        import pyjion
        def divide(n):
            total = 0
            for i in range(n):
                try:
                    total = total + 10 // (i % 3)
                except ZeroDivisionError:
                    total = total + 0.5
            return total
        def count(n):
            for i in range(n):
                try:
                    yield divide(i)
                finally:
                    divide(i)
        pyjion.enable()
        before = pyjion.statistics()
        for i in range(300):
            for x in count(5):
                if x > 9:
                    break
        divide(3000)
        after = pyjion.statistics()
        print(after["activations"] - before["activations"] > 3000, after["interpreted_ends"] - before["interpreted_ends"])
    """
    assert run(code, budget="inf") == "True 0\n"
    assert run(code, stress="compile-all,exit-every=2").split()[1] != "0"


def test_no_statistics_file_unless_asked(tmp_path):
    running.succeed(
        running.run_python("-c", "import pyjion; pyjion.enable(); (lambda n: n)(1)", cwd=tmp_path)
    )
    assert os.listdir(tmp_path) == []


def test_dump_goes_to_standard_error():
    code = "import pyjion\ndef f(n): return n + 1\npyjion.enable()\nf(1)\n"
    outcome = running.run_code(code, dump="cil,asm", function_filter="f")
    assert outcome.returncode == 0 and outcome.stdout == ""
    assert "IL_0000: " in outcome.stderr and "00000000: " in outcome.stderr


# --- the package -------------------------------------------------------------------------------------------------


def test_version_matches_the_metadata():
    code = "import pyjion, importlib.metadata as m\nprint(pyjion.__version__ == m.version('pyjion'))"
    assert run(code) == "True\n"


def test_importing_loads_little():
    code = """
        import sys
        before = set(sys.modules)
        import pyjion
        print(sorted(set(sys.modules) - before))
    """
    assert run(code) == "['pyjion', 'pyjion._native', 'pyjion._version']\n"


def test_everything_is_documented():
    code = """
        import pyjion, pyjion.dis
        names = [n for n in pyjion.__all__ if not n.startswith("_")]
        print([n for n in names if not getattr(pyjion, n).__doc__], [n for n in pyjion.dis.__all__ if not getattr(pyjion.dis, n).__doc__])
        print(all(name in pyjion.config.__doc__ for name in pyjion.config()))
    """
    assert run(code) == "[] []\nTrue\n"
