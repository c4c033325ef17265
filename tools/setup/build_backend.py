# SPDX-License-Identifier: MIT
"""The PEP 517 backend: meson-python, also where only the distribution has it.

`pip install --no-build-isolation .` runs inside the target environment. A plain virtual environment does not see
Debian's packages, so the folder where Debian keeps meson-python is put behind the environment's own.

The wheel is compressed, and its tag says on which systems it runs (portable_wheel.py).

As a command, `build_backend.py FOLDER` makes a source distribution in that folder, of what is committed.
"""
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile

if importlib.util.find_spec("mesonpy") is None:
    sys.path.append("/usr/lib/python3/dist-packages")

import mesonpy  # noqa: E402
from mesonpy import (  # noqa: E402,F401
    build_sdist,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
)

import portable_wheel  # noqa: E402


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = mesonpy.build_wheel(wheel_directory, config_settings, metadata_directory)
    return portable_wheel.retag(pathlib.Path(wheel_directory, name)).name


def pack_committed(target):
    """Makes a source distribution of the repository's HEAD, in a clone: meson-python writes into the tree."""
    target = target.resolve()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as clone:
        root = pathlib.Path(__file__).resolve().parents[2]
        subprocess.run(["git", "clone", "--quiet", "--shared", root, clone], check=True)
        os.chdir(clone)
        name = build_sdist(str(target))
        os.chdir(target)
    return target / name


if __name__ == "__main__":
    print(pack_committed(pathlib.Path(sys.argv[1])))
