# SPDX-License-Identifier: MIT
"""Runs the own test suites of Python packages without and with the JIT and compares them test by test.

Input: suites.toml, or --suites; modes; an installed pyjion. What is missing of Debian's packages is installed. Output, for
each mode: the tests that pass without the JIT and do not pass with it. Exit status 1 if there is one, or if no compiled
code ran. Each process may have --memory of address space, each suite --timeout.
"""
from __future__ import annotations

import argparse
import os
import pathlib
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(1, str(ROOT / "tools" / "regrtest"))

from environments import make_plain  # noqa: E402
from matrix import conclude, run_matrix  # noqa: E402
from modes import Mode, installed_package  # noqa: E402
from outcomes import FileRun  # noqa: E402

RUNNER = HERE / "runner.py"
LIBRARIES = pathlib.Path("/usr/lib/python3/dist-packages")
MODES = ("default", "budget=inf", "compile-all")


def arguments_of():
    parser = argparse.ArgumentParser(prog="suites", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--suites", default="", help="a comma list such as networkx,mpmath")
    parser.add_argument("--mode", action="append", help=f"several times; without it: {' '.join(MODES)}")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--timeout", type=float, default=150, help="seconds for one suite without the JIT; four times as long with it")
    parser.add_argument("--memory", type=float, default=6, help="GiB of address space for each process")
    parser.add_argument("--most-retried", type=int, default=50, help="more bad tests in a suite are no accident")
    parser.add_argument("--verbose", action="store_true", help="show what each worse test printed")
    return parser.parse_args()


def install(packages: list[str]) -> None:
    asked = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages], capture_output=True, text=True)
    missing = sorted(set(packages) - {line.split()[0] for line in asked.stdout.splitlines() if line.endswith(" installed")})
    if not missing:
        return
    if os.geteuid() != 0:
        sys.exit(f"Missing packages. As root: apt-get install {' '.join(missing)}")
    print(f"Installing: {' '.join(missing)}", flush=True)
    command = ["apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", *missing]
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode != 0:
        subprocess.run(["apt-get", "update"], check=True)
        subprocess.run(command, env=environment, check=True)


def main() -> int:
    arguments = arguments_of()
    suites = tomllib.loads((HERE / "suites.toml").read_text())
    names = arguments.suites.split(",") if arguments.suites else list(suites)
    install([package for name in names for package in suites[name]["packages"]])
    folder = arguments.build.resolve() / "suites"
    package = installed_package(arguments.build)
    plain = make_plain(folder / "plain", libraries=LIBRARIES)
    modes = [Mode(text).prepare(folder, package, libraries=LIBRARIES) for text in arguments.mode or MODES]
    memory = int(arguments.memory * 2**30)

    def run_file(name, mode, stats_file, only):
        python, timeout = (plain, arguments.timeout) if mode is None else (mode.python, 4 * arguments.timeout)
        return FileRun(python, name, timeout, stats_file, RUNNER, memory).run(only)

    return conclude(run_matrix(names, modes, run_file, arguments.jobs, arguments.most_retried, arguments.verbose))


if __name__ == "__main__":
    sys.exit(main())
