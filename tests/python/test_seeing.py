# SPDX-License-Identifier: MIT
"""What users see of the JIT's work: explain, functions, dis, the log. And that looking changes nothing."""
from __future__ import annotations

import json
import re
import textwrap

import pytest

import running

HOT = """
import json, sys
import pyjion, pyjion.dis
from pyjion import _native

def hot(n):
    total = 0
    for i in range(n):
        total += i * 2 % 7
        if str(i) == "12":
            total += 1
    return total

def count(n):
    for i in range(n):
        yield i

def never(a):
    return a + 1
"""


def run(code, compile="background", **options):
    return running.succeed(running.run_code(HOT + textwrap.dedent(code), compile=compile, **options))


# --- explain ---------------------------------------------------------------------------------------------------------


def test_explain_names_the_code_of_loops():
    out = run("""
        pyjion.enable()
        hot(2_000_000)
        facts = pyjion.explain(hot)
        loop, = [piece for piece in facts.entries if not piece["retired"]]
        print(facts.state, facts.compiled, loop["loop"], loop["line"], loop["tier"], loop["takeovers"], loop["compiled_callers_only"])
        print(facts.compiled_seconds > 0, facts.code_bytes == sum(piece["code_bytes"] for piece in facts.entries))
        print(facts)
    """)
    lines = out.splitlines()
    assert lines[:2] == ["compiled False True 8 full 1 False", "True True"]
    assert lines[2] == "hot (<string>:6): interpreted, with compiled loops (line 8)"
    assert any(re.match(r"    the loop in line 8: full code, \d+ bytes, entered from the interpreter once", line) for line in lines)


def test_explain_names_what_stays_generic_and_why():
    out = run("""
        pyjion.enable()
        hot(2_000_000)
        print(json.dumps(pyjion.explain(hot).generic))
    """)
    generic = json.loads(out)
    optimised = [item for item in generic if item["tier"] == "full"]
    # The arithmetic of line 9 is machine code, and so is finding str; calling it and the comparison of its result are not.
    assert {item["line"] for item in optimised} == {10}
    assert {"a call of a builtin class", "=="} == {item["what"] for item in optimised}
    assert all(item["why"] for item in generic)


def test_explain_of_a_generator_says_what_runs():
    out = run("pyjion.enable()\nsum(count(10))\nprint(pyjion.explain(count))", compile="sync")
    assert "count (<string>:14): compiled, quick code" in out
    assert "the generator, wherever it goes on: quick code" in out
    assert "a generator has quick code" in out


def test_advice_follows_from_what_happened():
    out = run("""
        def grow(n, step):
            x = 0
            for i in range(n): x = x + step
        def mixed(n):
            total = 0
            for i in range(n):
                total = total + (0.5 if i % 2 else 1)
            return total
        pyjion.enable()
        for step in (1, 1 << 50, 1 << 50): grow(5000, step)
        quiet = pyjion.suppress(lambda: 1)
        quiet()
        for f in (grow, quiet, never):
            print(json.dumps([tip["text"] for tip in pyjion.explain(f).advice]))
    """, compile="sync")
    grow, quiet, never = map(json.loads, out.splitlines())
    assert any("62 bits" in text for text in grow)
    assert quiet == ["take pyjion.suppress() away"]
    assert never == []


def test_advice_for_code_of_a_module():
    code = HOT + "pyjion.enable()\nfor i in range(3_000_000): pass\nprint(pyjion.explain(sys._getframe().f_code).advice)\n"
    out = running.succeed(running.run_code(code, compile="background"))
    assert "move its loops into a function" in out


def test_explanation_as_html():
    out = run("""
        pyjion.enable()
        def less(a): return a < "<b>"
        hot(2_000_000)
        print(pyjion.explain(hot)._repr_html_())
        print(pyjion.functions()._repr_html_())
        print(pyjion.explain((lambda: 1))._repr_html_())
    """)
    one, table, escaped = out.splitlines()
    assert one.startswith("<div") and "compiled loops (line 8)" in one and one.count("<ul") == one.count("</ul>")
    assert table.startswith("<table") and "hot (&lt;string&gt;:6)" in table
    assert "&lt;lambda&gt;" in escaped and "<lambda>" not in escaped


