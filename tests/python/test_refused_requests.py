# SPDX-License-Identifier: MIT
"""Nothing ends the process: whatever the system refuses, the program goes on, and compiling works again when it can.

Input: failing_evidence.py, run with a library over the C library's functions (tests/native) that lets requests of
pyjion and of the .NET JIT fail, one at a time and all from one on; and programs that forbid themselves things.
"""
from __future__ import annotations

import json
import os
import pathlib
import textwrap

import pytest

import running

LIBRARY = pathlib.Path(os.environ["TEST_BUILD_FOLDER"]) / "meson" / "tests" / "native" / "libfailing_calls.so"


SCENARIOS = ("enabling", "quick", "full", "run", "background", "listings", "death", "names", "numbers")
# What is refused to the compiler is the same under each patch release; what is refused to the start is not.
SHORT_SCENARIOS = ("enabling", "quick", "death", "names", "numbers")


@pytest.mark.parametrize("scenario", SHORT_SCENARIOS if running.SHORT else SCENARIOS)
def test_requests_that_fail(scenario):
    environment = running.environment() | {"LD_PRELOAD": str(LIBRARY)}
    outcome = running.run_python(running.HERE / "failing_evidence.py", scenario, env=environment, timeout=300)
    evidence = json.loads(running.succeed(outcome))
    assert evidence["problems"] == []
    assert evidence["requests"][scenario] >= {"death": 0, "enabling": 30, "numbers": 10}.get(scenario, 200)
    if scenario in ("quick", "full"):
        assert {"malloc", "mmap", "mprotect"} <= set(evidence["kinds"])


MAKE = """
    import ctypes, resource, sys
    import pyjion
    def make(k):
        exec(f"def f(n):\\n s = {k}\\n for i in range(n): s += i * 1.5\\n return s", globals())
        return globals()["f"]
    early = [make(k) for k in range(20)]
    for f in early: [f(100) for _ in range(200)]
"""


def run(text, **options):
    code = textwrap.dedent(MAKE) + textwrap.dedent(text)
    return running.succeed(running.run_code("import pyjion; pyjion.enable()\n" + code, **options))


@pytest.mark.parametrize(
    "options", [{"budget": "100000"}, {"budget": "inf"}, {"stress": "compile-all"}], ids=["large", "inf", "all"]
)
def test_execution_is_forbidden_later(options):
    """prctl(PR_SET_MDWE): what is compiled runs on, nothing is added, and everybody is told why."""
    text = """
    if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) != 0:
        print("this kernel cannot"), sys.exit()
    later = [make(k) for k in range(60)]
    print(all(f(100) == 7425.0 + k for k, f in enumerate(early) for _ in range(300)))
    print(all(f(100) == 7425.0 + k for k, f in enumerate(later) for _ in range(300)))
    print(pyjion._native.compile(later[0]), pyjion._native.compile(make(1)))
    print("MemoryDenyWriteExecute" in pyjion.explain(make(1)).reason, "MemoryDenyWriteExecute" in pyjion.status()["reason"])
    print(pyjion.status()["available"], pyjion.status()["enabled"], pyjion.info(early[0])["compiled"])
    """
    lines = run(text, **options)
    if lines == "this kernel cannot\n":
        pytest.skip("PR_SET_MDWE needs Linux 6.3")
    assert lines == "True\nTrue\nFalse False\nTrue True\nFalse True True\n"


# Without pyjion, exec() of 3.11.7 raises "SystemError: error return without exception set" there; that of 3.11.2 does not.
@pytest.mark.skipif(running.SHORT, reason="without address space, other patch releases raise errors of their own")
@pytest.mark.parametrize("options", [{}, {"budget": "inf"}, {"stress": "compile-all"}], ids=["default", "inf", "all"])
def test_address_space_is_used_up(options):
    text = """
    size = int([l for l in open("/proc/self/status") if l.startswith("VmSize")][0].split()[1]) * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size + 200_000, resource.RLIM_INFINITY))
    right = 0
    for k in range(300):
        try:
            f = make(k)
            right += all(f(100) == 7425.0 + k for _ in range(100))
        except MemoryError:
            break
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    f = make(5)
    print(right > 0, all(f(100) == 7430.0 for _ in range(300)), pyjion._native.compile(f, full=True), f(100) == 7430.0)
    """
    assert run(text, **options) == "True True True True\n"
