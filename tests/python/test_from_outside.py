# SPDX-License-Identifier: MIT
"""What a process gets from outside: variables of its environment, and what multiprocessing's children have from their
parent."""
from __future__ import annotations

import textwrap

import pytest

import pyjion
import running

REPORT = "import sys; print(sys.modules['pyjion'].status()['enabled'] if 'pyjion' in sys.modules else 'not imported')\n"


def run(code, **options):
    return running.run_code(textwrap.dedent(code), **options)


# --- PYJION_ENABLE -------------------------------------------------------------------------------------------------


def test_a_process_starts_without_it():
    assert running.succeed(run(REPORT)) == "not imported\n"
    assert running.succeed(run(REPORT, enable="")) == "not imported\n"
    assert running.succeed(run(REPORT, enable="0")) == "not imported\n"


def test_it_is_switched_on_from_outside():
    assert running.succeed(run(REPORT, enable="1")) == "True\n"
    code = """
        def f(): pass
        f()
        import pyjion
        print(pyjion.info(f)["compiled"], pyjion.enable(), pyjion.disable())
    """
    assert running.succeed(run(code, enable="1")) == "True False True\n"


def test_a_file_that_enables_once_more_has_users_functions(tmp_path):
    (tmp_path / "tool.py").write_text("import pyjion\npyjion.enable()\ndef f(): pass\nf()\nprint(pyjion.info(f)['compiled'])\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import tool"
    assert running.succeed(run(code, enable="1")) == "True\n"


def test_it_is_kept_off_from_outside(tmp_path):
    code = """
        import pyjion
        def f(): pass
        print(pyjion.enable(), pyjion.enable(strict=True), pyjion.compile(f) is f, pyjion.disable())
        f()
        print(pyjion.info(f), pyjion.status()["available"], pyjion.status()["enabled"])
        print(pyjion.status()["reason"])
        print(pyjion.explain(f).reason)
    """
    assert running.succeed(run(code, enable="0")) == (
        "False False True False\n"
        "{'failed': False, 'compiled': False, 'run_count': 0} True False\n"
        "PYJION_ENABLE=0 in the environment keeps pyjion off\n"
        "PYJION_ENABLE=0 in the environment keeps pyjion off\n"
    )
    program = tmp_path / "program.py"
    program.write_text(REPORT)
    outcome = running.run_python("-m", "pyjion", program, env=running.environment(enable="0"))
    assert running.succeed(outcome) == "False\n"


def test_switched_off_loads_no_library():
    code = "import pyjion; pyjion.enable(); print('libclrjit' in open('/proc/self/maps').read())"
    assert running.succeed(run(code, enable="0")) == "False\n"
    assert running.succeed(run(code, enable="1")) == "True\n"


def test_bad_value():
    outcome = run("import pyjion; pyjion.enable()", enable="yes")
    assert outcome.returncode == 1
    sentence = "pyjion: the environment variable PYJION_ENABLE must be 0, 1 or auto, not 'yes'"
    assert outcome.stderr.endswith(f"ValueError: {sentence}\n")
    outcome = run("print('the program runs')", enable="yes")
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, "the program runs\n", sentence + "\n")


def test_where_compiling_is_impossible_the_program_runs(tmp_path):
    outcome = run("print('the program runs')", enable="1", clrjit=str(tmp_path / "nowhere.so"))
    assert (outcome.returncode, outcome.stdout) == (0, "the program runs\n")
    assert "RuntimeWarning: pyjion cannot compile here" in outcome.stderr


def test_auto_is_silent_where_compiling_is_impossible(tmp_path):
    assert running.succeed(run(REPORT, enable="auto")) == "True\n"
    assert running.succeed(run(REPORT, enable="auto", clrjit=str(tmp_path / "nowhere.so"))) == "False\n"
    outcome = run("import pyjion; print(pyjion.enable())", enable="auto", clrjit=str(tmp_path / "nowhere.so"))
    assert outcome.stdout == "False\n" and "RuntimeWarning: pyjion cannot compile here" in outcome.stderr


# --- other variables -----------------------------------------------------------------------------------------------


