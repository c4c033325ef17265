# SPDX-License-Identifier: MIT
"""What runs Python code from outside or looks at it: C libraries that call back, debuggers, profilers, notebooks.

The output of each program is the same as without pyjion; what docs/compatibility.md says besides has its tests elsewhere.
"""
from __future__ import annotations

import json
import sys
import textwrap

import pytest

import running

MODES = [{}, {"stress": "compile-all"}, {"stress": "compile-all,exit-every=2"}]


def same_as_plain(code, tmp_path, stdin="", **options):
    """The program's output, which must be that of plain Python; returns it, and the statistics with pyjion."""
    program = tmp_path / "program.py"
    program.write_text(textwrap.dedent(code))
    plain = running.run_python(program, stdin=stdin)
    stats_file = tmp_path / "stats"
    ours = running.run_python("-m", "pyjion", program, stdin=stdin, env=running.environment(stats_file=stats_file, **options))
    assert (ours.returncode, ours.stdout, ours.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    statistics = json.loads(stats_file.read_text().splitlines()[-1])
    assert not statistics["internal_errors"]
    if "stress" in options:
        assert statistics["activations"] > 0
    return ours.stdout


@pytest.mark.parametrize("options", MODES)
def test_c_libraries_call_back(tmp_path, options):
    """qsort() through ctypes, SQLite's functions, hooks of the interpreter: also when they raise."""
    out = same_as_plain("""
        import ctypes, functools, sqlite3, sys
        calls = 0
        def compare(a, b):
            global calls
            calls += 1
            return a[0] * 7 % 64 - b[0] * 7 % 64
        Compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
        numbers = (ctypes.c_int * 64)(*range(64))
        ctypes.CDLL(None).qsort(numbers, len(numbers), ctypes.sizeof(ctypes.c_int), Compare(compare))
        print(list(numbers), calls > 64)
        print(sorted(range(20), key=functools.cmp_to_key(lambda a, b: a % 5 - b % 5)))

        def weigh(a, b):
            if a == 7 and b is None: raise ValueError("no weight")
            return a * 10 + (b or 0)
        class Sum:
            def __init__(self): self.total = 0
            def step(self, value): self.total += value
            def finalize(self): return self.total
        database = sqlite3.connect(":memory:")
        database.create_function("weigh", 2, weigh)
        database.create_aggregate("total_of", 1, Sum)
        database.execute("create table t (a, b)")
        database.executemany("insert into t values (?, ?)", ((i, i * i % 11) for i in range(300)))
        print(database.execute("select total_of(weigh(a, b)), max(weigh(b, a)) from t").fetchone())
        try: database.execute("select weigh(a, null) from t").fetchall()
        except sqlite3.OperationalError as error: print(error)
        sys.unraisablehook = lambda unraisable: print("unraisable", unraisable.exc_type.__name__)
        def fails(a, b): raise KeyError(a[0])
        ctypes.CDLL(None).qsort((ctypes.c_int * 2)(1, 2), 2, 4, Compare(fails))
    """, tmp_path, **options)  # fmt: skip
    assert "unraisable KeyError" in out


@pytest.mark.parametrize("options", MODES)
def test_pdb(tmp_path, options):
    """Breakpoints in a function and in a running loop, steps, locals that are changed, a caller, a post-mortem."""
    out = same_as_plain("""
        import pdb, sys
        def inner(i):
            return i * 2
        def work(n):
            total = 0
            for i in range(n):
                total += inner(i)
                if i == 40: pdb.set_trace()
            return total
        def broken(n):
            kept = n + 1
            return kept / (n - 5)
        for _ in range(30): work(30)
        print(work(50))
        for i in range(10):
            try: broken(i)
            except ZeroDivisionError: pdb.post_mortem(sys.exc_info()[2])
        print("the end")
    """, tmp_path, "p total, i\nn\nn\ns\nargs\nreturn\nup\np n\ndown\n!i\nbreak work\nc\n" + "w\np kept\nq\n", **options)  # fmt: skip
    assert "(1640, 40)" in out and "broken(n)" not in out


@pytest.mark.parametrize("options", MODES)
def test_profile_functions_and_timings(tmp_path, options):
    """cProfile's and profile's numbers of calls, and who called whom."""
    out = same_as_plain("""
        import cProfile, io, profile, pstats, re
        def leaf(i):
            return i + 1
        def recursive(n):
            return n if n < 2 else recursive(n - 1) + leaf(n)
        def work(n):
            return sum(leaf(i) for i in range(n)) + recursive(12)
        for _ in range(50): work(20)
        for tool in (cProfile, profile):
            profiler = tool.Profile()
            print(profiler.runcall(work, 100))
            text = io.StringIO()
            statistics = pstats.Stats(profiler, stream=text)
            for (file, line, name), (calls, total, *rest) in sorted(statistics.stats.items()):
                if file.endswith("program.py"): print(tool.__name__, line, name, calls, total, len(rest[2]))
    """, tmp_path, **options)  # fmt: skip
    assert " leaf 111 111 2" in out


NOTEBOOK = """
    import time
    from jupyter_client.manager import KernelManager
    manager = KernelManager(kernel_name="tested")
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)

    def show(message):
        kind, content = message["msg_type"], message["content"]
        if kind == "stream": print(content["text"], end="", flush=True)
        elif kind == "execute_result": print("Out:", content["data"]["text/plain"], flush=True)
        elif kind == "error": print("Error:", content["ename"], content["evalue"], len(content["traceback"]), flush=True)

    def run(cell, interrupt=False):
        request = client.execute(cell, stop_on_error=False)  # what follows an error at once would be dropped
        while True:
            message = client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") != request: continue
            show(message)
            if interrupt and message["msg_type"] == "stream":
                interrupt = False  # a second stream message may bring the line's end
                time.sleep(0.5)
                manager.interrupt_kernel()
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle": return

    run(START)
    run("def f(n):\\n    total = 0\\n    for i in range(n):\\n        total += i * 3 % 7\\n    return total")
    run("f(2_000_000)")
    run("def f(n):\\n    return n / 0")
    run("f(1)")
    run("print('running')\\nn = 0\\nwhile True: n += 1", interrupt=True)
    run("n > 1000")
    run("import asyncio\\nasync def double(n):\\n    await asyncio.sleep(0)\\n    return n * 2\\nawait double(21)")
    run("%prun -q -D /dev/null sum(map(abs, range(100)))")
    client.shutdown()
"""


@running.needs("ipykernel", "python3-ipykernel")
def test_notebooks(tmp_path):
    """A kernel of Jupyter's: cells, functions that are defined again, errors, the stop button, top-level await."""
    kernel = tmp_path / "kernels" / "tested" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({"argv": command, "display_name": "tested", "language": "python"}))
    outputs = []
    for start in ("None", "import pyjion\nassert pyjion.enable()"):
        program = tmp_path / "program.py"
        program.write_text(f"START = {start!r}\n" + textwrap.dedent(NOTEBOOK))
        environment = running.environment_with_packages(stats_file=tmp_path / "stats")
        folders = ("IPYTHONDIR", "JUPYTER_PATH", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")
        environment.update(dict.fromkeys(folders, str(tmp_path)), PYDEVD_DISABLE_FILE_VALIDATION="1")
        outcome = running.run_python(program, env=environment)
        assert outcome.returncode == 0, outcome.stderr
        outputs.append(outcome.stdout)
    assert outputs[0] == outputs[1] and "Error: KeyboardInterrupt" in outputs[0] and "Out: 42" in outputs[0]
    statistics = [json.loads(line) for line in (tmp_path / "stats").read_text().splitlines()]
    assert any(line["compiled_loops"] > 0 for line in statistics) and not any(line["internal_errors"] for line in statistics)
