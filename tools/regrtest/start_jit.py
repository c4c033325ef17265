# SPDX-License-Identifier: MIT
"""Switches pyjion on in every process of the test environment: a .pth file imports this module at start-up.

Input: start_jit.json beside this file. Child processes may be started with -I, -E or an empty environment, so nothing
that matters is read from environment variables; STATS_OF_RUN only says whose child it is. A process in which the JIT
cannot be switched on ends at once with status 97: site.py would only print an exception and go on without the JIT.
Subinterpreters import this too; pyjion leaves them to CPython, so there is nothing to do.

`gc` of the stress switches waits until the tests of the process are loaded (tests_loaded): what was made until then is
left alone, and importing hundreds of modules with a collection at every allocation would take minutes.

Each process leaves a line in `<stats file>.started`, so that one that leaves no statistics is noticed.
"""
import os


def settings():
    import json

    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "start_jit.json"), encoding="utf-8") as file:
        return json.load(file)


def is_subinterpreter():
    import _xxsubinterpreters

    return _xxsubinterpreters.get_current() != _xxsubinterpreters.get_main()


def start():
    chosen = settings()
    stats_file = os.environ.get("STATS_OF_RUN") or chosen["stats_file"]
    with open(stats_file + ".started", "a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")
    import pyjion

    at_once = ",".join(switch for switch in chosen["stress"].split(",") if switch != "gc")
    pyjion.config(stress=at_once, stats_file=stats_file, **chosen["options"])
    pyjion.enable(strict=True)


def tests_loaded():
    import pyjion

    stress = settings()["stress"]
    if "gc" in stress.split(","):
        pyjion.config(stress=stress)


try:
    if not is_subinterpreter():
        start()
except BaseException as error:
    os.write(2, f"the JIT cannot be switched on: {type(error).__name__}: {error}\n".encode())
    os._exit(97)
