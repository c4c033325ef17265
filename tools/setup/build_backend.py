# SPDX-License-Identifier: MIT
"""The PEP 517 backend: meson-python, also where only the distribution has it.

`pip install --no-build-isolation .` runs inside the target environment. A plain virtual environment does not see
Debian's packages, so the folder where Debian keeps meson-python is put behind the environment's own.
"""
import importlib.util
import sys

if importlib.util.find_spec("mesonpy") is None:
    sys.path.append("/usr/lib/python3/dist-packages")

from mesonpy import (  # noqa: E402,F401
    build_sdist,
    build_wheel,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
)
