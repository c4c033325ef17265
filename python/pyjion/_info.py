# SPDX-License-Identifier: MIT
"""`python -m pyjion --info`: what a report of a bug needs, as text. Compiling is switched on and tried for it."""
from __future__ import annotations

import os
import platform
import sys

import pyjion

# What each level of x86-64 adds, as the kernel names it; but for `abm`, which some virtual machines have and do not list.
_LEVELS = (
    ("x86-64-v2", "cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3"),
    ("x86-64-v3", "avx avx2 bmi1 bmi2 f16c fma movbe xsave"),
    ("x86-64-v4", "avx512f avx512bw avx512cd avx512dq avx512vl"),
)


def text() -> str:
    """All of it, a fact a line, ending in a line feed."""
    outcome = _try()
    status = pyjion.status()
    lines = [
        ("pyjion", f"{pyjion.__version__}, in {pyjion.__path__[0]}"),
        ("Python", f"{' '.join(sys.version.split())}, {sys.executable}"),
        ("platform", f"{platform.platform()}, {' '.join(platform.libc_ver())}"),
        ("processor", _processor()),
        (".NET JIT", f"{status['library']}, interface {status['library_version']}"),
        ("status", _status(status)),
        ("a trial", outcome),
    ]
    parts = [f"{name + ':':<11}{value}" for name, value in lines]
    parts += ["options:", *(f"  {name} = {value!r}" for name, value in pyjion.config().items())]
    variables = sorted(name for name in os.environ if name.startswith(("PYJION_", "PYTHON")))
    parts += ["environment:", *(f"  {name}={os.environ[name]}" for name in variables or ())]
    if not variables:
        parts[-1] += " no variables PYJION_* or PYTHON*"
    return "\n".join(parts) + "\n"


def _status(status):
    words = ["available" if status["available"] else "not available", "enabled" if status["enabled"] else "not enabled"]
    return ", ".join(words) + "".join(f"; {status[key]}" for key in ("reason", "problems") if status[key])


def _try() -> str:
    """Whether compiled code comes to the interpreter's result."""

    def count(n):
        total = 0
        for i in range(n):
            total += i * i % 7
        return total

    # An object of its own for the one that stays interpreted.
    plain = type(count)(count.__code__.replace(), {})
    try:
        pyjion.enable()
        with pyjion.pause():
            wanted = plain(1000)
        # The package's own functions are left alone: this one must not look like one of them.
        count.__code__ = count.__code__.replace(co_filename="<trial>")
        pyjion.compile(count, full=True)
        if not pyjion.info(count)["compiled"] or not pyjion.status()["enabled"]:
            return f"not compiled: {pyjion.explain(count).reason}"
        got = count(1000)
    except ValueError as error:  # a variable of the environment
        return str(error)
    return "compiled, with the right result" if got == wanted else f"WRONG RESULT: {got} in place of {wanted}"


def _processor() -> str:
    model, flags = "unknown", set()
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            for line in file:
                name, _, value = line.partition(":")
                if name.strip() == "model name":
                    model = value.strip()
                elif name.strip() == "flags":
                    flags = set(value.split())
                    break
    except OSError:
        pass
    usable = len(os.sched_getaffinity(0))
    return f"{model}, {_level(flags)}, {usable} of {os.cpu_count()} usable"


def _level(flags) -> str:
    level = "x86-64"
    for name, wanted in _LEVELS:
        if not flags.issuperset(wanted.split()):
            break
        level = name
    return level
