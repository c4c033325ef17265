# SPDX-License-Identifier: MIT
"""The two environments in which tests run: one plain, one that switches pyjion on in every process.

Input: the folder to make them in, the folder with the installed package, settings for start_jit.py. Output: paths of
their interpreters. Both are virtual environments of the same Python, so that nothing but the JIT differs.
"""
from __future__ import annotations

import json
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3.11"


def make_plain(folder: pathlib.Path, base: str = PYTHON, libraries: pathlib.Path | None = None) -> str:
    """`libraries`: a folder of packages that tests need."""
    python = folder / "bin" / "python3.11"
    if not python.exists():
        subprocess.run([base, "-m", "venv", "--without-pip", str(folder)], check=True)
    if libraries is not None:
        (site_packages(folder) / "libraries.pth").write_text(f"{libraries}\n")
    return str(python)


def make_jit(
    folder: pathlib.Path,
    package_folder: pathlib.Path,
    settings: dict,
    base: str = PYTHON,
    libraries: pathlib.Path | None = None,
) -> str:
    python = make_plain(folder, base, libraries)
    site = site_packages(folder)
    shutil.copyfile(HERE / "start_jit.py", site / "start_jit.py")
    (site / "start_jit.json").write_text(json.dumps(settings))
    # Last: a process that starts while this runs either has no JIT or a complete one.
    (site / "start_jit.pth").write_text(f"{package_folder}\nimport start_jit\n")
    return python


def site_packages(folder: pathlib.Path) -> pathlib.Path:
    return folder / "lib" / "python3.11" / "site-packages"


def check_activation(
    python: str, stats_file: pathlib.Path, compiled: bool = True, empty_environment: bool = True
) -> str | None:
    """What is wrong with the environment; None when processes of every kind have the JIT and say so; `compiled`: and
    run compiled code."""
    for options in ([], ["-I"], ["-E"]):
        for environment in (None, {}) if empty_environment else (None,):
            stats_file.unlink(missing_ok=True)
            outcome = subprocess.run(
                [python, *options, "-c", "f = lambda: 1\nf()"], env=environment, capture_output=True, text=True
            )
            lines = stats_file.read_text().splitlines() if stats_file.exists() else []
            told = outcome.returncode == 0 and len(lines) == 1
            if not told or compiled and json.loads(lines[0])["activations"] == 0:
                kind = " ".join(options) + (" with an empty environment" if environment == {} else "")
                return f"python {kind}: status {outcome.returncode}, statistics {lines}\n{outcome.stderr}"
    stats_file.unlink()
    return None