# --- functions -------------------------------------------------------------------------------------------------------


def test_functions_lists_what_was_compiled_refused_and_given_up():
    names = ", ".join(f"x{i}" for i in range(2000))
    out = run(f"""
        exec("def large(a):\\n    b = a\\n    {names} = b\\n    return x0\\n", globals())
        pyjion.enable()
        hot(2_000_000)
        for i in range(3): large(range(2000))
        pyjion.compile(never); pyjion.compile(large)
        by_name = {{item.name: item for item in pyjion.functions()}}
        print(by_name["hot"].state, by_name["large"].state, by_name["never"].state)
        print(by_name["hot"].compiled_seconds > 0, by_name["large"].reason_line, "functions" in by_name)
        print(pyjion.functions())
    """)
    lines = out.splitlines()
    assert lines[:2] == ["compiled refused compiled", "True 3 False"]
    assert lines[2].split() == ["state", "code", "interpreted", "compiled", "compiling", "exits", "function"]
    assert lines[3].startswith("compiled") and lines[3].endswith("hot (<string>:6)") and " loops " in lines[3]


def test_functions_knows_what_was_given_up():
    """Code that is nothing but calls of C functions gains nothing: its optimised code is tried and given up."""
    out = run("""
        def calls(items):
            return sorted(items) == list(reversed(items)) or max(items) - min(items)
        pyjion.enable()
        items = list(range(300))
        for i in range(60_000):
            calls(items)
            if i % 1000 == 0 and pyjion.explain(calls).state == "given up":
                break
        facts = pyjion.explain(calls)
        print(facts.state, facts.reason)
    """)
    state = out.split()[0]
    assert state in ("given", "compiled", "on", "interpreted")
    if state == "given":
        assert "no faster" in out or "too often" in out


# --- dis -------------------------------------------------------------------------------------------------------------


def test_dis_shows_the_code_that_runs():
    out = run("""
        pyjion.enable()
        hot(2_000_000)
        pyjion.dis.dis(hot)
        print("----")
        pyjion.dis.dis_native(hot, loop=8)
        print("----")
        try:
            pyjion.dis.dis(hot, loop=3)
        except ValueError as error:
            print(error)
        pyjion.compile(hot)
        pyjion.dis.dis(hot)
        print("----")
        pyjion.dis.dis(hot, all=True)
    """)
    default, loop, quick, everything = out.split("----\n")
    assert default.startswith("// full code for the loop in line 8\n")
    assert loop.startswith("; full code for the loop in line 8\n")
    error, quick = quick.split("\n", 1)
    assert error == "hot has no code for a loop in line 3; it has for loops in these lines: [8]"
    assert quick.startswith("// line 6\n") and quick.endswith("// the loop in line 8 has code of its own: loop=8\n")
    assert "// full code for the loop in line 8\n" in everything and "// quick code for calls\n" in everything


@pytest.mark.parametrize("first, encoding", [
    ("# coding: latin-1", "latin-1"), ("#!/usr/bin/python\n# -*- coding=cp1252 -*-", "cp1252"), ("", "utf-8"),
    ("\ufeff# no cookie", "utf-8"), ("x = 1\n# coding: latin-1", "utf-8"), ("# coding: utf-8-unix", "utf-8"),
])
def test_dis_shows_the_lines_of_any_source(first, encoding, tmp_path):
    path = tmp_path / "program.py"
    program = first + "\n\f\r\ndef f(x):\r    return x + 'na\xefve'\n"
    path.write_bytes(program.encode(encoding))
    code = f"""
        import runpy, pyjion, pyjion.dis
        pyjion.enable()
        f = runpy.run_path({str(path)!r})["f"]
        f("")
        pyjion.dis.dis(f)
    """
    assert "return x + 'na\xefve'" in run(code)


def test_dis_of_what_has_no_code():
    out = run("""
        pyjion.enable()
        pyjion.dis.dis(never)
        print(pyjion.explain(never).compiled, pyjion.statistics()["compiled"])
    """)
    assert out.startswith("// made to be shown: until now it is interpreted\n") and out.endswith("\nFalse 0\n")


