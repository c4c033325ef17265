# SPDX-License-Identifier: MIT
"""Runs unit tests and some of CPython's own tests with a build of pyjion under AddressSanitizer and UBSan.

Input: a build folder whose Meson build has both, and has the package installed. Output: the outcome of the tests, and each report
of a sanitizer in any process. Exit status 1 if there is a report or a test fails that passes without pyjion.

The interpreter is the ordinary one: the sanitizer's library is loaded before it, and it allocates with malloc(), so that
objects are watched too. CPython leaves memory to the end of the process, so leaks are not looked for here.
"""
from __future__ import annotations

import argparse
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(1, str(ROOT / "tools" / "regrtest"))

from environments import make_plain  # noqa: E402
from matrix import conclude, run_matrix  # noqa: E402
from modes import Mode, installed_package  # noqa: E402
from outcomes import FileRun  # noqa: E402

# Classes, calls, generators, exceptions, containers, numbers, tracing, threads.
FILES = (
    "test_generators", "test_coroutines", "test_exceptions", "test_contextlib", "test_descr",
    "test_call", "test_dict", "test_long", "test_sys_settrace", "test_thread",
)  # fmt: skip
MODES = ("compile-all", "compile-all,exit-every=3")
# Said by each process that changes stacks (src/python/stack_test.cpp), whatever comes of it: no report.
NO_REPORT = "WARNING: ASan doesn't fully support makecontext/swapcontext functions"


def arguments_of():
    parser = argparse.ArgumentParser(prog="sanitize", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--files", default=",".join(FILES))
    parser.add_argument("--mode", action="append", help=f"several times; without it: {' '.join(MODES)}")
    parser.add_argument("--skip-unit", action="store_true", help="leave the unit tests out")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--timeout", type=float, default=300, help="seconds for one file without the JIT; six times as long with it")
    parser.add_argument("--verbose", action="store_true", help="show what each worse test printed")
    return parser.parse_args()


def sanitizer_environment(reports: pathlib.Path) -> dict[str, str]:
    common = f"log_path={reports}/report"
    return {
        "ASAN_OPTIONS": f"{common}:detect_leaks=0:allocator_may_return_null=1:handle_segv=0:handle_abort=0:detect_stack_use_after_return=0",
        "UBSAN_OPTIONS": f"{common}:print_stacktrace=1",
        "PYTHONMALLOC": "malloc",
    }


def preloaded() -> str:
    found = subprocess.run(["g++", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True)
    return os.path.realpath(found.stdout.strip())


def text_of_report(path: pathlib.Path) -> str:
    """What a sanitizer wrote, without what is no report."""
    lines = path.read_text(errors="replace").splitlines(keepends=True)
    return "".join(line for line in lines if NO_REPORT not in line)


def run_unit_tests(build: pathlib.Path) -> bool:
    command = ["meson", "test", "-C", str(build / "meson"), "--no-rebuild", "--print-errorlogs", "--timeout-multiplier", "5"]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def run_files(arguments, build: pathlib.Path) -> int:
    os.environ["LD_PRELOAD"] = preloaded()
    folder = build / "regrtest"
    plain = make_plain(folder / "plain")
    package = installed_package(build)
    modes = [Mode(text).prepare(folder, package, empty_environment=False) for text in arguments.mode or MODES]

    def run_file(name, mode, stats_file, only):
        python, timeout = (plain, arguments.timeout) if mode is None else (mode.python, 6 * arguments.timeout)
        return FileRun(python, f"test.{name}", timeout, stats_file).run(only)

    return conclude(run_matrix(arguments.files.split(","), modes, run_file, arguments.jobs, 50, arguments.verbose))


def main() -> int:
    arguments = arguments_of()
    build = arguments.build.resolve()
    reports = build / "reports"
    reports.mkdir(exist_ok=True)
    for old in reports.glob("report.*"):
        old.unlink()
    os.environ.update(sanitizer_environment(reports))
    problems = []
    if not arguments.skip_unit and not run_unit_tests(build):
        problems.append("unit tests fail")
    if arguments.files and run_files(arguments, build) != 0:
        problems.append("tests are worse")
    texts = {path: text_of_report(path) for path in sorted(reports.glob("report.*"))}
    found = [path for path, text in texts.items() if text.strip()]
    for path in found:
        print(f"\n{path}:\n{texts[path][:4000]}")
    print(f"\n{len(found)} processes with reports of the sanitizers" + "".join(f"; {problem}" for problem in problems))
    return 1 if found or problems else 0


if __name__ == "__main__":
    sys.exit(main())
