# SPDX-License-Identifier: MIT
"""Compiled code over a process's life: memory that is given back, forks, limits, many functions."""
from __future__ import annotations

import textwrap

import running


def run(code, timeout=300, **options):
    outcome = running.run_python("-c", textwrap.dedent(code), env=running.environment(**options), timeout=timeout)
    return running.succeed(outcome)


RESIDENT = """
    import gc
    def resident():
        gc.collect()
        return int(open('/proc/self/statm').read().split()[1]) * 4096
"""


@running.Early
def execs():
    code = RESIDENT + f"\n    COUNT = {10000 if running.SHORT else 100000}\n" + """
    import pyjion
    pyjion.enable()
    def one(k):
        namespace = {}
        exec(f"def f(n):\\n    x = {k}\\n    for i in range(n):\\n        x = x + i\\n    return x\\n", namespace)
        f = namespace["f"]
        assert f(3) == k + 3
        assert pyjion.info(f)["compiled"], pyjion.explain(f).reason
    for k in range(2000): one(k)
    # What measures is compiled too, and optimised at its second call.
    for _ in range(3): start = resident()
    for k in range(COUNT): one(k)
    growth = resident() - start
    print(growth < 1 << 20, pyjion.statistics()["compiled"] >= COUNT + 2000)
    if growth >= 1 << 20: print(growth)
    """
    return run(code, stress="compile-all", timeout=500)


@execs.test
def test_exec_d_functions_are_compiled_and_given_back():
    """100,000 functions, each compiled; after 2,000 to warm up, memory stays where it is."""
    assert execs.result() == "True True\n"


@running.Early
def forks():
    code = f"\n    COUNT = {100 if running.SHORT else 1000}\n" + """
    import os, pyjion
    pyjion.enable()
    def make(k):
        namespace = {}
        exec(f"def f(n):\\n    x = {k}\\n    for i in range(n):\\n        x = x + i * {k % 7}\\n    return x\\n", namespace)
        return namespace["f"]
    def right(f, k):
        return f(10) == k + 45 * (k % 7)
    kept = {}
    wrong = 0
    for k in range(COUNT):
        kept[k] = make(k)
        wrong += not right(kept[k], k)
        if k >= 20: del kept[k - 20]
        child = os.fork()
        if child == 0:
            mine = [make(5000 + k + j) for j in range(3)]
            bad = sum(not right(f, 5000 + k + j) for j, f in enumerate(mine))
            del mine[0]
            bad += sum(not right(f, j) for j, f in kept.items())
            os._exit(1 if bad or "rwx" in open("/proc/self/maps").read() else 0)
        later = make(10000 + k)
        wrong += not right(later, 10000 + k)
        wrong += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
    print(wrong, "rwx" in open("/proc/self/maps").read())
    """
    return run(code, stress="compile-all")


@forks.test
def test_forks():
    """1,000 children; parent and child both compile, free, and call each other's older functions."""
    assert forks.result() == "0 False\n"


def test_code_memory_is_a_limit():
    """At the limit nothing new is compiled and the reason says so; what is freed can be used again."""
    code = """
    import gc, pyjion
    pyjion.enable()
    def make(k):
        namespace = {}
        exec("def f(n):\\n    x = 1\\n" + f"    x = x * n + {k}\\n" * 40 + "    return x\\n", namespace)
        return namespace["f"]
    kept = []
    for k in range(3000):
        f = make(k)
        kept.append(f)
        f(2)
        if not pyjion.info(f)["compiled"]: break
    print(k < 2999, "limit on machine code" in pyjion.explain(f).reason, pyjion.status()["code_bytes"] <= 1 << 20, f(3) == make(k)(3))
    kept.clear(); f = None
    gc.collect()  # the functions are in cycles with their globals
    g = make(1)
    g(2)
    print(pyjion.info(g)["compiled"])
    """
    assert run(code, stress="compile-all", code_memory="1m") == "True True True True\nTrue\n"


def test_code_that_is_freed_while_it_runs():
    code = """
    import gc, pyjion
    pyjion.enable()
    def drop(i):
        if i == 5:
            namespace.clear()
            gc.collect()
            # What is compiled now may use the memory of what was freed, if it was freed too early.
            for k in range(50): exec(f"def g(n): return n + {k}\\nassert g(1) == {k + 1}", {})
        return i
    namespace = {"drop": drop}
    exec("def f(n):\\n    x = 0\\n    for i in range(n):\\n        x = x + drop(i)\\n    return x", namespace)
    def call(f, n):
        return f(n)
    print(pyjion.info(namespace["f"])["compiled"])
    """
    # The namespace holds the function's globals as well, so that each run needs its own.
    code += """
    import types
    code = namespace["f"].__code__
    for turn in range(20):
        namespace = {}
        globals_of_f = {"drop": drop, "range": range}
        namespace["f"] = types.FunctionType(code.replace(co_firstlineno=turn + 1), globals_of_f)
        assert namespace["f"](300) == sum(range(300))
    print("survived")
    """
    assert run(code, stress="compile-all").endswith("survived\n")


