# SPDX-License-Identifier: MIT
"""Loops that the interpreter runs are found by the time that they take, and go on in optimised code: with default
settings, in whatever they stand, and with the interpreter's own results."""
from __future__ import annotations

import textwrap

import pytest

import running

# Each takes some tenths of a second in the interpreter, in a module of its own that is imported: nobody compiles it when
# it is called.
LOOP = """
total = 0
for i in range(3_000_000):
    total += i * 3 % 7
"""
PLACES = {
    "function": "def run():\n" + textwrap.indent(LOOP, "    ") + "    return total\nresult = run()\n",
    "in try and finally": """
def run():
    done = []
    try:
        with open('/dev/null'):
""" + textwrap.indent(LOOP, " " * 12) + """
            return total, done
    finally:
        done.append('finally')
result = run()
""",
    "handler": """
import sys
def run():
    try:
        raise KeyError('k')
    except KeyError as error:
""" + textwrap.indent(LOOP, " " * 8) + """
        return total, error, sys.exc_info()[1]
result = [*map(str, run()), sys.exc_info()]
""",
    "generator": """
def generate():
    try:
""" + textwrap.indent(LOOP, " " * 8) + """
        yield total
    finally:
        yield 'end'
result = list(generate())
""",
    "coroutine": """
import asyncio
async def run():
    await asyncio.sleep(0)
""" + textwrap.indent(LOOP, "    ") + """
    await asyncio.sleep(0)
    return total
result = asyncio.run(run())
""",
    "nested": """
def run():
    total = 0
    for i in range(30_000):
        k = i
        while k > 0:
            total += k % 3
            k -= 300
    return total
result = run()
""",
    "that ends with an exception": """
import traceback
def run(values):
""" + textwrap.indent(LOOP, "    ") + """
    for i in range(10):
        total += values[i]
    return total
try:
    result = run([1, 2, 3])
except IndexError as error:
    result = [(frame.lineno, frame.name) for frame in traceback.extract_tb(error.__traceback__)]
""",
    "class body": "class C:\n" + textwrap.indent(LOOP, "    ") + "result = C.total\n",
    "module body": LOOP + "result = total\n",
    "exec": f"names = {{}}\nexec({LOOP!r}, names)\nresult = names['total']\n",
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loops")
    futures = {}
    with running.concurrent.futures.ThreadPoolExecutor(2) as pool:
        for number, (place, text) in enumerate(PLACES.items()):
            (folder / f"place{number}.py").write_text(text)
            code = f"""
                import argparse, json, logging, sys, threading, typing
                sys.path.insert(0, {str(folder)!r})
                if len(sys.argv) > 1:
                    import pyjion
                    pyjion.enable()
                if "thread" in sys.argv:
                    thread = threading.Thread(target=__import__, args=["place{number}"])
                    thread.start()
                    thread.join()
                import place{number}
                print(place{number}.result)
                if len(sys.argv) > 1:
                    print(pyjion.statistics()["takeovers"])
            """
            for arguments in ((), ("jit",), ("jit", "thread")):
                futures[place, arguments] = pool.submit(
                    running.run_python, "-c", textwrap.dedent(code), *arguments, env=running.environment()
                )
        yield {key: running.succeed(future.result()) for key, future in futures.items()}


@pytest.mark.parametrize("thread", [(), ("thread",)], ids=["main thread", "other thread"])
@pytest.mark.parametrize("place", PLACES)
def test_loops_are_entered(place, thread, runs):
    plain = runs[place, ()]
    jit = runs[place, ("jit", *thread)]
    result, takeovers = jit.rsplit("\n", 2)[:2]
    assert result + "\n" == plain
    assert int(takeovers) >= 1


def run(text, **options):
    return running.succeed(running.run_code(textwrap.dedent(text), **options))


IMPORTED = """
    import sys, types, time
    module = types.ModuleType("imported")
    exec('''def spin(seconds):
        import time
        end, n = time.process_time() + seconds, 0
        while time.process_time() < end:
            for i in range(1000):
                n += i & 1
        return n''', module.__dict__)
"""


def test_cold_code_is_left_alone():
    """Importing, and calling what is imported, compiles nothing."""
    assert run("""
        import pyjion
        pyjion.enable()
        import json, argparse, logging, decimal
        for i in range(100): json.loads(json.dumps({"a": [i]}))
        print(pyjion.statistics()["compiled"])
    """, osr="off") == "0\n"


def test_explain_says_that_the_loop_has_code():
    assert run(IMPORTED + """
    import pyjion
    pyjion.enable()
    module.spin(0.3)
    print("its loop runs in code of its own" in str(pyjion.explain(module.spin).reason))
    """) == "True\n"


def test_the_sampler_is_idle_with_the_process():
    """No processor time and no wake-ups while the process sleeps; none at all without on-stack replacement."""
    text = IMPORTED + """
    import os, pyjion
    pyjion.enable()
    def sampler():
        for task in os.listdir("/proc/self/task"):
            if open(f"/proc/self/task/{task}/comm").read() == "pyjion\\n":
                return open(f"/proc/self/task/{task}/status").read().split("voluntary_ctxt_switches:")[1].split()[0]
    module.spin(0.1)
    before = sampler()
    time.sleep(0.5)
    print(before and int(sampler()) - int(before) <= 2)
    """
    assert run(text) == "True\n"
    assert run(text, osr="off") == "None\n"


def test_a_child_of_fork_has_its_own():
    assert run(IMPORTED + """
    import os, pyjion
    pyjion.enable()
    for attempt in range(20):
        child = os.fork()
        if child == 0:
            before = pyjion.statistics()["takeovers"]
            module.spin(0.3 if attempt == 0 else 0.0)
            os._exit(0 if attempt or pyjion.statistics()["takeovers"] > before else 1)
        print(os.waitpid(child, 0)[1], end=" ")
    """) == "0 " * 20


def test_the_end_of_the_process_is_quiet():
    """Ticks at any moment of an interpreter that ends, with daemon threads that compute."""
    assert run(IMPORTED + """
    import os, subprocess, threading
    code = (f"import threading, pyjion, time; pyjion.enable(); t = threading.Thread(target=lambda: sum(i for i in iter(int, 1)), "
            f"daemon=True); t.start(); end = time.time() + %f\\nwhile time.time() < end: pass")
    for k in range(8):
        done = subprocess.run([sys.executable, "-c", code % (k * 0.013)], capture_output=True, text=True)
        print(done.returncode, done.stderr, end="")
    """) == "0 " * 8


@pytest.mark.parametrize("switch", ["pyjion.disable()", "pyjion.pause()", "sys.setprofile(lambda *event: None)"])
def test_switched_off_in_the_loop(switch):
    """A frame that was taken over goes on in the interpreter when compiled code must be left."""
    assert run(f"""
    import sys, types, pyjion
    module = types.ModuleType("imported")
    exec('''def spin(n, call):
        total = 0
        for i in range(n):
            total += i % 7
            if i == 2_500_000:
                call()
        return total''', module.__dict__)
    pyjion.enable()
    print(module.spin(3_000_000, lambda: {switch}))
    """) == f"{sum(i % 7 for i in range(3_000_000))}\n"


def test_remainders_are_guessed_at_once(tmp_path):
    """The interpreter has no specialised form that would say what their operands were."""
    (tmp_path / "work.py").write_text("""
def run(n):
    total = value = 0
    for i in range(n):
        value = value // 2
        if value == 0:
            value = 1000
        total += value
    return total
""")
    code = f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        import pyjion, work
        pyjion.enable()
        work.run(10_000_000)
        print(pyjion.statistics()["compiled_loops"], pyjion.explain(work.run).exits[0]["reason"])
    """
    assert running.succeed(running.run_code(textwrap.dedent(code))) == "1 Pending\n"


def test_a_search_ends_in_recursion(tmp_path):
    """A loop that is left in each iteration is looked for again, in calls that all begin at the same instruction."""
    (tmp_path / "work.py").write_text("""
import time
async def fibonacci(n):
    if n <= 1:
        return n
    return await fibonacci(n - 1) + await fibonacci(n - 2)
def send(count):
    start = time.process_time()
    for _ in range(count):
        coroutine = fibonacci(25)
        try:
            while True:
                coroutine.send(None)
        except StopIteration:
            pass
    return time.process_time() - start
""")
    code = f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        import pyjion, work
        pyjion.enable()
        for _ in range(30):
            work.send(1)
        ours, plain = [], []
        for _ in range(3):
            ours.append(work.send(5))
            with pyjion.pause():
                plain.append(work.send(5))
        print(min(ours) < 1.5 * min(plain) or (ours, plain))
    """
    assert running.succeed(running.run_code(textwrap.dedent(code))) == "True\n"
