# SPDX-License-Identifier: MIT
"""The session of the README, through a file and typed at the prompt."""
from __future__ import annotations

import re

import running

SESSION = """\
import pyjion
pyjion.enable()
def half(x):
   return x/2

half(2)
pyjion.info(half)
import pyjion.dis
pyjion.dis.dis(half)
pyjion.dis.dis_native(half)
"""
RESULT = "1.0\n{'failed': False, 'compiled': True, 'run_count': 1}\n"
CIL_LINE = re.compile(r"IL_[0-9a-f]{4}: [a-z][a-z0-9.]*( .+)?")
NATIVE_LINE = re.compile(r"[0-9a-f]{8}: [A-Z]")


def listings(lines):
    """The CIL and the machine code of the session, comments taken out of the latter."""
    cil = [line for line in lines if line.startswith("IL_")]
    native = [line for line in lines if not line.startswith(("IL_", ";", "//", "#"))]
    return cil, native


def check_listings(lines):
    cil, native = listings(lines)
    assert cil and all(CIL_LINE.fullmatch(line) for line in cil)
    assert any("call" in line and re.search(r"[A-Za-z]\w+", line.split("call", 1)[1]) for line in cil)
    assert cil[0].startswith("IL_0000: ") and cil[-1].endswith(": ret")
    assert native and all(NATIVE_LINE.match(line) for line in native)
    offsets = [int(line[:8], 16) for line in native]
    assert offsets[0] == 0
    # Each instruction is 1 to 15 bytes long.
    assert all(1 <= after - before <= 15 for before, after in zip(offsets, offsets[1:]))
    assert any(": RET" in line for line in native)
    calls = [line for line in native if re.search(r": CALL\b", line)]
    assert calls and all(re.search(r"; ?\w+", line) for line in calls)
    assert any("return x/2" in line for line in lines if line not in cil and line not in native)


def test_as_a_file(tmp_path):
    script = tmp_path / "session.py"
    script.write_text(
        SESSION.replace("half(2)\n", "print(half(2))\n").replace("pyjion.info(half)\n", "print(pyjion.info(half))\n")
    )
    out = running.succeed(running.run_python(script))
    assert out.startswith(RESULT)
    check_listings(out[len(RESULT):].splitlines())


def test_at_the_prompt():
    outcome = running.run_python("-i", "-q", stdin=SESSION)
    assert outcome.returncode == 0
    assert not re.sub(r"(>>> |\.\.\. )", "", outcome.stderr).strip()
    assert outcome.stdout.startswith("True\n" + RESULT)
    # Typed code has no source lines that could be shown: everything else holds.
    lines = outcome.stdout[len("True\n" + RESULT):].splitlines()
    cil, native = listings(lines)
    assert cil and all(CIL_LINE.fullmatch(line) for line in cil)
    assert native and all(NATIVE_LINE.match(line) for line in native)


def test_a_function_that_is_not_compiled_says_why():
    code = (
        "import pyjion, pyjion.dis\n"
        "pyjion.enable()\n"
        "@pyjion.suppress\n"
        "def f(path):\n"
        "    return path\n"
        "f(1)\n"
        "pyjion.dis.dis(f); pyjion.dis.dis_native(f); print(pyjion.explain(f).reason)\n"
    )
    first, second, reason = running.succeed(running.run_code(code)).splitlines()
    assert first == second and first.startswith("f is not compiled: ") and reason in first


def test_listing_goes_to_a_file():
    code = (
        "import io, pyjion, pyjion.dis\n"
        "def f(x): return x + 1\n"
        "pyjion.compile(f)\n"
        "a, b = io.StringIO(), io.StringIO()\n"
        "pyjion.dis.dis(f, file=a); pyjion.dis.dis_native(f, b)\n"
        "print('IL_0000: ' in a.getvalue(), b.getvalue().splitlines()[-1][:8].isalnum())\n"
    )
    assert running.succeed(running.run_code(code)) == "True True\n"
