# SPDX-License-Identifier: MIT
"""Finds another patch release of a CPython minor version on this machine.

Input: the minor version, and the interpreter that is tested anyway. Output: the newest other release's path and
version, or None. Looked at: PATH, pyenv's versions, /usr/local, /opt.
"""
from __future__ import annotations

import glob
import os
import subprocess
from typing import NamedTuple

_QUESTION = "import sys; print(sys.implementation.name, *sys.version_info[:4], sys.abiflags or '-')"


class Interpreter(NamedTuple):
    path: str
    version: str


def _candidates(minor: str) -> list[str]:
    name = f"python{minor}"
    paths = [os.path.join(folder, name) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    for pattern in (f"{pyenv}/versions/{minor}.*/bin/{name}", f"/usr/local/bin/{name}", f"/opt/*/bin/{name}"):
        paths.extend(sorted(glob.glob(pattern)))
    # A pyenv shim is a script that runs whatever version is selected; the versions themselves are in the list.
    return list(dict.fromkeys(path for path in paths if os.access(path, os.X_OK) and "/shims/" not in path))


def _release(path: str) -> tuple[int, ...] | None:
    """The release numbers of a final, non-debug CPython, otherwise None."""
    try:
        answer = subprocess.run([path, "-I", "-c", _QUESTION], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    words = answer.stdout.split()
    if answer.returncode != 0 or len(words) != 6 or words[0] != "cpython" or words[4:] != ["final", "-"]:
        return None
    return tuple(int(word) for word in words[1:4])


def find(minor: str, other_than: str) -> Interpreter | None:
    tested = _release(other_than)
    releases = {path: _release(path) for path in _candidates(minor)}
    others = {path: release for path, release in releases.items() if release is not None and release != tested}
    if not others:
        return None
    path = max(others, key=lambda path: others[path])
    return Interpreter(path, ".".join(map(str, others[path])))