def test_dis_of_what_wraps_a_function():
    out = run("""
        import functools
        pyjion.enable()
        pyjion.dis.dis(functools.lru_cache(never)), pyjion.dis.dis_native(functools.partial(never, 1))
        try: pyjion.dis.dis(len)
        except TypeError as error: print(error)
    """)
    assert out.count("made to be shown: until now it is interpreted\n") == 2 and out.endswith("not builtin_function_or_method\n")


# --- statistics ------------------------------------------------------------------------------------------------------


def test_statistics_do_not_count_themselves():
    code = """
        pyjion.enable()
        never(1)
        first = pyjion.statistics()
        for i in range(50): pyjion.statistics()
        print([name for name, value in pyjion.statistics().items() if value != first[name]])
    """
    # What is left is the loop around the calls, which compiled code may have left.
    assert run(code, compile="sync") == "[]\n"
    assert json.loads(run(code, compile="sync", stress="compile-all").replace("'", '"')) == []


def test_code_bytes_are_one_thing():
    out = run("""
        pyjion.enable()
        hot(2_000_000); pyjion.compile(hot, full=True); sum(count(10)); pyjion.compile(never)
        gone = eval("lambda: 1")
        pyjion.compile(gone)
        def total():
            return sum(item.code_bytes for item in pyjion.functions())
        sums = [total(), pyjion.statistics()["code_bytes"], pyjion.status()["code_bytes"]]
        of_gone = pyjion.explain(gone).code_bytes
        del gone
        print(len(set(sums)), of_gone > 0, total() == sums[0] - of_gone == pyjion.statistics()["code_bytes"])
    """)
    assert out == "1 True True\n"


# --- looking changes nothing -------------------------------------------------------------------------------------------


LOOK = """
def look(f):
    import io
    str(pyjion.explain(f)); pyjion.explain(f)._repr_html_(); pyjion.explain(f).advice
    str(pyjion.functions()); pyjion.functions()._repr_html_()
    pyjion.dis.dis(f, io.StringIO()); pyjion.dis.dis_native(f, io.StringIO(), all=True)
    pyjion.statistics(); pyjion.status(); pyjion.config()
"""


def test_looking_changes_nothing():
    """Neither the counters nor what runs: a function that is looked at is compiled as if nobody had looked."""
    # The looking takes time, which would make its own loop worth compiling.
    code = LOOK + """
def look_often():
    for i in range(20):
        for f in (hot, count, never):
            look(f)
look, look_often = pyjion.suppress(look), pyjion.suppress(look_often)
pyjion.enable()
for f in (hot, count, never):
    look(f)
never(1); hot(10); sum(count(3))
facts = list(map(pyjion.explain, (hot, count, never)))
before = pyjion.statistics()
look_often()
after = pyjion.statistics()
print([(name, before[name], after[name]) for name in before if before[name] != after[name]], list(map(pyjion.explain, (hot, count, never))) == facts)
"""
    for options in ({"compile": "sync"}, {"compile": "sync", "budget": "inf"}):
        assert run(code, **options) == "[] True\n"


def test_looking_on_the_way_does_not_change_the_way():
    """With compile=sync and no sampler, what is compiled follows from counted events alone."""
    program = LOOK + """
look = pyjion.suppress(look)
pyjion.enable()
def work(n):
    total = 0
    for i in range(n): total += never(i)
    return total
for k in range(30):
    work(100)
    if LOOKS: look(work); look(never)
numbers = pyjion.statistics()
print({name: numbers[name] for name in ("compiled", "compiled_full", "compiled_loops", "activations", "exits", "code_bytes")})
"""
    options = {"compile": "sync", "stress": "compile-all", "function_filter": "[wn]*[kr]"}
    seen = [run(program.replace("LOOKS", looks), **options) for looks in ("False", "True")]
    assert seen[0] == seen[1]


# --- logging -----------------------------------------------------------------------------------------------------------