def test_unknown_variables_are_named_once():
    code = """
        import warnings
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            import pyjion
            print(pyjion.enable(), pyjion.disable(), pyjion.enable())
        for warning in caught:
            print(warning.category.__name__, warning.filename, warning.message)
        print(str(caught[0].message) == pyjion.status()["problems"])
    """
    lines = running.succeed(run(code, statsfile="x", threshold="0")).splitlines()
    assert lines[0] == "True True True" and lines[-1] == "True" and len(lines) == 3
    known = lines[1].removeprefix("RuntimeWarning <string> pyjion: unknown environment variable PYJION_STATSFILE; known are ")
    assert known.split(", ")[:3] == ["PYJION_ENABLE", "PYJION_CLRJIT", "PYJION_THRESHOLD"]
    assert set(known.split(", ")[2:]) == {f"PYJION_{name.upper()}" for name in pyjion.config()}


def test_unknown_variables_beside_bad_values():
    code = """
        import pyjion
        try: pyjion.enable()
        except ValueError as error: print(error)
        print(pyjion.status()["problems"].count("\\n"))
    """
    out = running.succeed(run(code, statsfile="x", threshold="many"))
    assert out.splitlines()[0].endswith("(from the environment variable PYJION_THRESHOLD)") and out.splitlines()[1] == "1"


# --- children ------------------------------------------------------------------------------------------------------

CHILD = """
    {first}
    import sys
    def report(queue):
        import pyjion
        def quick(): pass
        quick()
        queue.put((pyjion.status()["enabled"], pyjion.info(quick)["compiled"], pyjion.config()["threshold"], pyjion.config()["budget"]))
    def pass_on(context, queue):
        child = context.Process(target=report, args=(queue,))
        child.start()
        child.join()
    if __name__ == "__main__":
        {enable}
        import multiprocessing
        context = multiprocessing.get_context({method!r})
        queue = context.Queue()
        {then}
        for target, arguments in ((report, (queue,)), (pass_on, (context, queue))):
            child = context.Process(target=target, args=arguments)
            child.start()
            print(*queue.get())
            child.join()
"""
ENABLED = "import pyjion; pyjion.enable(); pyjion.config(threshold=0, budget='inf')"


def family(tmp_path, method, first="pass", enable=ENABLED, then="pass", command=(), **options):
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(CHILD).format(method=method, first=first, enable=enable, then=then))
    return running.succeed(running.run_python(*command, program, env=running.environment(**options)))


@pytest.mark.parametrize("method", ("spawn", "forkserver", "fork"))
@pytest.mark.parametrize("first", ("pass", "import multiprocessing"))
def test_children_and_theirs_go_on_as_their_parent_is(tmp_path, method, first):
    assert family(tmp_path, method, first) == "True True 0 inf\nTrue True 0 inf\n"


@pytest.mark.parametrize("method", ("spawn", "forkserver"))
def test_children_of_a_whole_program(tmp_path, method):
    assert family(tmp_path, method, enable="pass", command=("-m", "pyjion")) == "True True 0 50\nTrue True 0 50\n"


@pytest.mark.parametrize("method", ("spawn", "forkserver", "fork"))
def test_children_of_a_parent_that_has_switched_it_off(tmp_path, method):
    budget = "inf" if method == "fork" else "50"
    assert family(tmp_path, method, then="pyjion.disable()") == 2 * f"False False 0 {budget}\n"


def test_children_of_a_parent_that_is_kept_off(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(CHILD).format(method="spawn", first="pass", enable=ENABLED, then="pass"))
    outcome = running.run_python(program, env=running.environment(enable="0"))
    assert running.succeed(outcome) == "False False 0 50\nFalse False 0 50\n"


def test_an_executor_of_processes(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import concurrent.futures, multiprocessing, pyjion\n"
        "def work(n):\n"
        "    return pyjion.status()['enabled'], sum(i % 7 for i in range(n))\n"
        "if __name__ == '__main__':\n"
        "    pyjion.enable()\n"
        "    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context('spawn')) as pool:\n"
        "        print(set(pool.map(work, [1000] * 4)))\n"
    )
    outcome = running.run_python(program)
    assert running.succeed(outcome) == f"{{(True, {sum(i % 7 for i in range(1000))})}}\n"


def test_other_finders_are_asked_as_ever():
    code = """
        import sys, pyjion
        class Finder:
            def find_spec(self, name, path=None, target=None):
                if name.startswith("multiprocessing."): asked.append(name)
        asked = []
        before = list(sys.meta_path)
        pyjion.enable()
        sys.meta_path.insert(1, Finder())
        import multiprocessing
        print(asked[:3])
        del sys.meta_path[0]
        print(sys.meta_path == before)
    """
    plain = "['multiprocessing.context', 'multiprocessing.process', 'multiprocessing.reduction']\nTrue\n"
    assert running.succeed(run(code)) == plain