def test_functions_freed_in_other_threads():
    code = """
    import sys, threading, pyjion
    sys.setswitchinterval(1e-5)
    pyjion.enable()
    errors = []
    def churn(seed):
        for k in range(150):
            namespace = {}
            exec(f"def f(n):\\n    x = {seed}\\n    for i in range(n):\\n        x = x + i * {k}\\n    return x\\n", namespace)
            if namespace["f"](50) != seed + k * 1225: errors.append((seed, k))
    threads = [threading.Thread(target=churn, args=(seed,)) for seed in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(errors)
    """
    assert run(code, stress="compile-all") == "[]\n"


def test_deep_recursion_in_a_thread_with_a_small_stack():
    code = """
    import sys, threading, pyjion
    pyjion.enable()
    sys.setrecursionlimit(100000)
    def down(n):
        if n == 0: return 0
        return down(n - 1) + 1
    for i in range(50): down(20)
    result = []
    def run():
        try: result.append(down(3000))
        except RecursionError: result.append("RecursionError")
    threading.stack_size(256 * 1024)
    thread = threading.Thread(target=run)
    thread.start(); thread.join()
    print(result, down(3000))
    """
    out = run(code)
    assert out in ("[3000] 3000\n", "['RecursionError'] 3000\n")


def test_recursion_of_suppressed_functions_is_as_deep_as_without_pyjion():
    """Interpreted, each call under the hook takes C stack too."""
    code = """
    import sys, pyjion
    pyjion.enable()
    sys.setrecursionlimit(200000)
    @pyjion.suppress
    def down(n):
        return 1 + down(n - 1) if n else 0
    def through(n):
        return 1 + down(n - 1) if n % 2 else down(n)
    print([down(n) for n in (10000, 50000, 150000)], through(90001), pyjion.info(down)["compiled"])
    with pyjion.pause():
        print(through(90001))
    print(pyjion.disable(), pyjion.enable(), through(90001))
    """
    assert run(code) == "[10000, 50000, 150000] 90001 False\n90001\nTrue True 90001\n"


def test_the_hook_is_switched_off_and_on_at_the_bottom_of_the_stack():
    code = """
    import sys, pyjion
    pyjion.enable()
    sys.setrecursionlimit(200000)
    def down(n, action):
        return 1 + down(n - 1, action) if n else action()
    def runs(f):
        before = pyjion.info(f)["run_count"]
        f()
        return pyjion.info(f)["run_count"] - before
    def something(): return 1
    print(down(100000, pyjion.disable), runs(something), pyjion.status()["enabled"])
    print(down(100000, pyjion.enable), runs(something), pyjion.status()["enabled"])
    print(down(100000, pyjion.disable) + down(100000, pyjion.enable), runs(something), runs(something))
    """
    assert run(code) == "100001 0 False\n100001 1 True\n200002 1 1\n"


def test_low_stacks_of_other_threads():
    """They are forgotten in the child of a fork, and end with the process wherever they are."""
    code = """
    import os, sys, threading, time, pyjion
    pyjion.enable()
    sys.setrecursionlimit(200000)
    def runs(f):
        before = pyjion.info(f)["run_count"]
        f()
        return pyjion.info(f)["run_count"] - before
    def something(): return 1
    below, end = threading.Semaphore(0), threading.Event()
    def down(n):
        if n: return 1 + down(n - 1)
        below.release()
        end.wait()
        return 0
    depths = []
    threading.stack_size(256 * 1024)
    threads = [threading.Thread(target=lambda: depths.append(down(20000))) for _ in range(2)]
    for thread in threads: thread.start()
    for _ in threads: below.acquire()
    hidden = runs(something)
    child = os.fork()
    if child == 0:
        os._exit(0 if (runs(something), pyjion.disable(), runs(something), pyjion.enable(), runs(something)) ==
                 (1, True, 0, True, 1) else 1)
    print(hidden, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    end.set()
    for thread in threads: thread.join()
    print(depths, runs(something))
    end.clear()
    threading.Thread(target=down, args=(20000,), daemon=True).start()
    below.acquire()
    def spin():
        below.release()
        while True: something()
    def down_then(n):
        return 1 + down_then(n - 1) if n else spin()
    threading.Thread(target=down_then, args=(20000,), daemon=True).start()
    below.acquire()
    """
    assert run(code) == "0 0\n[20000, 20000] 1\n"


def test_functions_that_run_first_when_modules_are_gone(tmp_path):
    """Finalisers of what the interpreter drops last call functions that were never entered before: in a module that is
    not the program's, which is a question of the modules' table."""
    (tmp_path / "late.py").write_text(
        "import os\n"
        "def say(write=os.write):\n"
        "    write(1, b'said\\n')\n"
        "def generate(say=say):\n"
        "    try: yield\n"
        "    finally: say()\n"
        "class Late:\n"
        "    def __init__(self):\n"
        "        self.generator = generate()\n"
        "        next(self.generator)\n"
        "    def __call__(self, error): pass\n"
    )
    code = """
        import codecs, sys
        sys.path.insert(0, {path!r})
        import late, pyjion
        pyjion.enable()
        codecs.register_error("late", late.Late())
        sys.late = late.Late()
        sys.late.itself = sys.late
    """
    for options in ({}, {"budget": "inf"}, {"stress": "compile-all"}):
        assert run(code.format(path=str(tmp_path)), **options) == "said\nsaid\n"