def test_the_log_tells_of_compilations_exits_and_refusals():
    names = ", ".join(f"x{i}" for i in range(2000))
    out = run(f"""
        import logging
        logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(levelname)s %(name)s %(message)s")
        exec("def large(a):\\n    b = a\\n    {names} = b\\n    return x0\\n", globals())
        pyjion.config(log=True)
        pyjion.enable()
        def grow(n, step):
            x = 0
            for i in range(n): x = x + step
        for step in (1, 1 << 50, 1 << 50): grow(5000, step)
        pyjion.compile(large)
        pyjion.compile(never)
    """, compile="sync")
    assert re.search(r"INFO pyjion compiled: grow \(<string>:\d+\): full code for a loop: \d+ bytes in", out)
    assert re.search(r"DEBUG pyjion exit: grow \(<string>:\d+\): IntTooBig: .*1 time here", out)
    assert re.search(r"INFO pyjion refused: large \(<string>:3\): ", out)
    # At the end at the latest.
    assert re.search(r"INFO pyjion compiled: never \(<string>:\d+\): quick code", out)


def test_without_the_option_nothing_is_imported_and_nothing_kept():
    out = run("""
        pyjion.enable()
        hot(2_000_000); pyjion.compile(never)
        print("logging" in sys.modules, "pyjion._log" in sys.modules, _native.take_events())
    """)
    assert out == "False False ([], 0)\n"


def test_looking_imports_nothing_of_the_library():
    """Whose code would be seen, counted and compiled."""
    out = running.succeed(running.run_code("""
import sys, pyjion
def f(x): return x
pyjion.enable()
f(1)
before = set(sys.modules)
pyjion.explain(f).advice, str(pyjion.explain(f)), str(pyjion.functions()), pyjion.explain(f)._repr_html_(), pyjion.functions()._repr_html_()
pyjion.info(f), pyjion.statistics()
import pyjion.dis
pyjion.dis.dis(f, file=open("/dev/null", "w"))
print([name for name in set(sys.modules) - before if not name.startswith("pyjion.")])
"""))
    assert out == "['__future__']\n"


def test_importing_pyjion_imports_nothing_of_the_library():
    code = "import sys; before = set(sys.modules); import pyjion; print(sorted(set(sys.modules) - before))"
    assert running.succeed(running.run_code(code)) == "['pyjion', 'pyjion._native', 'pyjion._version']\n"


def test_events_are_lost_rather_than_kept_for_ever():
    out = run("""
        import logging
        logging.basicConfig(stream=sys.stdout)
        pyjion.config(log=True)
        def make(k):
            return [eval("lambda: 1") for i in range(k)]
        functions = make(3000)
        _native.take_events()
        # All in one call of C code: there is no occasion for the log to be emptied meanwhile.
        list(map(_native.compile, functions))
    """)
    assert out == "WARNING:pyjion:952 events were lost: nobody had time to take them\n"


# --- where the time goes -----------------------------------------------------------------------------------------------


def test_lines_that_take_the_time():
    """Samples name the line, in the interpreter and in compiled code, also while helpers run."""
    code = HOT + textwrap.dedent("""
        import time
        def slow(n):
            x = 0.0
            for i in range(n):
                x = x * 0.5 + i
            return sorted(range(200_000), key=lambda k: -k), x
        pyjion.config(observe=True)
        pyjion.enable()
        start = time.process_time()
        hot(15_000_000); slow(30_000_000)
        used = time.process_time() - start
        times, elsewhere = _native.line_times()
        own = {line: times for name, line, *times in times if name == "<string>"}
        print(json.dumps([used, sum(map(sum, own.values())), own]))
        pieces = [piece for piece in _native.listings(hot, "all") if piece["loop"]]
        print(pieces[0]["hir"] is not None and "function %hot" in pieces[0]["hir"])
    """)
    first, kept = running.succeed(running.run_code(code, compile="background")).splitlines()
    used, known, own = json.loads(first)
    assert kept == "True"
    assert 0.5 * used < known < 1.5 * used + 0.1
    # Line 10, str(i), is what takes the time of hot(), in full code.
    ten = own["10"]
    assert ten[2] > ten[0] and sum(ten) >= max(sum(times) for line, times in own.items() if 6 <= int(line) <= 12)
