# SPDX-License-Identifier: MIT
"""The process that server.Server starts: runs each program in a forked child.

usage: serving.py plain|jit
"""
from __future__ import annotations

import contextlib
import gc
import math
import os
import pickle
import resource
import select
import signal
import sys
import threading
import time
import types
import warnings

import witness
from server import receive, send

ROOM = 600 << 20  # bytes of address space that a program may use
WAITING = 12  # times the seconds of the processor that a program has: then it hangs
IMPORTED = (contextlib, math, threading)  # what programs use is here before they start


def run_program(source: str, options: dict[str, str] | None) -> list[str]:
    """Runs the program; the same frames are below it in both kinds of server."""
    warnings.simplefilter("ignore")
    sys.unraisablehook = witness.unraisable
    program = types.ModuleType("__main__")
    program.__dict__["__file__"] = witness.PROGRAM
    sys.modules["__main__"] = program
    code = compile(source, witness.PROGRAM, "exec", dont_inherit=True)
    if not (options and "gc" in options["stress"].split(",")):
        gc.disable()  # compiled code allocates less: what is in a cycle would die at another time
    try:
        exec(code, program.__dict__)
    except BaseException as error:
        witness.write(f"the program ends with {witness.describe(error)}")
    return witness.LINES


def child(source: str, options: dict[str, str] | None, seconds: int, wants_facts: bool) -> tuple:
    with open("/proc/self/statm") as file:
        room = int(file.read().split()[0]) * resource.getpagesize() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Time of the processor: other processes of the machine decide nothing.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if options is not None:
        import pyjion

        pyjion.config(**options)
        pyjion.enable(strict=True)
    lines = run_program(source, options)
    statistics, facts = {}, {}
    if options is not None:
        import reached
        from pyjion import _native

        pyjion.disable()
        statistics = _native.statistics()
        if wants_facts:
            facts = reached.facts(sys.modules["__main__"])
    return "", lines, statistics, facts


def child_process(request: tuple, pipe: int, errors: int) -> None:
    source, options, seconds, wants_facts = request
    status = 1
    try:
        os.dup2(errors, 2)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        data = pickle.dumps(child(source, options, seconds, wants_facts))
        with os.fdopen(pipe, "wb") as stream:
            stream.write(data)
        status = 0
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
    os._exit(status)


def collect(pid: int, pipe: int, seconds: float) -> tuple[str, bytes]:
    """How the child ended, and what it sent."""
    parts, end = [], time.monotonic() + seconds * WAITING
    while True:
        ready, _, _ = select.select([pipe], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return "timeout", b""
        part = os.read(pipe, 1 << 16)
        if not part:
            break
        parts.append(part)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        return "timeout", b""
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}", b""
    if os.WEXITSTATUS(status):
        return f"status {os.WEXITSTATUS(status)}", b""
    return "", b"".join(parts)


def serve_one(request: tuple) -> tuple:
    reading, writing = os.pipe()
    errors = os.memfd_create("errors")
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        child_process(request, writing, errors)
    os.close(writing)
    ended, data = collect(pid, reading, request[2])
    os.close(reading)
    os.lseek(errors, 0, os.SEEK_SET)
    text = os.read(errors, 20000).decode(errors="backslashreplace")
    os.close(errors)
    return (*pickle.loads(data), text) if not ended else (ended, [], {}, {}, text)


def prepare_jit() -> None:
    """Loads the code generator and lets it compile once, so that children need not; then nothing is compiled here."""
    import pyjion
    import reached

    pyjion.enable(strict=True)
    pyjion.compile(lambda a: a + 1)
    pyjion.disable()
    for module in (witness, reached, sys.modules["__main__"]):
        suppress_functions(pyjion, vars(module))


def suppress_functions(pyjion, namespace: dict) -> None:
    for value in list(namespace.values()):
        if hasattr(value, "__code__"):
            pyjion.suppress(value)
        elif isinstance(value, type) and value.__module__ in ("witness", "__main__"):
            suppress_functions(pyjion, vars(value))


def main() -> None:
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    if sys.argv[1] == "jit":
        prepare_jit()
    with contextlib.suppress(BrokenPipeError):  # the client has been killed
        while (request := receive(requests)) is not None:
            send(answers, serve_one(request))


if __name__ == "__main__":
    main()
